// SPDX-License-Identifier: EUPL-1.2
//
// postkamer-broker --dir DIR [--config FILE]: owns the journal, gives out the work.
#include <poll.h>

#include <sodium.h>
#include <spdlog/spdlog.h>

#include "workers/broker/shell.h"
#include "workers/host/files.h"
#include "workers/host/form_catalogue.h"
#include "workers/host/server_main.h"
#include "workers/host/service_manager.h"
#include "workers/host/settings.h"
#include "workers/journal/audit_key.h"
#include "workers/journal/sqlite_journal.h"

namespace {

using namespace postkamer;  // NOLINT: a main of few lines

// A broker of an earlier start may still be ending; it is waited for. On a full disk the ballast is
// given up.
Result<std::unique_ptr<journal::Journal>> open_when_free(const host::Layout& layout, int stop_fd) {
  constexpr int kLookMs = 50;
  constexpr int kMostLooks = 200;
  std::string told;
  for (int look = 0;; ++look) {
    auto journal =
        journal::open_journal(layout.journal(), broker::RecordDesk::stamp, [&](const auto& step) {
          if (step != told) spdlog::info("bringing the journal forward, {}", step);
          told = step;
          host::service_manager().busy("bringing the journal forward, " + step);
        });
    if (!journal && journal.error().reason == broker::kDiskFull &&
        broker::Room(layout.dir, layout.blobs()).give_up_ballast())
      continue;
    if (journal || journal.error().reason != "journal_in_use" || look == kMostLooks) return journal;
    pollfd stop{stop_fd, POLLIN, 0};
    if (poll(&stop, 1, kLookMs) > 0) return journal;
  }
}

// A journal that is not the mailroom's own, as of `postkamer run`, does not outlive its command:
// nothing vouches for it. Nor without a key; `serve` makes one.
Result<broker::CheckpointPolicy> checkpoint_policy(const host::Layout& layout,
                                                   const host::Settings& settings) {
  std::error_code unequal;
  if (!std::filesystem::equivalent(layout.dir, settings.data, unequal))
    return broker::CheckpointPolicy{};
  PK_TRY(signer, journal::read_audit_key(settings.audit.key));
  if (!signer) spdlog::warn("the audit has no key; `postkamer audit key` makes one");
  return broker::CheckpointPolicy{settings.audit.checkpoints, std::move(signer)};
}

Result<void> serve(const std::filesystem::path& dir, const std::filesystem::path& config,
                   int stop_fd) {
  if (sodium_init() < 0)
    return fail(ErrorCode::invalid_config, "sodium", "starting: libsodium cannot be set up");
  PK_TRY(settings, host::load_settings(config));
  PK_TRY(catalogue, host::FormCatalogue::load(settings.forms, host::FormCatalogue::Blanks::no));
  PK_TRY(layout, host::prepare_layout(dir));
  PK_TRY(blobs, journal::BlobStore::open(layout.blobs()));
  host::service_manager().busy("opening the journal");
  PK_TRY(journal, open_when_free(layout, stop_fd));
  host::service_manager().busy("reading what is open");
  const broker::FindForm find_form = [&](std::string_view id, std::string_view version) {
    const auto* found = catalogue.find(id, version);
    return found != nullptr ? &found->form : nullptr;
  };
  const broker::RecordDesk desk(find_form, {settings.source, settings.schema_base});
  const broker::FindRules find_rules = [&](std::string_view source, std::string_view batch_class) {
    return settings.splitting.rules_for(source, batch_class);
  };
  const broker::MailroomRecipe recipe(desk, find_form, find_rules);
  broker::ShellOptions options{layout};
  options.pages_per_decode = static_cast<int>(settings.limits.pages_per_decode);
  options.retention = {settings.stream.keep_days, settings.stream.wait_days, {}};
  for (const auto& subscriber : settings.stream.subscribers)
    options.retention.subscribers.push_back(subscriber.name);
  options.has_gate = settings.gate.has_value();
  options.keep = settings.retention;
  PK_TRY(checkpoints, checkpoint_policy(layout, settings));
  options.checkpoints = std::move(checkpoints);
  PK_TRY(file, host::read_file(config));
  options.settings_sha256 = sha256_hex(file);
  PK_TRY(shell, broker::Shell::open(options, {*journal, blobs, desk, recipe}));
  spdlog::info("serving");
  host::service_manager().ready("serving");
  PK_CHECK(shell->serve(stop_fd));
  spdlog::info("stopped in order");
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  return host::server_main(
      argc, argv,
      {"broker", "The broker: journal, work and its order; started by `postkamer run` and `serve`"},
      serve);
}
