// SPDX-License-Identifier: EUPL-1.2
#include <cstdio>
// jpeglib.h needs FILE and size_t from the line above.
#include <jpeglib.h>

#include <cstdlib>

#include "tests/support/encode.h"

namespace postkamer::support {

Bytes jpeg_file(const cv::Mat& page, int quality, Dpi dpi) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &memory, &size);
  jpeg.image_width = static_cast<JDIMENSION>(page.cols);
  jpeg.image_height = static_cast<JDIMENSION>(page.rows);
  jpeg.input_components = page.channels();
  jpeg.in_color_space = page.channels() == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg.optimize_coding = TRUE;
  jpeg.dct_method = JDCT_ISLOW;
  jpeg.density_unit = 1;
  jpeg.X_density = static_cast<UINT16>(dpi.value);
  jpeg.Y_density = static_cast<UINT16>(dpi.value);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    auto* row = const_cast<JSAMPROW>(page.ptr(static_cast<int>(jpeg.next_scanline)));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  Bytes bytes(memory, memory + size);
  jpeg_destroy_compress(&jpeg);
  std::free(memory);
  return bytes;
}

}  // namespace postkamer::support
