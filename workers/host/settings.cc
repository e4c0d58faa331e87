// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/settings.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "workers/host/box_features.h"
#include "workers/host/files.h"
#include "workers/host/gate_reader.h"
#include "workers/host/inbox_reader.h"
#include "workers/host/retention_reader.h"
#include "workers/host/sink_reader.h"
#include "workers/host/splitting_reader.h"
#include "workers/host/stream_reader.h"
#include "workers/host/table_reader.h"

namespace postkamer::host {
namespace {

using forms::Mistake;

class SettingsReader {
 public:
  SettingsReader(const toml::table& root, const std::filesystem::path& file)
      : root_(root), file_(file.string()), folder_(file.parent_path()) {}

  tl::expected<Settings, std::vector<Mistake>> read() {
    TableReader top(root_, file_, mistakes_);
    for (const std::string_view name :
         {"system", "workers", "ocr", "splitting", "limits", "box", "lexica", "archive",
          "vervanging", "stream", "metrics", "gate", "audit", "retention"})
      if (const auto* node = top.look(name)) {
        if (const auto* table = node->as_table())
          read_table(name, *table);
        else
          top.wrong(*node, name, "a table, written [" + std::string(name) + "]");
      }
    if (const auto* node = top.look("inbox")) {
      if (const auto* array = node->as_array())
        settings_.inboxes = read_inboxes(*array, {file_, folder_, settings_.splitting}, mistakes_);
      else
        top.wrong(*node, "inbox", "a list of tables, each written [[inbox]]");
    }
    for (const std::string_view list : {"subscriber", "sink"})
      if (const auto* node = top.look(list)) read_subscribers(top, list, *node);
    top.refuse_the_rest();
    settings_.archive.mdto.system = settings_.source;
    if (mistakes_.empty()) return std::move(settings_);
    std::ranges::sort(mistakes_, {}, [](const Mistake& m) { return std::pair(m.line, m.column); });
    return tl::unexpected(std::move(mistakes_));
  }

 private:
  void read_table(std::string_view name, const toml::table& table) {
    if (name == "lexica") return read_lexica(table);
    if (name == "splitting") return read_splitting(table, file_, settings_.splitting, mistakes_);
    TableReader reader(table, file_, mistakes_);
    if (name == "system") read_system(reader);
    if (name == "workers")
      for (const std::string_view kind : kWorkerKinds) {
        int count = 1;
        reader.number(kind, count, 0, 256);
        settings_.workers[std::string(kind)] = count;
      }
    if (name == "workers") read_elsewhere(reader);
    if (name == "ocr") reader.text("languages", settings_.ocr_languages);
    if (name == "limits") read_limits(reader);
    if (name == "box") read_box(reader);
    if (name == "archive") read_archive(reader);
    if (name == "vervanging") read_substitution(reader);
    if (name == "stream") read_stream(reader, settings_.stream);
    if (name == "metrics") settings_.metrics = read_metrics(reader);
    if (name == "gate") settings_.gate = read_gate(reader, folder_);
    if (name == "audit") read_audit(reader, settings_.audit, folder_);
    if (name == "retention") {
      read_retention(reader, settings_.retention);
      check_retention(reader, settings_.retention, settings_.stream);
    }
    reader.refuse_the_rest();
  }

  void read_elsewhere(TableReader& reader) {
    std::vector<std::string> kinds;
    reader.texts("elsewhere", kinds);
    for (const std::string& kind : kinds)
      if (std::ranges::find(kWorkerKinds, kind) == kWorkerKinds.end())
        reader.wrong(*reader.look("elsewhere"), "elsewhere", "a list of kinds of workers");
      else
        settings_.workers[kind] = kElsewhere;
  }

  void read_system(TableReader& reader) {
    reader.text("source", settings_.source);
    reader.text("schema_base", settings_.schema_base);
    settings_.data = path(reader, "data");
    settings_.audit = audit_beside(settings_.data);
    settings_.forms = path(reader, "forms");
  }

  void read_archive(TableReader& reader) {
    archive::MdtoArchive& mdto = settings_.archive.mdto;
    std::string kind = "2b";
    reader.text("pdfa", kind);
    if (const auto pdfa = archive::pdfa_named(kind))
      settings_.archive.pdfa = *pdfa;
    else
      reader.wrong(*reader.look("pdfa"), "pdfa", "\"1b\", \"2b\" or \"3b\"");
    reader.text("creator", mdto.creator);
    reader.text("creator_id", mdto.creator_id);
    reader.text("creator_id_source", mdto.creator_id_source);
    reader.text("appraisal", mdto.appraisal);
    if (!archive::is_appraisal(mdto.appraisal))
      reader.wrong(*reader.look("appraisal"), "appraisal", "\"B\", \"V\" or \"N\"");
    reader.text("retention", mdto.retention);
    if (!archive::is_duration(mdto.retention))
      reader.wrong(*reader.look("retention"), "retention", "a duration as \"P7Y\" or \"P6M\"");
    reader.text("restriction", mdto.restriction);
  }

  void read_substitution(TableReader& reader) {
    SubstitutionSettings& texts = settings_.substitution;
    reader.text("decision", texts.decision);
    reader.text("scope", texts.scope);
    reader.texts("equipment", texts.equipment);
    reader.texts("scan_settings", texts.scan_settings);
    reader.text("colour", texts.colour);
    reader.texts("quality", texts.quality);
    reader.text("destruction", texts.destruction);
    reader.texts("blocking", texts.blocking);
  }

