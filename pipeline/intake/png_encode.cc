// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/png_encode.h"

#include <png.h>

namespace postkamer::intake {

Result<Bytes> encode_png(const cv::Mat& pixels) {
  // libpng's simplified interface: no error exits to catch.
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(pixels.cols);
  image.height = static_cast<png_uint_32>(pixels.rows);
  image.format = PNG_FORMAT_BGR;
  image.flags = PNG_IMAGE_FLAG_FAST;
  const auto stride = static_cast<png_int_32>(pixels.step[0]);
  Bytes bytes(PNG_IMAGE_PNG_SIZE_MAX(image));
  png_alloc_size_t size = bytes.size();
  if (pixels.type() != CV_8UC3 ||
      png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data, stride, nullptr) == 0)
    return fail(ErrorCode::internal, "png_not_written",
                std::string("while writing a PNG: ") + image.message);
  bytes.resize(size);
  return bytes;
}

}  // namespace postkamer::intake
