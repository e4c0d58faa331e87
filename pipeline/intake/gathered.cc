// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/gathered.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include <fmt/format.h>

namespace postkamer::intake {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kMagicAt = 257;
constexpr std::size_t kChecksumAt = 148;
constexpr std::string_view kMagic{
    "ustar\0"
    "00",
    8};

using Header = std::array<char, kBlock>;

void put(Header& header, std::size_t at, std::string_view text) {
  std::ranges::copy(text, header.begin() + static_cast<std::ptrdiff_t>(at));
}

unsigned checksum_of(ByteView header) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i)
    sum += i >= kChecksumAt && i < kChecksumAt + 8 ? ' ' : header[i];
  return sum;
}

Header header_of(std::size_t number, std::size_t size) {
  Header header{};
  put(header, 0, fmt::format("{:04}", number));
  put(header, 100, "0000640");
  put(header, 108, "0000000");
  put(header, 116, "0000000");
  put(header, 124, fmt::format("{:011o}", size));
  put(header, 136, "00000000000");
  put(header, 156, "0");
  put(header, kMagicAt, kMagic);
  const ByteView bytes(reinterpret_cast<const std::uint8_t*>(header.data()), kBlock);
  put(header, kChecksumAt, fmt::format("{:06o}", checksum_of(bytes)));
  header[kChecksumAt + 7] = ' ';
  return header;
}

// Octal digits up to the first other byte.
std::uint64_t octal(ByteView digits) {
  std::uint64_t value = 0;
  for (const std::uint8_t c : digits) {
    if (c < '0' || c > '7') break;
    value = value * 8 + (c - '0');
  }
  return value;
}

std::size_t padded(std::size_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

}  // namespace

Bytes gather(std::span<const ByteView> files) {
  Bytes archive;
  std::size_t total = 2 * kBlock;
  for (const ByteView file : files) total += kBlock + padded(file.size());
  archive.reserve(total);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Header header = header_of(i + 1, files[i].size());
    archive.insert(archive.end(), header.begin(), header.end());
    archive.insert(archive.end(), files[i].begin(), files[i].end());
    archive.resize(padded(archive.size()));
  }
  archive.resize(archive.size() + 2 * kBlock);
  return archive;
}

bool is_gathered(ByteView file) {
  return file.size() >= kBlock && text_of(file.subspan(kMagicAt, kMagic.size())) == kMagic;
}

Result<std::vector<ByteView>> gathered_files(ByteView file) {
  std::vector<ByteView> files;
  while (is_gathered(file)) {
    if (checksum_of(file) != octal(file.subspan(kChecksumAt, 8)) || file[156] != '0')
      return fail(ErrorCode::invalid_document, "scan_damaged",
                  fmt::format("page file {} of a gathered scan has a wrong header; scan again",
                              files.size() + 1));
    const std::uint64_t size = octal(file.subspan(124, 12));
    if (size > file.size() - kBlock || padded(size) > file.size() - kBlock)
      return fail(
          ErrorCode::invalid_document, "scan_truncated",
          fmt::format("page file {} of a gathered scan is cut off; scan again", files.size() + 1));
    files.push_back(file.subspan(kBlock, size));
    file = file.subspan(kBlock + padded(size));
  }
  if (files.empty() || file.size() != 2 * kBlock)
    return fail(ErrorCode::invalid_document, "scan_truncated",
                "a gathered scan has no proper end; scan again");
  return files;
}

}  // namespace postkamer::intake
