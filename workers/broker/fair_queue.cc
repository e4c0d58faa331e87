// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/fair_queue.h"

namespace postkamer::broker {
namespace {

// The first one behind `last`, and after the end the first of all. The map is not empty.
template <class Map>
auto turn_after(Map& map, journal::Id last) {
  const auto behind = map.upper_bound(last);
  return behind == map.end() ? map.begin() : behind;
}

}  // namespace

void FairQueue::add(const Owner& owner, journal::Id job) {
  batches_[owner.batch].scans[owner.scan].insert(job);
}

void FairQueue::remove(const Owner& owner, journal::Id job) {
  const auto batch = batches_.find(owner.batch);
  if (batch == batches_.end()) return;
  auto& scans = batch->second.scans;
  const auto scan = scans.find(owner.scan);
  if (scan == scans.end()) return;
  scan->second.erase(job);
  if (scan->second.empty()) scans.erase(scan);
  if (scans.empty()) batches_.erase(batch);
}

std::optional<journal::Id> FairQueue::next() const {
  if (batches_.empty()) return std::nullopt;
  const Batch& batch = turn_after(batches_, last_)->second;
  return *turn_after(batch.scans, batch.last)->second.begin();
}

void FairQueue::take_next() {
  if (batches_.empty()) return;
  const auto batch = turn_after(batches_, last_);
  const auto scan = turn_after(batch->second.scans, batch->second.last);
  last_ = batch->first;
  batch->second.last = scan->first;
  remove({batch->first, scan->first}, *scan->second.begin());
}

}  // namespace postkamer::broker
