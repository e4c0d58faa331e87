// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/tiff_memory.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string_view>

#include <fmt/format.h>

namespace postkamer::intake {
namespace {

// A TIFF that grows beyond this while writing is our own mistake.
constexpr std::uint64_t kLargestWritten = 1ull << 30;

std::string formatted(const char* format, va_list arguments) {
  char text[256];
  const int length = std::vsnprintf(text, sizeof text, format, arguments);
  return length < 0 ? std::string{} : std::string{text};
}

toff_t moved(std::uint64_t position, std::uint64_t end, toff_t offset, int whence) {
  switch (whence) {
    case SEEK_SET: return offset;
    case SEEK_CUR: return position + offset;
    default: return end + offset;
  }
}

struct OptionsFree {
  void operator()(TIFFOpenOptions* options) const { TIFFOpenOptionsFree(options); }
};
using Options = std::unique_ptr<TIFFOpenOptions, OptionsFree>;

}  // namespace

TiffReader::TiffReader(ByteView file, const Limits& limits) : file_(file) {
  const Options options{TIFFOpenOptionsAlloc()};
  if (!options) return;
  // Room for one page of eight-byte samples; a header that asks for more is refused by libtiff.
  const std::uint64_t most = std::min<std::uint64_t>(limits.page_pixels * 8 + (1u << 20),
                                                     std::numeric_limits<std::int64_t>::max());
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(most));
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), &TiffReader::on_error, this);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), &TiffReader::on_warning, this);
  // h: read no directory yet, the page list has its own guarded walk. C would chop big strips of
  // raw files into small ones and so hide the file's real strips; c turns that off.
  tiff_ = TIFFClientOpenExt("scan", "rhc", this, &TiffReader::read, &TiffReader::write,
                            &TiffReader::seek, &TiffReader::close, &TiffReader::size,
                            &TiffReader::map, &TiffReader::unmap, options.get());
}

TiffReader::~TiffReader() {
  if (tiff_) TIFFClose(tiff_);
}

bool TiffReader::go_to(std::uint64_t offset) {
  clear_errors();
  return TIFFSetSubDirectory(tiff_, offset) == 1;
}

void TiffReader::clear_errors() {
  errors_ = 0;
  ended_early_ = false;
  last_error_.clear();
}

int TiffReader::on_error(TIFF*, void* self, const char*, const char* format, va_list arguments) {
  auto& reader = *static_cast<TiffReader*>(self);
  ++reader.errors_;
  reader.last_error_ = formatted(format, arguments);
  return 1;
}

int TiffReader::on_warning(TIFF*, void* self, const char*, const char* format, va_list) {
  if (std::string_view{format}.starts_with("Premature EOF"))
    static_cast<TiffReader*>(self)->ended_early_ = true;
  return 1;
}

tmsize_t TiffReader::read(thandle_t self, void* target, tmsize_t size) {
  auto& reader = *static_cast<TiffReader*>(self);
  if (size <= 0 || reader.position_ >= reader.file_.size()) return 0;
  const auto wanted = static_cast<std::uint64_t>(size);
  const auto given = std::min<std::uint64_t>(wanted, reader.file_.size() - reader.position_);
  std::memcpy(target, reader.file_.data() + reader.position_, given);
  reader.position_ += given;
  return static_cast<tmsize_t>(given);
}

tmsize_t TiffReader::write(thandle_t, void*, tmsize_t) { return 0; }

toff_t TiffReader::seek(thandle_t self, toff_t offset, int whence) {
  auto& reader = *static_cast<TiffReader*>(self);
  reader.position_ = moved(reader.position_, reader.file_.size(), offset, whence);
  return reader.position_;
}

int TiffReader::close(thandle_t) { return 0; }

toff_t TiffReader::size(thandle_t self) { return static_cast<TiffReader*>(self)->file_.size(); }

int TiffReader::map(thandle_t self, void** base, toff_t* size) {
  const auto& file = static_cast<TiffReader*>(self)->file_;
  // libtiff asks for a writable pointer and, open for reading, never writes through it.
  *base = const_cast<std::uint8_t*>(file.data());
  *size = file.size();
  return 1;
}

void TiffReader::unmap(thandle_t, void*, toff_t) {}

TiffWriter::TiffWriter(ByteOrder order) {
  const Options options{TIFFOpenOptionsAlloc()};
  if (!options) return;
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), &TiffWriter::on_error, this);
  TIFFOpenOptionsSetWarningHandlerExtR(
      options.get(), [](TIFF*, void*, const char*, const char*, va_list) { return 1; }, this);
  tiff_ = TIFFClientOpenExt("page", order == ByteOrder::big ? "wb" : "wl", this, &TiffWriter::read,
                            &TiffWriter::write, &TiffWriter::seek, &TiffWriter::close,
                            &TiffWriter::size, nullptr, nullptr, options.get());
}

TiffWriter::~TiffWriter() {
  if (tiff_) TIFFClose(tiff_);
}

Result<Bytes> TiffWriter::finish() {
  if (tiff_) TIFFClose(tiff_);
  tiff_ = nullptr;
  if (errors_ > 0)
    return fail(ErrorCode::internal, "encode_failed",
                fmt::format("while writing a TIFF page in memory: {}", last_error_));
  return std::move(bytes_);
}

int TiffWriter::on_error(TIFF*, void* self, const char*, const char* format, va_list arguments) {
  auto& writer = *static_cast<TiffWriter*>(self);
  ++writer.errors_;
  writer.last_error_ = formatted(format, arguments);
  return 1;
}

tmsize_t TiffWriter::read(thandle_t self, void* target, tmsize_t size) {
  auto& writer = *static_cast<TiffWriter*>(self);
  if (size <= 0 || writer.position_ >= writer.bytes_.size()) return 0;
  const auto given = std::min<std::uint64_t>(static_cast<std::uint64_t>(size),
                                             writer.bytes_.size() - writer.position_);
  std::memcpy(target, writer.bytes_.data() + writer.position_, given);
  writer.position_ += given;
  return static_cast<tmsize_t>(given);
}

tmsize_t TiffWriter::write(thandle_t self, void* source, tmsize_t size) {
  auto& writer = *static_cast<TiffWriter*>(self);
  const std::uint64_t end = writer.position_ + static_cast<std::uint64_t>(size);
  if (size < 0 || end > kLargestWritten) return 0;
  if (end > writer.bytes_.size()) writer.bytes_.resize(end);
  if (size > 0)
    std::memcpy(writer.bytes_.data() + writer.position_, source, static_cast<std::size_t>(size));
  writer.position_ = end;
  return size;
}

toff_t TiffWriter::seek(thandle_t self, toff_t offset, int whence) {
  auto& writer = *static_cast<TiffWriter*>(self);
  writer.position_ = moved(writer.position_, writer.bytes_.size(), offset, whence);
  return writer.position_;
}

int TiffWriter::close(thandle_t) { return 0; }

toff_t TiffWriter::size(thandle_t self) { return static_cast<TiffWriter*>(self)->bytes_.size(); }

}  // namespace postkamer::intake
