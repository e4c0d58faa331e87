// SPDX-License-Identifier: EUPL-1.2
//
// Everything that scanners and colleagues do to a watched folder, with real files in real folders
// before a real mailroom. Prints a table: what was dropped, how, what happened.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/system/dropped_files.h"
#include "tests/system/folder_table.h"

namespace postkamer::test {
namespace {

using namespace std::chrono_literals;
using std::filesystem::path;

// One row of the table.
struct Row {
  std::string what, how, expected;
  std::function<void()> drop;
  std::function<std::string()> outcome;
};

class Folders : public testing::Test {
 protected:
  // Names hold what must never stand in a log.
  static std::string person(const std::string& rest) { return "jansen-" + rest; }

  void add(const std::string& what, const std::string& how, const std::string& expected,
           std::function<void()> drop, std::function<std::string()> outcome) {
    rows_.push_back({what, how, expected, std::move(drop), std::move(outcome)});
  }

  // The usual row: something with a name, dropped in an inbox.
  void add(const std::string& inbox, const std::string& name, const std::string& how,
           const std::string& expected, const std::function<void(const path&)>& drop) {
    const path file = table_.in(inbox) / person(name);
    add(
        inbox + "/" + name, how, expected, [file, drop] { drop(file); },
        [this, inbox, name] { return table_.fate(inbox, person(name)); });
  }

  void add_files();
  void add_strange_files();
  void add_passing_files();
  void add_batches();
  void add_broken_batches();
  void add_series();
  void add_duplicates();
  void add_other_file_systems();
  void add_second_round();

  // Drops all, waits for each, prints each. A row whose outcome did not come in time is shown with
  // the one that did.
  void run() {
    for (const Row& row : rows_) row.drop();
    // The first row done shows that the door was busy, and left alone what was half.
    wait_until([&] { return rows_.front().outcome() == rows_.front().expected; }, 40s);
    for (const auto& act : later_) act();
    later_.clear();
    fmt::print("{:<32} {:<46} {}\n", "dropped", "how", "what happened");
    for (const Row& row : rows_) {
      std::string outcome;
      const bool right = wait_until([&] { return (outcome = row.outcome()) == row.expected; }, 40s);
      fmt::print("{:<32.32} {:<46} {}\n", row.what, row.how, outcome);
      EXPECT_TRUE(right) << row.what << ", " << row.how << ": expected " << row.expected << ", was "
                         << outcome;
    }
    std::cout << rows_.size() << " rows" << std::endl;
  }

