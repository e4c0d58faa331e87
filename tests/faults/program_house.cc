// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/program_house.h"

#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "workers/journal/sqlite_journal.h"

namespace postkamer::faults {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr auto kPatience = 180s;
constexpr int kOneTryMs = 2000;

bool is_server(const std::string& program) {
  return program == "postkamer-broker" || program == "postkamer-publisher";
}

}  // namespace

ProgramHouse::ProgramHouse(const std::string& name, const std::string& settings)
    : folder_(test::fresh_folder(name)),
      layout_(host::prepare_layout(folder_ / "data").value()),
      settings_(folder_ / "postkamer.toml"),
      client_(host::ControlClient::connect(layout_.control_endpoint()).value()),
      blobs_(journal::BlobStore::open(layout_.blobs()).value()) {
  test::write_text(settings_, "[system]\ndata = 'data'\nforms = '" POSTKAMER_SOURCE_DIR
                              "/config/forms'\n" +
                                  settings);
}

void ProgramHouse::start(const std::string& name, const std::string& program,
                         const std::string& endpoint, const std::vector<std::string>& more) {
  std::vector<std::string> command{test::program(program), "--config", settings_};
  if (is_server(program))
    command.insert(command.end(), {"--dir", layout_.dir});
  else
    command.insert(command.end(),
                   {"--endpoint", endpoint.empty() ? layout_.workers_endpoint() : endpoint});
  command.insert(command.end(), more.begin(), more.end());
  programs_[name].command = std::move(command);
  start_again(name);
}

void ProgramHouse::start_workers(const std::string& endpoint) {
  for (const char* kind : {"decode", "deskew", "classify", "extract", "ocr", "archive"})
    start(kind, std::string("postkamer-") + kind, endpoint);
}

void ProgramHouse::start_again(const std::string& name) {
  Program& program = programs_.at(name);
  program.process =
      std::make_unique<test::ChildProcess>(program.command, folder_ / (name + ".log"));
}

int ProgramHouse::end(const std::string& name, int signal) {
  test::ChildProcess& process = *programs_.at(name).process;
  process.signal(signal);
  const auto status = process.wait(kPatience);
  EXPECT_TRUE(status) << name << " does not end: " << log(name);
  return status.value_or(-1);
}

std::vector<int> ProgramHouse::tend() {
  std::vector<int> ends;
  for (auto& [name, program] : programs_)
    if (const auto status = program.process->wait(0s)) {
      ends.push_back(*status);
      start_again(name);
    }
  return ends;
}

bool ProgramHouse::has_ended(const std::string& name) {
  return programs_.at(name).process->wait(0s).has_value();
}

pid_t ProgramHouse::pid(const std::string& name) const { return programs_.at(name).process->pid(); }

std::vector<std::string> ProgramHouse::names() const {
  std::vector<std::string> names;
  for (const auto& [name, program] : programs_) names.push_back(name);
  return names;
}

std::string ProgramHouse::log(const std::string& name) const {
  return test::read_text(folder_ / (name + ".log"));
}

json ProgramHouse::ask(const std::string& verb, const json& body) {
  Result<json> answer = json();
  test::wait_until(
      [&] {
        answer = client_->ask(verb, body, nullptr, kOneTryMs);
        return answer || answer.error().reason != "control_timeout";
      },
      kPatience);
  EXPECT_TRUE(answer) << verb << ": " << answer.error().message << log("broker");
  return answer.value_or(json::object());
}

std::string ProgramHouse::open_batch(const std::string& publish) {
  return ask("open_batch", {{"class", "test"},
                            {"date_of_receipt", "2026-11-23"},
                            {"source", "test"},
                            {"publish", publish}})
      .value("batch", "");
}

std::string ProgramHouse::submit(const std::string& batch, const Bytes& file, int copy) {
  const std::string sha256 = blobs_->put(file).value();
  return ask("submit", {{"batch", batch},
                        {"name", "scan.tif"},
                        {"sha256", sha256},
                        {"size", file.size()},
                        {"copy", copy}})
      .value("scan", "");
}

void ProgramHouse::close_batch(const std::string& batch) { ask("close_batch", {{"batch", batch}}); }

bool ProgramHouse::wait_closed(const std::string& batch, std::chrono::seconds deadline) {
  if (batch.empty()) return false;  // it could not even be opened
  return test::wait_until(
      [&] {
        tend();
        return ledger(batch).value("state", "") == "closed";
      },
      deadline);
}

std::string ProgramHouse::socket(const std::string& name) const {
  return "ipc://" + (layout_.run() / (name + ".sock")).string();
}

std::unique_ptr<journal::Reader> ProgramHouse::reader() const {
  return journal::open_reader(layout_.journal()).value();
}

Kept ProgramHouse::kept() const {
  const auto reader = this->reader();
  Kept kept;
  std::vector<json> events;
  const auto told = reader->events_after(0, 1 << 20).value();
  for (const auto& event : told) events.push_back(json::parse(event.body));
  kept.events = test::essence(events);
  const auto documents = reader->documents({}).value();
  for (const auto& document : documents) {
    kept.records[document.name] = reader->record(document.id).value().value_or("none");
    kept.copies[document.name] = document.pdf_sha256 + document.archive_failure;
  }
  return kept;
}

std::vector<ProgramHouse::Audited> ProgramHouse::audited(const std::string& what) const {
  std::vector<Audited> rows;
  const auto all = reader()->audit_after(0, 1 << 20).value();
  for (const auto& row : all)
    if (row.what == what) rows.push_back({row.subject, json::parse(row.detail, nullptr, false)});
  return rows;
}

long memory_kib(pid_t pid, const std::string& key) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(key + ":")) return std::stol(line.substr(key.size() + 1));
  return 0;
}

bool is_nightly() { return std::getenv("POSTKAMER_NIGHTLY") != nullptr; }

}  // namespace postkamer::faults
