// SPDX-License-Identifier: EUPL-1.2
//
// A mailroom as those see it who keep it running: the service manager, Prometheus, and whoever must
// put it back after a disk was lost.
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <regex>
#include <set>

#include <gmock/gmock.h>

#include "pipeline/base/sanitized.h"
#include "tests/system/mailroom.h"
#include "workers/journal/audit.h"
#include "workers/journal/blob_store.h"
#include "workers/journal/journal_copy.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/publisher/subscriber.h"

namespace postkamer::test {
namespace {

using namespace std::chrono_literals;
using std::filesystem::path;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto kDeadline = 120s;

sockaddr_un address_of(const path& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
  return address;
}

// The service manager's end of NOTIFY_SOCKET. Processes that are started while it lives find it.
class ServiceManager {
 public:
  explicit ServiceManager(const path& socket) : fd_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    const sockaddr_un address = address_of(socket);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", socket.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "2000000", 1);
  }
  ~ServiceManager() {
    ::close(fd_);
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
  }
  ServiceManager(const ServiceManager&) = delete;

  // What was told since the last time, one line each.
  std::string news() {
    std::string text;
    char datagram[512];
    for (ssize_t got; (got = ::recv(fd_, datagram, sizeof datagram, MSG_DONTWAIT)) > 0;)
      text.append(datagram, static_cast<std::size_t>(got)) += '\n';
    told_ += text;
    return text;
  }
  // Forgets what was told, and waits until it is told.
  bool hears(const std::string& line) {
    news();
    told_.clear();
    return wait_until([&] { return news(), told_.find(line) != std::string::npos; }, 60s);
  }
  [[nodiscard]] std::string told() {
    news();
    return told_;
  }

