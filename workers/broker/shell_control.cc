// SPDX-License-Identifier: EUPL-1.2
//
// The control door: verbs of workers/wire/PROTOCOL.md, section 4.
#include <algorithm>

#include <spdlog/spdlog.h>

#include "workers/broker/ledger_json.h"
#include "workers/broker/shell.h"
#include "workers/broker/shell_sockets.h"
#include "workers/host/socket.h"
#include "workers/journal/audit.h"

namespace postkamer::broker {
namespace {

using nlohmann::json;
using wire::number_at;
using wire::text_at;

constexpr std::size_t kMaxLedgers = 64;
constexpr std::int64_t kLedgerRest = 20;  // a ledger is made again after this many times its cost

tl::unexpected<Error> bad_request(const std::string& what) {
  return fail(ErrorCode::unsupported, "control_malformed", "a question to the broker: " + what);
}

tl::unexpected<Error> unknown(const char* reason, const std::string& what) {
  return fail(ErrorCode::unsupported, reason, "there is no " + what);
}

int int_at(const json& body, std::string_view key) {
  return static_cast<int>(std::clamp<std::int64_t>(number_at(body, key).value_or(0), 0, 1 << 30));
}

json to_json(const WorkerStatus& worker) {
  auto kinds = json::array();
  for (const flow::JobKind kind : worker.kinds) kinds.push_back(flow::name_of(kind));
  const char* state = worker.executing ? "executing" : worker.holding > 0 ? "holding" : "idle";
  return {{"pid", worker.pid},
          {"kinds", std::move(kinds)},
          {"state", state},
          {"holding", worker.holding},
          {"credit", worker.credit}};
}

json to_json(const journal::DocumentRow& row) {
  return {{"document", row.name},
          {"state", journal::name_of(row.state)},
          {"form", row.form},
          {"revision", row.revision},
          {"pdf_sha256", row.pdf_sha256},
          {"provenance_sha256", row.provenance_sha256},
          {"class", row.batch_class},
          {"copy_due", row.copy_due},
          {"archive_failure", row.archive_failure}};
}

ReviewAct act_of(const std::string& act, const json& body) {
  ReviewAct what{act,
                 text_at(body, "field").value_or(""),
                 text_at(body, "value").value_or(""),
                 text_at(body, "person").value_or(""),
                 text_at(body, "why").value_or(""),
                 {},
                 text_at(body, "second").value_or("")};
  const json values = body.value("values", json::object());
  for (const auto& [field, value] : values.items())
    if (value.is_string()) what.changes.push_back({field, value.get<std::string>()});
  return what;
}

}  // namespace

std::string Shell::asker_for(const std::string& peer, std::int64_t id) {
  std::string asker = std::to_string(++last_asker_);
  askers_[asker] = {peer, id};
  return asker;
}

Result<void> Shell::deliver(const Answer& answer) {
  const auto asker = askers_.find(answer.asker);
  if (asker == askers_.end()) return {};  // our own question
  wire::Message message;
  message.type = wire::MessageType::answer;
  message.body = {{"id", asker->second.id}, {"ok", answer.body.has_value()}};
  if (answer.body)
    message.body["body"] = *answer.body;
  else
    message.body["error"] = wire::to_json(answer.body.error());
  if (auto frames = wire::encode(std::move(message)))
    post(Door::control, asker->second.peer, std::move(*frames));
  askers_.erase(asker);
  return {};
}

void Shell::refuse(const std::string& asker, const Error& error) {
  messages_.push_back(Answer{asker, tl::unexpected(error)});
}

Result<void> Shell::on_control(const Caller& caller, const wire::Message& message) {
  const std::string asker = asker_for(caller.peer, number_at(message.body, "id").value_or(0));
  const std::string verb = text_at(message.body, "verb").value_or("");
  json body = message.body.value("body", json::object());
  if (message.type != wire::MessageType::ask || !body.is_object()) {
    refuse(asker, bad_request("not an ASK with a body").value());
    return {};
  }
  if (!is_granted(caller, asker, verb, body)) return {};
  const bool is_written_down = caller.grant && verb == "document";
  if (is_stalled_)  // and what cannot be written down is not shown
    return answer_without_room(asker, is_written_down ? "" : verb, body);
  PK_TRY(is_change, change(asker, verb, body));
  if (is_change) return {};
  PK_CHECK(flush());  // what is looked at is what was committed
  auto answer = look(verb, body);
  if (is_written_down && answer)
    operations_.push_back(journal::Audit{"document_shown", text_at(body, "document").value_or(""),
                                         "", journal::person_actor(*text_at(body, "person"))});
  messages_.push_back(Answer{asker, std::move(answer)});
  return {};
}

// What was committed may be looked at; nothing can be changed.
Result<void> Shell::answer_without_room(const std::string& asker, const std::string& verb,
                                        const json& body) {
  auto answer = look(verb, body);
  if (!answer && answer.error().reason == "control_malformed")
    answer = fail(ErrorCode::unavailable, std::string(kDiskFull),
                  "the disk of the journal is full; make room, then it goes on by itself");
  return deliver(Answer{asker, std::move(answer)});
}

// True when the verb was one that changes something.
Result<bool> Shell::change(const std::string& asker, const std::string& verb, const json& body) {
  const std::string batch = text_at(body, "batch").value_or("");
  const bool is_about_open = verb == "submit" || verb == "refuse" || verb == "close_batch";
  if (is_about_open && !core_.has_batch(batch)) {
    PK_CHECK(answer_closed(asker, verb, body));
  } else if (verb == "open_batch") {
    const auto policy = journal::publish_policy_named(text_at(body, "publish").value_or("settled"));
    if (!policy) {
      refuse(asker, bad_request("publish is \"settled\" or \"doubtful-too\"").value());
      return true;
    }
    step(OpenBatch{asker, text_at(body, "class").value_or(""),
                   text_at(body, "date_of_receipt").value_or(""),
                   text_at(body, "source").value_or(""), *policy, int_at(body, "expected_sheets"),
                   text_at(body, "person").value_or("")});
  } else if (verb == "submit") {
    PK_CHECK(submit(asker, body));
  } else if (verb == "refuse") {
    step(Refuse{asker, batch, text_at(body, "name").value_or(""), int_at(body, "copy"),
                text_at(body, "reason").value_or("unknown"),
                text_at(body, "message").value_or("")});
  } else if (verb == "close_batch") {
    step(CloseBatch{asker, batch, wire::flag_at(body, "accept_missing_sheets").value_or(false),
                    text_at(body, "person").value_or("")});
  } else if (verb == "redate_batch") {
    PK_CHECK(redate(asker, body));
  } else if (verb == "put_back") {
    PK_CHECK(put_back(asker, body));
  } else if (verb == "commit_cursor") {
    step(CommitCursor{asker, text_at(body, "name").value_or(""),
                      static_cast<std::uint64_t>(number_at(body, "sequence").value_or(0)),
                      text_at(body, "person").value_or(""), number_at(body, "since")});
  } else if (verb == "record_act") {
    PK_CHECK(record_act(asker, body));
  } else if (verb == "confirm_clock") {
    confirm_clock(asker, body);
  } else if (verb == "drain") {
    step(Drain{asker, true});
  } else if (verb.starts_with("review_")) {
    PK_CHECK(review(asker, verb.substr(7), body));
  } else {
    return false;
  }
  return true;
}

Result<void> Shell::submit(const std::string& asker, const json& body) {
  Submit in{asker,
            text_at(body, "batch").value_or(""),
            text_at(body, "name").value_or(""),
            text_at(body, "sha256").value_or(""),
            int_at(body, "copy"),
            static_cast<std::uint64_t>(number_at(body, "size").value_or(0)),
            ""};
  if (!parts_.blobs.exists(in.sha256)) {
    refuse(asker, {ErrorCode::unavailable, "blob_missing",
                   "taking in a file: its bytes are not in the blob store; put them there first"});
    return {};
  }
  PK_TRY(seen, parts_.journal.reader().scan_with(in.sha256));
  if (seen) {
    PK_TRY(other, parts_.journal.reader().batch(seen->batch));
    if (other) in.seen_before_in = other->name;
  }
  step(in);
  return {};
}

Result<void> Shell::review(const std::string& asker, const std::string& act, const json& body) {
  PK_CHECK(flush());
  if (is_stalled_) return answer_without_room(asker, "review", body);
  const std::string name = text_at(body, "document").value_or("");
  PK_TRY(row, parts_.journal.reader().document_named(name));
  if (act != "set" && act != "accept" && act != "reject" && !is_amendment(act)) {
    refuse(asker, bad_request("no such verb").value());
    return {};
  }
  if (!row) {
    refuse(asker, unknown("document_unknown", "document " + name).value());
    return {};
  }
  const ReviewAct what = act_of(act, body);
  if (is_amendment(act) && !is_reason(what.why)) {
    refuse(asker, {ErrorCode::unsupported, "review_reason_missing",
                   "changing what was published: a reason of 1 to 500 characters is needed"});
    return {};
  }
  PK_TRY(record, parts_.journal.reader().record(row->id));
  PK_TRY(event, parts_.journal.reader().last_event_of(name));
  const bool is_told = row->told_doubtful || is_amendment(act);
  auto outcome = parts_.desk.reviewed(record.value_or(""), is_told, event ? event->body : "", what);
  if (!outcome)
    refuse(asker, outcome.error());
  else if (!is_amendment(act))
    step(Reviewed{asker, row->id, std::move(*outcome), what.person, act});
  else if (outcome->event.empty())
    messages_.push_back(Answer{asker, json{{"document", name},
                                           {"state", journal::name_of(row->state)},
                                           {"revision", row->revision},
                                           {"unchanged", true}}});
  else
    step(Amended{asker, *row, std::move(*outcome), what.person, act});
  return {};
}

// A document whose own separator sheet gave another date keeps it.
Result<void> Shell::redate(const std::string& asker, const json& body) {
  PK_CHECK(flush());
  if (is_stalled_) return answer_without_room(asker, "redate_batch", body);
  auto& reader = parts_.journal.reader();
  const std::string name = text_at(body, "batch").value_or("");
  const std::string date = text_at(body, "date_of_receipt").value_or("");
  const ReviewAct act = act_of("redate", body);
  PK_TRY(id, reader.batch_named(name));
  if (!id) return refuse(asker, unknown("batch_unknown", "batch " + name).value()), Result<void>();
  if (!is_reason(act.why))
    return refuse(asker, {ErrorCode::unsupported, "review_reason_missing",
                          "changing a date of receipt: a reason of 1 to 500 characters is needed"}),
           Result<void>();
  PK_TRY(batch, reader.batch(*id));
  Redated redated{asker, *batch, date, {}, act.person, act.why};
  PK_TRY(rows, reader.documents({}));
  for (const auto& row : rows) {
    const bool is_told = row.state == journal::DocumentState::published;
    if (row.batch != *id || !(is_told || row.state == journal::DocumentState::review)) continue;
    PK_TRY(record, reader.record(row.id));
    const json before = json::parse(record.value_or(""), nullptr, false);
    if (text_at(before, "dateOfReceipt").value_or("") != batch->date_of_receipt) continue;
    PK_TRY(digest, parts_.desk.redated(*record, is_told, date, act));
    redated.documents.emplace_back(row, std::move(digest));
  }
  step(std::move(redated));
  return {};
}

Result<json> Shell::look(const std::string& verb, const json& body) {
  if (verb == "status") return status();
  if (verb == "ledger") return ledger(body);
  if (verb == "blanks") return blanks(body);
  if (verb == "subscribers") return subscribers();
  if (verb == "seen") return seen(body);
  if (verb == "documents") return documents(body);
  if (verb == "document") return document(body);
  return bad_request("no such verb");
}

// Why nothing is taken in or given out; empty: it is.
std::string Shell::paused() const {
  return is_stalled_ || core_.status({monotonic_ms(), 0}).is_disk_full ? "disk" : "";
}

Result<json> Shell::status() {
  const Status now = core_.status({monotonic_ms(), 0});
  auto kinds = json::object();
  for (std::size_t i = 0; i < now.kinds.size(); ++i)
    kinds[std::string(flow::name_of(static_cast<flow::JobKind>(i)))] = {
        {"waiting", now.kinds[i].waiting},
        {"running", now.kinds[i].running},
        {"oldest_ms", now.kinds[i].oldest_ms},
        {"done", now.kinds[i].done},
        {"failed", now.kinds[i].failed}};
  auto workers = json::array();
  for (const WorkerStatus& worker : now.workers) workers.push_back(to_json(worker));
  auto batches = json::array();
  PK_TRY(rows, parts_.journal.reader().batches());
  for (const auto& row : rows)
    if (row.state != journal::BatchState::closed)
      batches.push_back({{"batch", row.name},
                         {"class", row.batch_class},
                         {"state", journal::name_of(row.state)},
                         {"files", row.scans}});
  PK_TRY(stream, subscribers());
  PK_TRY(keeping, kept());
  return json{{"kinds", std::move(kinds)},
              {"workers", std::move(workers)},
              {"batches", std::move(batches)},
              {"head", stream.at("head")},
              {"oldest", stream.at("oldest")},
              {"subscribers", stream.at("subscribers")},
              {"draining", now.draining},
              {"paused", paused()},
              {"wires", wires()},
              {"retention", keeping.at("retention")},
              {"audit", keeping.at("audit")}};
}

// Counted from the journal. Clients ask often and the count reads every page of the batch, so one
// answer stands for a while that grows with its cost.
Result<json> Shell::ledger(const json& body) {
  const std::string name = text_at(body, "batch").value_or("");
  const std::int64_t start = monotonic_ms();
  const auto cached = ledgers_.find(name);
  if (cached != ledgers_.end() &&
      start - cached->second.made_at < kLedgerRest * cached->second.took) {
    cached->second.body["paused"] = paused();
    return cached->second.body;
  }
  PK_TRY(id, parts_.journal.reader().batch_named(name));
  if (!id) return unknown("batch_unknown", "batch " + name);
  PK_TRY(contents, parts_.journal.reader().contents(*id));
  json answer = to_json(journal::ledger_of(contents));
  answer["batch"] = name;
  answer["class"] = contents.batch.batch_class;
  answer["date_of_receipt"] = contents.batch.date_of_receipt;
  answer["source"] = contents.batch.source;
  answer["state"] = journal::name_of(contents.batch.state);
  answer["paused"] = paused();
  auto rejected = json::array();
  for (const auto& scan : contents.scans)
    if (scan.state == journal::ScanState::rejected)
      rejected.push_back({{"scan", scan_name(scan.id)},
                          {"name", scan.name},
                          {"reason", scan.reason},
                          {"message", scan.message}});
  answer["rejected_files"] = std::move(rejected);
  const std::int64_t end = monotonic_ms();
  if (ledgers_.size() > kMaxLedgers) ledgers_.clear();
  ledgers_[name] = {answer, end, end - start};
  return answer;
}

// Bytes that were rejected do not count: giving them again is how a person tries again.
Result<json> Shell::seen(const json& body) {
  PK_TRY(scan, parts_.journal.reader().scan_with(text_at(body, "sha256").value_or("")));
  if (!scan || scan->state == journal::ScanState::rejected) return json{{"seen", false}};
  PK_TRY(batch, parts_.journal.reader().batch(scan->batch));
  if (!batch) return json{{"seen", false}};
  return json{{"seen", true},
              {"batch", batch->name},
              {"scan", scan_name(scan->id)},
              {"date_of_receipt", batch->date_of_receipt}};
}

Result<json> Shell::documents(const json& body) {
  journal::DocumentFilter filter;
  if (const auto name = text_at(body, "batch")) {
    PK_TRY(id, parts_.journal.reader().batch_named(*name));
    if (!id) return unknown("batch_unknown", "batch " + *name);
    filter.batch = *id;
  }
  if (const auto state = text_at(body, "state")) {
    filter.state = journal::document_state_named(*state);
    if (!filter.state) return bad_request("state is reading, review, published or rejected");
  }
  PK_TRY(rows, parts_.journal.reader().documents(filter));
  auto list = json::array();
  for (const auto& row : rows) list.push_back(to_json(row));
  return json{{"documents", std::move(list)}};
}

Result<json> Shell::document(const json& body) {
  const std::string name = text_at(body, "document").value_or("");
  PK_TRY(row, parts_.journal.reader().document_named(name));
  if (!row) return unknown("document_unknown", "document " + name);
  json answer = to_json(*row);
  PK_TRY(record, parts_.journal.reader().record(row->id));
  answer["record"] = record ? json::parse(*record, nullptr, false) : json::object();
  return answer;
}

}  // namespace postkamer::broker