  FolderTable table_;
  std::vector<Row> rows_;
  path first_refusal_;
  std::vector<std::function<void()>> later_;  // once the first row is done
  std::vector<std::unique_ptr<std::ofstream>> held_open_;
};

void Folders::add_files() {
  add("post", "cp.tif", "copied", "processed", [](const path& f) { write_text(f, tiff(1)); });
  add("post", "mv.tif", "moved in", "processed", [](const path& f) {
    write_text(f.parent_path().parent_path() / "aside", tiff(2));
    std::filesystem::rename(f.parent_path().parent_path() / "aside", f);
  });
  add("post", "link.tif", "hard link", "processed", [](const path& f) {
    write_text(f.parent_path().parent_path() / "linked", tiff(3));
    std::filesystem::create_hard_link(f.parent_path().parent_path() / "linked", f);
  });
  add("post", "jpeg.jpg", "copied", "processed", [](const path& f) { write_text(f, jpeg(4)); });
  add("post", "pdf.pdf", "copied", "processed", [](const path& f) { write_text(f, pdf(5)); });
  add("post", "renamed.tif", "written as .part, then renamed", "processed", [](const path& f) {
    write_text(f.string() + ".part", tiff(6));
    std::filesystem::rename(f.string() + ".part", f);
  });
  add("post", "slow.tif", "half now, the rest when others are done", "processed",
      [this](const path& f) {
        write_text(f, tiff(7).substr(0, 60));
        later_.push_back([f] { std::ofstream(f, std::ios::app) << tiff(7).substr(60); });
      });
  add("post", "open.tif", "whole, but still open for writing", "waits file_busy",
      [this](const path& f) {
        held_open_.push_back(std::make_unique<std::ofstream>(f, std::ios::binary));
        *held_open_.back() << tiff(8) << std::flush;
      });
  add("post", "caf\xe9.tif", "a name that is no UTF-8", "processed",
      [](const path& f) { write_text(f, tiff(9)); });
  add("post", "met spatie & 'aanhaling'.tif", "a name with spaces and quotes", "processed",
      [](const path& f) { write_text(f, tiff(10)); });
  add("post", std::string(240, 'n') + ".tif", "a name of 251 bytes", "processed",
      [](const path& f) { write_text(f, tiff(11)); });
  for (int i = 0; i < 3; ++i)
    add("post", fmt::format("burst{}.tif", i), "three at the same moment", "processed",
        [i](const path& f) { write_text(f, tiff(20 + i)); });
  add("post", "gone.tif", "taken back at once", "nowhere", [](const path& f) {
    write_text(f, tiff(12));
    std::filesystem::remove(f);
  });
  add("peil", "poll.tif", "in a folder that is polled", "processed",
      [](const path& f) { write_text(f, tiff(13)); });
  add("vol", "full.tif", "disk below min_free_bytes", "waits disk_full",
      [](const path& f) { write_text(f, tiff(14)); });
}

void make_special(const path& file, mode_t kind) {
  ASSERT_EQ(mknod(file.c_str(), kind | 0600, 0), 0) << "making a special file";
}

void Folders::add_strange_files() {
  const auto half = [](const path& f) { write_text(f, tiff(30).substr(0, 60)); };
  add("kort", "half.tif", "half, and it stays so", "rejected scan_truncated", half);
  add("post", "tekst.pdf", "a text with the name of a PDF", "rejected scan_not_an_image",
      [](const path& f) { write_text(f, "beste gemeente,\n"); });
  add("post", "snelkoppeling.tif", "link to a file", "rejected file_is_link", [](const path& f) {
    write_text(f.parent_path().parent_path() / "target", tiff(31));
    std::filesystem::create_symlink(f.parent_path().parent_path() / "target", f);
  });
  add("post", "maplink", "link to a folder", "rejected file_is_link",
      [](const path& f) { std::filesystem::create_symlink("/etc", f); });
  add("post", "doodlopend.tif", "link to nothing", "rejected file_is_link",
      [](const path& f) { std::filesystem::create_symlink("/nowhere/at/all", f); });
  add("post", "pijp", "pipe", "rejected file_is_special",
      [](const path& f) { make_special(f, S_IFIFO); });
  add("post", "stopcontact", "socket", "rejected file_is_special",
      [](const path& f) { make_special(f, S_IFSOCK); });
  if (getuid() == 0)
    add("post", "apparaat", "device", "rejected file_is_special",
        [](const path& f) { make_special(f, S_IFCHR); });
}

void Folders::add_passing_files() {
  add("post", "leeg.tif", "no bytes", "waits file_empty", [](const path& f) { write_text(f, ""); });
  add("post", "half.tif.filepart", "a copy underway", "waits file_passing",
      [](const path& f) { write_text(f, tiff(32)); });
  add(
      "Thumbs.db", "left by a file manager", "waits file_passing",
      [this] { write_text(table_.in("post") / "Thumbs.db", "x"); },
      [this] { return table_.fate("post", "Thumbs.db"); });
  add(
      ".verborgen.tif", "hidden", "waits unseen",
      [this] { write_text(table_.in("post") / ".verborgen.tif", tiff(33)); },
      [this] { return table_.fate("post", ".verborgen.tif"); });
}

void Folders::add_batches() {
  const auto fill = [](const path& f, int first, int count) {
    std::filesystem::create_directories(f);
    for (int i = 0; i < count; ++i) write_text(f / fmt::format("{}.tif", i + 1), tiff(first + i));
  };
  add("post", "stapel", "folder with .done", "processed 3 files", [fill](const path& f) {
    fill(f, 40, 3);
    write_text(f / ".done", "");
  });
  add(
      "stapel-datum", "folder with .ready: date and sheets", "20260503, 2 sheets",
      [this, fill] {
        fill(table_.in("post") / person("stapel-datum"), 50, 2);
        write_text(table_.in("post") / person("stapel-datum") / ".ready",
                   R"({"expected_sheets": 2, "date_of_receipt": "2026-05-03"})");
      },
      [this] {
        const auto manifest = table_.manifest(person("stapel-datum"));
        if (manifest.empty()) return table_.fate("post", person("stapel-datum"));
        return manifest.at("batch").get<std::string>().substr(0, 8) + ", " +
               manifest.at("ledger").at("expected_sheets").dump() + " sheets";
      });
  add("post", "stapel-stil", "folder without marker, left alone", "processed 2 files",
      [fill](const path& f) { fill(f, 60, 2); });
  add(
      "Burgerzaken/los.tif", "file in a class folder", "class folder Burgerzaken",
      [this] { write_text(table_.in("post") / "Burgerzaken" / person("bz.tif"), tiff(70)); },
      [this] {
        const auto manifest = table_.manifest(person("bz.tif"));
        return manifest.value("inbox", "") == "post/Burgerzaken" ? "class folder Burgerzaken"
                                                                 : manifest.dump();
      });
  add(
      "Burgerzaken/stapel-bz", "batch in a class folder", "processed 2 files",
      [this, fill] {
        fill(table_.in("post") / "Burgerzaken" / person("stapel-bz"), 72, 2);
        write_text(table_.in("post") / "Burgerzaken" / person("stapel-bz") / ".done", "");
      },
      [this] { return table_.fate("post", person("stapel-bz")); });
  add("post", "map-leeg", "empty folder", "waits folder_empty",
      [](const path& f) { std::filesystem::create_directories(f); });
}

void Folders::add_broken_batches() {
  const auto batch = [](const path& f, int number) {
    std::filesystem::create_directories(f);
    write_text(f / "goed.tif", tiff(number));
  };
  add("post", "diep", "batch with a folder in it: the rest", "processed 1 files",
      [batch](const path& f) {
        batch(f, 80);
        std::filesystem::create_directories(f / "jansen-binnen");
        write_text(f / "jansen-binnen" / "x.tif", tiff(81));
        write_text(f / ".done", "");
      });
  add(
      "diep/binnen", "the folder in it", "rejected folder_too_deep", [] {},
      [this] { return table_.fate("post", person("binnen")); });
  add("post", "stapel-link", "batch with a link in it: the rest", "processed 1 files",
      [batch](const path& f) {
        batch(f, 82);
        std::filesystem::create_symlink("/etc/hostname", f / "jansen-inlink.tif");
        write_text(f / ".done", "");
      });
  add(
      "stapel-link/inlink.tif", "the link in it", "rejected file_is_link", [] {},
      [this] { return table_.fate("post", person("inlink.tif")); });
  add("kort", "stapel-fout", "batch with a broken file: the rest", "processed 1 files",
      [batch](const path& f) {
        batch(f, 84);
        write_text(f / "jansen-kapot.tif", "geen scan");
        write_text(f / "jansen-nul.tif", "");
        write_text(f / ".done", "");
      });
  add(
      "stapel-fout/kapot.tif", "the broken file", "rejected scan_not_an_image", [] {},
      [this] { return table_.fate("kort", person("kapot.tif")); });
  add(
      "stapel-fout/nul.tif", "an empty file in it", "rejected file_empty", [] {},
      [this] { return table_.fate("kort", person("nul.tif")); });
  add(
      "stapel-merk/merk.tif", "marker with nonsense in it", "rejected batch_marker_invalid",
      [this] {
        const path folder = table_.in("post") / person("stapel-merk");
        std::filesystem::create_directories(folder);
        write_text(folder / person("merk.tif"), tiff(86));
        write_text(folder / ".ready", "{\"sheets\": \"veel\"}");
      },
      [this] { return table_.fate("post", person("merk.tif")); });
}

void Folders::add_series() {
  const auto pages_of = [this](const std::string& name) {
    const auto manifest = table_.manifest(name);
    if (manifest.empty()) return table_.fate("los", name);
    return fmt::format("{} scan of {} pages",
                       manifest.at("ledger").at("files").at("claimed").get<int>(),
                       manifest.at("ledger").at("pages").at("total").get<int>());
  };
  add(
      "los/A_0008..0011.tif", "page a file, last page first", "1 scan of 4 pages",
      [this] {
        for (const int page : {11, 8, 10, 9})
          write_text(table_.in("los") / fmt::format("jansen-A_{:04}.tif", page), tiff(90 + page));
      },
      [=] { return pages_of("jansen-A_0008.tif"); });
  add(
      "los/B_1.jpg, B_2.jpg", "another scan at the same time", "1 scan of 2 pages",
      [this] {
        for (const int page : {1, 2})
          write_text(table_.in("los") / fmt::format("jansen-B_{}.jpg", page), jpeg(90 + page));
      },
      [=] { return pages_of("jansen-B_1.jpg"); });
  add(
      "los/stapel: C_1..3, D_1..2", "two scans in one batch folder", "2 scan of 5 pages",
      [this] {
        const path folder = table_.in("los") / person("stapel-los");
        std::filesystem::create_directories(folder);
        for (const auto* page : {"C_1", "C_2", "C_3", "D_1", "D_2"})
          write_text(folder / (std::string(page) + ".tif"), tiff(110 + page[0] + page[2]));
        write_text(folder / ".done", "");
      },
      [=] { return pages_of(person("stapel-los")); });
}

void Folders::add_duplicates() {
  add("weer", "een.tif", "twice, where duplicates are read", "processed",
      [](const path& f) { write_text(f, tiff(300)); });
  add("weer", "twee.tif", "the second of them", "processed",
      [](const path& f) { write_text(f, tiff(300)); });
}

void Folders::add_other_file_systems() {
  if (!table_.has_elsewhere()) return;
  add("ver", "tmpfs.tif", "from another file system", "processed",
      [](const path& f) { write_text(f, tiff(401)); });
  add("ver", "tmpfs-link", "link, from another file system", "rejected file_is_link",
      [](const path& f) { std::filesystem::create_symlink("/etc/hostname", f); });
  add("ver", "tmpfs-pijp", "pipe, from another file system", "rejected file_is_special",
      [](const path& f) { make_special(f, S_IFIFO); });
  add("ver", "tmpfs-stapel", "batch, from another file system", "processed 2 files",
      [](const path& f) {
        std::filesystem::create_directories(f);
        write_text(f / "1.tif", tiff(402));
        write_text(f / "2.tif", tiff(403));
        write_text(f / ".done", "");
      });
}

// What builds on rows that are done.
void Folders::add_second_round() {
  const auto again = [](int number) {
    return [number](const path& f) { write_text(f, tiff(number)); };
  };
  add("post", "nog-eens.tif", "the bytes of post/cp.tif again", "processed duplicate", again(1));
  add("peil", "elders.tif", "the same bytes in another inbox", "processed duplicate", again(1));
  add("weer", "weer.tif", "the same bytes where they are welcome", "processed", again(1));
  add("post", "cp.tif", "a used name, other bytes", "processed, processed", again(501));
  add("post", "stapel-dubbel", "batch with known, new and twice the same", "processed 3 files",
      [](const path& f) {
        std::filesystem::create_directories(f);
        write_text(f / "a.tif", tiff(2));
        write_text(f / "b.tif", tiff(502));
        write_text(f / "c.tif", tiff(502));
        write_text(f / ".done", "");
      });
  add("post", "gegroeid.tif", "three pages, opened for each", "processed", [](const path& f) {
    for (int page = 0; page < 3; ++page) std::ofstream(f, std::ios::app) << tiff(510 + page);
  });
  add(
      "post/tekst.pdf", "moved back from rejected/", "rejected anew: scan_not_an_image",
      [this] {
        first_refusal_ = table_.where("rejected", person("tekst.pdf"));
        std::filesystem::rename(first_refusal_, table_.in("post") / person("tekst.pdf"));
      },
      [this] {
        const auto fate = table_.fate("post", person("tekst.pdf"));
        const bool anew = table_.where("rejected", person("tekst.pdf")) != first_refusal_;
        return fate.starts_with("rejected ") && anew ? "rejected anew: " + fate.substr(9) : fate;
      });
  add(
      "post/open.tif", "its writer closed it at last", "processed", [this] { held_open_.clear(); },
      [this] { return table_.fate("post", person("open.tif")); });
}

TEST_F(Folders, get_what_they_need_whatever_is_dropped_in_them) {
  ASSERT_NO_FATAL_FAILURE(table_.mailroom().open());
  add_files();
  add_strange_files();
  add_passing_files();
  add_batches();
  add_broken_batches();
  add_series();
  add_duplicates();
  add_other_file_systems();
  run();
  EXPECT_GE(rows_.size(), 30u);
  EXPECT_EQ(read_text(table_.where("processed", person("slow.tif"))), tiff(7));

  rows_.clear();
  add_second_round();
  run();

  // A network drive that is gone for a while.
  rows_.clear();
  const path post = table_.in("post");
  std::filesystem::rename(post, post.string() + "-away");
  add(
      "post/", "the whole folder gone", "folder_missing", [] {},
      [this] { return table_.stopped("post"); });
  run();
  rows_.clear();
  std::filesystem::rename(post.string() + "-away", post);
  add("post", "terug.tif", "after the folder came back", "processed",
      [](const path& f) { write_text(f, tiff(600)); });
  run();
  EXPECT_THAT(table_.mailroom().log(), testing::Not(testing::HasSubstr("jansen")))
      << "the name of a file is personal";
}

}  // namespace
}  // namespace postkamer::test
