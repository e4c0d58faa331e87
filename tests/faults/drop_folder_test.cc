// SPDX-License-Identifier: EUPL-1.2
//
// Tests 10 to 12 of README.md, as far as tests/system/folders_test.cc does not show them: files
// that are written slowly, that change at the worst moment, that point elsewhere, that come twice.
// A real door before a real broker; pauses are short, but as much longer than the door's patience
// as the six seconds of an iX1600 are.
#include <gmock/gmock.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <utility>

#include "tests/faults/house/faulty_house.h"
#include "workers/intake/claim.h"
#include "workers/intake/door.h"
#include "workers/journal/sqlite_journal.h"

namespace postkamer::faults {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using intake::Door;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr auto kPatience = 60s;
constexpr int kStableMs = 300;

// Whole for the door; a document of its own for each `text`.
std::string pdf(const std::string& text) {
  const std::string head = "%PDF-1.4\n" + text + "\n";
  return head + "xref\ntrailer\nstartxref\n" + std::to_string(head.size()) + "\n%%EOF\n";
}

void append(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::app) << bytes;
}

// Every file has one page that no form explains.
Result<host::Outcome> do_task(const host::Task& task) {
  if (task.kind != "decode") return broker::MailroomHouse::do_task(task);
  const nlohmann::json page{{"index", 0}, {"kind", "content"}, {"picture", {{"letter", "u"}}}};
  return host::Outcome{{{"page_count", 1}, {"pages", {page}}}, {Bytes{'u'}}};
}

class DropFolder : public testing::Test {
 protected:
  DropFolder() { start(); }

  void start() {
    broker_ = house_.start_broker();
    worker_ = house_.mailroom().start([this] {
      host::WorkerOptions options;
      options.endpoint = house_.layout().workers_endpoint();
      options.kinds = {"decode", "deskew", "classify", "assemble", "ocr", "archive"};
      return host::run_worker(options, do_task);
    });
  }

  host::InboxSettings inbox(const std::string& name) {
    host::InboxSettings settings;
    settings.name = name;
    settings.folder = house_.layout().dir / "rooms" / name / "in";
    settings.stable_ms = kStableMs;
    settings.min_free_bytes = 1;
    settings.incomplete_ms = 600'000;
    fs::create_directories(settings.folder);
    return settings;
  }

  // `check` looks at a file last before it is taken.
  Door door(const host::InboxSettings& settings, intake::FileCheck check = intake::check_file) {
    intake::DoorSenses senses;
    senses.check = std::move(check);
    intake::ClaimDesk desk(
        settings, Door::work_of(settings), Limits{},
        journal::BlobStore::open(house_.layout().blobs()).value(),
        host::ControlClient::connect(house_.layout().control_endpoint()).value());
    return {settings, house_.layout().dir, {}, std::move(desk), std::move(senses)};
  }

  // Lets the door work until `is_done`; false when patience ended first.
  static bool run(Door& door, const std::function<bool()>& is_done) {
    const auto end = Door::Clock::now() + kPatience;
    bool done = false;
    door.run([&] { return (done = is_done()) || Door::Clock::now() > end; });
    return done;
  }

  // Does `acts` one after another, with a pause before each, while the door works; tells of what it
  // took before the last.
  static std::size_t run_while(Door& door, const host::InboxSettings& settings,
                               const std::vector<std::function<void()>>& acts,
                               std::chrono::milliseconds pause) {
    std::size_t taken = 0;
    for (const auto& act : acts) {
      const auto next = Door::Clock::now() + pause;
      run(door, [&] { return Door::Clock::now() >= next; });
      taken += entries(Door::work_of(settings)).size() + settled(settings).size();
      act();
    }
    return taken;
  }

