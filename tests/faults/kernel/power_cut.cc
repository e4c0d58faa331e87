// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/kernel/power_cut.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>

namespace postkamer::faults {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t kSector = 512;

Bytes bytes_at(const fs::path& path) {
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  Bytes bytes(failed ? 0 : size);
  std::ifstream in(path, std::ios::binary);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  return bytes;
}

std::uint64_t number_of(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

}  // namespace

bool PowerCut::is_below(const std::string& path) const {
  return path.starts_with(root_.string() + "/") || path == root_.string();
}

PowerCut::File& PowerCut::file_of(const Call& call) {
  const auto known = files_.find(call.file);
  if (known != files_.end()) return known->second;
  const bool is_new = std::ranges::any_of(
      pending_, [&](const NameChange& one) { return one.file == call.file && one.is_there; });
  return files_.emplace(call.file, File{is_new ? Bytes() : bytes_at(call.path), {}}).first->second;
}

void PowerCut::note(const Call& call) {
  if (call.kind == Call::Kind::send || !is_below(call.path)) return;
  switch (call.kind) {
    case Call::Kind::write:
      file_of(call).pending.push_back(
          {call.offset, Bytes(call.data, call.data + call.size), std::nullopt});
      break;
    case Call::Kind::truncate: file_of(call).pending.push_back({0, {}, call.offset}); break;
    case Call::Kind::sync:
      if (call.is_folder) {
        sync_folder(call.path);
      } else {
        File& file = file_of(call);
        for (const Change& change : file.pending) apply(file.durable, change);
        file.pending.clear();
      }
      break;
    case Call::Kind::rename:
      pending_.push_back({call.path, call.file, false});
      pending_.push_back({call.to, call.file, true});
      break;
    case Call::Kind::unlink:
      (void)file_of(call);  // its bytes are still on the disk
      pending_.push_back({call.path, call.file, false});
      break;
    case Call::Kind::mkdir: pending_.push_back({call.path, 0, true}); break;
    default: break;
  }
}

// File systems give the number of a file that is gone to a new one.
void PowerCut::made(const Call& call) {
  if (!is_below(call.path)) return;
  files_.erase(call.file);
  pending_.push_back({call.path, call.file, true});
}

void PowerCut::sync_folder(const std::string& folder) {
  std::erase_if(pending_,
                [&](const NameChange& one) { return fs::path(one.path).parent_path() == folder; });
}

void PowerCut::apply(Bytes& bytes, const Change& change) {
  if (change.size) return bytes.resize(static_cast<std::size_t>(*change.size));
  const auto end = static_cast<std::size_t>(change.offset) + change.bytes.size();
  if (bytes.size() < end) bytes.resize(end);
  std::ranges::copy(change.bytes, bytes.begin() + change.offset);
}

// Each sector of each write by itself is there or is not; how many are, is itself by chance.
Bytes PowerCut::torn(const File& file, Dice& dice) {
  Bytes bytes = file.durable;
  const std::uint64_t share = std::min<std::uint64_t>(dice.below(140), 100);
  for (const Change& change : file.pending) {
    if (change.size) {
      if (dice.percent(share)) apply(bytes, change);
      continue;
    }
    const auto end = change.offset + static_cast<std::int64_t>(change.bytes.size());
    for (std::int64_t at = change.offset; at < end;) {
      const std::int64_t next = std::min(end, (at / kSector + 1) * kSector);
      const auto from = change.bytes.begin() + (at - change.offset);
      if (dice.percent(share)) apply(bytes, {at, Bytes(from, from + (next - at)), std::nullopt});
      at = next;
    }
  }
  return bytes;
}

void PowerCut::leave_file(const fs::path& to, const std::string& path, std::uint64_t number,
                          Dice& dice) const {
  const fs::path target = to / fs::path(path).lexically_relative(root_);
  fs::create_directories(target.parent_path());
  const auto known = files_.find(number);
  if (known == files_.end()) return fs::create_hard_link(path, target);  // as it always was
  const Bytes bytes = torn(known->second, dice);
  std::ofstream out(target, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
}

void PowerCut::leave_in(const fs::path& to, Dice dice) const {
  std::map<std::string, bool> is_kept;  // names in doubt; the last change of a name counts
  for (const NameChange& change : pending_)
    is_kept[change.path] = change.is_there ? dice.percent(50) : !dice.percent(50);
  std::vector<fs::path> paths;
  for (auto at = fs::recursive_directory_iterator(root_); at != fs::recursive_directory_iterator();
       ++at) {
    const auto doubt = is_kept.find(at->path().string());
    if (doubt != is_kept.end() && !doubt->second) {
      if (at->is_directory()) at.disable_recursion_pending();
      continue;
    }
    if (at->is_directory())
      fs::create_directories(to / at->path().lexically_relative(root_));
    else if (at->is_regular_file())
      paths.push_back(at->path());
  }
  std::ranges::sort(paths);
  for (const fs::path& path : paths) leave_file(to, path, number_of(path), dice);
  for (const NameChange& change : pending_)  // names that were taken away and are there again
    if (!change.is_there && is_kept[change.path] && !fs::exists(change.path) &&
        files_.contains(change.file))
      leave_file(to, change.path, change.file, dice);
}

}  // namespace postkamer::faults
