// SPDX-License-Identifier: EUPL-1.2
#include "workers/sinks/outbox.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include <gmock/gmock.h>

namespace postkamer::sinks {
namespace {

class OutboxFolder : public testing::Test {
 protected:
  OutboxFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pk-outbox-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~OutboxFolder() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "out"))
      names.push_back(entry.path().filename());
    return names;
  }

  Outcome deliver(const Parcel& parcel) {
    return Outbox(folder_ / "out").deliver(parcel, [] { return false; });
  }

  std::filesystem::path folder_;
};

TEST_F(OutboxFolder, gets_one_whole_file_an_event_and_no_other) {
  EXPECT_EQ(deliver({7, "D7.gelezen.r1", "{}", ""}).kind, Outcome::Kind::delivered);
  EXPECT_THAT(names(), testing::ElementsAre("0000000007-D7.gelezen.r1.json"));
}

TEST_F(OutboxFolder, leaves_a_file_that_is_there_as_it_is) {
  deliver({1, "a", "first", ""});
  EXPECT_EQ(deliver({1, "a", "second", ""}).kind, Outcome::Kind::delivered);
  std::ifstream in(folder_ / "out" / "0000000001-a.json");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "first\n");
}

TEST_F(OutboxFolder, is_never_left_by_a_name_from_outside) {
  deliver({1, "../../etc/passwd", "{}", ""});
  EXPECT_THAT(names(), testing::ElementsAre("0000000001-.._.._etc_passwd.json"));
  deliver({2, std::string(1'000, 'x'), "{}", ""});
  EXPECT_EQ(names().size(), 2u) << "nor is a name too long";
}

TEST_F(OutboxFolder, that_cannot_be_written_is_everybodys_trouble) {
  std::ofstream(folder_ / "out") << "a file, no folder";
  const Outcome outcome = deliver({1, "a", "{}", ""});
  EXPECT_EQ(outcome.kind, Outcome::Kind::unreachable);
  EXPECT_EQ(outcome.reason, "sink_folder");
}

}  // namespace
}  // namespace postkamer::sinks
