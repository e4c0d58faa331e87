// SPDX-License-Identifier: EUPL-1.2
//
// A mailroom of real programs that nobody looks after: the test starts, stops and kills each of
// them by name. Files go in by the control door, as the inbox's door would put them in.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/faults/seed.h"
#include "tests/system/harness.h"
#include "workers/host/control_client.h"
#include "workers/host/process.h"
#include "workers/journal/blob_store.h"
#include "workers/journal/journal.h"

namespace postkamer::faults {

// What came of the files: the same, however the work went.
struct Kept {
  std::vector<std::string> events;             // without moment and order, sorted
  std::map<std::string, std::string> records;  // by document: as the journal keeps them
  std::map<std::string, std::string> copies;   // by document: SHA-256 of the archive copy
  bool operator==(const Kept&) const = default;
};

class ProgramHouse {
 public:
  // `settings`: lines of TOML for postkamer.toml.
  explicit ProgramHouse(const std::string& name, const std::string& settings = "");

  // Starts `program` as `name`; a broker and a publisher get their folder, a worker the endpoint it
  // joins at (the broker's own when it is empty), and every one the settings.
  void start(const std::string& name, const std::string& program, const std::string& endpoint = "",
             const std::vector<std::string>& more = {});
  void start_broker() { start("broker", "postkamer-broker"); }
  // One of each kind, named after it.
  void start_workers(const std::string& endpoint = "");
  // Ends it with a signal and waits until it has; its status as of ChildProcess::wait.
  int end(const std::string& name, int signal);
  // Starts it again as it was started.
  void start_again(const std::string& name);
  // Starts again, as it was started, each that has ended by itself. What they ended with.
  std::vector<int> tend();
  [[nodiscard]] bool has_ended(const std::string& name);
  [[nodiscard]] pid_t pid(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] std::string log(const std::string& name) const;

  // Opens a batch; gives its name.
  std::string open_batch(const std::string& publish = "settled");
  // Puts a file into it; gives the scan's name.
  std::string submit(const std::string& batch, const Bytes& file, int copy = 0);
  void close_batch(const std::string& batch);
  // True when the ledger of the batch says that it is closed; tends meanwhile.
  bool wait_closed(const std::string& batch, std::chrono::seconds deadline);
  nlohmann::json ledger(const std::string& batch) { return ask("ledger", {{"batch", batch}}); }
  // Asks until there is an answer: the broker may be away for a while.
  nlohmann::json ask(const std::string& verb, const nlohmann::json& body);

  [[nodiscard]] const host::Layout& layout() const { return layout_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::string socket(const std::string& name) const;

  [[nodiscard]] Kept kept() const;
  // Audit rows of this kind: subject and detail.
  struct Audited {
    std::string subject;
    nlohmann::json detail;
  };
  [[nodiscard]] std::vector<Audited> audited(const std::string& what) const;
  [[nodiscard]] std::unique_ptr<journal::Reader> reader() const;

 private:
  struct Program {
    std::vector<std::string> command;
    std::unique_ptr<test::ChildProcess> process;
  };
  std::filesystem::path folder_;
  host::Layout layout_;
  std::filesystem::path settings_;
  std::map<std::string, Program> programs_;
  std::optional<host::ControlClient> client_;
  std::optional<journal::BlobStore> blobs_;
};

// A line of /proc/PID/status in KiB ("VmRSS", "VmHWM"); 0 when there is no such process.
long memory_kib(pid_t pid, const std::string& key);

bool is_nightly();

}  // namespace postkamer::faults
