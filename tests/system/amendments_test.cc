// SPDX-License-Identifier: EUPL-1.2
//
// What people change after paper was read: blank sides put back, values corrected; and what becomes
// of record, archive copy, ledger, metadata and statement.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/system/mailroom.h"

namespace postkamer::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::filesystem::path;
using testing::HasSubstr;

// The duplex pile of the samples: four documents behind separators, with blank backs.
class Amendments : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(mailroom_.open());
    std::filesystem::copy(path(POSTKAMER_SOURCE_DIR) / "sample-scans/batch-03-duplex.pdf",
                          mailroom_.inbox() / "stapel.pdf");
    ASSERT_TRUE(wait_until([&] { return waiting().size() == 4; }, 120s)) << mailroom_.log();
    documents_ = waiting();
    batch_ = show(0).at("record").at("batch");
    ASSERT_TRUE(wait_until([&] { return ledger().value("state", "") == "closed"; }, 60s));
  }

  [[nodiscard]] std::vector<std::string> waiting() const {
    std::vector<std::string> names;
    const auto list = mailroom_.ask({"review", "list", "--json"}).json();
    if (list.contains("documents"))
      for (const json& one : list.at("documents")) names.push_back(one.at("document"));
    std::ranges::sort(names);
    return names;
  }
  [[nodiscard]] json show(std::size_t n) const {
    return mailroom_.ask({"review", "show", documents_.at(n), "--json"}).json();
  }
  [[nodiscard]] json ledger() const { return mailroom_.ask({"ledger", batch_, "--json"}).json(); }
  [[nodiscard]] json blanks() const {
    return mailroom_.ask({"batch", "blanks", batch_, "--json"}).json().at("blanks");
  }
  [[nodiscard]] Ended put_back(const std::string& page) const {
    return mailroom_.ask(
        {"batch", "blanks", batch_, "--put-back", page, "--why", "potlood", "--person", "anna"});
  }
  void wait_for_copy(std::size_t n) {
    ASSERT_TRUE(wait_until([&] { return !show(n).at("copy_due").get<bool>(); }, 60s))
        << mailroom_.log();
  }
  // The folder of a document, of an export made now.
  path exported(std::size_t n) {
    const path out = mailroom_.folder() / ("out" + std::to_string(++exports_));
    const auto done =
        mailroom_.ask({"--config", mailroom_.config(), "export", batch_, "--out", out});
    EXPECT_EQ(done.status, 0) << done.errors;
    return out / "documents" / documents_.at(n);
  }
  [[nodiscard]] json statement() const {
    return mailroom_.ask({"--config", mailroom_.config(), "verklaring", batch_, "--json"}).json();
  }
  static int count_pages(const path& pdf) {
    return system(("test \"$(qpdf --show-npages '" + pdf.string() + "')\" = 2").c_str()) == 0 ? 2
                                                                                              : 1;
  }

  // 3b holds the record, so that every change of it is another copy.
  Mailroom mailroom_{"amendments", "doubtful-too", "[archive]\npdfa = '3b'\n"};
  std::vector<std::string> documents_;
  std::string batch_;
  int exports_ = 0;
};

// Why the paper of this side must stay; "proven" when it may go.
std::string refusals_of(const json& statement, int page) {
  for (const json& one : statement.at("proven"))
    if (one.at("page") == page) return "proven";
  for (const json& one : statement.at("refused"))
    if (one.at("page") == page) return one.at("refusals").dump();
  return "not there";
}

