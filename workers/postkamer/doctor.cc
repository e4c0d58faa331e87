// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/doctor.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "workers/host/box_features.h"
#include "workers/host/files.h"
#include "workers/host/form_catalogue.h"
#include "workers/host/process.h"
#include "workers/host/settings.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/postkamer/exit_codes.h"

namespace postkamer {
namespace {

using std::filesystem::path;

constexpr std::uintmax_t kLeastFree = std::uintmax_t{2} << 30;

Diagnosis file_there(const std::string& what, const path& file, const std::string& remedy) {
  const bool there = access(file.c_str(), R_OK) == 0;
  return {there, what, there ? file.string() : file.string() + " is missing; " + remedy};
}

Diagnosis program_there(const std::string& name, const std::string& package) {
  std::istringstream folders(std::getenv("PATH") == nullptr ? "" : std::getenv("PATH"));
  for (std::string folder; std::getline(folders, folder, ':');)
    if (const path program = path(folder) / name; access(program.c_str(), X_OK) == 0)
      return {true, name, program.string()};
  return {false, name, "not found; install the package " + package};
}

Diagnosis space_free(const path& folder) {
  std::error_code failed;
  path there = folder;
  while (!there.empty() && !std::filesystem::exists(there, failed)) there = there.parent_path();
  const auto space = std::filesystem::space(there, failed);
  const bool enough = !failed && space.available >= kLeastFree;
  return {enough, "disk",
          fmt::format("{} MiB free at {}{}", space.available >> 20, there.string(),
                      enough ? "" : "; the mailroom wants 2048")};
}

// Of one that is older the broker takes care when it starts.
Diagnosis journal_readable(const host::Layout& layout) {
  const auto reader = journal::open_reader(layout.journal());
  const bool fine = reader || reader.error().code == ErrorCode::unavailable;
  return {fine, "journal", reader ? layout.journal().string() : reader.error().message};
}

Diagnosis backed_up(const host::Layout& layout) {
  const auto made = host::read_file(layout.last_backup());
  const bool has_journal = access(layout.journal().c_str(), F_OK) == 0;
  if (!made && !has_journal) return {true, "backup", "nothing to back up yet"};
  if (!made) return {false, "backup", "none was made; postkamer backup DIR, once a day"};
  std::string when(text_of(*made));
  std::erase(when, '\n');
  return {true, "backup", "the newest was finished at " + when};
}

Diagnosis metrics_served(const host::Settings& settings, const host::Layout& layout) {
  const host::MetricsSettings& metrics = settings.metrics;
  if (!metrics.is_served) return {true, "metrics", "off, as the settings say"};
  return {true, "metrics",
          metrics.address.empty()
              ? layout.metrics_socket().string()
              : fmt::format("http://{}:{}/metrics", metrics.address, metrics.port)};
}

// The walls around the processes that open scans. One that is not demanded may be missing; that is
// said all the same.
void diagnose_walls(const host::BoxSettings& box, std::vector<Diagnosis>& found) {
  const auto features = host::probe_kernel();
  const auto missing = host::missing_walls(box.required, features);
  const auto line = [&](std::string_view wall, bool is_there, const std::string& detail) {
    const bool is_demanded = std::ranges::find(missing, wall) != missing.end();
    found.push_back({!is_demanded, fmt::format("box: {}", wall),
                     is_there      ? detail
                     : is_demanded ? "not in this kernel, and [box] required demands it"
                                   : "not in this kernel; scans are opened with one wall less"});
  };
  line(host::kSeccompWall, features.seccomp, "filters that end the process");
  line(host::kLandlockWall, features.landlock > 0, fmt::format("ABI {}", features.landlock));
}

// On the machine of the journal, whoever can change that can change its proofs as well.
Diagnosis audit_vouched(const host::Settings& settings) {
  const path folder = settings.audit.checkpoints;
  std::error_code failed;
  const bool is_there = std::filesystem::exists(folder, failed);
  if (is_there && access(folder.c_str(), W_OK | X_OK) != 0)
    return {false, "audit", folder.string() + " cannot be written; the audit is not vouched for"};
  if (settings.audit.is_elsewhere) return {true, "audit", "checkpoints in " + folder.string()};
  return {true, "audit",
          "checkpoints beside the data, in " + folder.string() +
              "; let [audit] checkpoints lead to another machine"};
}

void diagnose_settings(const host::Settings& settings, std::vector<Diagnosis>& found) {
  const auto forms = host::FormCatalogue::load(settings.forms, host::FormCatalogue::Blanks::no);
  found.push_back(
      forms ? Diagnosis{true, "forms",
                        std::to_string(forms->forms().size()) + " in " + settings.forms.string()}
            : Diagnosis{false, "forms", forms.error().message});
  std::istringstream languages(settings.ocr_languages);
  for (std::string language; std::getline(languages, language, '+');)
    found.push_back(file_there("language " + language,
                               "/usr/share/tesseract-ocr/5/tessdata/" + language + ".traineddata",
                               "install the package tesseract-ocr-" + language));
  diagnose_walls(settings.box, found);
  found.push_back(space_free(settings.data));
  const host::Layout layout{settings.data};
  found.push_back(journal_readable(layout));
  found.push_back(backed_up(layout));
  found.push_back(metrics_served(settings, layout));
  found.push_back(audit_vouched(settings));
  for (const auto& inbox : settings.inboxes) {
    const bool usable = access(inbox.folder.c_str(), R_OK | W_OK | X_OK) == 0;
    found.push_back({usable, "inbox " + inbox.name,
                     inbox.folder.string() +
                         (usable ? "" : " cannot be written; `serve` makes it when it may")});
  }
}

}  // namespace

std::vector<Diagnosis> diagnose(const path& config) {
  std::vector<Diagnosis> found;
  const auto settings = host::load_settings(config);
  found.push_back(settings ? Diagnosis{true, "settings", config.string()}
                           : Diagnosis{false, "settings", settings.error().message});
  if (settings) diagnose_settings(*settings, found);
  for (const char* model : {"handprint/model.onnx", "handprint/model.json", "lines/model.onnx",
                            "lines/model.json", "lines/letters.bin"})
    found.push_back(file_there(model, host::installation_root() / "classifiers" / model,
                               "the installation is incomplete"));
  found.push_back(file_there("glyphless font", "/usr/share/tesseract-ocr/5/tessdata/pdf.ttf",
                             "install the package tesseract-ocr"));
  found.push_back(file_there("colour profile", "/usr/share/color/icc/sRGB.icc",
                             "install the package icc-profiles-free"));
  found.push_back(program_there("pdftoppm", "poppler-utils"));
  return found;
}

int doctor_command(const path& config, bool json) {
  const auto found = diagnose(config);
  bool all_fine = true;
  auto lines = nlohmann::json::array();
  for (const auto& line : found) {
    all_fine = all_fine && line.fine;
    lines.push_back({{"fine", line.fine}, {"what", line.what}, {"detail", line.detail}});
    if (!json)
      std::cout << fmt::format("{:<8} {:<16} {}\n", line.fine ? "ok" : "MISSING", line.what,
                               line.detail);
  }
  if (json) std::cout << lines.dump(2) << '\n';
  return all_fine ? exit_code::kOk : exit_code::kFailed;
}

}  // namespace postkamer
