// SPDX-License-Identifier: EUPL-1.2
#include "tests/faults/kernel/faults.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <new>

namespace postkamer::faults {

std::string_view name_of(Place place) {
  static constexpr std::array<std::string_view, kPlaces> kNames{
      "nothing",          "write of a blob", "sync of a blob",
      "naming of a blob", "folder sync",     "journal write",
      "commit",           "checkpoint",      "send"};
  return kNames.at(static_cast<std::size_t>(place));
}

Place place_of(const Call& call) {
  using Kind = Call::Kind;
  if (call.kind == Kind::send) return Place::send;
  const std::string_view path = call.path;
  const bool is_blob = path.find("/blobs/") != std::string_view::npos;
  if (call.kind == Kind::sync && call.is_folder)
    return is_blob || path.ends_with("/blobs") ? Place::folder_sync : Place::none;
  if (call.kind == Kind::rename && is_blob) return Place::blob_name;
  if (call.kind == Kind::write && is_blob) return Place::blob_write;
  if (call.kind == Kind::sync && is_blob) return Place::blob_sync;
  if (path.find("/journal.db") == std::string_view::npos) return Place::none;
  if (call.kind == Kind::write) return Place::journal_write;
  if (call.kind != Kind::sync) return Place::none;
  return path.ends_with("-wal") ? Place::commit : Place::checkpoint;
}

SharedFaults::SharedFaults(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ::ftruncate(fd, sizeof(Faults)) != 0) std::abort();
  void* const memory = ::mmap(nullptr, sizeof(Faults), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (memory == MAP_FAILED) std::abort();
  faults_ = static_cast<Faults*>(memory);  // a new file is all zeros: nothing goes wrong
}

SharedFaults::~SharedFaults() { ::munmap(faults_, sizeof(Faults)); }

}  // namespace postkamer::faults
