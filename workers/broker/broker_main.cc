// SPDX-License-Identifier: EUPL-1.2
//
// postkamer-broker --dir DIR [--config FILE]: owns the journal, gives out the work.
#include <poll.h>
#include <sys/signalfd.h>

#include <csignal>
#include <iostream>

#include <sodium.h>
#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include "workers/broker/shell.h"
#include "workers/host/form_catalogue.h"
#include "workers/host/process.h"
#include "workers/host/settings.h"
#include "workers/journal/sqlite_journal.h"

namespace {

using namespace postkamer;  // NOLINT: a main of few lines

constexpr int kExitUsage = 2;
constexpr int kExitStore = 74;   // EX_IOERR: the journal or the blobs could not be written
constexpr int kExitConfig = 78;  // EX_CONFIG

// A broker of an earlier start may still be ending; it is waited for.
Result<std::unique_ptr<journal::Journal>> open_when_free(const host::Layout& layout, int stop_fd) {
  constexpr int kLookMs = 50;
  constexpr int kMostLooks = 200;
  for (int look = 0;; ++look) {
    auto journal = journal::open_journal(layout.journal(), broker::RecordDesk::stamp);
    if (journal || journal.error().reason != "journal_in_use" || look == kMostLooks) return journal;
    pollfd stop{stop_fd, POLLIN, 0};
    if (poll(&stop, 1, kLookMs) > 0) return journal;
  }
}

Result<void> serve(const std::string& dir, const std::string& config, int stop_fd) {
  PK_TRY(settings, host::load_settings(config));
  PK_TRY(catalogue, host::FormCatalogue::load(settings.forms, host::FormCatalogue::Blanks::no));
  PK_TRY(layout, host::prepare_layout(dir));
  PK_TRY(blobs, journal::BlobStore::open(layout.blobs()));
  PK_TRY(journal, open_when_free(layout, stop_fd));
  const broker::FindForm find_form = [&](std::string_view id, std::string_view version) {
    const auto* found = catalogue.find(id, version);
    return found != nullptr ? &found->form : nullptr;
  };
  const broker::RecordDesk desk(find_form, {settings.source, settings.schema_base});
  const broker::MailroomRecipe recipe(desk, find_form);
  broker::ShellOptions options{layout};
  options.pages_per_decode = static_cast<int>(settings.limits.pages_per_decode);
  PK_TRY(shell, broker::Shell::open(options, {*journal, blobs, desk, recipe}));
  spdlog::info("serving");
  PK_CHECK(shell->serve(stop_fd));
  spdlog::info("stopped in order");
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  host::die_with_parent();
  CLI::App app("The broker: journal, work and its order; started by `postkamer run` and `serve`");
  std::string dir;
  std::string config = host::default_settings_file();
  app.add_option("--dir", dir, "folder of journal, blobs and sockets")->required();
  app.add_option("--config", config, "settings file");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  // Before any thread is started, so that none of them takes the signal instead.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  const int stop_fd = signalfd(-1, &stop_signals, SFD_CLOEXEC | SFD_NONBLOCK);
  host::start_log("broker");
  if (sodium_init() < 0 || stop_fd < 0) return kExitConfig;
  const auto served = serve(dir, config, stop_fd);
  if (served) return 0;
  spdlog::error("{}: {}", served.error().reason, served.error().message);
  return served.error().code == ErrorCode::invalid_config ? kExitConfig : kExitStore;
}
