// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/run_command.h"

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iostream>

#include <fmt/format.h>

#include "workers/host/files.h"
#include "workers/host/process.h"
#include "workers/intake/submission.h"
#include "workers/journal/blob_store.h"
#include "workers/postkamer/exit_codes.h"
#include "workers/postkamer/export.h"
#include "workers/postkamer/mailroom.h"
#include "workers/postkamer/progress.h"
#include "workers/postkamer/result_table.h"
#include "workers/postkamer/scan_files.h"
#include "workers/postkamer/stop_signal.h"
#include "workers/postkamer/work_folder.h"

namespace postkamer {
namespace {

constexpr int kReadyMs = 30'000;
constexpr auto kStopGrace = std::chrono::milliseconds(8'000);
constexpr int kLookMs = 50;

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  return fmt::format("{:04}-{:02}-{:02}", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

class Run {
 public:
  Run(const RunOptions& options, host::Settings settings, ScanFiles files, WorkFolder folder)
      : options_(options),
        settings_(std::move(settings)),
        files_(std::move(files)),
        plan_{folder.path(), options.config, false},
        folder_(std::move(folder)),
        supervisor_(processes_of(plan_, settings_)) {}

  Result<int> execute() {
    PK_CHECK(supervisor_.start());
    PK_TRY(client, wait_until_ready(plan_, supervisor_, kReadyMs, [](auto) {}));
    PK_TRY(batch, submit_all(client));
    PK_TRY(ledger, wait_until_settled(client, batch));
    const auto ask = [&](std::string_view verb, const nlohmann::json& body) {
      return ask_patiently(client, supervisor_, verb, body);
    };
    PK_TRY(documents, export_batch({plan_.dir, batch, options_.out, settings_.archive.mdto}, ask));
    const std::string ledger_text = ledger.dump(2) + "\n";
    PK_CHECK(host::write_file(options_.out / "ledger.json", bytes_of(ledger_text)));
    supervisor_.stop(kStopGrace, Supervisor::Order::first_last);
    if (options_.json)
      print_json(std::cout, documents, ledger);
    else
      print_table(std::cout, documents, ledger, options_.out);
    const bool settled = ledger.value("balanced", false) && !stop_signal_came();
    return settled ? exit_code::kOk : exit_code::kUnsettled;
  }

 private:
  Result<std::string> submit_all(host::ControlClient& client) {
    const std::string date = options_.date_of_receipt.empty() ? today() : options_.date_of_receipt;
    PK_TRY(opened, ask_patiently(client, supervisor_, "open_batch",
                                 {{"class", "run"},
                                  {"date_of_receipt", date},
                                  {"source", "postkamer run"},
                                  {"publish", "doubtful-too"}}));
    const std::string batch = opened.value("batch", std::string());
    PK_TRY(blobs, journal::BlobStore::open(host::Layout{plan_.dir}.blobs()));
    int copy = 0;
    for (const auto& file : files_.taken) {
      PK_TRY(submission, intake::submission_of(file, file.filename(), blobs, settings_.limits));
      submission.body["batch"] = batch;
      submission.body["copy"] = copy++;  // each is a scan of its own, also when bytes are the same
      PK_TRY(answer, ask_patiently(client, supervisor_, submission.verb, submission.body));
    }
    PK_TRY(closed, ask_patiently(client, supervisor_, "close_batch", {{"batch", batch}}));
    return batch;
  }

  // Asks for the ledger until the batch is closed. A broker that dies is started again by the
  // supervisor, so a question without answer is asked again.
  Result<nlohmann::json> wait_until_settled(host::ControlClient& client, const std::string& batch) {
    Progress progress(options_.quiet || options_.json);
    nlohmann::json ledger;
    while (!stop_signal_came()) {
      supervisor_.tick();
      PK_CHECK(check_startable(supervisor_));
      if (auto answer = client.ask("ledger", {{"batch", batch}}, nullptr, 2'000)) {
        ledger = std::move(*answer);
        show(progress, ledger);
        if (ledger.value("state", std::string()) == "closed") return ledger;
      }
      poll(nullptr, 0, kLookMs);
    }
    return fail(ErrorCode::unavailable, "run_interrupted",
                "while reading " + std::to_string(files_.taken.size()) +
                    " files: interrupted; nothing was written to " + options_.out.string());
  }

  void show(Progress& progress, const nlohmann::json& ledger) const {
    const auto count = [&](const char* group, const char* name) {
      return ledger.value(nlohmann::json::json_pointer(fmt::format("/{}/{}", group, name)), 0);
    };
    const int settled = count("files", "read") + count("files", "rejected");
    const int documents = count("documents", "published") + count("documents", "review");
    progress.show(settled, static_cast<int>(files_.taken.size()),
                  fmt::format("files; {} pages, {} records", count("pages", "total"), documents));
  }

  const RunOptions& options_;
  host::Settings settings_;
  ScanFiles files_;
  MailroomPlan plan_;
  WorkFolder folder_;
  Supervisor supervisor_;
};

int complain(const Error& error) {
  std::cerr << error.message << '\n';
  if (error.reason == "input_missing") return exit_code::kNotFound;
  if (error.code == ErrorCode::invalid_config) return exit_code::kConfig;
  return exit_code::kFailed;
}

}  // namespace

int run_command(const RunOptions& options) {
  // Every process of the run reads the settings for itself.
  if (!options.forms.empty())
    setenv(host::kFormsVariable, std::filesystem::absolute(options.forms).c_str(), 1);
  const auto settings = checked_settings(options.config);
  if (!settings) return complain(settings.error());
  auto files = find_scans(options.inputs);
  if (!files) return complain(files.error());
  if (files->taken.empty()) {
    std::cerr << "nothing to read: no .pdf, .tif, .jpg or .png in the folders given\n";
    return exit_code::kNotFound;
  }
  if (!files->ignored.empty() && !options.quiet && !options.json)
    std::cerr << files->ignored.size() << " other files in the folders are left alone\n";
  auto folder = WorkFolder::create(options.out, options.keep_work);
  if (!folder) return complain(folder.error());
  catch_stop_signals();
  // What our processes do in passing is not what somebody at a terminal wants to see.
  setenv(host::kLogLevelVariable, "warn", 0);
  Run run(options, *settings, std::move(*files), std::move(*folder));
  const auto status = run.execute();
  return status ? *status : complain(status.error());
}

}  // namespace postkamer
