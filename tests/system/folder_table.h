// SPDX-License-Identifier: EUPL-1.2
//
// A mailroom with inboxes of every kind, and what became of a file that was dropped in one of them.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/system/mailroom.h"

namespace postkamer::test {

using std::filesystem::path;

class FolderTable {
 public:
  FolderTable()
      : mailroom_("folders", "settled"),
        elsewhere_("/dev/shm/pk-folders-" + std::to_string(getpid())) {
    std::filesystem::create_directories(elsewhere_);
    struct stat here {
    }, there{};
    stat(mailroom_.folder().c_str(), &here);
    has_elsewhere_ = stat(elsewhere_.c_str(), &there) == 0 && here.st_dev != there.st_dev;
    std::string text = read_text(mailroom_.config());
    text = text.substr(0, text.find("[[inbox]]"));
    text += inbox("post", "classes = { Burgerzaken = 'bz' }\n");
    text += inbox("los", "page_per_file = true\ngather_quiet_ms = 1000\n");
    text += inbox("peil", "watch = 'poll'\npoll_ms = 200\n");
    text += inbox("weer", "duplicates = 'accept'\n");
    text += inbox("kort", "incomplete_ms = 2000\n");
    text += inbox("vol", "min_free_bytes = 1_000_000_000_000_000\n");
    text += inbox("ver", "store = 'ver-store'\n", elsewhere_);
    write_text(mailroom_.config(), text);
  }
  ~FolderTable() {
    std::error_code failed;
    std::filesystem::remove_all(elsewhere_, failed);
  }
  FolderTable(const FolderTable&) = delete;
  FolderTable& operator=(const FolderTable&) = delete;

  Mailroom& mailroom() { return mailroom_; }
  [[nodiscard]] bool has_elsewhere() const { return has_elsewhere_; }
  [[nodiscard]] path in(const std::string& inbox) const {
    return inbox == "ver" ? elsewhere_ : mailroom_.folder() / inbox;
  }

  // What became of NAME that was dropped in an inbox.
  [[nodiscard]] std::string fate(const std::string& inbox, const std::string& name) const {
    const path store = inbox == "ver" ? mailroom_.folder() / "ver-store" : mailroom_.folder();
    std::string fates;
    for (const path& file : found(store / "processed", name))
      fates += (fates.empty() ? "" : ", ") + std::string("processed") + about(file);
    for (const path& file : found(store / "rejected", name))
      fates += (fates.empty() ? "" : ", ") + ("rejected " + reason_of(file));
    std::error_code failed;
    if (std::filesystem::exists(std::filesystem::symlink_status(in(inbox) / name, failed)))
      fates += (fates.empty() ? "" : ", ") + ("waits " + waiting_reason(inbox, name));
    return fates.empty() ? "nowhere" : fates;
  }

  // The first file of that name there; empty = none.
  [[nodiscard]] path where(const std::string& folder, const std::string& name) const {
    const auto files = found(mailroom_.folder() / folder, name);
    return files.empty() ? path() : files.front();
  }

  // Why nothing is taken from an inbox; empty = it is open.
  [[nodiscard]] std::string stopped(const std::string& inbox) const {
    const auto listed = mailroom_.ask({"inbox", "list", "--inbox", inbox, "--json"});
    return listed.status == 0 ? listed.json().at(0).at("stopped").get<std::string>() : "unseen";
  }

  // The manifest of the batch that NAME was processed in.
  [[nodiscard]] nlohmann::json manifest(const std::string& name) const {
    const auto files = found(mailroom_.folder() / "processed", name);
    if (files.empty()) return nlohmann::json::object();
    return read_json(files.front().parent_path() / "manifest.json");
  }

 private:
  std::string inbox(const std::string& name, const std::string& more, const path& folder = {}) {
    return "[[inbox]]\nname = '" + name + "'\nfolder = '" +
           (folder.empty() ? name : folder.string()) +
           "'\nstable_ms = 300\nbatch_quiet_ms = 1500\n" +
           (more.find("min_free") == std::string::npos ? "min_free_bytes = 1\n" : "") + more;
  }

  static std::vector<path> found(const path& folder, const std::string& name) {
    std::vector<path> files;
    std::error_code failed;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, failed))
      if (entry.path().filename() == name) files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
  }

  static std::string about(const path& file) {
    const std::string note = std::filesystem::exists(file.string() + ".txt")
                                 ? read_text(file.string() + ".txt")
                                 : std::string();
    if (note.find("al eerder") != std::string::npos) return " duplicate";
    if (!std::filesystem::is_directory(file)) return "";
    const auto inside = std::filesystem::directory_iterator(file);
    return fmt::format(" {} files", std::count_if(begin(inside), end(inside), [](const auto& one) {
                         return !one.path().filename().string().starts_with('.') &&
                                one.path().extension() != ".txt";
                       }));
  }

  static std::string reason_of(const path& file) {
    const path note = file.string() + ".json";
    const bool has_sentence =
        std::filesystem::exists(file.string() + ".txt") &&
        read_text(file.string() + ".txt").find("Sleep het bestand terug") != std::string::npos;
    if (!std::filesystem::exists(note) || !has_sentence) return "without a reason";
    return read_json(note).value("reason", "");
  }

  [[nodiscard]] std::string waiting_reason(const std::string& inbox,
                                           const std::string& name) const {
    const auto listed = mailroom_.ask({"inbox", "list", "--inbox", inbox, "--json"});
    if (listed.status != 0) return "unseen";
    const auto status = listed.json().at(0);
    if (!status.at("stopped").get<std::string>().empty()) return status.at("stopped");
    for (const auto& one : status.at("waiting"))
      if (path(one.at("name").get<std::string>()).filename() == name) return one.at("reason");
    return "unseen";
  }

  Mailroom mailroom_;
  path elsewhere_;
  bool has_elsewhere_ = false;
};

}  // namespace postkamer::test
