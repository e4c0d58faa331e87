// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/readiness.h"

#include <sys/stat.h>

#include <fstream>

#include <gmock/gmock.h>

namespace postkamer::intake {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string kWholePdf = "%PDF-1.4\n1 0 obj\nxref\ntrailer\nstartxref\n17\n%%EOF\n";
const std::string kHalfPdf = "%PDF-1.4\n1 0 obj";

class ReadinessTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(inbox_.folder);
    std::filesystem::create_directories(inbox_.folder / "Burgerzaken");
  }

  static host::InboxSettings settings() {
    host::InboxSettings inbox;
    inbox.name = "post";
    inbox.folder = std::filesystem::path(testing::TempDir()) / "readiness";
    inbox.classes = {{"Burgerzaken", "bz"}};
    return inbox;
  }

  void write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((inbox_.folder / name).parent_path());
    std::ofstream(inbox_.folder / name, std::ios::binary) << bytes;
  }

  // What is ready at this time after the start, relative to the inbox; series joined by '+'.
  std::vector<std::string> look(Readiness::Clock::duration at, std::size_t most = SIZE_MAX) {
    if (!readiness_) readiness_.emplace(inbox_, check_, is_remote_);
    last_ = readiness_->look(start_ + at, most);
    std::vector<std::string> names;
    for (const Ready& ready : last_.ready) {
      std::string text;
      for (const auto& entry : ready.entries)
        text += (text.empty() ? "" : "+") + entry.lexically_relative(inbox_.folder).string();
      names.push_back(text);
    }
    return names;
  }

  [[nodiscard]] std::vector<std::string> reasons() const {
    std::vector<std::string> all;
    for (const Waiting& one : last_.waiting)
      all.push_back(one.file.filename().string() + " " + one.reason);
    return all;
  }

  host::InboxSettings inbox_ = settings();
  FileCheck check_ = check_file;
  Readiness::IsRemote is_remote_ = [](const std::filesystem::path&) { return false; };
  Readiness::Clock::time_point start_ = Readiness::Clock::now();
  std::optional<Readiness> readiness_;
  Look last_;
};

TEST_F(ReadinessTest, takes_a_whole_file_once_it_was_left_alone) {
  write("a.pdf", kWholePdf);
  EXPECT_THAT(look(0s), IsEmpty());
  EXPECT_EQ(last_.next, start_ + 3s) << "the door must wake up when it is ready";
  EXPECT_THAT(look(2s), IsEmpty());
  EXPECT_THAT(look(3s), ElementsAre("a.pdf"));
}

TEST_F(ReadinessTest, waits_longer_on_a_network) {
  is_remote_ = [](const std::filesystem::path&) { return true; };
  write("a.pdf", kWholePdf);
  look(0s);
  EXPECT_THAT(look(14s), IsEmpty());
  EXPECT_THAT(look(15s), ElementsAre("a.pdf"));
}

TEST_F(ReadinessTest, judges_a_mount_inside_a_local_inbox_by_itself) {
  is_remote_ = [](const std::filesystem::path& folder) {
    return folder.filename() == "Burgerzaken";
  };
  write("a.pdf", kWholePdf);
  write("Burgerzaken/b.pdf", kWholePdf);
  look(0s);
  EXPECT_THAT(look(3s), ElementsAre("a.pdf"));
  EXPECT_THAT(look(15s), ElementsAre("a.pdf", "Burgerzaken/b.pdf"));
}

TEST_F(ReadinessTest, waits_again_after_every_change) {
  write("a.pdf", kWholePdf);
  look(0s);
  write("a.pdf", kWholePdf + "\n");
  EXPECT_THAT(look(3s), IsEmpty());
  EXPECT_THAT(look(6s), ElementsAre("a.pdf"));
}

TEST_F(ReadinessTest, waits_visibly_for_the_second_half_of_a_file) {
  write("a.pdf", kHalfPdf);
  look(0s);
  EXPECT_THAT(look(300s), IsEmpty());
  EXPECT_THAT(reasons(), ElementsAre("a.pdf file_incomplete"));
  write("a.pdf", kWholePdf);
  look(301s);
  EXPECT_THAT(look(304s), ElementsAre("a.pdf"));
}

TEST_F(ReadinessTest, takes_a_half_file_in_the_end_so_that_it_gets_a_reason) {
  write("a.pdf", kHalfPdf);
  look(0s);
  look(899s);
  EXPECT_THAT(look(960s), ElementsAre("a.pdf"));
}

TEST_F(ReadinessTest, never_gives_up_on_a_file_that_is_busy) {
  std::string_view trouble = "file_busy";  // EBUSY of a Samba share
  int looks = 0;
  check_ = [&](const std::filesystem::path&) { return ++looks, trouble; };
  write("a.pdf", kWholePdf);
  for (auto at = 0s; at < 3600s; at += 1s) ASSERT_THAT(look(at), IsEmpty());
  EXPECT_THAT(reasons(), ElementsAre("a.pdf file_busy"));
  EXPECT_EQ(last_.waiting.front().since, start_);
  EXPECT_LT(looks, 80) << "it must not be opened every second";
  EXPECT_GT(looks, 50) << "but once a minute";
  trouble = "folder_unreachable";  // ESTALE of an NFS share
  look(3660s);
  EXPECT_THAT(reasons(), ElementsAre("a.pdf folder_unreachable"));
  trouble = "";
  EXPECT_THAT(look(3720s), ElementsAre("a.pdf"));
}

