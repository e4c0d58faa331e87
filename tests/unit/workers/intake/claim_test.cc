// SPDX-License-Identifier: EUPL-1.2
//
// What is in a claim, and how the desk gets claims past a broker that refuses or forgets.
#include "workers/intake/claim.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/unit/workers/broker/mailroom_house.h"
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
    inbox_.name = "post";
    inbox_.folder = house_.layout().dir / "rooms/inbox";
    fs::create_directories(work());
  }

  [[nodiscard]] fs::path work() const { return house_.layout().dir / "work"; }

  ClaimDesk desk() {
    return {inbox_, work(), Limits{}, journal::BlobStore::open(house_.layout().blobs()).value(),
            host::ControlClient::connect(house_.layout().control_endpoint()).value()};
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

}  // namespace
}  // namespace postkamer::intake