  static std::vector<std::string> entries(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder, failed))
      names.push_back(entry.path().filename());
    return names;
  }

  // What lies in processed/ and rejected/, as "processed NAME" and "rejected NAME reason".
  static std::vector<std::string> settled(const host::InboxSettings& settings) {
    std::vector<std::string> names;
    std::error_code failed;
    for (const char* where : {"processed", "rejected"})
      for (const auto& entry :
           fs::recursive_directory_iterator(settings.store_folder() / where, failed)) {
        const fs::path& file = entry.path();
        const auto ending = file.extension();
        const bool is_note = ending == ".txt" || ending == ".json";
        const bool is_hidden = file.filename().string().starts_with('.');
        if (fs::is_directory(fs::symlink_status(file)) || is_note || is_hidden) continue;
        std::string reason;
        if (std::ifstream note(file.string() + ".json"); note)
          reason = " " + nlohmann::json::parse(note).value("reason", std::string());
        names.push_back(where + (" " + file.filename().string()) + reason);
      }
    return names;
  }

  // The hashes of all files that the journal has, those refused left out. Ends the mailroom.
  std::vector<std::string> taken_in() {
    house_.mailroom().end(broker_, SIGTERM);
    EXPECT_THAT(store_violations(house_.layout(), {}), IsEmpty());
    const auto reader = journal::open_reader(house_.layout().journal()).value();
    std::vector<std::string> hashes;
    const auto batches = reader->batches().value();
    for (const auto& batch : batches) {
      const auto contents = reader->contents(batch.id).value();
      for (const auto& scan : contents.scans)
        if (scan.state != journal::ScanState::rejected) hashes.push_back(scan.sha256);
    }
    return hashes;
  }

  bool settle(Door& door, const host::InboxSettings& settings, std::size_t files) {
    return run(door, [&] { return settled(settings).size() >= files; });
  }

  FaultyHouse house_;
  pid_t broker_ = 0;
  pid_t worker_ = 0;
};

std::string hash_of(const std::string& text) { return sha256_hex(bytes_of(text)); }

// As a Fujitsu iX1600 does: it opens and closes its file several times, seconds apart.
TEST_F(DropFolder, takes_a_file_that_is_opened_again_and_again_once_it_is_whole) {
  const auto settings = inbox("post");
  Door door = this->door(settings);
  const fs::path file = settings.folder / "scan.pdf";
  const std::string whole = pdf("twee bladen");
  const std::size_t third = whole.size() / 3;
  EXPECT_EQ(run_while(door, settings,
                      {[&] { append(file, ""); }, [&] { append(file, whole.substr(0, third)); },
                       [&] { append(file, ""); }, [&] { append(file, whole.substr(third, third)); },
                       [&] { append(file, whole.substr(2 * third)); }},
                      2ms * kStableMs),
            0u)
      << "nothing is taken before it is whole";
  EXPECT_TRUE(settle(door, settings, 1));
  EXPECT_THAT(settled(settings), ElementsAre("processed scan.pdf"));
  EXPECT_THAT(taken_in(), ElementsAre(hash_of(whole)));
}

