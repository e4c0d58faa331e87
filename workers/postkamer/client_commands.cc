// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/client_commands.h"

#include <algorithm>
#include <ctime>
#include <iostream>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "pipeline/model/finding_texts.h"
#include "workers/host/files.h"
#include "workers/host/process.h"
#include "workers/host/stream_settings.h"
#include "workers/postkamer/act_record.h"
#include "workers/postkamer/client_ask.h"
#include "workers/postkamer/exit_codes.h"
#include "workers/postkamer/inbox_commands.h"
#include "workers/postkamer/ledger_report.h"
#include "workers/postkamer/stop_signal.h"
#include "workers/publisher/subscriber.h"

namespace postkamer {
namespace {

using nlohmann::json;

constexpr int kAnswerMs = 3'000;
constexpr int kFollowMs = 500;

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  return fmt::format("{:04}-{:02}-{:02}", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

void print_findings(const json& findings, std::string_view field) {
  for (const auto& finding : findings) {
    const auto text = finding_text(finding.value("code", std::string()));
    std::cout << fmt::format("  {:<24} {} {}\n", field, text.dutch, text.way_out);
  }
}

void print_record(const json& record) {
  // Null for an unknown form.
  const json form = record.value("form", json()).is_object() ? record.at("form") : json::object();
  std::cout << fmt::format("{}  {} {}  {}\n", record.value("document", std::string()),
                           form.value("id", std::string("(onbekend)")),
                           form.value("version", std::string()),
                           record.value("status", std::string()));
  print_findings(record.value("findings", json::array()), "");
  const json fields = record.value("fields", json::object());
  for (const auto& [name, field] : fields.items()) {
    const json value = field.value("value", json());
    std::cout << fmt::format("{} {:<24} {:<30} {:.3f}\n",
                             field.value("accepted", false) ? ' ' : '?', name,
                             value.is_string() ? value.get<std::string>() : value.dump(),
                             field.value("probability", 0.0));
    print_findings(field.value("findings", json::array()), "");
  }
}

// Who is how far; who was away too long loses events, and that is said until it is put right.
void print_subscribers(const json& stream) {
  for (const auto& one : stream.value("subscribers", json::array())) {
    const auto lost = one.value("lost", 0ULL);
    std::cout << fmt::format(
        "subscriber {:<24} at {:>8}, {:>8} behind{}\n", one.value("name", std::string()),
        one.value("sequence", 0ULL), one.value("behind", 0ULL),
        lost == 0 ? "" : fmt::format(", LOST {} events that are no longer kept", lost));
  }
}

// What is kept how long, and what is kept longer because it waits for something.
void print_keeping(const json& status) {
  const json kept = status.value("retention", json::object());
  const auto days = [&](const char* key) {
    const int count = kept.value(key, 0);
    return count == 0 ? std::string("for ever") : std::to_string(count) + " days";
  };
  std::cout << fmt::format(
      "kept: intermediate {}, originals {}, records {}, audit {}\n",
      kept.value("at_once", false) ? "until archived" : days("intermediate_days"),
      days("originals_days"), days("records_days"), days("audit_days"));
  std::cout << fmt::format(
      "dropped since the start: intermediate of {} scans, originals of {} batches, records of {} "
      "batches; {} blobs\n",
      kept.value("scans_dropped", 0), kept.value("originals_dropped", 0),
      kept.value("records_dropped", 0), kept.value("blobs_removed", 0));
  if (kept.value("clock_in_doubt", false))
    std::cout << "NOTHING IS DROPPED: the clock is far from the time that was last believed; when "
                 "it is right, `postkamer clock confirm`\n";
  if (const int unproven = kept.value("unproven", 0); unproven > 0)
    std::cout << fmt::format(
        "{} batches keep their originals past their age: `postkamer verklaring BATCH` has not "
        "found them proven\n",
        unproven);
  const json audit = status.value("audit", json::object());
  std::cout << fmt::format("audit: {} rows, {}\n", audit.value("rows", 0ULL),
                           audit.value("signed", false)
                               ? fmt::format("{} vouched for", audit.value("vouched", 0ULL))
                               : std::string("not vouched for"));
}

using Assignment = std::pair<std::string, std::string>;

// FIELD=VALUE each; nothing, and a complaint, when one is not.
std::optional<std::vector<Assignment>> parted(const std::vector<std::string>& assignments) {
  std::vector<Assignment> values;
  for (const auto& assignment : assignments) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos) {
      std::cerr << "expected FIELD=VALUE, found " << assignment.size()
                << " characters without '='\n";
      return std::nullopt;
    }
    values.emplace_back(assignment.substr(0, equals), assignment.substr(equals + 1));
  }
  return values;
}

}  // namespace

