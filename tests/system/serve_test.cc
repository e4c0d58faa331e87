// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer serve`: files dropped in a watched folder come out as records at a subscriber that is
// not ours.
#include "tests/support/stream_oracles.h"
#include "tests/system/mailroom.h"

#include <signal.h>

#include <algorithm>
#include <fstream>
#include <set>

#include <gmock/gmock.h>

namespace postkamer::test {
namespace {

using namespace std::chrono_literals;
using std::filesystem::path;
using testing::HasSubstr;

constexpr auto kRecordDeadline = 120s;

TEST(Subscriber, is_shown_in_the_protocol_as_it_is_shipped) {
  const path source(POSTKAMER_SOURCE_DIR);
  std::string shipped = read_text(source / "workers/publisher/subscriber.py");
  shipped.erase(0, shipped.find('\n') + 1);  // the licence line
  const std::string protocol = read_text(source / "workers/wire/PROTOCOL.md");
  EXPECT_THAT(protocol, HasSubstr("```python\n" + shipped + "```\n"));
}

TEST(Serve, takes_a_slowly_copied_tiff_and_a_moved_pdf_and_stops_in_time) {
  Mailroom mailroom("serve", "doubtful-too");
  ASSERT_NO_FATAL_FAILURE(mailroom.open());
  const PythonSubscriber subscriber(mailroom);
  const std::string bytes = read_text(with_pages(samples("typed", ".tif"), 1).at(0));
  const path pdf = with_pages(samples("typed", ".pdf"), 1).at(0);

  std::ofstream slow(mailroom.inbox() / "slow.tif", std::ios::binary);
  slow << bytes.substr(0, bytes.size() / 2) << std::flush;
  std::filesystem::copy(pdf, mailroom.folder() / "moved.pdf");
  std::filesystem::rename(mailroom.folder() / "moved.pdf", mailroom.inbox() / "moved.pdf");

  // The other file's record shows that the door was busy all the while, and left the half file
  // alone.
  ASSERT_TRUE(wait_until([&] { return documents_by_file(subscriber.events())["moved.pdf"] == 1; },
                         kRecordDeadline))
      << mailroom.log();
  EXPECT_TRUE(std::filesystem::exists(mailroom.inbox() / "slow.tif"));
  slow << bytes.substr(bytes.size() / 2) << std::flush;
  slow.close();
  ASSERT_TRUE(wait_until([&] { return documents_by_file(subscriber.events())["slow.tif"] == 1; },
                         kRecordDeadline))
      << mailroom.log();
  EXPECT_TRUE(wait_until([&] { return std::filesystem::is_empty(mailroom.inbox()); }, 10s));

  const auto children = children_of(mailroom.process().pid());
  mailroom.process().signal(SIGTERM);
  EXPECT_EQ(mailroom.process().wait(10s).value_or(-1), 0) << mailroom.log();
  for (const pid_t child : children) EXPECT_NE(kill(child, 0), 0) << "still running";
}

TEST(Serve, stops_in_time_in_the_middle_of_its_work) {
  Mailroom mailroom("stopped", "doubtful-too");
  ASSERT_NO_FATAL_FAILURE(mailroom.open());
  std::filesystem::copy(samples("batch", ".tif").at(0), mailroom.inbox() / "batch.tif");
  const auto is_reading = [&] {
    const auto status = mailroom.ask({"status", "--json"}).json();
    for (const auto& worker : status.at("workers"))
      if (worker.at("state") == "executing") return true;
    return false;
  };
  ASSERT_TRUE(wait_until(is_reading, 60s)) << mailroom.log();
  const auto children = children_of(mailroom.process().pid());
  mailroom.process().signal(SIGTERM);
  EXPECT_EQ(mailroom.process().wait(10s).value_or(-1), 0) << mailroom.log();
  for (const pid_t child : children) EXPECT_NE(kill(child, 0), 0) << "still running";
}

TEST(Serve, has_every_document_exactly_once_after_everything_was_killed_twice) {
  Mailroom mailroom("killed", "doubtful-too");
  ASSERT_NO_FATAL_FAILURE(mailroom.open());
  const PythonSubscriber subscriber(mailroom);  // lives through all of it
  std::map<std::string, int> expected;
  const auto scans = with_pages(samples("typed", ".tif"), 1);
  for (std::size_t n = 0; n < 16; ++n) {  // so many that the second kill finds work underway
    const std::string name = "scan" + std::to_string(n) + ".tif";
    std::filesystem::copy(scans.at(n % scans.size()), mailroom.inbox() / name);
    expected[name] = 1;
  }
  const auto work = mailroom.folder() / "work" / "post";
  const auto underway = [&] {
    return std::filesystem::exists(work) && !std::filesystem::is_empty(work);
  };
  ASSERT_TRUE(wait_until(underway, 30s)) << mailroom.log();
  mailroom.kill_all();
  ASSERT_NO_FATAL_FAILURE(mailroom.open());
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(mailroom.folder() / "processed"); },
                         kRecordDeadline))
      << mailroom.log();
  EXPECT_TRUE(underway()) << "the second kill came too late to be one in mid-run";
  mailroom.kill_all();
  ASSERT_NO_FATAL_FAILURE(mailroom.open());

  ASSERT_TRUE(wait_until(
      [&] {
        return !underway() && documents_by_file(subscriber.events()).size() == expected.size();
      },
      kRecordDeadline))
      << mailroom.log();
  EXPECT_EQ(documents_by_file(subscriber.events()), expected);
  std::set<std::string> ids;
  for (const auto& event : subscriber.events())
    EXPECT_TRUE(ids.insert(event.at("id")).second) << "an event came twice";
  EXPECT_THAT(stream_oracles(mailroom.data(), {lines_of(subscriber.text())}), testing::IsEmpty());
}