TEST_F(DropFolder, takes_a_file_that_grows_for_a_minute_when_it_is_done) {
  const auto settings = inbox("post");
  Door door = this->door(settings);
  const fs::path file = settings.folder / "scan.pdf";
  const std::string whole = pdf(std::string(20'000, 'x'));
  constexpr std::size_t kSteps = 60;
  std::vector<std::function<void()>> acts;
  for (std::size_t step = 0; step < kSteps; ++step)
    acts.emplace_back([&, step] {
      const std::size_t from = whole.size() * step / kSteps;
      append(file, whole.substr(from, whole.size() * (step + 1) / kSteps - from));
    });
  EXPECT_EQ(run_while(door, settings, acts, 1ms * rounds(50, 1000)), 0u);
  EXPECT_TRUE(settle(door, settings, 1));
  EXPECT_THAT(taken_in(), ElementsAre(hash_of(whole)));
}

// What somebody does to the file between the last look at it and its taking.
TEST_F(DropFolder, takes_the_old_or_the_new_file_whole_whatever_happens_as_it_is_taken) {
  const auto settings = inbox("post");
  bool is_replaced = false;
  const auto at_the_last_moment = [&](const fs::path& file) -> std::string_view {
    const auto reason = intake::check_file(file);
    if (!reason.empty()) return reason;
    const std::string name = file.filename();
    if (name == "hernoemd.pdf") fs::rename(file, file.parent_path() / "nieuwe-naam.pdf");
    if (name == "weg.pdf") fs::remove(file);
    if (name == "vervangen.pdf" && !std::exchange(is_replaced, true)) {
      append(settings.folder.parent_path() / "beside", pdf("nieuw"));
      fs::rename(settings.folder.parent_path() / "beside", file);
    }
    return reason;
  };
  for (const char* name : {"hernoemd.pdf", "weg.pdf", "vervangen.pdf"})
    append(settings.folder / name, pdf(name));
  Door door = this->door(settings, at_the_last_moment);
  EXPECT_TRUE(settle(door, settings, 2));
  EXPECT_THAT(settled(settings),
              UnorderedElementsAre("processed nieuwe-naam.pdf", "processed vervangen.pdf"));
  const auto hashes = taken_in();
  EXPECT_EQ(hashes.size(), 2u);
  for (const std::string& hash : hashes)
    EXPECT_THAT(hash, testing::AnyOf(hash_of(pdf("hernoemd.pdf")), hash_of(pdf("vervangen.pdf")),
                                     hash_of(pdf("nieuw"))));
}

// Writes to the source while it is copied into the store.
class WritesMeanwhile : public Meddler {
 public:
  WritesMeanwhile(fs::path work, std::function<void(const fs::path&)> act)
      : work_(std::move(work)), act_(std::move(act)) {}
  Verdict before(const Call& call) override {
    if (place_of(call) != Place::blob_write || is_done_) return {};
    is_done_ = true;
    for (const auto& entry : fs::recursive_directory_iterator(work_))
      if (entry.is_regular_file()) act_(entry.path());
    return {};
  }
  [[nodiscard]] bool is_done() const { return is_done_; }

 private:
  fs::path work_;
  std::function<void(const fs::path&)> act_;
  bool is_done_ = false;
};

TEST_F(DropFolder, never_takes_a_mix_of_a_file_that_is_cut_short_or_overwritten_as_it_is_read) {
  const auto settings = inbox("post");
  const std::string old = pdf(std::string(900'000, 'o'));
  const std::string anew = pdf(std::string(900'000, 'n'));
  int n = 0;
  for (const std::string& written : {std::string("kort"), anew}) {
    append(settings.folder / (std::to_string(++n) + ".pdf"), old);
    WritesMeanwhile meddler(Door::work_of(settings), [&](const fs::path& file) {
      std::ofstream(file, std::ios::binary | std::ios::trunc) << written;
    });
    meddle(&meddler);
    Door door = this->door(settings);
    EXPECT_TRUE(settle(door, settings, static_cast<std::size_t>(n)));
    meddle(nullptr);
    EXPECT_TRUE(meddler.is_done());
  }
  for (const std::string& hash : taken_in())
    EXPECT_THAT(hash, testing::AnyOf(hash_of(old), hash_of(anew), hash_of("kort")));
}

// The kernel tells of every opening of what lies outside.
class Outside {
 public:
  explicit Outside(fs::path folder)
      : folder_(std::move(folder)), fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    fs::create_directories(folder_ / "map");
    append(folder_ / "geheim.pdf", pdf("geheim"));
    append(folder_ / "map" / "geheim.pdf", pdf("ook geheim"));
    for (const fs::path& watched : {folder_, folder_ / "map"})
      ::inotify_add_watch(fd_, watched.c_str(),
                          IN_OPEN | IN_ACCESS | IN_MODIFY | IN_MOVE | IN_DELETE);
  }
  ~Outside() { ::close(fd_); }
  Outside(const Outside&) = delete;
  Outside& operator=(const Outside&) = delete;
  [[nodiscard]] bool is_touched() const {
    std::array<char, 4096> events{};
    return ::read(fd_, events.data(), events.size()) > 0;
  }
  [[nodiscard]] const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
  int fd_;
};

TEST_F(DropFolder, opens_nothing_outside_whatever_points_there) {
  const auto settings = inbox("post");
  const Outside outside(house_.layout().dir / "outside");
  const fs::path in = settings.folder;
  fs::create_symlink(outside.folder() / "geheim.pdf", in / "absoluut.pdf");
  fs::create_symlink("../../../outside/geheim.pdf", in / "omhoog.pdf");
  fs::create_symlink(outside.folder() / "map", in / "map-elders");
  fs::create_symlink("../../../outside", in / "map-omhoog");
  append(in / "twee\nregels.pdf", pdf("regels"));
  append(in / "..punten.pdf", pdf("punten"));
  append(in / "caf\xe9.pdf", pdf("cafe"));
  fs::create_directories(in / "stapel");
  append(in / "stapel" / "goed.pdf", pdf("goed"));
  fs::create_symlink(outside.folder() / "geheim.pdf", in / "stapel" / "binnen.pdf");
  append(in / "stapel" / ".done", "");
  ASSERT_FALSE(outside.is_touched());
  // One that is a file when it is looked at, and a link when it is taken.
  append(in / "wissel.pdf", pdf("wissel"));
  Door door = this->door(settings, [&](const fs::path& file) -> std::string_view {
    if (file.filename() == "wissel.pdf" && !fs::is_symlink(file)) {
      fs::remove(file);
      fs::create_symlink(outside.folder() / "geheim.pdf", file);
      return "";
    }
    return intake::check_file(file);
  });
  EXPECT_TRUE(settle(door, settings, 9));
  EXPECT_FALSE(outside.is_touched());
  EXPECT_THAT(settled(settings),
              UnorderedElementsAre(
                  "processed twee\nregels.pdf", "processed caf\xe9.pdf", "processed goed.pdf",
                  "rejected absoluut.pdf file_is_link", "rejected omhoog.pdf file_is_link",
                  "rejected map-elders file_is_link", "rejected map-omhoog file_is_link",
                  "rejected binnen.pdf file_is_link", "rejected wissel.pdf file_is_link"));
  EXPECT_THAT(entries(in), ElementsAre("..punten.pdf")) << "a hidden name is nobody's business";
  EXPECT_EQ(taken_in().size(), 3u);
}

TEST_F(DropFolder, makes_one_document_of_a_file_that_comes_again_here_there_and_after_a_restart) {
  const auto here = inbox("hier");
  const auto there = inbox("daar");
  const std::string same = pdf("hetzelfde");
  {
    Door first = door(here);
    Door second = door(there);
    append(here.folder / "a.pdf", same);
    append(there.folder / "b.pdf", same);
    EXPECT_TRUE(run(first, [&] {
      second.round();
      return settled(here).size() + settled(there).size() >= 2;
    }));
    append(here.folder / "a.pdf", same);  // under its old name, as when one scan gives two events
    EXPECT_TRUE(settle(first, here, 2));
  }
  house_.mailroom().end(broker_, SIGKILL);
  house_.mailroom().end(worker_, SIGKILL);
  start();
  Door again = door(here);
  append(here.folder / "c.pdf", same);
  EXPECT_TRUE(settle(again, here, 3));
  EXPECT_EQ(settled(there).size(), 1u);
  EXPECT_THAT(taken_in(), ElementsAre(hash_of(same)));
  EXPECT_EQ(events_of(house_.layout()).size(), 1u);
}

TEST_F(DropFolder, links_two_documents_of_the_same_file_where_both_are_wanted) {
  auto settings = inbox("post");
  settings.duplicates = host::DuplicatePolicy::accept;
  Door door = this->door(settings);
  append(settings.folder / "a.pdf", pdf("twee keer"));
  EXPECT_TRUE(settle(door, settings, 1));
  append(settings.folder / "b.pdf", pdf("twee keer"));
  EXPECT_TRUE(settle(door, settings, 2));
  EXPECT_EQ(taken_in().size(), 2u);
  const auto events = events_of(house_.layout());
  ASSERT_EQ(events.size(), 2u);
  EXPECT_NE(events[0].key, events[1].key);
  const auto reader = journal::open_reader(house_.layout().journal()).value();
  EXPECT_EQ(reader->scan(1)->value().findings, "[]");
  EXPECT_THAT(reader->scan(2)->value().findings, testing::HasSubstr("possible_duplicate"));
}

}  // namespace
}  // namespace postkamer::faults
