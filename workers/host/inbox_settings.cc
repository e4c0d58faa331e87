// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/inbox_settings.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "workers/host/inbox_reader.h"
#include "workers/host/splitting_reader.h"
#include "workers/host/table_reader.h"

namespace postkamer::host {
namespace {

using std::filesystem::path;

constexpr int kHour = 3'600'000;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
}

// A sub-folder must be a single name, and one that no note of ours can have.
bool is_folder_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && !text.starts_with('.') &&
         text.find_first_of("/@=") == std::string_view::npos;
}

class InboxReader {
 public:
  InboxReader(const toml::table& table, const InboxPlace& place,
              std::vector<forms::Mistake>& mistakes)
      : table_(table),
        file_(place.file),
        folder_(place.folder),
        splitting_(place.splitting),
        mistakes_(mistakes) {}

  InboxSettings read() {
    TableReader reader(table_, file_, mistakes_);
    read_what(reader);
    read_how(reader);
    read_times(reader);
    read_splitting(reader);
    reader.refuse_the_rest();
    return std::move(inbox_);
  }

 private:
  void read_what(TableReader& reader) {
    reader.text("name", inbox_.name);
    inbox_.folder = reader.path("folder", folder_);
    inbox_.store = reader.path("store", folder_);
    reader.text("class", inbox_.batch_class);
    read_classes(reader);
    if (inbox_.name.empty())
      reader.missing("name");
    else if (!is_name(inbox_.name))
      reader.wrong(*table_.get("name"), "name", "letters, digits, - and _, at most 64");
    if (inbox_.folder.empty()) reader.missing("folder");
  }

  void read_classes(TableReader& reader) {
    const auto* node = reader.look("classes");
    if (node == nullptr) return;
    if (!node->is_table())
      return reader.wrong(*node, "classes", "a table: { sub-folder = \"class\" }");
    TableReader classes(*node->as_table(), file_, mistakes_);
    for (const auto& [key, value] : *node->as_table()) {
      if (!is_folder_name(key.str()))
        classes.wrong(value, key.str(), "a folder's name without /, @, = or leading dot");
      classes.text(key.str(), inbox_.classes[std::string(key.str())]);
    }
  }

  void read_splitting(TableReader& reader) {
    const auto* node = reader.look("splitting");
    if (node == nullptr) return;
    if (!node->is_table())
      return reader.wrong(*node, "splitting", "a table, as splitting = { every_pages = 2 }");
    splitting_.of_inbox[inbox_.name] =
        read_rules(*node->as_table(), file_, splitting_.rules, mistakes_);
  }

  void read_how(TableReader& reader) {
    reader.word("publish", {"settled", "doubtful-too"}, inbox_.publish);
    reader.word("watch", {"auto", "events", "poll"}, inbox_.watch);
    reader.word("duplicates", {"link", "accept"}, inbox_.duplicates);
    reader.number("duplicate_days", inbox_.duplicate_days, 0, 36'500);
    reader.flag("page_per_file", inbox_.page_per_file);
    reader.flag("working_days", inbox_.working_days);
    reader.number("min_free_bytes", inbox_.min_free_bytes, 0,
                  std::numeric_limits<std::int64_t>::max());
  }

  void read_times(TableReader& reader) {
    reader.number("stable_ms", inbox_.stable_ms, 0, kHour);
    reader.number("network_stable_ms", inbox_.network_stable_ms, 0, kHour);
    reader.number("poll_ms", inbox_.poll_ms, 50, kHour);
    reader.number("rescan_ms", inbox_.rescan_ms, 50, kHour);
    reader.number("batch_quiet_ms", inbox_.batch_quiet_ms, 0, 24 * kHour);
    reader.number("gather_quiet_ms", inbox_.gather_quiet_ms, 0, kHour);
    reader.number("incomplete_ms", inbox_.incomplete_ms, 0, 24 * kHour);
    inbox_.network_stable_ms = std::max(inbox_.network_stable_ms, inbox_.stable_ms);
  }

  const toml::table& table_;
  const std::string& file_;
  const path& folder_;
  SplittingSettings& splitting_;
  std::vector<forms::Mistake>& mistakes_;
  InboxSettings inbox_;
};

bool lies_in(const path& inner, const path& outer) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

path resolved(const path& folder) {
  std::error_code failed;
  path real = std::filesystem::weakly_canonical(folder, failed);
  if (failed) real = folder.lexically_normal();
  return real.has_filename() ? real : real.parent_path();
}

struct Place {
  std::string what;
  path folder;
};

// Everything that is written to while a door is open.
std::vector<Place> written_to(std::span<const InboxSettings> inboxes, const path& data) {
  std::vector<Place> places;
  if (!data.empty()) places.push_back({"the data folder", resolved(data)});
  for (const InboxSettings& inbox : inboxes)
    for (const char* name : {"work", "processed", "rejected"})
      places.push_back(
          {std::string(name) + "/ of inbox " + inbox.name, resolved(inbox.store_folder() / name)});
  return places;
}

tl::unexpected<Error> overlap(const InboxSettings& inbox, const std::string& other) {
  return fail(ErrorCode::invalid_config, "inbox_overlap",
              "while checking inbox " + inbox.name + ": its folder " + inbox.folder.string() +
                  " and " + other + " lie in each other; give each a folder of its own");
}

}  // namespace

std::vector<InboxSettings> read_inboxes(const toml::array& tables, const InboxPlace& where,
                                        std::vector<forms::Mistake>& mistakes) {
  std::vector<InboxSettings> inboxes;
  std::set<std::string> names;
  for (const auto& node : tables) {
    const auto* table = node.as_table();
    const toml::table none;
    TableReader place(table == nullptr ? none : *table, where.file, mistakes);
    if (table == nullptr) {
      place.wrong(node, "inbox", "a table, written [[inbox]]");
      continue;
    }
    inboxes.push_back(InboxReader(*table, where, mistakes).read());
    const std::string& name = inboxes.back().name;
    if (!name.empty() && !names.insert(name).second)
      place.wrong(*table->get("name"), "name", "one that no other inbox has");
  }
  return inboxes;
}

Result<void> check_inbox_folders(std::span<const InboxSettings> inboxes, const path& data) {
  const auto places = written_to(inboxes, data);
  for (const InboxSettings& inbox : inboxes) {
    const path folder = resolved(inbox.folder);
    for (const Place& place : places)
      if (lies_in(folder, place.folder) || lies_in(place.folder, folder))
        return overlap(inbox, place.what + ", " + place.folder.string() + ",");
    for (const InboxSettings& other : inboxes)
      if (&other != &inbox && lies_in(folder, resolved(other.folder)))
        return overlap(inbox, "inbox " + other.name + ", " + other.folder.string() + ",");
  }
  return {};
}

}  // namespace postkamer::host
