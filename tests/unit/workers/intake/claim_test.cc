// SPDX-License-Identifier: EUPL-1.2
//
// What is in a claim, and how the desk gets claims past a broker that refuses or forgets.
#include "workers/intake/claim.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <set>

#include <gmock/gmock.h>

#include "tests/unit/workers/broker/mailroom_house.h"
#include "tests/unit/workers/intake/refusing_broker.h"
#include "workers/intake/claim_desk.h"

namespace postkamer::intake {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class MarkerTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(claim_);
    fs::create_directories(claim_ / "scans");
    std::ofstream(claim_ / "scans/a.tif") << "a";
  }
  void TearDown() override { fs::remove_all(claim_); }

  [[nodiscard]] ClaimContents with_marker(const std::string& text) const {
    std::ofstream(claim_ / "scans/.done", std::ios::trunc) << text;
    return contents_of(claim_, false);
  }

  fs::path claim_ = fs::path(testing::TempDir()) / "marked_claim";
};

TEST_F(MarkerTest, gives_the_date_of_receipt) {
  const auto contents = with_marker(R"({"date_of_receipt": "2026-05-03", "expected_sheets": 2})");
  EXPECT_FALSE(contents.is_marker_wrong);
  EXPECT_EQ(contents.date_of_receipt, "2026-05-03");
  EXPECT_EQ(contents.expected_sheets, 2);
  EXPECT_FALSE(with_marker("").is_marker_wrong) << "it says only that the batch is whole";
}

TEST_F(MarkerTest, with_a_date_that_does_not_exist_refuses_its_files) {
  for (const char* date : {"03-05-2026", "2026-02-30", "3 mei 2026", ""}) {
    const auto contents = with_marker(json{{"date_of_receipt", date}}.dump());
    EXPECT_TRUE(contents.is_marker_wrong) << date;
    ASSERT_EQ(contents.units.size(), 1u);
    EXPECT_EQ(contents.units[0].refusal, "batch_marker_invalid");
  }
}

TEST_F(MarkerTest, that_is_a_link_is_not_followed) {
  const fs::path elsewhere = claim_.string() + "_elsewhere";
  std::ofstream(elsewhere) << R"({"date_of_receipt": "2026-05-03"})";
  fs::create_symlink(elsewhere, claim_ / "scans/.done");
  const auto contents = contents_of(claim_, false);
  fs::remove(elsewhere);
  EXPECT_TRUE(contents.is_marker_wrong);
  EXPECT_EQ(contents.date_of_receipt, "");
}

class ClaimDeskTest : public testing::Test {
 protected:
  void SetUp() override {
    house_.start_broker();
    endpoint_ = house_.layout().control_endpoint();
    inbox_.name = "post";
    inbox_.folder = house_.layout().dir / "rooms/inbox";
    fs::create_directories(work());
  }

  [[nodiscard]] fs::path work() const { return house_.layout().dir / "work"; }

  ClaimDesk desk() {
    return {inbox_, work(), Limits{}, journal::BlobStore::open(house_.layout().blobs()).value(),
            host::ControlClient::connect(endpoint_).value()};
  }

  [[nodiscard]] fs::path claim(const std::string& name, const std::string& bytes) const {
    fs::create_directories(work() / name);
    std::ofstream(work() / name / "scan.pdf") << bytes;
    return work() / name;
  }

  // Of the claims in work/: key -> batch.
  [[nodiscard]] std::map<std::string, std::string> claims() const {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::directory_iterator(work())) {
      const ClaimName name = claim_name_of(entry.path());
      found[name.key] = name.batch;
    }
    return found;
  }

  broker::MailroomHouse house_;
  host::InboxSettings inbox_;
  std::string endpoint_;
};

TEST_F(ClaimDeskTest, lets_no_claim_that_the_broker_refuses_hold_up_the_others) {
  const std::string beyond_dates = "253402300800-1-1";  // the year 10000
  ClaimDesk desk = this->desk();
  desk.add(claim(beyond_dates, "one"));
  desk.add(claim("1764200000-1-2", "two"));
  desk.add(claim("1764200000-1-3", "three"));
  int refused = 0;
  for (int step = 0; step < 8; ++step) refused += desk.step(true) ? 0 : 1;
  EXPECT_GT(refused, 0);
  EXPECT_EQ(desk.waiting(), 1u);
  const auto found = claims();
  EXPECT_EQ(found.at(beyond_dates), "");
  EXPECT_NE(found.at("1764200000-1-2"), "");
  EXPECT_NE(found.at("1764200000-1-3"), "");
}

TEST_F(ClaimDeskTest, takes_a_batch_that_was_closed_in_an_answer_that_was_lost_for_done) {
  const fs::path room = house_.layout().blobs() / "tmp";
  ClaimDesk desk = this->desk();
  desk.add(claim("1764200000-1-1", "bytes"));
  fs::rename(room, room.string() + ".gone");
  EXPECT_FALSE(desk.step(true)) << "it has its batch, and cannot be stored";
  fs::rename(room.string() + ".gone", room);
  const std::string batch = claims().at("1764200000-1-1");
  ASSERT_NE(batch, "");
  ASSERT_TRUE(house_.client().ask(
      "refuse",
      {{"batch", batch}, {"name", "scan.pdf"}, {"reason", "file_empty"}, {"message", ""}}));
  ASSERT_TRUE(house_.client().ask("close_batch", {{"batch", batch}}));
  EXPECT_EQ(house_.wait_closed(batch).at("state"), "closed");
  for (int step = 0; step < 4; ++step) EXPECT_TRUE(desk.step(true));
  EXPECT_EQ(desk.underway(), 0u) << "settled as the ledger tells";
}