 private:
  int fd_;
  std::string told_;
};

bool shows(const Mailroom& mailroom, const std::string& line) {
  return wait_until([&] { return mailroom.metrics().find(line + "\n") != std::string::npos; },
                    kDeadline);
}

TEST(Operation, is_told_to_the_service_manager_and_children_do_not_speak_for_the_mailroom) {
  Mailroom mailroom("notified", "doubtful-too");
  ServiceManager manager(mailroom.folder() / "notify.sock");
  ASSERT_NO_FATAL_FAILURE(mailroom.open());
  EXPECT_THAT(manager.told(), HasSubstr("READY=1\nSTATUS=open\n"));
  EXPECT_TRUE(manager.hears("WATCHDOG=1\nSTATUS=open; 0 jobs running"));
  for (const pid_t child : children_of(mailroom.process().pid()))
    EXPECT_THAT(read_text(path("/proc") / std::to_string(child) / "environ"),
                AllOf(Not(HasSubstr("NOTIFY_SOCKET")), Not(HasSubstr("WATCHDOG_"))));
  // A broker that stands still is a mailroom that does not live.
  const pid_t broker = children_named(mailroom.process().pid(), "postkamer-broke").at(0);
  kill(broker, SIGSTOP);
  EXPECT_TRUE(manager.hears("STATUS=the broker does not answer"));
  EXPECT_TRUE(manager.hears("STATUS=the broker does not answer"));
  EXPECT_THAT(manager.told(), Not(HasSubstr("WATCHDOG=1")));
  kill(broker, SIGCONT);
  EXPECT_TRUE(manager.hears("WATCHDOG=1"));
  mailroom.process().signal(SIGTERM);
  EXPECT_EQ(mailroom.process().wait(20s).value_or(-1), 0) << mailroom.log();
  EXPECT_THAT(manager.told(), HasSubstr("STOPPING=1"));
}

// Boxes read the settings anew; here each does one job.
TEST(Operation,
     goes_on_by_itself_when_a_mistake_in_the_settings_is_mended_and_no_document_has_failed) {
  Mailroom mailroom("mistaken", "doubtful-too", "[box]\nrenew_after = 1\n");
  ASSERT_NO_FATAL_FAILURE(mailroom.open());
  const PythonSubscriber subscriber(mailroom);
  const std::string good = read_text(mailroom.config());
  write_text(mailroom.config(), good + "typo = 1\n");
  const auto scans = with_pages(samples("typed", ".tif"), 1);
  std::map<std::string, int> expected;
  for (const std::string name : {"a.tif", "b.tif", "c.tif"}) {
    std::filesystem::copy(scans.at(0), mailroom.inbox() / name);
    expected[name] = 1;
  }
  const std::string told = "started again when this is mended";
  ASSERT_TRUE(wait_until([&] { return mailroom.log().find(told) != std::string::npos; }, kDeadline))
      << mailroom.log();
  EXPECT_LT(documents_by_file(subscriber.events()).size(), expected.size());
  write_text(mailroom.config(), good);
  EXPECT_TRUE(
      wait_until([&] { return documents_by_file(subscriber.events()) == expected; }, kDeadline))
      << mailroom.log();
  const auto reader = journal::open_reader(mailroom.data() / "journal.db");
  ASSERT_TRUE(reader);
  const auto rows = (*reader)->audit_after(0, 10'000);
  ASSERT_TRUE(rows) << rows.error().message;
  for (const auto& row : *rows) EXPECT_NE(row.what, "job_failed");
}

// Labels may only have names of the settings and words of ours.
void expect_nothing_personal(const std::string& page) {
  static const std::set<std::string> kWords{
      "decode",   "deskew", "classify", "extract",   "ocr",       "assemble",
      "archive",  "idle",   "holding",  "executing", "open",      "closing",
      "post",     "python", "reading",  "review",    "machine",   "person",
      "database", "log",    "broker",   "gate",      "publisher", POSTKAMER_VERSION};
  const std::regex label("=\"([^\"]*)\"");
  for (auto found = std::sregex_iterator(page.begin(), page.end(), label);
       found != std::sregex_iterator(); ++found)
    EXPECT_TRUE(kWords.contains((*found)[1])) << (*found)[1];
}

TEST(Operation, shows_figures_while_it_works_and_when_its_broker_is_away) {
  Mailroom mailroom("figures", "doubtful-too");
  ASSERT_NO_FATAL_FAILURE(mailroom.open());
  EXPECT_TRUE(shows(mailroom, "postkamer_up 1")) << mailroom.log();
  EXPECT_TRUE(shows(mailroom, "postkamer_workers_wanted{kind=\"decode\"} 1"));
  std::filesystem::copy(with_pages(samples("typed", ".tif"), 1).at(0),
                        mailroom.inbox() / "mevrouw de vries.tif");
  EXPECT_TRUE(shows(mailroom, "postkamer_events_total 1")) << mailroom.log();
  EXPECT_TRUE(shows(mailroom, "postkamer_jobs_done_total{kind=\"archive\"} 1")) << mailroom.log();
  const std::string page = mailroom.metrics();
  EXPECT_THAT(page, HasSubstr("postkamer_subscriber_behind_events{subscriber=\"python\"} 1\n"));
  for (const char* reader : {"broker", "publisher"})
    EXPECT_THAT(page, HasSubstr("postkamer_messages_refused_total{reader=\"" + std::string(reader) +
                                "\"} 0\n"));
  EXPECT_THAT(page, HasSubstr("postkamer_inbox_stopped{inbox=\"post\"} 0\n"));
  EXPECT_THAT(page, HasSubstr("postkamer_oldest_unpublished_seconds{waits_for=\"machine\"} 0\n"));
  expect_nothing_personal(page);

  const pid_t broker = children_named(mailroom.process().pid(), "postkamer-broke").at(0);
  kill(broker, SIGSTOP);
  EXPECT_TRUE(shows(mailroom, "postkamer_up 0"));
  EXPECT_THAT(mailroom.metrics(), HasSubstr("postkamer_disk_free_bytes "));
  kill(broker, SIGCONT);
  EXPECT_TRUE(shows(mailroom, "postkamer_up 1"));
}

// Promises O1 to O6 of a mailroom that has come to rest.
void expect_promises_kept(const path& data, std::size_t documents) {
  const path journal = data / "journal.db";
  const auto facts = journal::facts_of(journal);
  ASSERT_TRUE(facts) << facts.error().message;
  const auto reader = journal::open_reader(journal).value();
  EXPECT_EQ(journal::first_broken({}, *reader->audit_after(0, 1 << 20)), 0u);
  const auto events = *reader->events_after(0, 1 << 20);
  std::set<std::string> keys;
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].sequence, i + 1);
    EXPECT_TRUE(keys.insert(events[i].key).second) << "told twice: " << events[i].key;
  }
  const auto rows = *reader->documents({});
  EXPECT_GE(rows.size(), documents);
  for (const auto& row : rows) EXPECT_NE(row.state, journal::DocumentState::reading) << row.name;
  const auto blobs = *journal::BlobStore::open(data / "blobs");
  const auto names = *journal::blobs_named_in(journal);
  for (const auto& name : names) EXPECT_TRUE(blobs.get(name)) << name;
}

