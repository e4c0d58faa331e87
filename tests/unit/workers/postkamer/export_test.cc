// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/export.h"

#include <fstream>

#include <gmock/gmock.h>

#include "tests/support/forking.h"
#include "tests/unit/workers/publisher/stream_house.h"

namespace postkamer {
namespace {

using nlohmann::json;
using testing::ElementsAre;

// A mailroom of twenty documents, one event each, of which batch B2 has three.
class ExportTest : public test::Forking {
 protected:
  void SetUp() override {
    Forking::SetUp();
    if (IsSkipped()) return;
    house_.emplace();
    house_->append(20);
  }

  static Result<json> answer(std::string_view verb, const json& body) {
    if (verb == "status") return json{{"head", 20}};
    if (verb == "document") return json{{"record", {{"document", body.at("document")}}}};
    if (body.at("batch") != "B2")
      return fail(ErrorCode::unsupported, "batch_unknown", "there is no such batch");
    return json{
        {"documents", {{{"document", "D4"}}, {{"document", "D12"}}, {{"document", "D13"}}}}};
  }

  [[nodiscard]] Result<std::vector<ExportedDocument>> exported(const std::string& batch) const {
    std::filesystem::create_directories(out());
    return export_batch({house_->folder(), batch, out(), {}}, answer);
  }

  [[nodiscard]] std::vector<std::string> subjects() const {
    std::ifstream file(out() / "records.jsonl");
    std::vector<std::string> found;
    for (std::string line; std::getline(file, line);)
      found.push_back(json::parse(line).at("subject"));
    return found;
  }

  [[nodiscard]] std::filesystem::path out() const { return house_->folder() / "out"; }

  std::optional<publisher::StreamHouse> house_;
};

TEST_F(ExportTest, holds_the_events_of_the_batch_and_of_no_other) {
  house_->start();
  const auto documents = exported("B2");
  ASSERT_TRUE(documents) << documents.error().message;
  EXPECT_EQ(documents->size(), 3u);
  EXPECT_THAT(subjects(), ElementsAre("D4", "D12", "D13"));
}

TEST_F(ExportTest, begins_with_the_oldest_event_that_is_kept) {
  ASSERT_TRUE(house_->journal().commit({journal::DropEvents{10}}, "2026-11-23T12:00:00.000Z"));
  house_->start();
  const auto documents = exported("B2");
  ASSERT_TRUE(documents) << documents.error().message;
  EXPECT_EQ(documents->size(), 3u) << "the record of one whose event went is there nevertheless";
  EXPECT_THAT(subjects(), ElementsAre("D12", "D13"));
}

TEST_F(ExportTest, writes_nothing_of_a_batch_that_nobody_knows) {
  house_->start();
  const auto documents = exported("B3");
  ASSERT_FALSE(documents);
  EXPECT_EQ(documents.error().reason, "batch_unknown");
  EXPECT_TRUE(std::filesystem::is_empty(out()));
}

}  // namespace
}  // namespace postkamer
