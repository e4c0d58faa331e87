// SPDX-License-Identifier: EUPL-1.2
//
// The door of one watched folder. Takes a file when it is ready, by renaming it into work/ (so
// there is exactly one taker), hands it to the broker as a batch of its own, and when that batch is
// closed puts the original in processed/ or, with the reason, in rejected/. Never deletes a file. A
// crash at any point is healed by going through work/ at the next start.
//
// Folders, all beside the inbox so that a rename suffices:
//   work/<inbox>/<claim>/NAME           taken, not yet settled; with `.batch`, its batch's name
//   processed/<yyyy>/<mm>/<dd>/<batch>/NAME         and manifest.json
//   rejected/<yyyy>/<mm>/<dd>/<batch>/NAME          and NAME.txt (Dutch), NAME.json
#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "pipeline/base/error.h"
#include "workers/host/control_client.h"
#include "workers/host/settings.h"
#include "workers/intake/readiness.h"
#include "workers/journal/blob_store.h"

namespace postkamer::intake {

class Door {
 public:
  Door(host::InboxSettings inbox, Limits limits, journal::BlobStore blobs,
       host::ControlClient client);

  // One round: takes what is ready, pushes every claim one step further; of those that only wait
  // for their batch to be read, a few in turn.
  // A broker that does not answer is waited for: what failed is tried again in the next round.
  void round();

  // Rounds until `stop` says so, waiting for the folder to change in between.
  void run(const std::function<bool()>& stop);

 private:
  void take(const std::filesystem::path& file);
  [[nodiscard]] std::vector<std::filesystem::path> claims_of_this_round();
  Result<void> advance(const std::filesystem::path& claim);
  Result<std::string> batch_of(const std::filesystem::path& claim);
  Result<void> hand_over(const std::filesystem::path& file, const std::string& batch);
  Result<void> settle(const std::filesystem::path& claim, const std::filesystem::path& file,
                      const std::string& batch, const nlohmann::json& ledger);
  [[nodiscard]] std::filesystem::path beside(const char* name) const;

  host::InboxSettings inbox_;
  Limits limits_;
  journal::BlobStore blobs_;
  host::ControlClient client_;
  Readiness readiness_;
  int claims_ = 0;
  std::set<std::filesystem::path> reading_;  // claims whose batch was still being read
  std::filesystem::path last_asked_;         // of those, in the last round
};

}  // namespace postkamer::intake
