// SPDX-License-Identifier: EUPL-1.2
//
// config/postkamer.toml -> Settings, or every mistake at once; and where the files lie that the
// processes need.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "pipeline/archive/mdto.h"
#include "pipeline/archive/pdfa.h"
#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"
#include "pipeline/forms/load.h"
#include "workers/host/box_settings.h"
#include "workers/host/gate_settings.h"
#include "workers/host/inbox_settings.h"
#include "workers/host/metrics_settings.h"
#include "workers/host/retention_settings.h"
#include "workers/host/sink_settings.h"
#include "workers/host/splitting_settings.h"
#include "workers/host/stream_settings.h"

namespace postkamer::host {

// A word list that fields may name as their lexicon.
struct LexiconSettings {
  std::filesystem::path file;  // CSV, see lexica.h
  std::string column;          // with the words; empty = the usual ones
  // How often a field's value stands in the list, 0..1. People move in from everywhere, and nobody
  // has a list of all names: judged, not measured.
  double coverage = 0.95;
};

// What an archive copy is and what its metadata say.
struct ArchiveSettings {
  archive::Pdfa pdfa = archive::Pdfa::a2b;
  archive::MdtoArchive mdto;  // its system is Settings::source
};

// What a statement of substitution (verklaring van vervanging) says of how this mailroom scans.
// Texts of the organisation's own, in Dutch; what is empty is shown as not filled in.
struct SubstitutionSettings {
  std::string decision;                    // the decision it rests on: number and date
  std::string scope;                       // which organisation units and categories
  std::vector<std::string> equipment;      // scanners and what is attached to them
  std::vector<std::string> scan_settings;  // resolution, colour, sides, clean-up in the scanner
  std::string colour;                      // when colour, gray or black and white
  std::vector<std::string> quality;  // who checks what, how often, and how mistakes are mended
  std::string destruction;           // when and how the paper is destroyed
  // Findings about a page or its document that keep its sheet from being destroyed.
  std::vector<std::string> blocking{"clipped",        "contrast_poor",  "corner_missing",
                                    "focus_poor",     "resolution_low", "scan_chain_broken",
                                    "scan_truncated", "scan_damaged"};
};

// The kinds of worker that a page meets on its way.
inline constexpr std::array<std::string_view, 6> kWorkerKinds{"decode",  "deskew", "classify",
                                                              "extract", "ocr",    "archive"};

// Only other machines do this kind of work.
inline constexpr int kElsewhere = -1;

struct Settings {
  std::string source = "urn:nld:oin:00000099000000001000:systeem:postkamer";
  std::string schema_base;      // URI prefix of event schemas; empty = none
  std::filesystem::path data;   // journal, blobs and sockets of `serve`
  std::filesystem::path forms;  // folder of form definitions
  std::string ocr_languages = "nld";
  std::map<std::string, int, std::less<>>
      workers;  // processes a kind; left out = 1, 0 = one a core, kElsewhere
  SplittingSettings splitting;
  Limits limits;
  BoxSettings box;
  ArchiveSettings archive;
  SubstitutionSettings substitution;
  std::vector<InboxSettings> inboxes;
  std::map<std::string, LexiconSettings> lexica;  // by the name that form.toml uses
  StreamSettings stream;                          // its subscribers: those of the sinks too
  std::vector<SinkSettings> sinks;
  MetricsSettings metrics;
  std::optional<GateSettings> gate;  // nothing = no door for other machines
  RetentionSettings retention;
  AuditSettings audit;
};

// Reads the settings. Unknown keys, wrong types and values out of range are mistakes, each with its
// place and a suggestion. Relative paths are taken from the folder of `file`; nothing is opened.
tl::expected<Settings, std::vector<forms::Mistake>> parse_settings(
    std::string_view toml, const std::filesystem::path& file);

// Names the folder of form definitions for this process and those it starts, instead of the
// settings' own.
inline constexpr const char* kFormsVariable = "POSTKAMER_FORMS";

// Reads and parses; POSTKAMER_FORMS has the last word. Fails with: invalid_config
// (settings_invalid, all mistakes in the message, one a line; file_unreadable), unavailable
// (files_exhausted).
Result<Settings> load_settings(const std::filesystem::path& file);

// Of a program that was installed as PREFIX/bin/NAME: PREFIX/share, where that has settings; else
// the source tree built from.
std::filesystem::path root_of(const std::filesystem::path& program);

// The folder that holds config/ and classifiers/: POSTKAMER_ROOT, else root_of this program.
std::filesystem::path installation_root();

// How many processes of a kind this machine runs, 0 or more: what the settings ask for, one a core
// where they say 0, one where they are silent.
int worker_count(const Settings& settings, std::string_view kind);

// <root>/config/postkamer.toml.
std::filesystem::path default_settings_file();

}  // namespace postkamer::host
