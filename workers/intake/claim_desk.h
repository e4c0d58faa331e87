// SPDX-License-Identifier: EUPL-1.2
//
// Brings claims to the broker and back: opens a batch for each, hands its files over, and lays the
// claim aside when the batch is closed. In groups, so that the broker commits many at once. A
// broker or store that fails is tried again; a crash at any point is healed by going through work/
// anew.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "workers/host/control_client.h"
#include "workers/host/inbox_settings.h"
#include "workers/intake/claim.h"
#include "workers/intake/submission.h"
#include "workers/journal/blob_store.h"

namespace postkamer::intake {

class ClaimDesk {
 public:
  // Takes up what an earlier run left in `work`.
  ClaimDesk(host::InboxSettings inbox, std::filesystem::path work, Limits limits,
            journal::BlobStore blobs, host::ControlClient client);

  // A folder for a new claim, not made yet: time first, so that claims sort by age.
  std::filesystem::path new_claim(const std::string& class_folder);

  // `claim` lies in work/, whole.
  void add(const std::filesystem::path& claim);

  // One step: hands over a group of the new claims (unless `may_hand_over` is false, for lack of
  // space), asks after a few of those that are read, lays aside those that are done. Gives files
  // that grew after they were taken: they lie in the inbox again.
  // Fails with what the broker or the store said; all is kept for the next step.
  Result<void> step(bool may_hand_over);

  [[nodiscard]] std::size_t waiting() const { return fresh_.size(); }
  [[nodiscard]] std::size_t underway() const { return fresh_.size() + reading_.size(); }

 private:
  struct Claim;
  // How a file was when it was read; nothing is known of those of an earlier run.
  struct Stamp {
    std::uint64_t size = 0;
    std::int64_t written = 0;
  };

  Result<void> hand_over();
  Result<void> open_batches(std::vector<Claim>& group);
  Result<void> store(std::vector<Claim>& group);
  Result<void> mark_duplicates(std::vector<Claim>& group);
  Result<void> submit(std::vector<Claim>& group);
  bool leave_to_ledger(const std::string& name, const Error& error);
  Result<void> ask_after_batches();
  Result<void> settle(const std::string& name, const nlohmann::json& ledger);
  [[nodiscard]] std::optional<std::filesystem::path> grown_file(const std::string& name) const;
  void forget_batch(const std::string& name);
  [[nodiscard]] static std::optional<Stamp> stamp_of(const ClaimContents& contents);

  host::InboxSettings inbox_;
  std::filesystem::path work_;
  Limits limits_;
  journal::BlobStore blobs_;
  host::ControlClient client_;
  static constexpr std::size_t kGroup = 64;  // claims handed over in one step, when all is well
  std::size_t group_size_ = kGroup;
  int claims_ = 0;
  std::deque<std::string> fresh_;                        // names in work/
  std::map<std::string, std::optional<Stamp>> reading_;  // names in work/
  std::string last_asked_;                               // of those, in the last step
};

}  // namespace postkamer::intake
