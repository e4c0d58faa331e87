// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer run` over a folder of bad input: each file has its reason, the good one its record,
// and the ledger balances.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include "tests/system/harness.h"

namespace postkamer::test {
namespace {

using nlohmann::json;
using std::filesystem::path;

std::string half_of(const path& file) {
  const std::string bytes = read_text(file);
  return bytes.substr(0, bytes.size() / 2);
}

path sample_rejected_as(const std::string& ending, const std::string& reason) {
  for (const auto& file : samples("broken", ending))
    if (truth_of(file).value("reject", std::string()) == reason) return file;
  ADD_FAILURE() << "no broken sample is rejected as " << reason;
  return {};
}

// The folder, and why each bad file must be rejected.
struct BadFolder {
  path folder = fresh_folder("hostile");
  std::map<std::string, std::string> reasons;
  std::size_t most_bytes = 0;  // limit of a file

  void write(const std::string& name, const std::string& bytes, const std::string& reason) {
    write_text(folder / "in" / name, bytes);
    reasons[name] = reason;
  }
};

BadFolder make_bad_folder(const path& good) {
  BadFolder bad;
  const path in = bad.folder / "in";
  std::filesystem::create_directories(in);
  std::filesystem::copy(good, in / "good.tif");
  std::filesystem::copy(good, in / "good again.tif");
  write_text(in / "half.jpg", half_of(samples("broken", ".jpg").front()));
  bad.most_bytes = 2 * std::filesystem::file_size(good);

  const path pdf = samples("typed", ".pdf").front();
  bad.write("empty.tif", "", "scan_empty");
  bad.write("text.tif", "dit is geen scan\n", "scan_not_an_image");
  bad.write("half.tif", half_of(good), "scan_truncated");
  bad.write("half.pdf", half_of(pdf), "scan_truncated");
  bad.write("locked.pdf", read_text(sample_rejected_as(".pdf", "scan_encrypted")),
            "scan_encrypted");
  bad.write("large.tif", std::string(bad.most_bytes + 1, 'x'), "limit_file_bytes");
  bad.write(std::string(200, 'l') + ".tif", "a long name\n", "scan_not_an_image");
  bad.write("two\nlines.tif", "a name of two lines\n", "scan_not_an_image");
  write_text(in / "caf\xe9.tif", "a name that is no UTF-8\n");
  bad.reasons["caf\xEF\xBF\xBD.tif"] = "scan_not_an_image";

  if (geteuid() != 0) {
    bad.write("closed.tif", read_text(good), "file_unreadable");
    std::filesystem::permissions(in / "closed.tif", std::filesystem::perms::none);
  } else {
    std::cout << "root reads every file: the unreadable one is left out\n";
  }
  // Never opened, whatever their names say.
  EXPECT_EQ(mkfifo((in / "pipe.tif").c_str(), 0600), 0);
  std::filesystem::create_directories(in / "folder.pdf");
  std::filesystem::create_symlink("/etc/passwd", in / "link.tif");
  return bad;
}

TEST(BadInput, gives_each_file_its_reason_and_hinders_no_other) {
  const path good = samples("typed", ".tif").front();
  const auto bad = make_bad_folder(good);
  write_text(bad.folder / "settings.toml", "[system]\ndata = 'data'\nforms = '" POSTKAMER_SOURCE_DIR
                                           "/config/forms'\n[limits]\nfile_bytes = " +
                                               std::to_string(bad.most_bytes) + "\n");
  const path out = bad.folder / "out";
  const auto ended =
      postkamer({"--config", bad.folder / "settings.toml", "run", bad.folder / "in", "--out", out});
  EXPECT_EQ(ended.status, 0) << ended.errors;
  EXPECT_THAT(ended.errors, testing::Not(testing::HasSubstr(" info "))) << "logs on the terminal";
  EXPECT_THAT(ended.out, testing::HasSubstr("two?lines.tif"));

  const auto ledger = read_json(out / "ledger.json");
  EXPECT_TRUE(ledger.at("balanced").get<bool>()) << ledger.dump(2);
  EXPECT_EQ(ledger.at("files").at("claimed"), bad.reasons.size() + 3);
  std::map<std::string, std::string> reasons;
  for (const auto& file : ledger.at("rejected_files")) {
    reasons[file.at("name")] = file.at("reason");
    EXPECT_FALSE(file.at("message").get<std::string>().empty()) << file.dump();
  }
  EXPECT_EQ(reasons, bad.reasons);

  // The same bytes twice are two scans, of which the second says so. A JPEG is one page, and a page
  // that is lost is a document that waits for a person.
  std::map<std::string, std::string> read;  // file -> its findings
  for (const auto& event : read_lines(out / "records.jsonl"))
    read[event.at("data").at("pages").at(0).at("file")] =
        event.at("data").value("findings", json::array()).dump();
  ASSERT_EQ(read.size(), 3u);
  EXPECT_NE(read.at("good.tif").find("possible_duplicate") != std::string::npos,
            read.at("good again.tif").find("possible_duplicate") != std::string::npos);
  EXPECT_THAT(read.at("half.jpg"), testing::HasSubstr("scan_truncated"));
  EXPECT_EQ(ledger.at("pages").at("quarantined"), 1);
}

TEST(BadInput, is_told_when_there_is_nothing_to_read) {
  const auto folder = fresh_folder("nothing");
  std::filesystem::create_directories(folder / "in");
  write_text(folder / "in" / "notes.txt", "nothing\n");
  EXPECT_EQ(postkamer({"run", folder / "in", "--out", folder / "out"}).status, 4);
  const auto missing = postkamer({"run", folder / "gone.tif", "--out", folder / "out"});
  EXPECT_NE(missing.status, 0);
  EXPECT_THAT(missing.errors, testing::HasSubstr("gone.tif"));
  EXPECT_EQ(postkamer({"run", "--out", folder / "out"}).status, 2);
}

}  // namespace
}  // namespace postkamer::test
