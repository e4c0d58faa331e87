// SPDX-License-Identifier: EUPL-1.2
//
// Jobs of one kind that wait, in the order in which they are given out: batches take turns, in a
// batch its scans take turns, and of a scan the oldest job is first. So a file of ten thousand
// pages delays another one by a page of it, not by ten thousand.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>

#include "workers/journal/rows.h"

namespace postkamer::broker {

// Whose job it is.
struct Owner {
  journal::Id batch = 0;
  journal::Id scan = 0;
  auto operator<=>(const Owner&) const = default;
};

class FairQueue {
 public:
  // Adding what waits already, and removing what does not, changes nothing.
  void add(const Owner& owner, journal::Id job);
  void remove(const Owner& owner, journal::Id job);

  [[nodiscard]] bool empty() const { return batches_.empty(); }
  // The job whose turn it is; it stays until it is taken. Nothing when none waits.
  [[nodiscard]] std::optional<journal::Id> next() const;
  // Takes away what next() gives: the turn passes on.
  void take_next();

 private:
  using Jobs = std::set<journal::Id>;
  struct Batch {
    std::map<journal::Id, Jobs> scans;  // those with a job that waits
    journal::Id last = 0;               // scan that was served last
  };
  std::map<journal::Id, Batch> batches_;  // those with a job that waits
  journal::Id last_ = 0;                  // batch that was served last
};

}  // namespace postkamer::broker
