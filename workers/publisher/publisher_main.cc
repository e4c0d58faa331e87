// SPDX-License-Identifier: EUPL-1.2
//
// postkamer-publisher --dir DIR: the stream of records for subscribers.
#include <poll.h>

#include <spdlog/spdlog.h>

#include "workers/host/form_catalogue.h"
#include "workers/host/lock_file.h"
#include "workers/host/server_main.h"
#include "workers/host/service_manager.h"
#include "workers/host/settings.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/publisher/stream.h"

namespace {

using namespace postkamer;  // NOLINT: a main of few lines

constexpr int kRetryMs = 100;
constexpr int kLockMs = 10'000;

bool is_readable(int fd) {
  pollfd item{fd, POLLIN, 0};
  return poll(&item, 1, 0) > 0;
}

// The broker makes the journal; until then there is nothing to tell.
Result<std::unique_ptr<journal::Reader>> wait_for_journal(const host::Layout& layout, int stop_fd) {
  for (;;) {
    auto reader = journal::open_reader(layout.journal());
    if (reader && (*reader)->head()) return reader;
    host::service_manager().busy("waiting for the broker");
    pollfd stop{stop_fd, POLLIN, 0};
    if (poll(&stop, 1, kRetryMs) > 0) return nullptr;
  }
}

Result<void> serve(const std::filesystem::path& dir, const std::filesystem::path& config,
                   int stop_fd) {
  PK_TRY(settings, host::load_settings(config));
  PK_TRY(catalogue, host::FormCatalogue::load(settings.forms, host::FormCatalogue::Blanks::no));
  const auto find_form = [&](std::string_view id, std::string_view version) {
    const auto* found = catalogue.find(id, version);
    return found != nullptr ? &found->form : nullptr;
  };
  PK_TRY(subscriptions, publisher::Subscriptions::load(settings.stream, find_form));
  PK_TRY(layout, host::prepare_layout(dir));
  // One of an earlier start that is still ending would take the sockets away with it.
  PK_TRY(lock, host::LockFile::wait(
                   layout.lock_of("publisher"), [&] { return is_readable(stop_fd); }, kLockMs));
  if (!lock) return {};
  PK_TRY(reader, wait_for_journal(layout, stop_fd));
  if (reader == nullptr) return {};
  PK_TRY(stream, publisher::Stream::open(layout, *reader, std::move(subscriptions)));
  spdlog::info("serving");
  host::service_manager().ready("serving");
  return stream->serve(stop_fd);
}

}  // namespace

int main(int argc, char** argv) {
  return host::server_main(
      argc, argv, {"publisher", "The stream of records; started by `postkamer run` and `serve`"},
      serve);
}
