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

std::string_view name_of(PictureOrigin origin) {
  switch (origin) {
    case PictureOrigin::whole_file: return "whole_file";
    case PictureOrigin::unwrapped: return "unwrapped";
    case PictureOrigin::coded_again: return "coded_again";
    case PictureOrigin::rendered: return "rendered";
    case PictureOrigin::made_as_blank: return "made_as_blank";
  }
  return "whole_file";
}

}  // namespace postkamer
