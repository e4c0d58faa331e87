// SPDX-License-Identifier: EUPL-1.2
#include "tests/unit/workers/broker/mailroom_house.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "pipeline/publish/event.h"
#include "workers/broker/record_desk.h"
#include "workers/broker/shell.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/publisher/stream.h"

namespace postkamer::broker {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr auto kPatience = std::chrono::seconds(60);

// Its disk is full while there is a file `full` in the mailroom's folder.
class FillingJournal : public journal::Journal {
 public:
  FillingJournal(std::unique_ptr<journal::Journal> journal, fs::path full)
      : journal_(std::move(journal)), full_(std::move(full)) {}
  journal::Reader& reader() override { return journal_->reader(); }
  std::unique_ptr<journal::Hold> hold() override { return journal_->hold(); }
  Result<std::uint64_t> commit(const journal::Operations& operations,
                               const std::string& now) override {
    if (fs::exists(full_)) return fail(ErrorCode::unavailable, std::string(kDiskFull), "full");
    return journal_->commit(operations, now);
  }

 private:
  std::unique_ptr<journal::Journal> journal_;
  fs::path full_;
};

int stop_signal_fd() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

Result<void> serve_broker(const host::Layout& layout, const host::RetentionSettings& keep,
                          int stop_fd) {
  PK_TRY(blobs, journal::BlobStore::open(layout.blobs()));
  PK_TRY(kept, journal::open_journal(layout.journal(), RecordDesk::stamp));
  FillingJournal journal(std::move(kept), layout.dir / "full");
  const FindForm no_form = [](std::string_view, std::string_view) { return nullptr; };
  const RecordDesk desk(no_form, {"urn:test", ""});
  const MailroomRecipe recipe(desk, no_form);
  ShellOptions options{layout};
  options.pages_per_decode = 2;
  options.has_gate = true;
  options.keep = keep;
  PK_TRY(shell, Shell::open(options, {journal, blobs, desk, recipe}));
  return shell->serve(stop_fd);
}

host::StreamSettings subscribers() {
  host::StreamSettings settings;
  for (const char* name : {"test", "zaken", "a", "b", "x"})
    settings.subscribers.emplace_back().name = name;
  return settings;
}

Result<void> serve_stream(const host::Layout& layout, int stop_fd) {
  for (;;) {
    auto reader = journal::open_reader(layout.journal());
    if (reader && (*reader)->head()) {
      PK_TRY(subscriptions, publisher::Subscriptions::load(subscribers(), {}));
      PK_TRY(stream, publisher::Stream::open(layout, **reader, std::move(subscriptions)));
      return stream->serve(stop_fd);
    }
    poll(nullptr, 0, 20);
  }
}

json page_json(char letter, int index) {
  const char* kind = letter == 'b' ? "blank" : letter == 's' ? "separator" : "content";
  return {{"index", index}, {"kind", kind}, {"picture", {{"letter", std::string(1, letter)}}}};
}

host::Outcome decode(const host::Task& task) {
  const std::string_view content = text_of(task.blobs.at(0));
  const auto first = task.body.at("first_page").get<std::size_t>();
  const std::size_t end =
      std::min(content.size(), first + task.body.at("max_pages").get<std::size_t>());
  host::Outcome outcome{{{"page_count", content.size()}, {"pages", json::array()}}, {}};
  for (std::size_t page = first; page < end; ++page) {
    outcome.body["pages"].push_back(page_json(content[page], static_cast<int>(page)));
    outcome.blobs.push_back(Bytes{static_cast<std::uint8_t>(content[page])});
  }
  if (content.size() == 1) {  // as the real worker does: the broker has that picture already
    outcome.body["picture_is_scan"] = true;
    outcome.blobs.clear();
  }
  return outcome;
}

host::Outcome assemble(const host::Task& task) {
  Record record;
  record.document = task.body.at("document");
  record.batch = task.body.at("batch");
  record.date_of_receipt = task.body.at("date_of_receipt");
  record.batch_class = task.body.at("class");
  record.case_number = task.body.at("case_number");
  record.status = RecordStatus::ready;
  for (const auto& page : task.body.at("pages")) {
    if (page.at("words").is_null()) record.status = RecordStatus::review;
    RecordPage told;
    told.scan = page.at("scan");
    told.file = page.at("file");
    told.index = page.at("index");
    told.picture_sha256 = page.at("picture_sha256");
    record.pages.push_back(std::move(told));
  }
  return {{{"record", publish::record_json(record, nullptr)}}, {}};
}

}  // namespace

