// SPDX-License-Identifier: EUPL-1.2
//
// Our own separator sheets, from the printer to the record.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/system/mailroom.h"

namespace postkamer::test {
namespace {

using nlohmann::json;
using std::filesystem::path;

class Separators : public testing::Test {
 protected:
  path print(const std::string& name, std::vector<std::string> what) {
    const path file = folder_ / (name + ".pdf");
    what.insert(what.begin(), {"separators", "print"});
    what.insert(what.end(), {"--out", file});
    const auto printed = postkamer(what);
    EXPECT_EQ(printed.status, 0) << printed.errors;
    return file;
  }
  path form(const std::string& id) {
    const path file = folder_ / (id + ".pdf");
    const path forms = path(POSTKAMER_SOURCE_DIR) / "config/forms";
    EXPECT_EQ(postkamer({"form", "print", forms / id / "2026-01", "--out", file}).status, 0);
    return file;
  }
  path piled(const std::vector<path>& pile) {
    std::string command = "qpdf --empty --pages";
    for (const path& part : pile) command += " '" + part.string() + "'";
    command += " -- '" + (folder_ / "pile.pdf").string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return folder_ / "pile.pdf";
  }
  // The pile as one scan, and the data of its records in order. `splitting`: lines of settings.
  std::vector<json> records_of(const std::vector<path>& pile, const std::string& splitting = "") {
    piled(pile);
    const path config = folder_ / "postkamer.toml";
    write_text(config, "[system]\nforms = '" POSTKAMER_SOURCE_DIR "/config/forms'\n[splitting]\n" +
                           splitting);
    const path out = folder_ / "out";
    std::filesystem::remove_all(out);
    const auto run = postkamer({"--config", config, "run", folder_ / "pile.pdf", "--out", out,
                                "--received", "2026-11-24"});
    EXPECT_EQ(run.status, 0) << run.errors;
    std::vector<json> records;
    for (const json& event : read_lines(folder_ / "out/records.jsonl"))
      records.push_back(event.at("data"));
    return records;
  }
  path folder_ = fresh_folder("separators");
};

TEST_F(Separators, say_whose_post_follows_when_it_came_and_for_which_case) {
  const path first =
      print("first", {"--class", "bz", "--received", "2026-11-20", "--case", "Z-2026-000123"});
  const path plain = print("plain", {});
  const auto records = records_of({first, form("parkeervergunning"), plain, form("sepa-machtiging"),
                                   first, form("bezwaarschrift")});
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].at("form").at("id"), "parkeervergunning");
  for (const std::size_t n : {0u, 2u}) {
    EXPECT_EQ(records[n].value("class", ""), "bz");
    EXPECT_EQ(records[n].value("caseNumber", ""), "Z-2026-000123");
    EXPECT_EQ(records[n].at("dateOfReceipt"), "2026-11-20");
  }
  EXPECT_EQ(records[1].at("form").at("id"), "sepa-machtiging");
  EXPECT_FALSE(records[1].contains("caseNumber")) << "it holds until the next separator only";
  EXPECT_EQ(records[1].at("dateOfReceipt"), "2026-11-24");
  const json ledger = json::parse(read_text(folder_ / "out/ledger.json"));
  EXPECT_TRUE(ledger.at("balanced"));
  EXPECT_EQ(ledger.at("pages").at("separators"), 6) << "both sides of three sheets";
  EXPECT_EQ(ledger.at("classes").at("bz").at("documents"), 2) << "each class of the pile apart";
  EXPECT_EQ(ledger.at("classes").at("run").at("documents"), 1);
}

// The stamp says Friday, the scan was made on Tuesday: the whole batch is put right afterwards.
TEST_F(Separators, keep_their_date_when_that_of_the_batch_is_put_right) {
  Mailroom mailroom("redated", "doubtful-too");
  ASSERT_NO_FATAL_FAILURE(mailroom.open());
  const path dated = print("dated", {"--received", "2026-11-20"});
  const path plain = print("plain", {});
  const path pile = piled({dated, form("parkeervergunning"), plain, form("sepa-machtiging")});
  std::filesystem::rename(pile, mailroom.inbox() / "pile.pdf");
  std::vector<std::string> documents;
  const auto are_read = [&] {
    documents.clear();
    const auto list = mailroom.ask({"review", "list", "--json"}).json();
    if (list.contains("documents"))
      for (const json& one : list.at("documents")) documents.push_back(one.at("document"));
    std::ranges::sort(documents);
    return documents.size() == 2;
  };
  ASSERT_TRUE(wait_until(are_read, std::chrono::seconds(120))) << mailroom.log();
  const auto record = [&](std::size_t n) {
    return mailroom.ask({"review", "show", documents.at(n), "--json"}).json().at("record");
  };
  const std::string batch = record(0).at("batch");
  const auto redated = mailroom.ask({"batch", "redate", batch, "--received", "2026-11-19", "--why",
                                     "stempel", "--person", "anna"});
  EXPECT_EQ(redated.status, 0) << redated.errors;
  EXPECT_EQ(record(0).at("dateOfReceipt"), "2026-11-20") << "its own sheet said so";
  EXPECT_EQ(record(1).at("dateOfReceipt"), "2026-11-19");
  EXPECT_THAT(mailroom.ask({"ledger", batch}).out, testing::HasSubstr("19-11-2026"));
  EXPECT_EQ(
      mailroom.ask({"batch", "redate", "nothing", "--received", "2026-11-19", "--why", "x"}).status,
      4);
}

// "1,2" for two records of one and two pages, with what is told of where they begin.
std::string shape_of(const std::vector<json>& records) {
  std::string shape;
  for (const json& record : records) {
    shape += (shape.empty() ? "" : ",") + std::to_string(record.at("pages").size());
    for (const json& finding : record.at("findings"))
      if (const std::string code = finding.at("code"); code.starts_with("separat"))
        shape += "[" + code + "]";
  }
  return shape;
}

TEST_F(Separators, of_every_kind_are_switched_in_the_settings_and_disagreement_is_told) {
  const path one = form("parkeervergunning");
  const std::vector<path> four{one, one, one, one};
  EXPECT_EQ(shape_of(records_of(four)), "1,1,1,1") << "the form's own page number";
  EXPECT_EQ(shape_of(records_of(four, "form_pages = false\nevery_pages = 2\n")), "2,2");
  EXPECT_EQ(shape_of(records_of(four, "every_pages = 2\n")),
            "1[separation_disagrees],1[separation_disagrees],1[separation_disagrees],"
            "1[separation_disagrees]")
      << "two say different things: a person looks";
  const path sheet = print("sheet", {});
  const std::vector<path> with_sheet{one, sheet, one};
  EXPECT_EQ(shape_of(records_of(with_sheet)), "1,1");
  EXPECT_EQ(shape_of(records_of(with_sheet,
                                "sheets = false\nsticker_prefixes = ['PK-SEP|']\n"
                                "form_pages = false\n")),
            "1,1,2")
      << "as a sticker each of its sides begins a document and stays in it";
}

TEST_F(Separators, that_could_not_be_read_back_are_not_printed) {
  const auto wrong = postkamer(
      {"separators", "print", "--received", "2026-02-30", "--out", folder_ / "wrong.pdf"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.errors, testing::HasSubstr("yyyy-mm-dd"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "wrong.pdf"));
}

}  // namespace
}  // namespace postkamer::test