int status_command(const ClientOptions& options) {
  return ask_and_print(options, "status", json::object(), [&](const json& status) {
    std::cout << fmt::format("{:<10} {:>8} {:>8} {:>10}\n", "stage", "waiting", "running",
                             "oldest s");
    const json kinds = status.value("kinds", json::object());
    for (const auto& [kind, row] : kinds.items())
      std::cout << fmt::format("{:<10} {:>8} {:>8} {:>10.1f}\n", kind, row.value("waiting", 0),
                               row.value("running", 0),
                               static_cast<double>(row.value("oldest_ms", 0)) / 1000.0);
    const json workers = status.value("workers", json::array());
    for (const auto& worker : workers)
      std::cout << fmt::format("worker {:<7} {} {}\n", worker.value("pid", 0),
                               worker.value("kinds", json::array()).dump(),
                               worker.value("state", std::string()));
    if (!status.value("paused", std::string()).empty())
      std::cout << "PAUSED: the disk is full; nothing is taken in or given out until there is "
                   "room\n";
    std::cout << fmt::format("events so far: {}\n", status.value("head", 0));
    print_subscribers(status);
    print_keeping(status);
    print_inbox_lines(options.dir);
  });
}

int ledger_command(const ClientOptions& options, const std::string& batch,
                   const std::filesystem::path& out) {
  const auto ledger = ask(options, "ledger", {{"batch", batch}});
  if (!ledger) return complain(ledger.error());
  const forms::Report report = ledger_report(*ledger, today());
  if (!out.empty()) {
    const auto pdf = forms::report_pdf(report);
    const auto written = pdf ? host::write_file(out, *pdf) : tl::unexpected(pdf.error());
    if (!written) {
      std::cerr << written.error().message << '\n';
      return exit_code::kFailed;
    }
  }
  std::cout << (options.json ? ledger->dump(2) + "\n" : forms::report_text(report));
  return ledger->value("balanced", false) ? exit_code::kOk : exit_code::kUnsettled;
}

int review_list_command(const ClientOptions& options) {
  return ask_and_print(options, "documents", {{"state", "review"}}, [](const json& answer) {
    const json documents = answer.value("documents", json::array());
    for (const auto& row : documents)
      std::cout << fmt::format("{}  {}\n", row.value("document", std::string()),
                               row.value("form", std::string()));
    std::cout << fmt::format("{} documents wait for a person\n", documents.size());
  });
}

int review_show_command(const ClientOptions& options, const std::string& document) {
  if (const auto told = record_act(options.dir, "document_shown", document); !told)
    return complain(told.error());
  return ask_and_print(options, "document", {{"document", document}}, [](const json& answer) {
    print_record(answer.value("record", json::object()));
  });
}

int review_set_command(const ClientOptions& options, const std::string& document,
                       const std::vector<std::string>& assignments, const std::string& person) {
  const auto values = parted(assignments);
  if (!values) return exit_code::kUsage;
  for (const auto& [field, value] : *values) {
    const auto answer =
        ask(options, "review_set",
            {{"document", document}, {"field", field}, {"value", value}, {"person", person}});
    if (!answer) return complain(answer.error());
  }
  return review_show_command(options, document);
}

