// SPDX-License-Identifier: EUPL-1.2
//
// Test 20 of README.md for a mailroom as people run it: under `postkamer serve` the processes of
// every kind are told to end, in turn, and started again by their supervisor, while files come in.
// Every document is there once, with its copy, and no job was counted as failed.
#include <signal.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <gmock/gmock.h>

#include "tests/faults/program_house.h"
#include "tests/support/stream_oracles.h"
#include "tests/system/mailroom.h"
#include "workers/journal/sqlite_journal.h"

namespace postkamer::faults {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::filesystem::path;
using test::wait_until;

constexpr auto kDeadline = 240s;

// The program's name, and the kind of job that shows that it is needed; "" = any.
struct Kind {
  const char* program;
  const char* job;
};
constexpr Kind kKinds[] = {{"decode", "decode"},   {"deskew", "deskew"}, {"classify", "classify"},
                           {"extract", "extract"}, {"ocr", "ocr"},       {"archive", "archive"},
                           {"publisher", ""},      {"sink", ""},         {"intake", ""},
                           {"broker", ""}};

class RollingMailroom : public testing::Test {
 protected:
  void SetUp() override {
    test::write_text(mailroom_.config(),
                     test::read_text(mailroom_.config()) +
                         "[[sink]]\nname = 'uit'\nkind = 'outbox'\nfolder = 'uit'\nunit_ms = 10\n");
    ASSERT_NO_FATAL_FAILURE(mailroom_.open());
    const host::Layout layout{mailroom_.data()};
    client_.emplace(host::ControlClient::connect(layout.control_endpoint()).value());
    subscriber_.emplace(mailroom_);
  }

  // A form, which is extracted, and a letter, which is read in full: work for everybody.
  void drop_files() {
    for (const path& file : {form_, letter_}) {
      const std::string name = "scan" + std::to_string(expected_.size()) + ".tif";
      std::filesystem::copy(file, mailroom_.folder() / name);
      std::filesystem::rename(mailroom_.folder() / name, mailroom_.inbox() / name);
      expected_[name] = 1;
    }
  }

  // Jobs of the kind, or of all: waiting and running, and done so far.
  struct Work {
    int underway = 0;
    int done = 0;
  };
  Work work_of(const std::string& kind) {
    Work work;
    const auto status = client_->ask("status", json::object());
    if (!status) return work;
    for (const auto& [name, row] : status->at("kinds").items()) {
      if (!kind.empty() && name != kind) continue;
      work.underway += row.at("waiting").get<int>() + row.at("running").get<int>();
      work.done += row.at("done").get<int>();
    }
    return work;
  }

  // New files, and as soon as there is work for it every process of the kind is told to end; until
  // as many others have taken their place.
  void replace(const Kind& kind) {
    const int done = work_of(kind.job).done;
    drop_files();
    ASSERT_TRUE(wait_until(
        [&] {
          const Work now = work_of(kind.job);
          return now.underway > 0 || now.done > done;
        },
        kDeadline))
        << kind.program << mailroom_.log();
    const std::string program = std::string("postkamer-") + kind.program;
    const auto running = [&] {
      const auto pids = test::children_named(mailroom_.process().pid(), program);
      return std::set<pid_t>(pids.begin(), pids.end());
    };
    const std::set<pid_t> before = running();
    ASSERT_FALSE(before.empty()) << program;
    for (const pid_t pid : before) ::kill(pid, SIGTERM);
    EXPECT_TRUE(wait_until(
        [&] {
          const auto now = running();
          return now.size() == before.size() &&
                 std::ranges::none_of(now, [&](pid_t pid) { return before.contains(pid); });
        },
        kDeadline))
        << program << mailroom_.log();
  }

  [[nodiscard]] bool is_all_laid_aside() {
    const auto status = client_->ask("status", json::object());
    const path work = mailroom_.folder() / "work" / "post";
    return status && status->at("batches").empty() &&
           std::filesystem::is_empty(mailroom_.inbox()) && std::filesystem::is_empty(work);
  }

  // The lines that lie in the sink's folder, by the names of their files.
  [[nodiscard]] std::vector<std::string> sunk() const {
    std::set<path> files;
    std::error_code none;  // nothing was sent yet
    for (const auto& entry : std::filesystem::directory_iterator(mailroom_.folder() / "uit", none))
      if (entry.path().extension() == ".json") files.insert(entry.path());
    std::string all;
    for (const path& file : files) all += test::read_text(file);
    return test::lines_of(all);
  }

  path form_ = test::with_pages(test::samples("typed", ".tif"), 1).at(0);
  path letter_ = test::samples("letter", ".tif").at(0);
  test::Mailroom mailroom_{"rolling_serve", "doubtful-too"};
  std::optional<host::ControlClient> client_;
  std::optional<test::PythonSubscriber> subscriber_;  // lives through all of it
  std::map<std::string, int> expected_;               // documents of each file
};

TEST_F(RollingMailroom,
       has_each_document_once_after_every_kind_of_process_was_replaced_under_load) {
  const int rounds = is_nightly() ? 10 : 1;
  for (int round = 0; round < rounds; ++round)
    for (const Kind& kind : kKinds) ASSERT_NO_FATAL_FAILURE(replace(kind));
  ASSERT_TRUE(wait_until([&] { return is_all_laid_aside(); }, kDeadline)) << mailroom_.log();
  ASSERT_TRUE(wait_until(
      [&] {
        return subscriber_->events().size() >= expected_.size() &&
               sunk().size() >= expected_.size();
      },
      kDeadline))
      << mailroom_.log();

  EXPECT_EQ(test::documents_by_file(subscriber_->events()), expected_);
  EXPECT_EQ(sunk().size(), expected_.size());
  EXPECT_THAT(test::stream_oracles(mailroom_.data(), {test::lines_of(subscriber_->text()), sunk()}),
              testing::IsEmpty());
  const auto reader = journal::open_reader(mailroom_.data() / "journal.db").value();
  const auto documents = reader->documents({}).value();
  for (const auto& document : documents)
    EXPECT_TRUE(!document.pdf_sha256.empty() && document.archive_failure.empty()) << document.name;
  const auto audit = reader->audit_after(0, 1 << 20).value();
  for (const auto& row : audit)
    EXPECT_TRUE(row.what != "job_failed" && row.what != "page_quarantined")
        << row.subject << row.detail;
}

}  // namespace
}  // namespace postkamer::faults
