// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer serve`: files dropped in a watched folder come out as records at a subscriber that is
// not ours.
#include <signal.h>

#include <fstream>
#include <map>
#include <memory>
#include <set>

#include <gmock/gmock.h>

#include "tests/system/harness.h"

namespace postkamer::test {
namespace {

using namespace std::chrono_literals;
using std::filesystem::path;

constexpr auto kRecordDeadline = 120s;

// A mailroom with one inbox in a folder of its own.
class Mailroom {
 public:
  explicit Mailroom(const std::string& name) : folder_(fresh_folder(name)) {
    std::ofstream(config()) << "[system]\n"
                            << "data = 'data'\n"
                            << "forms = '" << POSTKAMER_SOURCE_DIR << "/config/forms'\n"
                            << "[[inbox]]\n"
                            << "name = 'post'\n"
                            << "folder = 'inbox'\n"
                            << "publish = 'doubtful-too'\n"
                            << "stable_ms = 300\n"
                            << "poll_ms = 100\n";
  }

  void open() {
    process_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{program("postkamer"), "--config", config(), "serve"},
        folder_ / "log");
    ASSERT_TRUE(wait_until(
        [&] { return log().find("the mailroom is open", told_) != std::string::npos; }, 60s))
        << log();
    told_ = log().size();
  }

  // Ends everything as a power cut would, except for what is on disk.
  void kill_all() {
    const auto children = children_of(process_->pid());
    process_->signal(SIGKILL);
    for (const pid_t child : children) kill(child, SIGKILL);
    process_->wait(10s);
    process_.reset();
  }

  [[nodiscard]] path config() const { return folder_ / "postkamer.toml"; }
  [[nodiscard]] path inbox() const { return folder_ / "inbox"; }
  [[nodiscard]] path data() const { return folder_ / "data"; }
  [[nodiscard]] path folder() const { return folder_; }
  [[nodiscard]] std::string log() const { return read_text(folder_ / "log"); }
  ChildProcess& process() { return *process_; }

 private:
  path folder_;
  std::unique_ptr<ChildProcess> process_;
  std::size_t told_ = 0;
};

// The ten-line Python subscriber of workers/publisher/README.md, writing what it gets to a file.
class PythonSubscriber {
 public:
  explicit PythonSubscriber(const Mailroom& mailroom)
      : events_(mailroom.folder() / "python.jsonl"),
        process_({"/usr/bin/python3", POSTKAMER_SOURCE_DIR "/workers/publisher/subscriber.py",
                  "ipc://" + (mailroom.data() / "run" / "events.sock").string(), "python"},
                 events_) {}

  [[nodiscard]] std::vector<nlohmann::json> events() const { return read_lines(events_); }

 private:
  path events_;
  ChildProcess process_;
};

// How many documents came of each original file.
std::map<std::string, int> documents_by_file(const std::vector<nlohmann::json>& events) {
  std::map<std::string, std::set<std::string>> documents;
  for (const auto& event : events)
    if (event.is_object() && event.at("data").contains("pages") &&
        !event.at("data").at("pages").empty())
      documents[event.at("data").at("pages").at(0).at("file")].insert(event.at("subject"));
  std::map<std::string, int> counts;
  for (const auto& [file, ids] : documents) counts[file] = static_cast<int>(ids.size());
  return counts;
}

// The first sample with this ending that is one document.
path sample(const std::string& ending, std::size_t skip = 0) {
  const auto manifest = read_json(sample_scans() / "MANIFEST.json");
  for (const auto& entry : manifest.at("files")) {
    const path file = sample_scans() / entry.at("file").get<std::string>();
    const auto truth = read_json(truth_beside(file));
    if (file.extension() == ending && truth.is_object() && truth.contains("documents") &&
        truth.at("documents").size() == 1 && skip-- == 0)
      return file;
  }
  ADD_FAILURE() << "no sample ends in " << ending;
  return {};
}

TEST(Serve, takes_a_slowly_copied_tiff_and_a_moved_pdf_and_stops_in_time) {
  Mailroom mailroom("serve");
  mailroom.open();
  const PythonSubscriber subscriber(mailroom);
  const path tiff = sample(".tif");
  const path pdf = sample(".pdf");

  const std::string bytes = read_text(tiff);
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

TEST(Serve, has_every_document_exactly_once_after_everything_was_killed_twice) {
  Mailroom mailroom("killed");
  mailroom.open();
  std::map<std::string, int> expected;
  for (std::size_t n = 0; n < 4; ++n) {
    const std::string name = "scan" + std::to_string(n) + ".tif";
    std::filesystem::copy(sample(".tif", n), mailroom.inbox() / name);
    expected[name] = 1;
  }
  const auto work = mailroom.folder() / "work" / "post";
  const auto processed = mailroom.folder() / "processed";
  const auto underway = [&] {
    return std::filesystem::exists(work) && !std::filesystem::is_empty(work);
  };
  ASSERT_TRUE(wait_until(underway, 30s)) << mailroom.log();
  mailroom.kill_all();
  mailroom.open();
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(processed); }, kRecordDeadline))
      << mailroom.log();
  mailroom.kill_all();
  mailroom.open();

  const PythonSubscriber subscriber(mailroom);
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
}

TEST(Serve, puts_a_broken_file_aside_with_a_dutch_reason) {
  Mailroom mailroom("broken");
  mailroom.open();
  std::ofstream(mailroom.inbox() / "notitie.pdf") << "dit is geen scan, maar tekst\n";
  std::filesystem::path reason;
  ASSERT_TRUE(wait_until(
      [&] {
        if (!std::filesystem::exists(mailroom.folder() / "rejected")) return false;
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(mailroom.folder() / "rejected"))
          if (entry.path().filename() == "notitie.pdf.txt") reason = entry.path();
        return !reason.empty() && std::filesystem::exists(reason.parent_path() / "notitie.pdf");
      },
      30s))
      << mailroom.log();
  EXPECT_THAT(read_text(reason), testing::HasSubstr("Sleep het bestand terug in de map post"));
}

}  // namespace
}  // namespace postkamer::test
