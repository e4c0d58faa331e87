// SPDX-License-Identifier: EUPL-1.2
#include "workers/sinks/outbox.h"

#include <algorithm>

#include <fmt/format.h>

#include "workers/host/files.h"

namespace postkamer::sinks {
namespace {

// Ids are made of letters, digits, '.', '-' and '_'; anything else must not reach a path.
std::string file_name(const Parcel& parcel) {
  std::string id = parcel.id;
  std::ranges::replace_if(
      id,
      [](char c) {
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return !is_letter && !(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '_';
      },
      '_');
  return fmt::format("{:010}-{}.json", parcel.sequence, id.substr(0, 200));
}

}  // namespace

Outcome Outbox::deliver(const Parcel& parcel, const std::function<bool()>& is_stopped) {
  if (is_stopped()) return {Outcome::Kind::stopped, "", "", {}};
  std::error_code failed;
  std::filesystem::create_directories(folder_, failed);
  const auto file = folder_ / file_name(parcel);
  // One that is there may have got its name just before a crash.
  const auto written = std::filesystem::exists(file, failed)
                           ? host::sync_folder(folder_)
                           : host::write_file(file, bytes_of(parcel.body + "\n"));
  if (written) return {};
  const auto space = std::filesystem::space(folder_, failed);
  const bool is_full = !failed && space.available < parcel.body.size() + (1u << 16);
  return {Outcome::Kind::unreachable, is_full ? "disk_full" : "sink_folder", "", {}};
}

}  // namespace postkamer::sinks