Result<host::Outcome> MailroomHouse::do_task(const host::Task& task) {
  if (task.kind == "decode") {
    if (task.blobs.at(0).empty())
      return fail(ErrorCode::invalid_document, "scan_empty", "nothing in it");
    return decode(task);
  }
  if (task.kind == "deskew" && text_of(task.blobs.at(0)) != task.body["page"]["picture"]["letter"])
    return fail(ErrorCode::internal, "wrong_picture", "another page's picture came with the task");
  if (task.kind == "deskew")
    return host::Outcome{{{"upright", json::object()}, {"picture", json::object()}}, task.blobs};
  if (task.kind == "classify") {
    const bool known = task.body.at("page").at("picture").at("letter") == "k";
    const json form{{"form", "f"}, {"version", "1"}, {"page", 1}, {"turn", 0}};
    return host::Outcome{{{"classification", {{"form", known ? form : json()}}}}, {}};
  }
  if (task.kind == "extract")
    return host::Outcome{{{"registered", true},
                          {"readings", json::array()},
                          {"recognised", {{"words", json::array()}, {"turn", 0}}}},
                         {}};
  if (task.kind == "ocr")
    return host::Outcome{{{"recognised", {{"words", json::array()}, {"turn", 0}}}}, {}};
  if (task.kind == "assemble") return assemble(task);
  return host::Outcome{json::object(), {Bytes{'%', 'P', 'D', 'F'}, Bytes{'{', '}'}}};
}

MailroomHouse::MailroomHouse() {
  std::string pattern = (fs::temp_directory_path() / "pk-house-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  layout_ = host::prepare_layout(folder_).value();
  blobs_.emplace(journal::BlobStore::open(layout_.blobs()).value());
  connect();
}

void MailroomHouse::connect() {
  client_.emplace(host::ControlClient::connect(layout_.control_endpoint()).value());
}

MailroomHouse::~MailroomHouse() {
  while (!children_.empty()) end(children_.back(), SIGKILL);
  fs::remove_all(folder_);
}

// The client's threads would be forked in the midst of what they do: a child in which one of them
// held a lock of the allocator waits for it for ever.
pid_t MailroomHouse::start(const std::function<int()>& process) {
  client_.reset();
  const pid_t child = ::fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::_exit(process());
  }
  connect();
  children_.push_back(child);
  return child;
}

pid_t MailroomHouse::start_broker(const host::RetentionSettings& keep) {
  return start([&] { return serve_broker(layout_, keep, stop_signal_fd()) ? 0 : 1; });
}

pid_t MailroomHouse::start_publisher() {
  return start([this] { return serve_stream(layout_, stop_signal_fd()) ? 0 : 1; });
}

pid_t MailroomHouse::start_worker() {
  return start([this] {
    host::WorkerOptions options;
    options.endpoint = layout_.workers_endpoint();
    options.kinds = {"decode", "deskew", "classify", "extract", "assemble", "ocr", "archive"};
    return host::run_worker(options, do_task);
  });
}

int MailroomHouse::end(pid_t process, int signal) {
  std::erase(children_, process);
  ::kill(process, signal);
  int status = 0;
  ::waitpid(process, &status, 0);
  return status;
}

std::string MailroomHouse::read(const std::vector<std::string>& contents,
                                const std::string& publish) {
  const auto opened = client().ask("open_batch",
                                   {{"class", "test"},
                                    {"date_of_receipt", "2026-11-23"},
                                    {"source", "test"},
                                    {"publish", publish}},
                                   nullptr, 30'000);
  if (!opened) return opened.error().reason;
  const std::string batch = opened->at("batch");
  int copy = 0;
  for (const std::string& content : contents) {
    const std::string sha256 = blobs_->put(bytes_of(content)).value();
    (void)client().ask("submit", {{"batch", batch},
                                  {"name", "a.pdf"},
                                  {"sha256", sha256},
                                  {"size", content.size()},
                                  {"copy", copy++}});
  }
  (void)client().ask("close_batch", {{"batch", batch}});
  return batch;
}

json MailroomHouse::wait_closed(const std::string& batch) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  json last;
  while (std::chrono::steady_clock::now() < deadline) {
    if (auto ledger = client().ask("ledger", {{"batch", batch}}, nullptr, 1000)) {
      last = std::move(*ledger);
      if (last.at("state") == "closed") return last;
    }
    poll(nullptr, 0, 20);
  }
  return last;
}

}  // namespace postkamer::broker
