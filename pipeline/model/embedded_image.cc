// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/model/embedded_image.h"

namespace postkamer {

std::string_view name_of(EmbeddedImage::Way way) {
  switch (way) {
    case EmbeddedImage::Way::unchanged: return "unchanged";
    case EmbeddedImage::Way::unwrapped: return "unwrapped";
    case EmbeddedImage::Way::completed: return "completed";
    case EmbeddedImage::Way::coded_again: return "coded_again";
    case EmbeddedImage::Way::decoded_gray: return "decoded_gray";
  }
  return "unchanged";
}

std::string_view name_of(EmbeddedImage::Filter filter) {
  switch (filter) {
    case EmbeddedImage::Filter::dct: return "DCTDecode";
    case EmbeddedImage::Filter::ccitt_g4: return "CCITTFaxDecode";
    case EmbeddedImage::Filter::flate: return "FlateDecode";
  }
  return "FlateDecode";
}

}  // namespace postkamer
