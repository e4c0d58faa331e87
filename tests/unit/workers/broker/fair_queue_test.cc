// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/fair_queue.h"

#include <gmock/gmock.h>

#include <vector>

namespace postkamer::broker {
namespace {

using journal::Id;
using testing::ElementsAre;

// The next `count` jobs, or all that wait.
std::vector<Id> taken(FairQueue& queue, int count = 1000) {
  std::vector<Id> jobs;
  for (; count > 0 && queue.next(); --count) {
    jobs.push_back(*queue.next());
    queue.take_next();
  }
  return jobs;
}

TEST(FairQueue, gives_the_jobs_of_one_scan_oldest_first) {
  FairQueue queue;
  for (const Id job : {7u, 3u, 5u}) queue.add({1, 1}, job);
  EXPECT_THAT(taken(queue), ElementsAre(3, 5, 7));
  EXPECT_TRUE(queue.empty());
}

TEST(FairQueue, a_scan_that_comes_later_waits_for_one_job_of_a_large_one) {
  FairQueue queue;
  for (Id job = 1; job <= 1000; ++job) queue.add({1, 1}, job);
  EXPECT_THAT(taken(queue, 2), ElementsAre(1, 2));
  queue.add({1, 2}, 2001);
  queue.add({1, 2}, 2002);
  EXPECT_THAT(taken(queue, 5), ElementsAre(2001, 3, 2002, 4, 5));
}

TEST(FairQueue, batches_take_turns_however_many_scans_each_has) {
  FairQueue queue;
  for (Id scan = 1; scan <= 100; ++scan) queue.add({1, scan}, scan);
  queue.add({2, 101}, 101);
  queue.add({2, 101}, 102);
  EXPECT_THAT(taken(queue, 5), ElementsAre(1, 101, 2, 102, 3));
}

TEST(FairQueue, small_scans_of_a_batch_go_in_the_order_in_which_they_came) {
  FairQueue queue;
  for (Id scan = 1; scan <= 5; ++scan) queue.add({1, scan}, 10 + scan);
  EXPECT_THAT(taken(queue), ElementsAre(11, 12, 13, 14, 15));
}

TEST(FairQueue, what_is_removed_is_not_given_and_what_waits_twice_is_given_once) {
  FairQueue queue;
  queue.add({1, 1}, 1);
  queue.add({1, 1}, 1);
  queue.add({1, 1}, 2);
  queue.remove({1, 1}, 2);
  queue.remove({1, 1}, 99);
  queue.remove({9, 9}, 1);
  EXPECT_THAT(taken(queue), ElementsAre(1));
  queue.take_next();  // nothing there: nothing happens
}

}  // namespace
}  // namespace postkamer::broker
