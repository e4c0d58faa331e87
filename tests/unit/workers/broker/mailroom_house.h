// SPDX-License-Identifier: EUPL-1.2
//
// A broker, a publisher and workers as real processes on real sockets in a temporary folder, with
// handlers that read pages from letters: k = known form, u = unknown, b = blank, s = separator.
// While there is a file `full` in the folder, the journal's disk is full.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "workers/host/control_client.h"
#include "workers/host/process.h"
#include "workers/host/retention_settings.h"
#include "workers/host/worker.h"
#include "workers/journal/blob_store.h"

namespace postkamer::broker {

class MailroomHouse {
 public:
  MailroomHouse();
  ~MailroomHouse();  // kills what still runs

  pid_t start_broker(const host::RetentionSettings& keep = {});
  pid_t start_publisher();
  pid_t start_worker();
  // Runs `process` in a child; its status is its exit status. `client` is another one afterwards,
  // in the same place, with no question underway.
  pid_t start(const std::function<int()>& process);
  // Sends a signal and waits for the end; gives the wait status.
  int end(pid_t process, int signal);

  host::ControlClient& client() { return *client_; }
  [[nodiscard]] const host::Layout& layout() const { return layout_; }
  journal::BlobStore& blobs() { return *blobs_; }

  // Opens a batch, submits every content as a file, closes the batch; gives its name.
  std::string read(const std::vector<std::string>& contents, const std::string& publish);
  // Asks until the batch is closed; gives its last ledger.
  nlohmann::json wait_closed(const std::string& batch);

  static Result<host::Outcome> do_task(const host::Task& task);

 private:
  void connect();

  std::filesystem::path folder_;
  host::Layout layout_;
  std::vector<pid_t> children_;
  std::optional<host::ControlClient> client_;
  std::optional<journal::BlobStore> blobs_;
};

}  // namespace postkamer::broker
