// SPDX-License-Identifier: EUPL-1.2
//
// What a person does at the terminal: settle what waits, and ask how things stand. Exit statuses
// are those of workers/postkamer/exit_codes.h.
#include <signal.h>

#include <gmock/gmock.h>

#include "tests/system/mailroom.h"
#include "tests/unit/pipeline/publish/complaints.h"

namespace postkamer::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::filesystem::path;
using testing::HasSubstr;

constexpr auto kRecordDeadline = 120s;

// A mailroom that publishes what is settled only, in which a form with an IBAN that fails its check
// and a letter that is no form wait for a person.
class Review : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(mailroom_.open());
    std::filesystem::copy(form_scan_, mailroom_.inbox() / "form.tif");
    std::filesystem::copy(samples("letter", ".tif").at(0), mailroom_.inbox() / "letter.tif");
    ASSERT_TRUE(wait_until([&] { return waiting().size() == 2; }, kRecordDeadline))
        << mailroom_.log();
  }

  // Documents that wait, form by document.
  [[nodiscard]] std::map<std::string, std::string> waiting() const {
    const auto list = mailroom_.ask({"review", "list", "--json"}).json();
    std::map<std::string, std::string> forms;
    for (const auto& row : list.at("documents")) forms[row.at("document")] = row.at("form");
    return forms;
  }

  [[nodiscard]] std::string waiting_with_form(const std::string& form) const {
    for (const auto& [document, of_form] : waiting())
      if (of_form == form) return document;
    ADD_FAILURE() << "no document of form '" << form << "' waits";
    return {};
  }

  // The events that the subscriber has, once there are `count`.
  [[nodiscard]] std::vector<json> events(std::size_t count) const {
    EXPECT_TRUE(wait_until([&] { return subscriber_.events().size() >= count; }, 30s));
    return subscriber_.events();
  }

  [[nodiscard]] Ended set(const std::string& document, const std::string& assignment) const {
    return mailroom_.ask({"review", "set", document, assignment, "--person", "anna"});
  }

  // Every field as it stands on the paper; gives the answer to the last one.
  [[nodiscard]] Ended put_right(const std::string& document) const {
    const json fields = truth_of(form_scan_).at("documents").at(0).at("fields");
    for (const auto& [field, value] : fields.items())
      if (value.is_string() && field != "iban") {
        const auto ended = set(document, field + "=" + value.get<std::string>());
        EXPECT_EQ(ended.status, 0) << field << ": " << ended.errors;
      }
    return set(document, "iban=NL91ABNA0417164300");
  }

  path form_scan_ = path(POSTKAMER_SOURCE_DIR) / "sample-scans" / "typed-07-debit.tif";
  Mailroom mailroom_{"review", "settled"};
  PythonSubscriber subscriber_{mailroom_};
};

TEST_F(Review, publishes_a_form_when_a_person_has_put_it_right) {
  const std::string document = waiting_with_form("sepa-machtiging");
  EXPECT_EQ(mailroom_.ask({"status", "--json"}).json().at("head"), 0);
  EXPECT_THAT(mailroom_.ask({"review", "show", document}).out, HasSubstr("? iban"));

  EXPECT_THAT(put_right(document).out, HasSubstr("NL91ABNA0417164300"));
  const auto accepted = mailroom_.ask({"review", "accept", document, "--person", "anna"});
  ASSERT_EQ(accepted.status, 0) << accepted.errors;

  const auto event = events(1).at(0);
  EXPECT_EQ(event.at("type"), "nl.poststukken.formulier-gelezen.v1");
  EXPECT_EQ(event.at("subject"), document);
  EXPECT_EQ(event.at("data").at("status"), "ready");
  EXPECT_EQ(event.at("data").at("values").at("iban"), "NL91ABNA0417164300");
  EXPECT_EQ(event.at("data").at("fields").at("iban").at("verifiedBy"), "anna");
  const auto schema = postkamer({"--config", mailroom_.config(), "schema", "sepa-machtiging"});
  ASSERT_EQ(schema.status, 0) << schema.errors;
  EXPECT_EQ(complaints(schema.json(), event.at("data")), "");
  EXPECT_FALSE(waiting().contains(document));
}

