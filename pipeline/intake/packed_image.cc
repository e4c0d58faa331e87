// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/packed_image.h"

#include <zstd.h>

#include <new>

namespace postkamer::intake {
namespace {

constexpr int kFastest = 1;

}  // namespace

PackedImage pack(const GrayImage& image) {
  const cv::Mat pixels = image.pixels.isContinuous() ? image.pixels : image.pixels.clone();
  Bytes room(ZSTD_compressBound(pixels.total()));
  const std::size_t size =
      ZSTD_compress(room.data(), room.size(), pixels.data, pixels.total(), kFastest);
  // Room is never short, so all that fails is getting memory.
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();
  // A copy of what is used: the room for the worst case is as large as the picture.
  const auto end = room.begin() + static_cast<std::ptrdiff_t>(size);
  return {Bytes(room.begin(), end), image.width(), image.height(), image.dpi, image.is_bilevel};
}

Result<GrayImage> unpack(const PackedImage& packed) {
  GrayImage image{cv::Mat(packed.height, packed.width, CV_8UC1), packed.dpi, packed.is_bilevel};
  const std::size_t size = ZSTD_decompress(image.pixels.data, image.pixels.total(),
                                           packed.bytes.data(), packed.bytes.size());
  if (size != image.pixels.total())  // an error is a size beyond all memory
    return fail(ErrorCode::internal, "image_not_packed",
                "unpacking a picture that waits: its " + std::to_string(packed.bytes.size()) +
                    " bytes are no " + std::to_string(packed.width) + " x " +
                    std::to_string(packed.height) + " pixels");
  return image;
}

}  // namespace postkamer::intake
