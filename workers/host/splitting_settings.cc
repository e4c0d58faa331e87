// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/splitting_settings.h"

#include <algorithm>

#include "workers/host/splitting_reader.h"

namespace postkamer::host {
namespace {

constexpr std::string_view kInbox = "inbox:";
constexpr int kMostPages = 1'000;

template <class IsRight>
void read_texts(TableReader& reader, std::string_view key, std::vector<std::string>& texts,
                std::string_view expected, IsRight is_right) {
  reader.texts(key, texts);
  const auto* node = reader.look(key);
  if (node != nullptr && !std::ranges::all_of(texts, is_right))
    reader.wrong(*node, key, fmt::format("a list of {}", expected));
}

void read_into(TableReader& reader, SeparationRules& rules) {
  reader.flag("sheets", rules.sheets);
  reader.flag("patch_text", rules.patch_text);
  read_texts(reader, "patch_bars", rules.patch_bars, "\"T\", \"1\", \"2\", \"3\", \"4\" or \"6\"",
             [](const std::string& text) {
               return text.size() == 1 &&
                      std::string_view("T12346").find(text.front()) != std::string_view::npos;
             });
  const auto is_there = [](const std::string& text) { return !text.empty(); };
  constexpr std::string_view kPrefix = "texts of at least one character";
  read_texts(reader, "separator_prefixes", rules.separator_prefixes, kPrefix, is_there);
  read_texts(reader, "sticker_prefixes", rules.sticker_prefixes, kPrefix, is_there);
  reader.flag("form_pages", rules.form_pages);
  reader.number("every_pages", rules.every_pages, 0, kMostPages);
  reader.word("blank_sheet", {"none", "one-side", "both-sides"}, rules.blank_sheet);
}

}  // namespace

const SeparationRules& SplittingSettings::rules_for(std::string_view source,
                                                    std::string_view batch_class) const {
  if (source.starts_with(kInbox)) {
    const std::string_view rest = source.substr(kInbox.size());
    const auto own = of_inbox.find(std::string(rest.substr(0, rest.find(':'))));
    if (own != of_inbox.end()) return own->second;
  }
  const auto found = of_class.find(std::string(batch_class));
  return found == of_class.end() ? rules : found->second;
}

SeparationRules read_rules(const toml::table& table, const std::string& file,
                           const SeparationRules& general, std::vector<forms::Mistake>& mistakes) {
  SeparationRules rules = general;
  TableReader reader(table, file, mistakes);
  read_into(reader, rules);
  reader.refuse_the_rest();
  return rules;
}

void read_splitting(const toml::table& table, const std::string& file, SplittingSettings& settings,
                    std::vector<forms::Mistake>& mistakes) {
  TableReader reader(table, file, mistakes);
  read_into(reader, settings.rules);
  if (const auto* node = reader.look("class")) {
    const auto* classes = node->as_table();
    if (classes == nullptr) return reader.wrong(*node, "class", "tables [splitting.class.NAME]");
    for (const auto& [name, one] : *classes) {
      if (one.is_table())
        settings.of_class[std::string(name.str())] =
            read_rules(*one.as_table(), file, settings.rules, mistakes);
      else
        reader.wrong(one, name.str(), "a table, written [splitting.class.NAME]");
    }
  }
  reader.refuse_the_rest();
}

}  // namespace postkamer::host