TEST(Serve, opens_again_while_its_old_processes_are_still_ending) {
  Mailroom mailroom("left_alone", "doubtful-too");
  ASSERT_NO_FATAL_FAILURE(mailroom.open());
  const PythonSubscriber subscriber(mailroom);
  const auto children = children_of(mailroom.process().pid());
  std::filesystem::copy(samples("batch", ".tif").at(0), mailroom.inbox() / "batch.tif");
  const auto is_taken = [&] { return std::filesystem::is_empty(mailroom.inbox()); };
  ASSERT_TRUE(wait_until(is_taken, 30s)) << mailroom.log();
  mailroom.kill_supervisor();
  ASSERT_NO_FATAL_FAILURE(mailroom.open());
  const auto documents = truth_of(samples("batch", ".tif").at(0)).at("documents").size();
  EXPECT_TRUE(wait_until([&] { return subscriber.events().size() >= documents; }, kRecordDeadline))
      << mailroom.log();
  EXPECT_TRUE(wait_until(
      [&] { return std::ranges::none_of(children, [](pid_t pid) { return kill(pid, 0) == 0; }); },
      20s));
  EXPECT_EQ(subscriber.events().size(), documents);
  EXPECT_THAT(stream_oracles(mailroom.data(), {lines_of(subscriber.text())}), testing::IsEmpty());
}

TEST(Serve, opens_once_only) {
  Mailroom mailroom("twice", "settled");
  ASSERT_NO_FATAL_FAILURE(mailroom.open());
  const auto second = postkamer({"--config", mailroom.config(), "serve"});
  EXPECT_EQ(second.status, 5);
  EXPECT_THAT(second.errors, HasSubstr("another mailroom is open"));
}

// The reason beside a rejected file, once it is there; empty when it does not come.
std::string reason_of(const Mailroom& mailroom, const std::string& name) {
  std::string reason;
  const path rejected = mailroom.folder() / "rejected";
  wait_until(
      [&] {
        if (!std::filesystem::exists(rejected)) return false;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(rejected))
          if (entry.path().filename() == name &&
              std::filesystem::exists(entry.path().string() + ".txt"))
            reason = read_text(entry.path().string() + ".txt");
        return !reason.empty();
      },
      30s);
  return reason;
}

TEST(Serve, puts_broken_files_aside_with_a_dutch_reason) {
  Mailroom mailroom("broken", "doubtful-too");
  ASSERT_NO_FATAL_FAILURE(mailroom.open());
  write_text(mailroom.inbox() / "notitie.pdf", "dit is geen scan, maar tekst\n");
  write_text(mailroom.inbox() / "batch", "a file with the name of a note of ours\n");
  write_text(mailroom.inbox() / "caf\xe9.tif", "a name that is no UTF-8\n");
  write_text(mailroom.inbox() / "gone.tif", "taken back before it was taken in");
  std::filesystem::remove(mailroom.inbox() / "gone.tif");
  for (const auto* name : {"notitie.pdf", "batch", "caf\xe9.tif"})
    EXPECT_THAT(reason_of(mailroom, name),
                HasSubstr("Sleep het bestand terug in de map " + mailroom.inbox().string() + " om"))
        << name << '\n'
        << mailroom.log();
}

TEST(Serve, ends_as_wrong_settings_do_where_there_are_none) {
  const auto folder = fresh_folder("no_settings");
  EXPECT_EQ(postkamer({"--config", folder / "none.toml", "serve"}).status, 78);
}

TEST(Serve, refuses_to_start_with_every_mistake_in_its_settings) {
  const auto folder = fresh_folder("bad_settings");
  write_text(folder / "bad.toml",
             "[system]\ndata = 7\ncolour = 'red'\n[[inbox]]\npublish = 'perhaps'\n");
  const auto ended = postkamer({"--config", folder / "bad.toml", "serve"});
  EXPECT_EQ(ended.status, 78);
  for (const auto* mistake : {"bad.toml:2:", "bad.toml:3:", "colour", "bad.toml:5:", "name"})
    EXPECT_THAT(ended.errors, HasSubstr(mistake));
}

class BadForms : public testing::TestWithParam<const char*> {};

TEST_P(BadForms, stop_everything_before_it_starts) {
  const auto folder = fresh_folder("bad_forms");
  const auto form = folder / "forms" / "fout" / "1";
  std::filesystem::create_directories(form);
  write_text(form / "form.toml", "id = 'fout'\ncolour = 'red'\nversion = 1\n");
  write_text(folder / "bad.toml",
             "[system]\ndata = 'data'\nforms = 'forms'\n"
             "[[inbox]]\nname = 'post'\nfolder = 'inbox'\n");
  std::vector<std::string> command{"--config", folder / "bad.toml", GetParam()};
  if (command.back() == "run")
    command.insert(command.end(), {samples("typed", ".tif").at(0), "--out", folder / "out"});
  const auto ended = postkamer(command);
  EXPECT_EQ(ended.status, 78);
  for (const auto* mistake : {"form.toml:2:", "colour", "form.toml:3:", "version"})
    EXPECT_THAT(ended.errors, HasSubstr(mistake));
  EXPECT_FALSE(std::filesystem::exists(folder / "data"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out"));
}

INSTANTIATE_TEST_SUITE_P(EachVerb, BadForms, testing::Values("serve", "run"),
                         [](const auto& verb) { return std::string(verb.param); });

}  // namespace
}  // namespace postkamer::test
