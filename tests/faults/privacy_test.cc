// SPDX-License-Identifier: EUPL-1.2
//
// Test 29: invented people send forms and bad files named after them to a mailroom that logs all it
// can. Afterwards nothing about any of them is anywhere but in the journal, the blobs, the records,
// and the folders that people themselves use; and who looked at them is in the audit.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <set>
#include <sstream>
#include <thread>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>
#include <zmq.hpp>

#include "tests/faults/invented_post.h"
#include "tests/faults/seed.h"
#include "tests/system/mailroom.h"

namespace postkamer::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::filesystem::path;
using testing::HasSubstr;
using testing::IsEmpty;

// What anybody who only watches sees: the topics on which events are announced.
class Watcher {
 public:
  explicit Watcher(const path& data)
      : endpoint_("ipc://" + (data / "run" / "watch.sock").string()),
        thread_([this] { watch(); }) {}
  ~Watcher() { finish(); }
  std::set<std::string> finish() {
    is_done_ = true;
    if (thread_.joinable()) thread_.join();
    return topics_;
  }

 private:
  void watch() {
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::sub);
    socket.set(zmq::sockopt::subscribe, "");
    socket.set(zmq::sockopt::rcvtimeo, 100);
    socket.connect(endpoint_);
    while (!is_done_) {
      zmq::message_t topic;
      if (!socket.recv(topic)) continue;
      topics_.insert(topic.to_string());
      for (zmq::message_t rest; socket.get(zmq::sockopt::rcvmore);) (void)socket.recv(rest);
    }
  }

  std::string endpoint_;
  std::set<std::string> topics_;
  std::atomic<bool> is_done_ = false;
  std::thread thread_;
};

// Everything under `folder` that is a hit, by its name or by what is in it; `spared` and what is in
// it is where personal data belongs.
std::vector<std::string> hits_under(const path& folder, const Traces& traces,
                                    const std::vector<path>& spared) {
  std::vector<std::string> hits;
  for (auto entry = std::filesystem::recursive_directory_iterator(folder);
       entry != std::filesystem::recursive_directory_iterator(); ++entry) {
    const bool is_spared = std::ranges::any_of(spared, [&](const path& one) {
      return entry->path().string().starts_with((folder / one).string());
    });
    if (is_spared) {
      entry.disable_recursion_pending();
      continue;
    }
    if (const auto hit = traces.in(entry->path().filename().string()); !hit.empty())
      hits.push_back("the name of a file: " + hit);
    if (!entry->is_regular_file()) continue;
    if (const auto hit = traces.in(read_text(entry->path())); !hit.empty())
      hits.push_back(std::filesystem::relative(entry->path(), folder).string() + ": " + hit);
  }
  return hits;
}

// A page of /metrics without the sizes of files and disks, which have nine digits by nature.
std::string without_sizes(const std::string& page) {
  std::istringstream lines(page);
  std::string kept;
  for (std::string line; std::getline(lines, line);)
    if (line.find("_bytes") == std::string::npos) kept += line + '\n';
  return kept;
}

// The first document of the test's form in a list of those that wait; empty when there is none.
std::string form_in(const std::string& list) {
  std::istringstream lines(list);
  for (std::string line; std::getline(lines, line);)
    if (line.find("meldkaart") != std::string::npos) return line.substr(0, line.find(' '));
  return "";
}

class Privacy : public testing::Test {
 protected:
  Privacy()
      : mailroom_("privacy", "doubtful-too"),
        post_(mailroom_.inbox(), faults::printed_seed(20'261'126)) {
    const path folder = mailroom_.folder();
    std::filesystem::create_directories(folder / "tmp");
    const path form = folder / "forms" / "meldkaart" / "2026-01";
    std::filesystem::create_directories(form);
    write_text(form / "form.toml", kForm);
    setenv("POSTKAMER_LOG", "trace", 1);
    setenv("POSTKAMER_FORMS", (folder / "forms").c_str(), 1);
    setenv("TMPDIR", (folder / "tmp").c_str(), 1);
  }
  ~Privacy() override {
    for (const char* name : {"POSTKAMER_LOG", "POSTKAMER_FORMS", "TMPDIR"}) unsetenv(name);
  }