TEST_F(ReadinessTest, leaves_alone_for_a_while_what_could_not_be_renamed) {
  write("a.pdf", kWholePdf);
  look(0s);
  ASSERT_THAT(look(3s), ElementsAre("a.pdf"));
  readiness_->hold(inbox_.folder / "a.pdf", "file_unreadable", start_ + 3s);
  EXPECT_THAT(look(3100ms), IsEmpty());
  EXPECT_THAT(reasons(), ElementsAre("a.pdf file_unreadable"));
  EXPECT_THAT(look(4s), ElementsAre("a.pdf"));
}

TEST_F(ReadinessTest, leaves_passing_and_empty_files_and_tells_why) {
  for (const auto* name :
       {"scan.pdf.part", "~$brief.pdf", "Thumbs.db", "desktop.ini", "x.CRDOWNLOAD", ".scan.pdf"})
    write(name, kWholePdf);
  write("@eaDir/x.pdf", kWholePdf);
  write("empty.pdf", "");
  look(0s);
  EXPECT_THAT(look(1000s), IsEmpty());
  EXPECT_THAT(reasons(),
              UnorderedElementsAre("scan.pdf.part file_passing", "~$brief.pdf file_passing",
                                   "Thumbs.db file_passing", "desktop.ini file_passing",
                                   "x.CRDOWNLOAD file_passing", "@eaDir file_passing",
                                   "empty.pdf file_empty"))
      << "hidden files are nobody's business";
}

TEST_F(ReadinessTest, gives_links_and_pipes_so_that_they_get_a_reason) {
  std::filesystem::create_symlink("/etc/hostname", inbox_.folder / "link.pdf");
  ASSERT_EQ(mkfifo((inbox_.folder / "pipe").c_str(), 0600), 0);
  look(0s);
  EXPECT_THAT(look(3s), ElementsAre("link.pdf", "pipe"));
}

TEST_F(ReadinessTest, sees_a_reused_name_as_a_new_file) {
  write("a.pdf", kWholePdf);
  look(0s);
  ASSERT_THAT(look(3s), ElementsAre("a.pdf"));
  write("b.pdf", kWholePdf);  // of the same size and perhaps the same second
  std::filesystem::rename(inbox_.folder / "b.pdf", inbox_.folder / "a.pdf");
  EXPECT_THAT(look(5s), IsEmpty());
  EXPECT_THAT(look(8s), ElementsAre("a.pdf"));
}

TEST_F(ReadinessTest, orders_by_name_as_people_do_whatever_the_clock_of_the_scanner_says) {
  for (const auto* name : {"scan10.pdf", "scan9.pdf", "scan1.pdf"}) write(name, kWholePdf);
  std::filesystem::last_write_time(inbox_.folder / "scan10.pdf", {});
  look(0s);
  EXPECT_THAT(look(3s), ElementsAre("scan1.pdf", "scan9.pdf", "scan10.pdf"));
  EXPECT_THAT(look(3s, 2), ElementsAre("scan1.pdf", "scan9.pdf"));
}

TEST_F(ReadinessTest, takes_a_marked_folder_as_one_batch_when_its_files_are_whole) {
  write("stapel/1.pdf", kWholePdf);
  write("stapel/2.pdf", kHalfPdf);
  write("stapel/.done", "");
  look(0s);
  EXPECT_THAT(look(10s), IsEmpty());
  EXPECT_THAT(reasons(), ElementsAre("2.pdf file_incomplete"));
  write("stapel/2.pdf", kWholePdf);
  look(11s);
  EXPECT_THAT(look(14s), ElementsAre("stapel"));
}

TEST_F(ReadinessTest, takes_an_unmarked_folder_once_it_is_quiet) {
  write("Burgerzaken/stapel/1.pdf", kWholePdf);
  look(0s);
  EXPECT_THAT(look(30s), IsEmpty());
  EXPECT_THAT(reasons(), ElementsAre("stapel batch_open"));
  write("Burgerzaken/stapel/2.pdf", kWholePdf);
  look(31s);
  EXPECT_THAT(look(90s), IsEmpty());
  ASSERT_THAT(look(91s), ElementsAre("Burgerzaken/stapel"));
  EXPECT_EQ(last_.ready.front().class_folder, "Burgerzaken");
}

TEST_F(ReadinessTest, does_not_take_an_empty_folder) {
  std::filesystem::create_directories(inbox_.folder / "stapel");
  write("stapel/.done", "");
  look(0s);
  EXPECT_THAT(look(600s), IsEmpty());
  EXPECT_THAT(reasons(), ElementsAre("stapel folder_empty"));
}

TEST_F(ReadinessTest, gathers_the_pages_of_one_scan_in_natural_order) {
  inbox_.page_per_file = true;
  write("S KMBT 0101_0009.pdf", kWholePdf);
  write("S KMBT 0102_0001.pdf", kWholePdf);
  look(0s);
  write("S KMBT 0101_0010.pdf", kWholePdf);
  look(8s);
  EXPECT_THAT(look(11s), ElementsAre("S KMBT 0102_0001.pdf"));
  EXPECT_THAT(look(18s),
              ElementsAre("S KMBT 0101_0009.pdf+S KMBT 0101_0010.pdf", "S KMBT 0102_0001.pdf"));
}

TEST_F(ReadinessTest, tells_that_the_folder_is_gone_and_goes_on_when_it_is_back) {
  std::filesystem::remove_all(inbox_.folder);
  look(0s);
  EXPECT_EQ(last_.trouble, "folder_missing");
  write("a.pdf", kWholePdf);
  look(1s);
  EXPECT_EQ(last_.trouble, "");
  EXPECT_THAT(look(4s), ElementsAre("a.pdf"));
}

}  // namespace
}  // namespace postkamer::intake