  void read_limits(TableReader& reader) {
    constexpr auto kMost = std::numeric_limits<std::int32_t>::max();
    Limits& limits = settings_.limits;
    reader.number("file_bytes", limits.file_bytes, 1, std::int64_t{1} << 32);
    reader.number("page_pixels", limits.page_pixels, 1, kMost);
    reader.number("side_pixels", limits.side_pixels, 1, 32'767);
    reader.number("file_pages", limits.file_pages, 1, 100'000);
    reader.number("pages_per_decode", limits.pages_per_decode, 1, 1'000);
    reader.number("decode_ms", limits.decode_ms, 1, kMost);
    reader.number("render_ms", limits.render_ms, 1, kMost);
  }

  void read_box(TableReader& reader) {
    constexpr auto kMost = std::numeric_limits<std::int32_t>::max();
    BoxSettings& box = settings_.box;
    reader.texts("required", box.required);
    for (const std::string& wall : box.required)
      if (wall != kSeccompWall && wall != kLandlockWall)
        reader.wrong(*reader.look("required"), "required", "\"seccomp\", \"landlock\", both or []");
    reader.number("memory_mib", box.memory_mib, 256, 1 << 20);
    reader.number("job_ms", box.job_ms, 1, kMost);
    reader.number("job_cpu_ms", box.job_cpu_ms, 1'000, kMost);
    reader.number("answer_bytes", box.answer_bytes, 1 << 20, std::int64_t{1} << 34);
    reader.number("renew_after", box.renew_after, 1, 1'000'000);
  }

  // NAME = "file.csv", or NAME = { file = "file.csv", column = "straat", coverage = 0.97 }.
  void read_lexica(const toml::table& table) {
    for (const auto& [key, node] : table) {
      LexiconSettings lexicon;
      const std::string name(key.str());
      if (node.is_table()) {
        TableReader reader(*node.as_table(), file_, mistakes_);
        lexicon.file = path(reader, "file");
        reader.text("column", lexicon.column);
        reader.share("coverage", lexicon.coverage);
        if (lexicon.file.empty()) reader.missing("file");
        reader.refuse_the_rest();
      } else {
        TableReader reader(table, file_, mistakes_);
        lexicon.file = path(reader, name);
      }
      settings_.lexica[name] = std::move(lexicon);
    }
  }

  // [[subscriber]], and [[sink]], which is one with something added.
  void read_subscribers(TableReader& top, std::string_view list, const toml::node& node) {
    const auto* array = node.as_array();
    if (array == nullptr || !array->is_homogeneous<toml::table>())
      return top.wrong(node, list, fmt::format("a list of tables, each written [[{}]]", list));
    for (const auto& item : *array) {
      TableReader reader(*item.as_table(), file_, mistakes_);
      SubscriberSettings one = read_subscriber(reader, folder_);
      const auto& known = settings_.stream.subscribers;
      if (std::ranges::find(known, one.name, &SubscriberSettings::name) != known.end())
        reader.wrong(item, "name",
                     "another name for each subscriber and sink; found " + one.name + " twice");
      if (list == "sink") settings_.sinks.push_back(read_sink(reader, one, folder_));
      reader.refuse_the_rest();
      settings_.stream.subscribers.push_back(std::move(one));
    }
  }

  std::filesystem::path path(TableReader& reader, std::string_view key) {
    return reader.path(key, folder_);
  }

  const toml::table& root_;
  std::string file_;
  std::filesystem::path folder_;
  std::vector<Mistake> mistakes_;
  Settings settings_;
};

}  // namespace

tl::expected<Settings, std::vector<Mistake>> parse_settings(std::string_view toml,
                                                            const std::filesystem::path& file) {
  try {
    const toml::table root = toml::parse(toml, file.string());
    return SettingsReader(root, file).read();
  } catch (const toml::parse_error& error) {
    return tl::unexpected(std::vector<Mistake>{
        {file.string(), static_cast<int>(error.source().begin.line),
         static_cast<int>(error.source().begin.column), std::string(error.description())}});
  }
}

Result<Settings> load_settings(const std::filesystem::path& file) {
  const auto bytes = read_file(file);
  if (!bytes) {
    Error error = bytes.error();
    // Trying again will not mend it.
    if (error.reason == "file_unreadable") error.code = ErrorCode::invalid_config;
    return tl::unexpected(std::move(error));
  }
  auto settings = parse_settings(text_of(*bytes), file);
  if (settings) {
    const char* forms = std::getenv(kFormsVariable);
    if (forms != nullptr && *forms != '\0') settings->forms = forms;
    return std::move(*settings);
  }
  std::string message = "while reading the settings:";
  for (const auto& mistake : settings.error()) message += "\n" + forms::text_of(mistake);
  return fail(ErrorCode::invalid_config, "settings_invalid", std::move(message));
}

int worker_count(const Settings& settings, std::string_view kind) {
  const auto found = settings.workers.find(kind);
  const int asked = found == settings.workers.end() ? 1 : found->second;
  if (asked == kElsewhere) return 0;
  return asked > 0 ? asked : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

std::filesystem::path root_of(const std::filesystem::path& program) {
  const auto share = program.parent_path().parent_path() / "share";
  std::error_code failed;
  const bool is_installed = std::filesystem::exists(share / "config" / "postkamer.toml", failed);
  return is_installed ? share : std::filesystem::path(POSTKAMER_SOURCE_DIR);
}

std::filesystem::path installation_root() {
  const char* root = std::getenv("POSTKAMER_ROOT");
  if (root != nullptr && *root != '\0') return root;
  std::error_code failed;
  return root_of(std::filesystem::read_symlink("/proc/self/exe", failed));
}

std::filesystem::path default_settings_file() {
  return installation_root() / "config" / "postkamer.toml";
}

}  // namespace postkamer::host
