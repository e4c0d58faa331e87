// SPDX-License-Identifier: EUPL-1.2
//
// The trials of `postkamer inbox test`.
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include <fmt/format.h>

#include "pipeline/model/finding_texts.h"
#include "workers/intake/door.h"
#include "workers/intake/file_check.h"
#include "workers/intake/folder_watch.h"
#include "workers/intake/move_entry.h"
#include "workers/postkamer/inbox_commands.h"

namespace postkamer {
namespace {

using std::filesystem::path;

constexpr auto kEventWait = std::chrono::milliseconds(2'000);

// Hidden, so that no door takes it.
path probe_in(const path& folder) { return folder / fmt::format(".postkamer-proef-{}", getpid()); }

Trial try_rights(const path& folder) {
  const bool usable = access(folder.c_str(), R_OK | W_OK | X_OK) == 0;
  return {usable, "rechten",
          usable ? "De map mag gelezen en beschreven worden."
                 : fmt::format("Gebruiker {} mag de map niet lezen en beschrijven; geef hem lees-, "
                               "schrijf- en bladerrechten.",
                               getuid())};
}

// A file of another can only be renamed out of a sticky folder by its owner.
Trial try_sticky(const path& folder) {
  struct stat about {};
  const bool sticky = stat(folder.c_str(), &about) == 0 && (about.st_mode & S_ISVTX) != 0 &&
                      about.st_uid != getuid() && getuid() != 0;
  return {!sticky, "bestanden van anderen",
          sticky
              ? "De map heeft het sticky bit: bestanden van anderen kunnen er niet uit. Verwijder "
                "het met chmod -t."
              : "Bestanden van anderen kunnen opgepakt worden."};
}

Trial try_file_system(const host::InboxSettings& inbox) {
  const auto files = intake::file_system_of(inbox.folder);
  const bool polls = inbox.watch == host::WatchMode::polling ||
                     (inbox.watch == host::WatchMode::automatic && files.is_remote);
  return {true, "bestandssysteem",
          polls ? fmt::format("{}: de map wordt elke {} s bekeken; een bestand moet {} s met rust "
                              "gelaten zijn.",
                              files.name, inbox.poll_ms / 1000.0, inbox.network_stable_ms / 1000.0)
                : fmt::format("{}: nieuwe bestanden melden zich vanzelf; een bestand moet {} s met "
                              "rust gelaten zijn.",
                              files.name, inbox.stable_ms / 1000.0)};
}

Trial try_writing(const path& probe) {
  std::ofstream out(probe, std::ios::binary);
  out << "proef\n";
  out.close();
  return {out.good(), "schrijven",
          out ? "Een proefbestand is geschreven."
              : "Er kan geen bestand geschreven worden; kijk naar de rechten en naar de ruimte."};
}

Trial try_events(const host::InboxSettings& inbox, const path& probe) {
  intake::FolderWatch watch(inbox.watch);
  watch.follow({inbox.folder});
  if (watch.must_poll())
    return {true, "meldingen", "Niet nodig: deze map wordt op gezette tijden bekeken."};
  const path other = probe.string() + "-2";
  std::error_code failed;
  std::filesystem::rename(probe, other, failed);
  const bool woken = watch.wait(kEventWait) != intake::FolderWatch::Wake::timeout;
  std::filesystem::rename(other, probe, failed);
  return {woken, "meldingen",
          woken ? "Een nieuw bestand meldt zich."
                : "Een nieuw bestand meldt zich niet; zet watch = \"poll\" bij deze inbox."};
}

Trial try_taking(const host::InboxSettings& inbox, const path& probe) {
  const path target = intake::Door::work_of(inbox) / probe.filename();
  const auto renamed = intake::rename_entry(probe, target);
  const bool elsewhere = !renamed && renamed.error().is_elsewhere;
  const auto moved = elsewhere ? intake::move_entry(probe, target)
                     : renamed ? Result<void>{}
                               : Result<void>(tl::unexpected(renamed.error().error));
  std::error_code failed;
  std::filesystem::remove(target, failed);
  // Folders that are empty now: those that we made.
  std::filesystem::remove(target.parent_path(), failed);
  std::filesystem::remove(target.parent_path().parent_path(), failed);
  if (!moved)
    return {false, "oppakken",
            fmt::format("Een bestand kan niet naar {} ({}); kijk naar de rechten daar.",
                        inbox.store_folder().string(), moved.error().message)};
  return {true, "oppakken",
          elsewhere
              ? "Ander bestandssysteem: bestanden worden gekopieerd, gecontroleerd en dan pas "
                "weggehaald."
              : "Bestanden worden in een keer hernoemd."};
}

Trial try_space(const host::InboxSettings& inbox, const path& data) {
  path there = data;
  std::error_code failed;
  while (!there.empty() && !std::filesystem::exists(there, failed)) there = there.parent_path();
  auto space = intake::free_bytes_at(inbox.store_folder());
  if (!there.empty()) space = std::min(space, intake::free_bytes_at(there));
  const bool enough = space >= inbox.min_free_bytes;
  return {enough, "ruimte",
          fmt::format("{} MiB vrij, {} MiB nodig.{}", space >> 20, inbox.min_free_bytes >> 20,
                      enough ? "" : " Maak ruimte: er wordt nu niets opgepakt.")};
}

}  // namespace

std::vector<Trial> try_inbox(const host::InboxSettings& inbox, const path& data) {
  std::vector<Trial> trials{try_rights(inbox.folder), try_sticky(inbox.folder),
                            try_file_system(inbox)};
  const path probe = probe_in(inbox.folder);
  trials.push_back(try_writing(probe));
  if (trials.back().fine) {
    trials.push_back(try_events(inbox, probe));
    trials.push_back(try_taking(inbox, probe));
  }
  std::error_code failed;
  std::filesystem::remove(probe, failed);
  trials.push_back(try_space(inbox, data));
  return trials;
}

}  // namespace postkamer