TEST_F(Review, tells_corrections_and_withdrawals_of_published_documents_in_order) {
  const std::string document = waiting_with_form("sepa-machtiging");
  ASSERT_EQ(put_right(document).status, 0);
  ASSERT_EQ(mailroom_.ask({"review", "accept", document, "--person", "anna"}).status, 0);

  const auto amend = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "review");
    words.insert(words.end(), {"--person", "bert"});
    return mailroom_.ask(words);
  };
  EXPECT_EQ(amend({"correct", document, "iban=NL02ABNA0123456789"}).status, 2) << "without --why";
  const auto corrected =
      amend({"correct", document, "iban=NL02ABNA0123456789", "--why", "burger belde"});
  ASSERT_EQ(corrected.status, 0) << corrected.errors;
  EXPECT_THAT(corrected.out, HasSubstr("told again as revision 2"));
  const auto same = amend({"correct", document, "iban=NL02ABNA0123456789", "--why", "nog eens"});
  EXPECT_THAT(same.out, HasSubstr("nothing was sent"));
  EXPECT_EQ(amend({"correct", document, "kleur=rood", "--why", "x"}).status, 5);
  ASSERT_EQ(amend({"withdraw", document, "--why", "dubbel gescand"}).status, 0);
  EXPECT_EQ(amend({"correct", document, "iban=NL91ABNA0417164300", "--why", "x"}).status, 5);

  const auto told = events(3);
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(told.at(1).at("type"), "nl.poststukken.formulier-gecorrigeerd.v1");
  EXPECT_EQ(told.at(1).at("id"), document + ".formulier-gecorrigeerd.r2");
  EXPECT_EQ(told.at(1).at("data").at("values").at("iban"), "NL02ABNA0123456789");
  EXPECT_EQ(told.at(1).at("data").at("change").at("fields"),
            json::parse(R"([{"field": "iban", "was": "filled", "is": "filled"}])"));
  EXPECT_EQ(told.at(2).at("type"), "nl.poststukken.formulier-ingetrokken.v1");
  EXPECT_EQ(told.at(2).at("data").at("change").at("why"), "dubbel gescand");
  EXPECT_EQ(told.at(2).at("data").at("revision"), 3);
  EXPECT_FALSE(told.at(2).at("data").contains("values"));
}

TEST_F(Review, tells_of_a_document_that_a_person_refuses) {
  const std::string document = waiting_with_form("");
  const auto rejected = mailroom_.ask({"review", "reject", document, "--why", "reclame"});
  ASSERT_EQ(rejected.status, 0) << rejected.errors;
  const auto event = events(1).at(0);
  EXPECT_EQ(event.at("type"), "nl.poststukken.poststuk-afgewezen.v1");
  EXPECT_EQ(event.at("subject"), document);
  EXPECT_EQ(event.at("data").at("status"), "rejected");
  // What is settled stays so.
  EXPECT_EQ(mailroom_.ask({"review", "accept", document}).status, 5);
}

TEST_F(Review, answers_with_the_documented_exit_statuses) {
  const std::string document = waiting_with_form("sepa-machtiging");
  EXPECT_EQ(mailroom_.ask({"review", "show", "PK-0"}).status, 4);
  EXPECT_EQ(mailroom_.ask({"review", "accept", "PK-0"}).status, 4);
  EXPECT_EQ(set(document, "colour=red").status, 5);
  EXPECT_EQ(set(document, "iban").status, 2);
  EXPECT_EQ(mailroom_.ask({"review", "reject", document}).status, 2);  // without --why
  EXPECT_EQ(mailroom_.ask({"ledger", "nope"}).status, 4);

  const std::string batch = document.substr(3, document.find('-', 3) - 3);
  json ledger;
  EXPECT_TRUE(wait_until(
      [&] {
        ledger = mailroom_.ask({"ledger", batch, "--json"}).json();
        return ledger.at("balanced").get<bool>();
      },
      30s))
      << ledger.dump(2);
  EXPECT_EQ(ledger.at("documents").at("review"), 1);

  mailroom_.process().signal(SIGTERM);
  EXPECT_EQ(mailroom_.process().wait(10s).value_or(-1), 0);
  const auto status = mailroom_.ask({"status"});
  EXPECT_EQ(status.status, 69);
  EXPECT_THAT(status.errors, HasSubstr("is `postkamer serve` running"));
}

TEST_F(Review, replays_the_stream_from_any_number) {
  const auto both = waiting();
  for (const auto& [document, form] : both)
    EXPECT_EQ(mailroom_.ask({"review", "reject", document, "--why", "proef"}).status, 0);
  const auto told = events(2);
  const auto replayed = mailroom_.ask({"records", "replay"});
  EXPECT_EQ(replayed.status, 0) << replayed.errors;
  EXPECT_EQ(replayed.out, subscriber_.text());
  EXPECT_EQ(mailroom_.ask({"records", "replay", "--from", "1"}).json(), told.at(1));
  EXPECT_EQ(mailroom_.ask({"records", "replay", "--from", "2"}).out, "");
  EXPECT_EQ(mailroom_.ask({"records", "replay", "--from", "3"}).status, 5);
}

TEST(Doctor, says_what_is_there_and_what_is_missing) {
  const Mailroom mailroom("doctor", "settled");
  std::filesystem::create_directories(mailroom.inbox());
  const auto well = postkamer({"--config", mailroom.config(), "doctor"});
  EXPECT_EQ(well.status, 0) << well.out;
  EXPECT_THAT(well.out, HasSubstr("pdftoppm"));

  write_text(mailroom.config(), read_text(mailroom.config()) + "[ocr]\nlanguages = 'nld+xyz'\n");
  const auto ill = postkamer({"--config", mailroom.config(), "doctor", "--json"});
  EXPECT_EQ(ill.status, 1);
  bool is_told = false;
  for (const auto& line : ill.json())
    if (line.at("what") == "language xyz")
      is_told = !line.at("fine").get<bool>() &&
                line.at("detail").get<std::string>().ends_with("tesseract-ocr-xyz");
  EXPECT_TRUE(is_told) << ill.out;
}

}  // namespace
}  // namespace postkamer::test
