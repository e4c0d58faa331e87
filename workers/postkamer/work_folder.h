// SPDX-License-Identifier: EUPL-1.2
//
// Where a one-shot run keeps journal, blobs and sockets: OUT/work, gone afterwards.
#pragma once

#include <filesystem>

#include "pipeline/base/error.h"

namespace postkamer {

class WorkFolder {
 public:
  // Makes OUT and OUT/work. A socket's path has a hard limit, so under a long OUT the folder is
  // reached through a short link in the temporary folder.
  // Fails with: invalid_config (out_not_empty) when OUT already holds a run; unavailable
  // (out_unusable).
  static Result<WorkFolder> create(const std::filesystem::path& out, bool keep);

  ~WorkFolder();  // removes the folder, unless it is to be kept
  WorkFolder(WorkFolder&& other) noexcept;
  WorkFolder& operator=(WorkFolder&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  WorkFolder() = default;
  std::filesystem::path folder_;     // OUT/work
  std::filesystem::path link_home_;  // the temporary folder that holds the link; empty = no link
  std::filesystem::path path_;       // to be used
  bool keep_ = false;
};

}  // namespace postkamer
