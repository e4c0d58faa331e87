// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/archive_commands.h"

#include <ctime>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "workers/host/control_client.h"
#include "workers/host/files.h"
#include "workers/host/process.h"
#include "workers/host/settings.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/postkamer/act_record.h"
#include "workers/postkamer/exit_codes.h"
#include "workers/postkamer/export.h"
#include "workers/postkamer/statement.h"

namespace postkamer {
namespace {

using nlohmann::json;

constexpr int kAnswerMs = 10'000;

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  return fmt::format("{:04}-{:02}-{:02}", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

int complain(const Error& error) {
  std::cerr << error.message << '\n';
  if (error.reason.ends_with("_unknown")) return exit_code::kNotFound;
  if (error.code == ErrorCode::unavailable) return exit_code::kUnavailable;
  return error.code == ErrorCode::invalid_config ? exit_code::kConfig : exit_code::kFailed;
}

json page_json(const StatementPage& page) {
  auto refusals = json::array();
  for (const Refusal& refusal : page.refusals) refusals.push_back(refusal.code);
  return {{"scan", page.scan},
          {"scan_sha256", page.scan_sha256},
          {"page", page.page},
          {"document", page.document},
          {"pdf_sha256", page.pdf_sha256},
          {"refusals", std::move(refusals)}};
}

json to_json(const Statement& statement) {
  json out = {{"batch", statement.batch},
              {"date_of_receipt", statement.date_of_receipt},
              {"separators", statement.separators},
              {"proven", json::array()},
              {"refused", json::array()}};
  for (const auto& page : statement.proven) out["proven"].push_back(page_json(page));
  for (const auto& page : statement.refused) out["refused"].push_back(page_json(page));
  return out;
}

Result<Statement> read_statement(const ArchiveOptions& options, const host::Settings& settings) {
  const host::Layout layout{options.dir};
  PK_TRY(reader, journal::open_reader(layout.journal()));
  PK_TRY(blobs, journal::BlobStore::open(layout.blobs()));
  return statement_of(*reader, blobs, settings.substitution.blocking, options.batch);
}

Result<int> make_statement(const ArchiveOptions& options) {
  PK_TRY(settings, host::load_settings(options.settings));
  PK_TRY(statement, read_statement(options, settings));
  const forms::Report report = statement_report(statement, settings, today());
  if (!options.out.empty()) {
    PK_TRY(pdf, forms::report_pdf(report));
    PK_CHECK(host::write_file(options.out, pdf));
  }
  // Proven with a mailroom that answers, a batch's originals may go when they are old enough.
  const auto told =
      record_act(options.dir, "statement_made", options.batch,
                 {{"proven", statement.proven.size()}, {"refused", statement.refused.size()}});
  if (!told) std::cerr << "not written down in the audit: " << told.error().message << '\n';
  std::cout << (options.json ? to_json(statement).dump(2) + "\n" : forms::report_text(report));
  return statement.refused.empty() ? exit_code::kOk : exit_code::kUnsettled;
}

Result<int> make_export(const ArchiveOptions& options) {
  PK_TRY(settings, host::load_settings(options.settings));
  PK_TRY(client, host::ControlClient::connect(host::Layout{options.dir}.control_endpoint()));
  const Ask ask = [&](std::string_view verb, const json& body) {
    return client.ask(verb, body, nullptr, kAnswerMs);
  };
  PK_CHECK(record_act(options.dir, "batch_exported", options.batch));
  std::error_code failed;
  std::filesystem::create_directories(options.out, failed);
  PK_TRY(documents,
         export_batch({options.dir, options.batch, options.out, settings.archive.mdto}, ask));
  std::cout << documents.size() << " documents of batch " << options.batch << " are in "
            << options.out.string() << '\n';
  return exit_code::kOk;
}

}  // namespace

int export_command(const ArchiveOptions& options) {
  const auto status = make_export(options);
  return status ? *status : complain(status.error());
}

int statement_command(const ArchiveOptions& options) {
  const auto status = make_statement(options);
  return status ? *status : complain(status.error());
}

}  // namespace postkamer