std::size_t events_in(const Mailroom& mailroom) {
  const auto status = mailroom.ask({"status", "--json"});
  return status.status == 0 ? status.json().at("head").get<std::size_t>() : 0;
}

// Nothing is left in the inbox, at its door or in an open batch.
bool is_at_rest(const Mailroom& mailroom) {
  const path work = mailroom.folder() / "work" / "post";
  if (!std::filesystem::is_empty(mailroom.inbox())) return false;
  if (std::filesystem::exists(work) && !std::filesystem::is_empty(work)) return false;
  const auto status = mailroom.ask({"status", "--json"});
  return status.status == 0 && status.json().at("batches").empty();
}

Result<publisher::Subscriber> subscribe(const Mailroom& mailroom, std::uint64_t from,
                                        const std::string& stream) {
  const std::string socket = mailroom.data() / "run" / "events.sock";
  return publisher::Subscriber::connect({"ipc://" + socket, "python", from, 64, stream}, 30'000);
}

TEST(Operation, is_put_back_from_a_backup_made_under_load_and_subscribers_are_told) {
  Mailroom lost("lost", "doubtful-too");
  ASSERT_NO_FATAL_FAILURE(lost.open());
  const auto scans = with_pages(samples("typed", ".tif"), 1);
  constexpr std::size_t kFiles = 8;
  for (std::size_t n = 0; n < kFiles; ++n)
    std::filesystem::copy(scans.at(n % scans.size()),
                          lost.inbox() / ("scan" + std::to_string(n) + ".tif"));
  ASSERT_TRUE(wait_until([&] { return events_in(lost) >= 2; }, kDeadline)) << lost.log();

  const path backup = lost.folder() / "backup";
  const auto made = lost.ask({"backup", backup, "--json"});
  ASSERT_EQ(made.status, 0) << made.errors;
  const auto in_backup = made.json().at("event").get<std::size_t>();
  EXPECT_FALSE(made.json().at("at_rest"));
  ASSERT_TRUE(wait_until([&] { return events_in(lost) > in_backup; }, kDeadline)) << lost.log();
  const PythonSubscriber subscriber(lost);
  const auto has_seen = [&] { return subscriber.events().size(); };
  ASSERT_TRUE(wait_until([&] { return has_seen() > in_backup; }, kDeadline)) << lost.log();
  const auto busy = postkamer({"restore", backup, "--into", lost.data()});
  EXPECT_EQ(busy.status, 78);
  EXPECT_THAT(busy.errors, HasSubstr("a mailroom is at work there"));
  const std::string stream = journal::facts_of(backup / "journal.db")->stream;
  lost.kill_all();

  // The disk is replaced; what subscribers and senders have is as it was.
  std::filesystem::remove_all(lost.data());
  Mailroom& anew = lost;
  const auto restored = postkamer({"restore", backup, "--into", anew.data(), "--json"});
  ASSERT_EQ(restored.status, 0) << restored.errors;
  EXPECT_EQ(restored.json().at("event"), in_backup);
  ASSERT_NO_FATAL_FAILURE(anew.open());
  EXPECT_TRUE(wait_until(
      [&] { return subscriber.text().find("stream_foreign") != std::string::npos; }, kDeadline))
      << "a position in the lost stream must not be taken for one in this";
  // What the backup knew of is finished, and what was underway in an inbox begins anew.
  ASSERT_TRUE(wait_until([&] { return is_at_rest(anew); }, kDeadline)) << anew.log();
  const auto before = events_in(anew);
  std::filesystem::copy(scans.at(0), anew.inbox() / "again.tif");
  ASSERT_TRUE(wait_until([&] { return events_in(anew) > before && is_at_rest(anew); }, kDeadline))
      << anew.log();

  EXPECT_EQ(subscribe(anew, in_backup, stream).error().reason, "stream_foreign");
  auto fresh = subscribe(anew, 0, "");
  ASSERT_TRUE(fresh) << fresh.error().message;
  EXPECT_NE(fresh->stream_id(), stream);
  std::size_t events = 0;
  while (fresh->position() < fresh->head()) events += fresh->next(10'000)->size();
  EXPECT_EQ(events, events_in(anew));
  anew.process().signal(SIGTERM);
  EXPECT_EQ(anew.process().wait(20s).value_or(-1), 0) << anew.log();
  expect_promises_kept(anew.data(), in_backup + 1);
  // No event that a subscriber of the lost stream has seen is told of another document.
  for (const auto& event : subscriber.events()) {
    if (!event.is_object()) continue;
    const auto reader = journal::open_reader(anew.data() / "journal.db").value();
    const auto again = *reader->last_event_of(event.at("subject").get<std::string>());
    if (!again) continue;  // of a document that came after the backup
    const auto told = nlohmann::json::parse(again->body);
    EXPECT_EQ(told.at("data").at("pages").at(0).at("file"),
              event.at("data").at("pages").at(0).at("file"));
  }
}

// config/systemd, with the programs where this build has them.
class Units : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/usr/bin/systemd-analyze"))
      GTEST_SKIP() << "systemd-analyze is not installed on this machine";
    std::filesystem::copy(path(POSTKAMER_SOURCE_DIR) / "config" / "systemd", folder_,
                          std::filesystem::copy_options::recursive |
                              std::filesystem::copy_options::overwrite_existing);
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      if (!entry.is_regular_file() || entry.path().extension() == ".md") continue;
      std::string text = read_text(entry.path());
      const std::string installed = "/opt/postkamer/bin/";
      if (const auto at = text.find(installed); at != std::string::npos)
        text.replace(at, installed.size(), program("").string());
      write_text(entry.path(), text);
      std::string name = entry.path().filename();
      if (const auto at = name.find("@."); at != std::string::npos) name.insert(at + 1, "1");
      names_.push_back(name);
    }
    ::setenv("SYSTEMD_UNIT_PATH", (folder_.string() + ":").c_str(), 1);
  }
  void TearDown() override { ::unsetenv("SYSTEMD_UNIT_PATH"); }

  [[nodiscard]] std::string analysed(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "/usr/bin/systemd-analyze");
    ChildProcess analyse(arguments, folder_ / "said");
    EXPECT_EQ(analyse.wait(60s).value_or(-1), 0) << analyse.output();
    return analyse.output();
  }

  path folder_ = fresh_folder("units");
  std::vector<std::string> names_;
};