TEST_F(Amendments, a_blank_back_is_listed_and_put_back_into_its_document) {
  const json before = blanks();
  ASSERT_EQ(before.size(), 7u);
  EXPECT_EQ(before.at(2).at("page"), "S1/8");
  EXPECT_EQ(before.at(2).at("document"), documents_.at(1));
  EXPECT_EQ(before.at(2).at("other_side"), "content");
  EXPECT_EQ(before.at(0).at("other_side"), "separator");
  const path pictures = mailroom_.folder() / "leeg";
  EXPECT_THAT(mailroom_.ask({"batch", "blanks", batch_, "--out", pictures}).out,
              HasSubstr("7 blank sides"));
  EXPECT_FALSE(std::filesystem::is_empty(pictures));
  ASSERT_EQ(mailroom_.ask({"review", "accept", documents_.at(1), "--person", "anna"}).status, 0);
  EXPECT_EQ(mailroom_.ask({"batch", "blanks", batch_, "--put-back", "S1/8"}).status, 2)
      << "without --why";
  EXPECT_EQ(put_back("S1/7").status, 5) << "it is written on";
  EXPECT_EQ(put_back("S9/1").status, 4);

  const auto done = put_back("S1/8");
  ASSERT_EQ(done.status, 0) << done.errors;
  EXPECT_EQ(blanks().size(), 6u);
  ASSERT_NO_FATAL_FAILURE(wait_for_copy(1));
  const json record = show(1).at("record");
  ASSERT_EQ(record.at("pages").size(), 2u);
  EXPECT_EQ(record.at("pages").at(1).at("index"), 7);
  EXPECT_EQ(record.at("status"), "ready");
  ASSERT_TRUE(wait_until([&] { return ledger().at("pages").at("blanks") == 6; }, 30s));
  EXPECT_TRUE(ledger().at("balanced"));

  const auto events = mailroom_.ask({"records", "replay"});
  EXPECT_THAT(events.out, HasSubstr("\"why\":\"potlood\""));
  EXPECT_THAT(events.out, HasSubstr("\"code\":\"page_put_back\""));

  const path folder = exported(1);
  EXPECT_EQ(count_pages(folder / "document.pdf"), 2);
  const json provenance = read_json(folder / "provenance.json");
  EXPECT_EQ(provenance.at("pages").size(), 2u);
  EXPECT_EQ(provenance.at("revision"), record.at("revision"));
  EXPECT_TRUE(provenance.contains("replaces"));
  EXPECT_THAT(read_text(folder / (documents_.at(1) + ".mdto.xml")), HasSubstr("Wijziging"));
  EXPECT_THAT(refusals_of(statement(), 8), testing::Not(HasSubstr("copy_")));
}

TEST_F(Amendments, a_correction_and_a_withdrawal_have_the_archive_copy_made_again) {
  ASSERT_EQ(mailroom_.ask({"review", "accept", documents_.at(2), "--person", "anna"}).status, 0);
  ASSERT_NO_FATAL_FAILURE(wait_for_copy(2));
  const json first = read_json(exported(2) / "provenance.json");
  const auto corrected = mailroom_.ask(
      {"review", "correct", documents_.at(2), "iban=NL91ABNA0417164300", "--why", "belde"});
  ASSERT_EQ(corrected.status, 0) << corrected.errors;
  ASSERT_NO_FATAL_FAILURE(wait_for_copy(2));
  const path folder = exported(2);
  const json second = read_json(folder / "provenance.json");
  EXPECT_GT(second.at("revision"), first.at("revision"));
  EXPECT_EQ(second.at("replaces"), first.at("copy").at("sha256"));
  EXPECT_EQ(second.at("copy").at("sha256"), show(2).at("pdf_sha256"));
  const std::string mdto = read_text(folder / (documents_.at(2) + ".mdto.xml"));
  EXPECT_THAT(mdto, HasSubstr("Gegevens verbeterd"));
  const std::string schema = path(POSTKAMER_SOURCE_DIR) / "tests/support/mdto-1.0.1.xsd";
  EXPECT_EQ(system(("xmllint --noout --schema '" + schema + "' '" +
                    (folder / (documents_.at(2) + ".mdto.xml")).string() + "' 2> /dev/null")
                       .c_str()),
            0);
  EXPECT_EQ(refusals_of(statement(), 11), "proven");

  ASSERT_EQ(
      mailroom_.ask({"review", "withdraw", documents_.at(2), "--why", "dubbel gescand"}).status, 0);
  ASSERT_NO_FATAL_FAILURE(wait_for_copy(2));
  EXPECT_THAT(refusals_of(statement(), 11), HasSubstr("document_withdrawn"));
  EXPECT_THAT(mailroom_.ask({"ledger", batch_}).out, HasSubstr("1 ingetrokken"));
  EXPECT_TRUE(ledger().at("balanced"));
}

}  // namespace
}  // namespace postkamer::test
