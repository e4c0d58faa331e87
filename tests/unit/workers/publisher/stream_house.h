// SPDX-License-Identifier: EUPL-1.2
//
// A journal with events and a publisher on it, in a folder of its own; the publisher is a process,
// so that it can be killed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "workers/host/process.h"
#include "workers/host/stream_settings.h"
#include "workers/journal/journal.h"

namespace postkamer::publisher {

class StreamHouse {
 public:
  // `subscribers` beside our own name.
  explicit StreamHouse(std::vector<host::SubscriberSettings> subscribers = {});
  ~StreamHouse();
  StreamHouse(const StreamHouse&) = delete;
  StreamHouse& operator=(const StreamHouse&) = delete;

  // Appends `count` events: every third one corrected, else read; form "f" or "g" by turns; `body`
  // in each.
  void append(int count, const std::string& body = "\"values\": {}");
  void start();
  void kill();  // as a crash would
  // Starts what writes down COMMITs, as the broker does; without it they are refused. A thread:
  // after the first `start`, which forks.
  void start_clerk();
  // As a person does with `postkamer subscriber move`.
  void move(const std::string& name, std::uint64_t to) {
    commit({journal::CursorRow{name, to, 0, true}});
  }

  [[nodiscard]] std::string endpoint() const { return layout_.events_endpoint(); }
  [[nodiscard]] std::string watch_endpoint() const { return layout_.watch_endpoint(); }
  [[nodiscard]] pid_t pid() const { return process_; }
  journal::Journal& journal() { return *journal_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  void keep_cursors(const std::stop_token& stop);
  void commit(const journal::Operations& operations);
  std::filesystem::path folder_;
  host::Layout layout_;
  host::StreamSettings settings_;
  std::unique_ptr<journal::Journal> journal_;
  pid_t process_ = -1;
  std::jthread clerk_;
  std::mutex mutex_;  // of the journal
  int appended_ = 0;
};

}  // namespace postkamer::publisher
