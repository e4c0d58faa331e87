// SPDX-License-Identifier: EUPL-1.2
//
// Linked into a broker of its own: makes it suffer what the map named in the environment says.
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string_view>

#include "tests/faults/kernel/faults.h"
#include "tests/faults/kernel/power_cut.h"

namespace postkamer::faults {
namespace {

void sleep_ms(int milliseconds) {
  timespec time{milliseconds / 1000, (milliseconds % 1000) * 1'000'000L};
  while (::nanosleep(&time, &time) != 0 && errno == EINTR) continue;
}

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

bool is_change(const Call& call) { return call.kind != Call::Kind::send; }

class BrokerMeddler : public Meddler {
 public:
  explicit BrokerMeddler(const char* map) : faults_(map) {
    if (faults_->cut_countdown > 0) disk_.emplace(faults_->cut_root.data());
  }

  Verdict before(const Call& call) override {
    const Place place = place_of(call);
    if (disk_ && is_change(call)) return on_its_disk(call, place);
    if (!faults_->kill_after && is_hit(place, faults_->kill_at, faults_->kill_countdown)) die();
    if (is_hit(place, faults_->fail_at, faults_->fail_countdown))
      return {true, faults_->fail_error};
    if (call.kind == Call::Kind::sync) wait_for_disk();
    return {};
  }

  void after(const Call& call) override {
    const Place place = place_of(call);
    ++faults_->passed.at(static_cast<std::size_t>(place));
    if (disk_ && call.kind == Call::Kind::create) disk_->made(call);
    if (faults_->kill_after && is_hit(place, faults_->kill_at, faults_->kill_countdown)) die();
  }

  [[nodiscard]] std::int64_t skew_ms() const override { return faults_->skew_ms; }

 private:
  // True once: when `place` is passed the n-th time.
  bool is_hit(Place place, Place wanted, std::atomic<int>& countdown) {
    if (place == Place::none || place != wanted || countdown <= 0) return false;
    if (--countdown > 0) return false;
    faults_->is_struck = true;
    return true;
  }

  void wait_for_disk() {
    const int every = faults_->spike_every;
    const bool is_spike = every > 0 && ++syncs_ % every == 0;
    if (const int ms = is_spike ? faults_->spike_ms : faults_->sync_ms; ms > 0) sleep_ms(ms);
  }

  // The disk notes it, or the power is cut before it did. Syncs are told done: the real disk, whose
  // power stays on, need not be troubled.
  Verdict on_its_disk(const Call& call, Place place) {
    ++faults_->changes;
    if (--faults_->cut_countdown == 0) {
      disk_->leave_in(faults_->cut_to.data(), Dice(faults_->cut_seed));
      faults_->is_struck = true;
      die();
    }
    const bool is_lie = place == Place::blob_sync && faults_->is_blob_sync_a_lie;
    if (!is_lie) disk_->note(call);
    return {call.kind != Call::Kind::sync, 0};
  }

  SharedFaults faults_;
  std::optional<PowerCut> disk_;
  int syncs_ = 0;
};

// The mistake that a power cut must show: whatever a connection asks for, it commits lazily.
int make_lazy(sqlite3* database, char**, const void*) {
  sqlite3_exec(database, "PRAGMA synchronous = NORMAL", nullptr, nullptr, nullptr);
  sqlite3_set_authorizer(
      database,
      [](void*, int action, const char* pragma, const char* value, const char*, const char*) {
        const bool is_it = action == SQLITE_PRAGMA && value != nullptr &&
                           std::string_view(pragma) == "synchronous";
        return is_it ? SQLITE_IGNORE : SQLITE_OK;
      },
      nullptr);
  return SQLITE_OK;
}

// Before main, and before any thread.
struct Installed {
  Installed() {
    const char* map = std::getenv(kFaultsVariable);
    if (map == nullptr) return;
    static auto* const meddler = new BrokerMeddler(map);  // until the very end of the process
    if (SharedFaults(map)->is_log_lazy)
      sqlite3_auto_extension(reinterpret_cast<void (*)()>(make_lazy));
    meddle(meddler);
  }
} installed;

}  // namespace
}  // namespace postkamer::faults
