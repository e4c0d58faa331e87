// SPDX-License-Identifier: EUPL-1.2
//
// A picture in the form in which a PDF can hold it: the coded data of one image stream and the few
// facts its dictionary needs. Made by pipeline/intake (which opens pictures), used by
// pipeline/archive (which writes PDF).
#pragma once

#include <string_view>

#include "pipeline/base/bytes.h"
#include "pipeline/base/units.h"

namespace postkamer {

struct EmbeddedImage {
  // How `data` came from the picture's bytes.
  enum class Way {
    unchanged,    // they are the picture's bytes, all of them
    unwrapped,    // they are the picture's own coded data, without the file around them
    completed,    // the picture's bytes, and an end that had been cut off
    coded_again,  // decoded, and coded without loss
    decoded_gray  // of a kind that PDF does not know: as gray pixels
  };

  enum class Filter {
    dct,       // `data` is a whole JPEG file
    ccitt_g4,  // `data` is one T.6 strip, most significant bit first, without a TIFF around it
    flate,  // `data` is a zlib stream of rows padded to whole bytes, filtered as `predictor` says
  };

  Filter filter = Filter::dct;
  Bytes data;
  int width = 0;             // pixels
  int height = 0;            // pixels
  int components = 1;        // 1 gray or palette index, 3 RGB, 4 CMYK
  int bits = 8;              // a component: 1, 2, 4, 8 or 16
  Bytes palette;             // flate: RGB triples when the samples are indices; else empty
  bool black_is_1 = false;   // ccitt_g4: the code's black runs are paper, its white runs ink
  bool is_inverted = false;  // dct with four components: Adobe's way, 255 = no ink
  int predictor = 15;        // flate: 1 none, 2 TIFF's horizontal, 15 PNG's, a filter byte a row
  Dpi dpi{300.0};            // equal in x and y
  Way way = Way::unchanged;
};

std::string_view name_of(EmbeddedImage::Way way);
std::string_view name_of(EmbeddedImage::Filter filter);  // as PDF calls it: "DCTDecode"

}  // namespace postkamer