// What a broker says that cannot take something in just now, the batch being open all the while; or
// an answer that never arrived, of a thing that was done.
struct Moment {
  const char* name;
  const char* verb;
  const char* file;  // "" = none is named
  Error error;
  bool is_done;
};

const Error kNoRoom{ErrorCode::unavailable, "disk_full", "there is no room"};
const Error kBusy{ErrorCode::unavailable, "control_timeout", "no answer came"};

class ForNow : public ClaimDeskTest, public testing::WithParamInterface<Moment> {
 protected:
  static constexpr int kTimes = 3;

  void SetUp() override {
    ClaimDeskTest::SetUp();
    house_.start_worker();
    const std::string front = "ipc://" + (house_.layout().run() / "between.sock").string();
    between_.emplace(front, house_.layout().control_endpoint());
    endpoint_ = front;
  }

  [[nodiscard]] fs::path three_files() const {
    const fs::path claim = work() / "1764200000-1-1";
    fs::create_directories(claim);
    for (const auto* letters : {"u", "uu", "uuu"})
      std::ofstream(claim / (std::string(letters) + ".pdf")) << letters;
    return claim;
  }

  // Goes on until all is laid aside.
  static void finish(ClaimDesk& desk) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (desk.underway() > 0 && std::chrono::steady_clock::now() < deadline)
      ASSERT_TRUE(desk.step(true));
    ASSERT_EQ(desk.underway(), 0u);
  }

  // Each file in one batch, read once, told once, and beside the others in processed/.
  void expect_all_there_once() {
    std::multiset<std::string> laid_aside;
    std::set<std::string> batches;
    for (const auto& entry : fs::recursive_directory_iterator(inbox_.store_folder() / "processed"))
      if (entry.path().extension() == ".pdf") {
        laid_aside.insert(entry.path().filename());
        batches.insert(entry.path().parent_path().filename());
      }
    EXPECT_THAT(laid_aside, testing::ElementsAre("u.pdf", "uu.pdf", "uuu.pdf"));
    EXPECT_TRUE(fs::is_empty(work()));
    ASSERT_EQ(batches.size(), 1u);
    auto& client = house_.client();
    EXPECT_EQ(client.ask("ledger", {{"batch", *batches.begin()}})->at("files"),
              (json{{"claimed", 3}, {"read", 3}, {"rejected", 0}, {"reading", 0}}));
    EXPECT_EQ(client.ask("documents", json::object())->at("documents").size(), 3u);
    EXPECT_EQ(client.ask("status", json::object())->at("head"), 3);
  }

  // Whoever closes a batch too soon has its other files laid aside unread.
  void expect_closed_when_all_were_in() const {
    const auto passed = between_->passed();
    const auto closing = std::ranges::find(passed, "close_batch");
    for (const auto* file : {"submit u.pdf", "submit uu.pdf", "submit uuu.pdf"})
      EXPECT_LT(std::ranges::find(passed, file), closing) << file;
  }

  std::optional<RefusingBroker> between_;
};

TEST_P(ForNow, what_is_not_taken_in_is_kept_and_given_again_and_nothing_is_lost_or_doubled) {
  const Moment& moment = GetParam();
  between_->refuse({moment.verb, moment.file, moment.error, kTimes, moment.is_done});
  ClaimDesk desk = this->desk();
  desk.add(three_files());
  for (int time = 0; time < kTimes; ++time) {
    const auto step = desk.step(true);
    ASSERT_FALSE(step);
    EXPECT_EQ(step.error().reason, moment.error.reason);
    EXPECT_EQ(desk.waiting(), 1u);
    const std::string batch = claims().at("1764200000-1-1");
    if (batch.empty() || moment.is_done) continue;
    EXPECT_EQ(house_.client().ask("ledger", {{"batch", batch}})->at("state"), "open");
  }
  ASSERT_NO_FATAL_FAILURE(finish(desk));
  expect_all_there_once();
  expect_closed_when_all_were_in();
}

TEST_P(ForNow, what_is_not_taken_in_is_given_again_by_the_next_run_too) {
  const Moment& moment = GetParam();
  between_->refuse({moment.verb, moment.file, moment.error, 1, moment.is_done});
  {
    ClaimDesk desk = this->desk();
    desk.add(three_files());
    EXPECT_FALSE(desk.step(true));
  }
  ClaimDesk desk = this->desk();
  EXPECT_EQ(desk.underway(), 1u) << "it lies in work/";
  ASSERT_NO_FATAL_FAILURE(finish(desk));
  expect_all_there_once();
  expect_closed_when_all_were_in();
}

INSTANTIATE_TEST_SUITE_P(
    Each, ForNow,
    testing::Values(Moment{"no_batch_for_lack_of_room", "open_batch", "", kNoRoom, false},
                    Moment{"the_batch_in_an_answer_that_was_lost", "open_batch", "", kBusy, true},
                    Moment{"first_file_for_lack_of_room", "submit", "u.pdf", kNoRoom, false},
                    Moment{"file_for_lack_of_room", "submit", "uu.pdf", kNoRoom, false},
                    Moment{"last_file_by_a_busy_broker", "submit", "uuu.pdf", kBusy, false},
                    Moment{"file_in_an_answer_that_was_lost", "submit", "uu.pdf", kBusy, true},
                    Moment{"closing_by_a_busy_broker", "close_batch", "", kBusy, false},
                    Moment{"closing_in_an_answer_that_was_lost", "close_batch", "", kBusy, true}),
    [](const auto& moment) { return std::string(moment.param.name); });

}  // namespace
}  // namespace postkamer::intake