  // What is asked of a mailroom while it works, and what its processes show of themselves.
  void look_at_the_running(std::set<std::string>& found) {
    for (const auto& question : {std::vector<std::string>{"status"},
                                 {"status", "--json"},
                                 {"subscriber", "list"},
                                 {"sinks"}}) {
      auto asked = question;
      asked.insert(asked.begin(), {"--config", mailroom_.config().string()});
      const Ended ended = mailroom_.ask(asked);
      note(question.front(), ended.out + ended.errors, found);
    }
    note("/metrics", without_sizes(mailroom_.metrics()), found);
    for (const pid_t child : children_of(mailroom_.process().pid()))
      note("a command line", read_text(fmt::format("/proc/{}/cmdline", child)), found);
  }
  void note(const std::string& where, const std::string& text, std::set<std::string>& found) const {
    if (const auto hit = post_.traces().in(text); !hit.empty()) found.insert(where + ": " + hit);
  }

  // A person looks at a document and takes its batch along; each is seen to.
  void look_and_take_along(std::set<std::string>& found) {
    const auto listed = mailroom_.ask({"review", "list"});
    const std::string document = form_in(listed.out);
    ASSERT_TRUE(document.starts_with("PK-")) << listed.out;
    note("what list tells", listed.out, found);
    EXPECT_EQ(read_audit("document_shown"), 0) << "a list shows nothing of anybody";
    const auto shown = mailroom_.ask({"review", "show", document});
    EXPECT_EQ(shown.status, 0) << shown.errors;
    EXPECT_NE(post_.traces().in(shown.out), "") << "the search finds what is there";
    note("what show complains of", shown.errors, found);
    EXPECT_EQ(read_audit("document_shown"), 1);
    EXPECT_EQ(read_audit("document_shown", document), 1);

    const std::string batch = document.substr(3, document.find('-', 3) - 3);
    EXPECT_EQ(read_audit("batch_exported"), 0);
    const auto exported = mailroom_.ask(
        {"--config", mailroom_.config(), "export", batch, "--out", mailroom_.folder() / "export"});
    EXPECT_EQ(exported.status, 0) << exported.errors;
    EXPECT_NE(post_.traces().in(read_text(mailroom_.folder() / "export" / "records.jsonl")), "");
    note("what export prints", exported.out + exported.errors, found);
    EXPECT_EQ(read_audit("batch_exported"), 1);
    EXPECT_EQ(read_audit("batch_exported", batch), 1);
  }

  // Audit rows of an act; of those about one thing, where it is named.
  [[nodiscard]] int read_audit(const std::string& act, const std::string& about = "") const {
    SQLite::Database database((mailroom_.data() / "journal.db").string());
    SQLite::Statement count(database,
                            "SELECT count(*) FROM audit WHERE what = ?1 AND ?2 IN ('', subject)");
    count.bind(1, act);
    count.bind(2, about);
    return count.executeStep() ? count.getColumn(0).getInt() : 0;
  }
  void expect_nobody_in_the_audit() const {
    SQLite::Database database((mailroom_.data() / "journal.db").string());
    SQLite::Statement rows(
        database, "SELECT what || ' ' || subject || ' ' || detail || ' ' || actor FROM audit");
    while (rows.executeStep())
      EXPECT_EQ(post_.traces().in(rows.getColumn(0).getString()), "")
          << rows.getColumn(0).getString();
  }

  [[nodiscard]] json status() const { return mailroom_.ask({"status", "--json"}).json(); }
  [[nodiscard]] std::uint64_t told() const { return status().value("head", std::uint64_t{0}); }

  Mailroom mailroom_;
  Post post_;
};

