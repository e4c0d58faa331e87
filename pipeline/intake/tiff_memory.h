// SPDX-License-Identifier: EUPL-1.2
//
// libtiff on memory: reading from bytes, writing to bytes, errors as values. No global handlers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <tiffio.h>

#include "pipeline/base/bytes.h"
#include "pipeline/base/error.h"
#include "pipeline/base/limits.h"

namespace postkamer::intake {

// A TIFF open for reading. The bytes must outlive it. Not copyable, not movable: libtiff holds its
// address.
class TiffReader {
 public:
  // Positions on no particular page: call go_to first.
  TiffReader(ByteView file, const Limits& limits);
  TiffReader(const TiffReader&) = delete;
  TiffReader& operator=(const TiffReader&) = delete;
  ~TiffReader();

  [[nodiscard]] bool is_open() const { return tiff_ != nullptr; }
  [[nodiscard]] TIFF* handle() const { return tiff_; }
  [[nodiscard]] ByteView file() const { return file_; }

  // Makes the directory at this file offset the current page.
  bool go_to(std::uint64_t offset);

  // Errors libtiff has reported since the last call of clear_errors.
  [[nodiscard]] int error_count() const { return errors_; }
  // A fax strip ended before its last row: the rest of the page would silently be white.
  [[nodiscard]] bool ended_early() const { return ended_early_; }
  // libtiff's words for its last error; they hold tags and numbers, never content of the page.
  [[nodiscard]] const std::string& last_error() const { return last_error_; }
  void clear_errors();

 private:
  static int on_error(TIFF*, void* self, const char* module, const char* format, va_list arguments);
  static int on_warning(TIFF*, void* self, const char* module, const char* format,
                        va_list arguments);
  static tmsize_t read(thandle_t self, void* target, tmsize_t size);
  static tmsize_t write(thandle_t self, void* source, tmsize_t size);
  static toff_t seek(thandle_t self, toff_t offset, int whence);
  static int close(thandle_t self);
  static toff_t size(thandle_t self);
  static int map(thandle_t self, void** base, toff_t* size);
  static void unmap(thandle_t self, void* base, toff_t size);

  ByteView file_;
  std::uint64_t position_ = 0;
  int errors_ = 0;
  bool ended_early_ = false;
  std::string last_error_;
  TIFF* tiff_ = nullptr;
};

// A TIFF being written to memory.
class TiffWriter {
 public:
  enum class ByteOrder {
    little,
    big
  };
  explicit TiffWriter(ByteOrder order = ByteOrder::little);
  TiffWriter(const TiffWriter&) = delete;
  TiffWriter& operator=(const TiffWriter&) = delete;
  ~TiffWriter();

  [[nodiscard]] bool is_open() const { return tiff_ != nullptr; }
  [[nodiscard]] TIFF* handle() const { return tiff_; }

  // Closes the file and gives its bytes; `internal` when libtiff reported an error.
  Result<Bytes> finish();

 private:
  static int on_error(TIFF*, void* self, const char* module, const char* format, va_list arguments);
  static tmsize_t read(thandle_t self, void* target, tmsize_t size);
  static tmsize_t write(thandle_t self, void* source, tmsize_t size);
  static toff_t seek(thandle_t self, toff_t offset, int whence);
  static int close(thandle_t self);
  static toff_t size(thandle_t self);

  Bytes bytes_;
  std::uint64_t position_ = 0;
  int errors_ = 0;
  std::string last_error_;
  TIFF* tiff_ = nullptr;
};

}  // namespace postkamer::intake