TEST_F(Units, are_units_without_a_mistake) {
  EXPECT_EQ(names_.size(), 14u);
  for (const auto& name : names_)
    EXPECT_THAT(analysed({"verify", "--man=no", name}), Not(HasSubstr("postkamer"))) << name;
}

TEST_F(Units, are_as_closed_as_the_readme_says) {
  for (const auto& name : names_) {
    if (!name.ends_with(".service")) continue;
    const bool is_whole = name == "postkamer.service";
    EXPECT_THAT(analysed({"security", "--offline=true", "--threshold=15", name}),
                HasSubstr(is_whole ? ": 1.5 OK" : " OK"))
        << name;
  }
}

TEST_F(Units, let_the_mailroom_do_its_work) {
  if (kIsSanitized) GTEST_SKIP() << "units leave nothing that a sanitizer needs of its own";
  const path out = fresh_folder("confined");
  ChildProcess run(
      {"/usr/bin/python3", POSTKAMER_SOURCE_DIR "/tests/system/confined.py", program("postkamer"),
       "run", with_pages(samples("typed", ".tif"), 1).at(0), samples("typed", ".pdf").at(0),
       samples("letter", ".pdf").at(0), "--out", out / "out", "--quiet"},
      out / "said");
  const int status = run.wait(300s).value_or(-1);
  if (status == 77) GTEST_SKIP() << run.output();
  EXPECT_EQ(status, 0) << run.output();
  EXPECT_GE(read_lines(out / "out" / "records.jsonl").size(), 3u) << run.output();
}

TEST_F(Units, are_seen_when_they_are_wrong) {
  const path common = folder_ / "postkamer-.service.d" / "10-common.conf";
  write_text(common, read_text(common) + "NoNewPriviledges=yes\n");
  EXPECT_THAT(analysed({"verify", "--man=no", "postkamer-broker.service"}),
              HasSubstr("NoNewPriviledges"));
}

}  // namespace
}  // namespace postkamer::test