TEST_F(Privacy, nothing_about_anybody_is_outside_journal_blobs_records_and_peoples_own_folders) {
  post_.bring_forms();
  post_.bring_letter();
  mailroom_.open();
  Watcher watcher(mailroom_.data());
  post_.bring_bad_files();
  std::set<std::string> found;
  int looks = 0;
  const auto expected = static_cast<std::uint64_t>(documents()) + 1;
  ASSERT_TRUE(wait_until(
      [&] {
        if (looks++ % 20 == 0) look_at_the_running(found);
        return told() >= expected;
      },
      std::chrono::seconds(documents() * 3)))
      << status().dump() << mailroom_.log();
  ASSERT_TRUE(wait_until([&] { return status().at("batches").empty(); }, 120s)) << status().dump();
  ASSERT_NO_FATAL_FAILURE(look_and_take_along(found));
  look_at_the_running(found);
  EXPECT_THAT(found, IsEmpty());
  EXPECT_THAT(mailroom_.metrics(), HasSubstr("\npostkamer_documents{state=\"review\"} "))
      << "there is something to search";
  expect_nobody_in_the_audit();

  const auto topics = watcher.finish();
  EXPECT_FALSE(topics.empty());
  for (const std::string& topic : topics) EXPECT_EQ(post_.traces().in(topic), "") << topic;

  // Everything the mailroom left, its log too; the inbox and its store are people's own folders,
  // and a door's status names, to the mailroom's user alone, what still waits in them.
  const std::vector<path> belongs{"inbox",       "processed",       "rejected",
                                  "work",        "data/journal.db", "data/blobs",
                                  "data/sinks/", "data/run/inbox-", "export"};
  EXPECT_THAT(hits_under(mailroom_.folder(), post_.traces(), belongs), IsEmpty());
  EXPECT_GT(mailroom_.log().size(), 100u) << "there is something to search";
  std::size_t in_payloads = 0;
  for (const char* place : {"journal.db", "journal.db-wal"})
    if (std::filesystem::exists(mailroom_.data() / place))
      in_payloads += post_.traces().in(read_text(mailroom_.data() / place)).size();
  EXPECT_GT(in_payloads, 0u) << "the records are where they belong";
}

TEST_F(Privacy, the_audit_names_who_looked_and_nobody_who_is_in_a_document) {
  post_.bring_bad_files();
  mailroom_.open();
  ASSERT_TRUE(wait_until([&] { return read_audit("file_rejected") >= 5; }, 60s)) << mailroom_.log();
  ASSERT_EQ(mailroom_.ask({"records", "replay"}).status, 0);
  ASSERT_EQ(mailroom_.ask({"subscriber", "move", "python", "--to", "0"}).status, 0);
  for (const char* act : {"broker_started", "settings_loaded", "batch_opened", "file_claimed",
                          "file_rejected", "stream_followed", "subscriber_moved"})
    EXPECT_GT(read_audit(act), 0) << act;
  expect_nobody_in_the_audit();
}

TEST_F(Privacy, a_process_that_crashes_leaves_no_picture_of_its_memory) {
  mailroom_.open();
  const auto children = children_of(mailroom_.process().pid());
  ASSERT_GE(children.size(), 5u);
  for (const pid_t child : children) {
    const std::string limits = read_text(fmt::format("/proc/{}/limits", child));
    const auto line = limits.find("Max core file size");
    ASSERT_NE(line, std::string::npos);
    EXPECT_EQ(limits.substr(line, limits.find('\n', line) - line).find_first_of("123456789"),
              std::string::npos)
        << limits;
  }
}

TEST_F(Privacy, the_audit_is_vouched_for_and_a_changed_row_is_named_by_the_command) {
  mailroom_.open();
  const auto verify = [&] {
    return mailroom_.ask({"--config", mailroom_.config(), "audit", "verify"});
  };
  ASSERT_TRUE(wait_until(
      [&] { return verify().out.find("vouched for by 1 checkpoints") != std::string::npos; }, 60s))
      << verify().out << mailroom_.log();
  EXPECT_EQ(verify().status, 0);
  const auto exported = mailroom_.ask({"--config", mailroom_.config(), "audit", "export"});
  EXPECT_NE(exported.out.find("\"actieNaam\""), std::string::npos);
  mailroom_.process().signal(SIGTERM);
  ASSERT_TRUE(mailroom_.process().wait(30s));
  const auto whole = mailroom_.ask({"--config", mailroom_.config(), "audit", "verify", "--json"});
  EXPECT_EQ(whole.json().at("vouched"), whole.json().at("last_row")) << "also the row of the stop";
  const path journal = mailroom_.data() / "journal.db";
  const auto change = [&](const char* sql) {
    SQLite::Database(journal.string(), SQLite::OPEN_READWRITE).exec(sql);
  };
  change("UPDATE audit SET actor = 'person:piet' WHERE number = 2");
  const auto altered = verify();
  EXPECT_EQ(altered.status, 10);
  EXPECT_TRUE(altered.out.starts_with("row altered: row 2 was changed")) << altered.out;
  change("UPDATE audit SET actor = 'broker' WHERE number = 2");
  EXPECT_EQ(verify().status, 0);
  change("DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)");
  EXPECT_EQ(verify().status, 12);
}

}  // namespace
}  // namespace postkamer::test
