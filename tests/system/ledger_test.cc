// SPDX-License-Identifier: EUPL-1.2
//
// The ledger of paper of a batch, as the mailroom prints it, and when somebody has been in the
// journal.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include "tests/system/dropped_files.h"
#include "tests/system/mailroom.h"

namespace postkamer::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// Empty while there is none.
std::string settled_batch(const Mailroom& mailroom) {
  std::error_code none;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(mailroom.folder() / "processed", none))
    if (entry.path().filename() == "manifest.json") return entry.path().parent_path().filename();
  return {};
}

TEST(PaperLedger, balances_until_a_page_is_removed_by_hand_and_then_names_it) {
  Mailroom mailroom("ledger", "settled");
  ASSERT_NO_FATAL_FAILURE(mailroom.open());
  std::filesystem::create_directories(mailroom.inbox() / "stapel");
  write_text(mailroom.inbox() / "stapel/een.tif", tiff(1));
  write_text(mailroom.inbox() / "stapel/geen.tif", "geen scan");
  write_text(mailroom.inbox() / "stapel/.done", "");
  std::string batch;
  ASSERT_TRUE(wait_until([&] { return !(batch = settled_batch(mailroom)).empty(); }, 60s))
      << mailroom.log();

  const auto page = mailroom.folder() / "balans.pdf";
  const auto whole = mailroom.ask({"ledger", batch, "--out", page.string()});
  EXPECT_EQ(whole.status, 0);
  EXPECT_THAT(whole.out, HasSubstr("De balans klopt"));
  EXPECT_THAT(whole.out, HasSubstr("1 gelezen + 1 geweigerd + 0 nog bezig"));
  EXPECT_TRUE(read_text(page).starts_with("%PDF-"));

  {
    SQLite::Database journal(mailroom.data() / "journal.db", SQLite::OPEN_READWRITE, 10'000);
    ASSERT_EQ(journal.exec("DELETE FROM page"), 1);
  }
  Ended broken;
  ASSERT_TRUE(wait_until(
      [&] {
        return (broken = mailroom.ask({"ledger", batch, "--out", page.string()})).status == 3;
      },
      20s));
  EXPECT_THAT(broken.out, HasSubstr("DE BALANS KLOPT NIET"));
  EXPECT_THAT(broken.out, HasSubstr("S1/1"));
  EXPECT_THAT(broken.out, Not(HasSubstr("De balans klopt:")));
  const auto ledger = mailroom.ask({"ledger", batch, "--json"}).json();
  EXPECT_FALSE(ledger.at("balanced").get<bool>());
  EXPECT_EQ(ledger.at("missing").at(0).at("subject"), "S1/1");
}

}  // namespace
}  // namespace postkamer::test
