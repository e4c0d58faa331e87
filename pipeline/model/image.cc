// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/model/image.h"

namespace postkamer {

std::string_view name_of(PictureFormat format) {
  switch (format) {
    case PictureFormat::tiff: return "tiff";
    case PictureFormat::jpeg: return "jpeg";
    case PictureFormat::png: return "png";
  }
  return "tiff";
}

}  // namespace postkamer
