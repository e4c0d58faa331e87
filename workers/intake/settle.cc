// SPDX-License-Identifier: EUPL-1.2
#include "workers/intake/settle.h"

#include <ctime>
#include <map>
#include <string>

#include <fmt/format.h>

#include "pipeline/model/finding_texts.h"
#include "workers/host/files.h"
#include "workers/intake/claim.h"
#include "workers/intake/dates.h"
#include "workers/intake/move_entry.h"

namespace postkamer::intake {
namespace {

using nlohmann::json;
using std::filesystem::path;

constexpr const char* kDuplicate = "file_duplicate";

// Beside a file whose name is so long that nothing can be added to it, the note has a short name.
path note_beside(const path& file, const char* ending) {
  const std::string name = file.filename();
  const bool fits = name.size() + 5 <= 255;
  return file.parent_path() / ((fits ? name : std::string("bestand")) + ending);
}

class Settlement {
 public:
  Settlement(const path& claim, const host::InboxSettings& inbox, const json& ledger)
      : claim_(claim),
        inbox_(inbox),
        ledger_(ledger),
        name_(claim_name_of(claim)),
        contents_(contents_of(claim, inbox.page_per_file)) {
    for (const json& one : ledger.value("rejected_files", json::array()))
      refused_[one.value("name", std::string())] = one;
  }

  Result<void> run() {
    for (const Unit& unit : contents_.units) {
      const auto refused = refused_.find(unit.name);
      if (refused == refused_.end()) continue;
      const bool is_duplicate = refused->second.value("reason", std::string()) == kDuplicate;
      PK_CHECK(is_duplicate ? lay_duplicate(unit, refused->second) : reject(unit, refused->second));
    }
    PK_CHECK(lay_the_rest());
    std::error_code failed;
    std::filesystem::remove_all(claim_, failed);  // empty by now
    return {};
  }

 private:
  [[nodiscard]] path target(const char* where) const {
    return inbox_.store_folder() / where / day_of(name_.time(), "/") / name_.batch;
  }

  [[nodiscard]] std::string inbox_for_people() const {
    return name_.class_folder.empty() ? inbox_.name : inbox_.name + "/" + name_.class_folder;
  }

  // Where it is dragged to: whoever reads this knows folders, not what the settings call them.
  [[nodiscard]] std::string folder_for_people() const {
    return (name_.class_folder.empty() ? inbox_.folder : inbox_.folder / name_.class_folder)
        .string();
  }

  Result<void> write_sentence(const path& file, const std::string& sentence) const {
    std::error_code failed;
    std::filesystem::create_directories(file.parent_path(), failed);
    return host::write_file(note_beside(file, ".txt"), bytes_of(sentence));
  }

  Result<void> reject(const Unit& unit, const json& refused) {
    const auto reason = refused.value("reason", std::string("scan_damaged"));
    const auto text = finding_text(reason);
    const path folder = target("rejected");
    const path first = folder / unit.files.front().filename();
    PK_CHECK(write_sentence(
        first,
        fmt::format("{} {}\nSleep het bestand terug in de map {} om het opnieuw te proberen.\n",
                    text.dutch, text.way_out, folder_for_people())));
    const json machine{{"reason", reason},
                       {"message", refused.value("message", std::string())},
                       {"batch", name_.batch},
                       {"scan", refused.value("scan", std::string())},
                       {"inbox", inbox_for_people()}};
    PK_CHECK(host::write_file(note_beside(first, ".json"), bytes_of(machine.dump(2) + "\n")));
    for (const path& file : unit.files) PK_CHECK(move_entry(file, folder / file.filename()));
    return {};
  }

  // A duplicate in a folder stays with its neighbours; the note says what it is.
  Result<void> lay_duplicate(const Unit& unit, const json& refused) {
    const path folder = target("processed");
    const path aside = contents_.is_folder ? folder / contents_.root.filename() : folder;
    const auto text = finding_text(kDuplicate);
    return write_sentence(aside / unit.files.front().filename(),
                          fmt::format("{} Het eerste: {}.\n{}\n", text.dutch,
                                      refused.value("message", std::string()), text.way_out));
  }

  [[nodiscard]] bool is_all_rejected() const {
    std::size_t rejected = 0;
    for (const auto& [name, one] : refused_)
      if (one.value("reason", std::string()) != kDuplicate) ++rejected;
    const json files = ledger_.value("files", json::object());
    return rejected > 0 && rejected >= files.value("claimed", std::size_t{0});
  }

  // What is left: the accepted files; of a folder also its marker and what was passed over.
  Result<void> lay_the_rest() {
    const ClaimContents rest = contents_of(claim_, inbox_.page_per_file);
    const path folder = target(is_all_rejected() ? "rejected" : "processed");
    if (!is_all_rejected()) {
      std::error_code failed;
      std::filesystem::create_directories(folder, failed);
      const json manifest{
          {"batch", name_.batch}, {"inbox", inbox_for_people()}, {"ledger", ledger_}};
      PK_CHECK(host::write_file(folder / "manifest.json", bytes_of(manifest.dump(2) + "\n")));
    }
    if (rest.is_folder) return lay_folder(rest.root, folder / rest.root.filename());
    for (const Unit& unit : rest.units)
      for (const path& file : unit.files) PK_CHECK(move_entry(file, folder / file.filename()));
    return {};
  }

  // Entry by entry where notes of ours are in the target already: a folder cannot be renamed onto
  // one that is not empty.
  static Result<void> lay_folder(const path& from, const path& to) {
    std::error_code failed;
    if (!std::filesystem::exists(to, failed)) return move_entry(from, to);
    std::vector<path> inside;
    for (const auto& entry : std::filesystem::directory_iterator(from, failed))
      inside.push_back(entry.path());
    for (const path& entry : inside) PK_CHECK(move_entry(entry, to / entry.filename()));
    return {};
  }

  const path& claim_;
  const host::InboxSettings& inbox_;
  const json& ledger_;
  ClaimName name_;
  ClaimContents contents_;
  std::map<std::string, json> refused_;  // by the name in the ledger
};

}  // namespace

Result<void> settle_claim(const path& claim, const host::InboxSettings& inbox, const json& ledger) {
  return Settlement(claim, inbox, ledger).run();
}

}  // namespace postkamer::intake