int review_correct_command(const ClientOptions& options, const std::string& document,
                           const Amendment& amendment) {
  const auto values = parted(amendment.assignments);
  if (!values) return exit_code::kUsage;
  auto body = json::object();
  for (const auto& [field, value] : *values) body[field] = value;
  return ask_and_print(
      options, "review_correct",
      {{"document", document},
       {"values", std::move(body)},
       {"person", amendment.person},
       {"second", amendment.second},
       {"why", amendment.why}},
      [&](const json& answer) {
        std::cout << document << ' '
                  << (answer.value("unchanged", false)
                          ? "has these values already; nothing was sent"
                          : "corrected; told again as revision " + answer.at("revision").dump())
                  << '\n';
      });
}

int review_withdraw_command(const ClientOptions& options, const std::string& document,
                            const Amendment& amendment) {
  return ask_and_print(
      options, "review_withdraw",
      {{"document", document}, {"person", amendment.person}, {"why", amendment.why}},
      [&](const json&) { std::cout << document << " withdrawn\n"; });
}

int review_accept_command(const ClientOptions& options, const std::string& document,
                          const std::string& person) {
  return ask_and_print(options, "review_accept", {{"document", document}, {"person", person}},
                       [&](const json&) { std::cout << document << " accepted\n"; });
}

int review_reject_command(const ClientOptions& options, const std::string& document,
                          const std::string& person, const std::string& why) {
  return ask_and_print(options, "review_reject",
                       {{"document", document}, {"person", person}, {"why", why}},
                       [&](const json&) { std::cout << document << " rejected\n"; });
}

int subscriber_list_command(const ClientOptions& options) {
  return ask_and_print(options, "subscribers", json::object(), print_subscribers);
}

int subscriber_move_command(const ClientOptions& options, const std::string& name,
                            std::uint64_t to) {
  const auto stream = ask(options, "subscribers", json::object());
  if (!stream) return complain(stream.error());
  const auto known = stream->value("subscribers", json::array());
  const auto is_it = [&](const json& one) { return one.value("name", std::string()) == name; };
  if (std::ranges::none_of(known, is_it)) {
    std::cerr
        << "no subscriber of that name in the settings; `postkamer subscriber list` shows them\n";
    return exit_code::kNotFound;
  }
  if (to > stream->value("head", 0ULL)) {
    std::cerr << "there are " << stream->value("head", 0ULL) << " events so far; " << to
              << " is beyond them\n";
    return exit_code::kRefused;
  }
  return ask_and_print(options, "commit_cursor",
                       {{"name", name}, {"sequence", to}, {"person", person_here()}},
                       [&](const json&) { std::cout << name << " goes on after " << to << '\n'; });
}

int clock_confirm_command(const ClientOptions& options) {
  return ask_and_print(options, "confirm_clock", {{"person", person_here()}}, [](const json& done) {
    std::cout << "confirmed: it is " << done.value("time", std::string()) << '\n';
  });
}

int records_command(const ClientOptions& options, std::optional<std::uint64_t> from, bool follow) {
  if (const auto told =
          record_act(options.dir, "stream_followed", "stream", {{"after", from.value_or(0)}});
      !told)
    return complain(told.error());
  catch_stop_signals();
  auto subscriber = publisher::Subscriber::connect(
      {host::Layout{options.dir}.events_endpoint(), host::kOwnName, from, 256}, kAnswerMs);
  if (!subscriber) return complain(subscriber.error());
  while (!stop_signal_came() && (follow || subscriber->position() < subscriber->head())) {
    const auto events = subscriber->next(kFollowMs);
    if (!events) return complain(events.error());
    for (const auto& event : *events) std::cout << event.text << '\n';
    std::cout.flush();
  }
  return exit_code::kOk;
}

}  // namespace postkamer
