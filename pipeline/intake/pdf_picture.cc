// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/intake/pdf_picture.h"

#include <algorithm>
#include <memory>
#include <string>

#include <tiffio.h>
#include <qpdf/Buffer.hh>

#include "pipeline/intake/jpeg_codec.h"
#include "pipeline/intake/page_size.h"
#include "pipeline/intake/png_codec.h"
#include "pipeline/intake/tiff_encode.h"

namespace postkamer::intake {
namespace {

using Found = Result<std::optional<Picture>>;

// The colours of an image's samples, as far as they can be told without a colour engine.
struct Colours {
  int samples = 0;  // a pixel; 0 = of a kind we do not take
  Bytes palette;    // RGB triplets; empty = no palette
};

int samples_of_space(QPDFObjectHandle space) {
  if (space.isName()) {
    const std::string name = space.getName();
    if (name == "/DeviceGray" || name == "/CalGray" || name == "/G") return 1;
    return name == "/DeviceRGB" || name == "/CalRGB" || name == "/RGB" ? 3 : 0;
  }
  if (!space.isArray() || space.getArrayNItems() < 1 || !space.getArrayItem(0).isName()) return 0;
  const std::string family = space.getArrayItem(0).getName();
  if (family == "/CalGray" || family == "/DeviceGray") return 1;
  if (family == "/CalRGB" || family == "/DeviceRGB") return 3;
  if (family != "/ICCBased" || space.getArrayNItems() < 2) return 0;
  QPDFObjectHandle profile = space.getArrayItem(1);
  if (!profile.isStream()) return 0;
  QPDFObjectHandle count = profile.getDict().getKey("/N");
  const int samples = count.isInteger() ? static_cast<int>(count.getIntValueAsInt()) : 0;
  return samples == 1 || samples == 3 ? samples : 0;
}

Colours palette_of(QPDFObjectHandle space) {
  if (space.getArrayNItems() != 4) return {};
  const int base = samples_of_space(space.getArrayItem(1));
  QPDFObjectHandle table = space.getArrayItem(3);
  std::string bytes;
  if (table.isString()) {
    bytes = table.getStringValue();
  } else if (table.isStream()) {
    const auto buffer = table.getStreamData(qpdf_dl_generalized);
    bytes.assign(reinterpret_cast<const char*>(buffer->getBuffer()),
                 std::min<std::size_t>(buffer->getSize(), 768));
  }
  if (base == 0 || bytes.size() > 768) return {};
  Colours colours{1, {}};
  for (std::size_t i = 0; i + static_cast<std::size_t>(base) <= bytes.size();
       i += static_cast<std::size_t>(base))
    for (std::size_t channel = 0; channel < 3; ++channel)
      colours.palette.push_back(static_cast<std::uint8_t>(bytes[i + (base == 3 ? channel : 0)]));
  return colours.palette.empty() ? Colours{} : colours;
}

Colours colours_of(QPDFObjectHandle space) {
  if (space.isArray() && space.getArrayNItems() >= 1 && space.getArrayItem(0).isName() &&
      space.getArrayItem(0).getName() == "/Indexed")
    return palette_of(space);
  return {samples_of_space(space), {}};
}

enum class DecodeArray {
  plain,
  inverted,
  other
};

DecodeArray decode_array(QPDFObjectHandle dictionary) {
  QPDFObjectHandle array = dictionary.getKey("/Decode");
  if (array.isNull()) return DecodeArray::plain;
  if (!array.isArray() || array.getArrayNItems() % 2 != 0) return DecodeArray::other;
  int plain = 0;
  int inverted = 0;
  for (int i = 0; i + 1 < array.getArrayNItems(); i += 2) {
    if (!array.getArrayItem(i).isNumber() || !array.getArrayItem(i + 1).isNumber())
      return DecodeArray::other;
    const double low = array.getArrayItem(i).getNumericValue();
    const double high = array.getArrayItem(i + 1).getNumericValue();
    if (low == 0.0 && high == 1.0)
      ++plain;
    else if (low == 1.0 && high == 0.0)
      ++inverted;
    else
      return DecodeArray::other;
  }
  if (inverted == 0) return DecodeArray::plain;
  return plain == 0 ? DecodeArray::inverted : DecodeArray::other;
}

// What is known of the image before its data is touched.
struct ImageFacts {
  int width = 0;
  int height = 0;
  int bits = 1;
  bool is_mask = false;
  Colours colours;
  DecodeArray decode = DecodeArray::plain;
  std::string filter;
  QPDFObjectHandle parameters;
  Dpi x;
  Dpi y;
};

int integer(QPDFObjectHandle dictionary, const std::string& key, int otherwise) {
  if (!dictionary.isDictionary()) return otherwise;
  QPDFObjectHandle value = dictionary.getKey(key);
  return value.isInteger() ? value.getIntValueAsInt() : otherwise;
}

bool flag(QPDFObjectHandle dictionary, const std::string& key, bool otherwise) {
  if (!dictionary.isDictionary()) return otherwise;
  QPDFObjectHandle value = dictionary.getKey(key);
  return value.isBool() ? value.getBoolValue() : otherwise;
}

// The one filter of the stream; empty when there is none or several.
std::string only_filter(QPDFObjectHandle dictionary, QPDFObjectHandle& parameters) {
  QPDFObjectHandle filter = dictionary.getKey("/Filter");
  parameters = dictionary.getKey("/DecodeParms");
  if (filter.isArray()) {
    if (filter.getArrayNItems() != 1) return {};
    filter = filter.getArrayItem(0);
  }
  if (parameters.isArray())
    parameters =
        parameters.getArrayNItems() == 1 ? parameters.getArrayItem(0) : QPDFObjectHandle::newNull();
  return filter.isName() ? filter.getName() : std::string{};
}

Picture finished(const ImageFacts& facts, PictureFormat format, Bytes bytes, bool is_bilevel) {
  Picture picture;
  picture.format = format;
  picture.bytes = std::move(bytes);
  picture.width = facts.width;
  picture.height = facts.height;
  picture.dpi = facts.x.value > facts.y.value ? facts.x : facts.y;
  picture.is_bilevel = is_bilevel;
  picture.origin = PictureOrigin::unwrapped;
  return picture;
}

Found jpeg_picture(const ImageFacts& facts, ByteView data, const Limits& limits) {
  if (facts.decode != DecodeArray::plain || facts.is_mask || !facts.colours.palette.empty())
    return std::nullopt;
  const auto header = read_jpeg_header(data, limits);
  if (!header) {
    if (header.error().code == ErrorCode::resource_limit) return tl::unexpected(header.error());
    return std::nullopt;
  }
  if (header->width != facts.width || header->height != facts.height ||
      header->components != facts.colours.samples)
    return std::nullopt;
  return finished(facts, PictureFormat::jpeg, Bytes(data.begin(), data.end()), false);
}

// Whether a 1 bit, as decoded from the data, is white on the page. Nothing when it is neither
// black nor white.
std::optional<bool> one_is_white(const ImageFacts& facts) {
  const bool is_inverted = facts.decode == DecodeArray::inverted;
  if (facts.is_mask) return !is_inverted;  // sample 0 is painted, with black
  if (facts.colours.samples != 1) return std::nullopt;
  if (facts.colours.palette.empty()) return !is_inverted;
  const Bytes& palette = facts.colours.palette;
  if (palette.size() != 6 || is_inverted) return std::nullopt;
  const bool first_is_black =
      std::all_of(palette.begin(), palette.begin() + 3, [](int v) { return v < 8; });
  const bool first_is_white =
      std::all_of(palette.begin(), palette.begin() + 3, [](int v) { return v > 247; });
  const bool second_is_black =
      std::all_of(palette.begin() + 3, palette.end(), [](int v) { return v < 8; });
  const bool second_is_white =
      std::all_of(palette.begin() + 3, palette.end(), [](int v) { return v > 247; });
  if (first_is_black && second_is_white) return true;
  if (first_is_white && second_is_black) return false;
  return std::nullopt;
}

Found fax_picture(const ImageFacts& facts, ByteView data) {
  const int k = integer(facts.parameters, "/K", 0);
  const int columns = integer(facts.parameters, "/Columns", 1728);
  const bool black_is_one = flag(facts.parameters, "/BlackIs1", false);
  const auto white_one = one_is_white(facts);
  if (facts.bits != 1 || columns != facts.width || !white_one || data.size() < 2 ||
      flag(facts.parameters, "/EncodedByteAlign", false))
    return std::nullopt;
  // libtiff finds fax rows by their end-of-line marks, which PDF may leave out.
  const bool begins_with_mark = data[0] == 0 && (data[1] & 0xf0) == 0x10;
  if (k >= 0 && !begins_with_mark) return std::nullopt;
  RawStrip strip;
  strip.width = facts.width;
  strip.height = facts.height;
  strip.compression = k < 0 ? COMPRESSION_CCITTFAX4 : COMPRESSION_CCITTFAX3;
  strip.has_two_dimensional_rows = k > 0;
  // Black runs come out as 0 bits unless BlackIs1; TIFF's fax gives them as 1.
  const bool black_runs_are_black = black_is_one != *white_one;
  strip.photometric = black_runs_are_black ? PHOTOMETRIC_MINISWHITE : PHOTOMETRIC_MINISBLACK;
  strip.data = data;
  PK_TRY(bytes, wrap_strip(strip, facts.x, facts.y));
  return finished(facts, PictureFormat::tiff, std::move(bytes), true);
}

// TIFF's colour map: 2^bits entries of 16 bits a channel.
void set_palette(RawStrip& strip, const Bytes& palette) {
  const std::size_t entries = std::size_t{1} << strip.bits;
  for (std::size_t channel = 0; channel < 3; ++channel) {
    strip.palette[channel].assign(entries, 0);
    for (std::size_t i = 0; i < entries && 3 * i + channel < palette.size(); ++i)
      strip.palette[channel][i] = static_cast<std::uint16_t>(palette[3 * i + channel] * 257);
  }
}

Found deflated_png(const ImageFacts& facts, ByteView data) {
  if (facts.decode != DecodeArray::plain || facts.is_mask) return std::nullopt;
  if (integer(facts.parameters, "/Columns", 1) != facts.width ||
      integer(facts.parameters, "/Colors", 1) != facts.colours.samples ||
      integer(facts.parameters, "/BitsPerComponent", 8) != facts.bits)
    return std::nullopt;
  PngStream stream;
  stream.width = facts.width;
  stream.height = facts.height;
  stream.bits = facts.bits;
  stream.is_colour = facts.colours.samples == 3;
  stream.palette = facts.colours.palette;
  if (stream.palette.size() > 3u << facts.bits) stream.palette.resize(3u << facts.bits);
  stream.dpi_x = facts.x.value;
  stream.dpi_y = facts.y.value;
  stream.data = data;
  const bool is_bilevel = facts.bits == 1 && facts.colours.samples == 1 && stream.palette.empty();
  return finished(facts, PictureFormat::png, wrap_png(stream), is_bilevel);
}

Found strip_picture(const ImageFacts& facts, ByteView data, int compression) {
  const int predictor = integer(facts.parameters, "/Predictor", 1);
  if (predictor >= 10)
    return compression == COMPRESSION_ADOBE_DEFLATE ? deflated_png(facts, data)
                                                    : Found{std::nullopt};
  if (predictor == 2 && facts.bits != 8) return std::nullopt;
  if (integer(facts.parameters, "/EarlyChange", 1) != 1) return std::nullopt;
  RawStrip strip;
  strip.width = facts.width;
  strip.height = facts.height;
  strip.bits = facts.bits;
  strip.samples = facts.is_mask ? 1 : facts.colours.samples;
  strip.compression = compression;
  strip.predictor = predictor;
  strip.data = data;
  const auto white_one = facts.bits == 1 ? one_is_white(facts) : std::nullopt;
  if (white_one) {
    strip.photometric = *white_one ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_MINISWHITE;
  } else if (!facts.colours.palette.empty() && facts.decode == DecodeArray::plain) {
    strip.photometric = PHOTOMETRIC_PALETTE;
    set_palette(strip, facts.colours.palette);
  } else if (facts.colours.palette.empty() && facts.decode != DecodeArray::other) {
    const bool is_inverted = facts.decode == DecodeArray::inverted;
    if (is_inverted && strip.samples == 3) return std::nullopt;
    strip.photometric = strip.samples == 3 ? PHOTOMETRIC_RGB
                        : is_inverted      ? PHOTOMETRIC_MINISWHITE
                                           : PHOTOMETRIC_MINISBLACK;
  } else {
    return std::nullopt;
  }
  PK_TRY(bytes, wrap_strip(strip, facts.x, facts.y));
  return finished(facts, PictureFormat::tiff, std::move(bytes), white_one.has_value());
}

// Nothing when some property needs a renderer.
std::optional<ImageFacts> facts_of(QPDFObjectHandle dictionary, bool fill_is_black) {
  ImageFacts facts;
  facts.width = integer(dictionary, "/Width", 0);
  facts.height = integer(dictionary, "/Height", 0);
  facts.is_mask = flag(dictionary, "/ImageMask", false);
  facts.bits = facts.is_mask ? 1 : integer(dictionary, "/BitsPerComponent", 0);
  facts.decode = decode_array(dictionary);
  facts.filter = only_filter(dictionary, facts.parameters);
  if (facts.filter == "/CCITTFaxDecode" && facts.bits == 0) facts.bits = 1;
  if (!facts.is_mask) facts.colours = colours_of(dictionary.getKey("/ColorSpace"));
  const bool has_mask =
      !dictionary.getKey("/SMask").isNull() || !dictionary.getKey("/Mask").isNull();
  const bool has_bits = facts.bits == 1 || facts.bits == 2 || facts.bits == 4 || facts.bits == 8;
  if (has_mask || !has_bits || (facts.is_mask && !fill_is_black) || facts.filter.empty() ||
      facts.decode == DecodeArray::other || (!facts.is_mask && facts.colours.samples == 0))
    return std::nullopt;
  return facts;
}

}  // namespace

Found picture_of(QPDFObjectHandle image, bool fill_is_black, Dpi x, Dpi y, const Limits& limits) {
  auto facts = facts_of(image.getDict(), fill_is_black);
  if (!facts || facts->width <= 0 || facts->height <= 0) return std::nullopt;
  PK_CHECK(check_page_size(static_cast<std::uint64_t>(facts->width),
                           static_cast<std::uint64_t>(facts->height), limits));
  facts->x = x;
  facts->y = y;
  const bool is_jpeg = facts->filter == "/DCTDecode" || facts->filter == "/DCT";
  const bool is_fax = facts->filter == "/CCITTFaxDecode" || facts->filter == "/CCF";
  const bool is_deflate = facts->filter == "/FlateDecode" || facts->filter == "/Fl";
  const bool is_lzw = facts->filter == "/LZWDecode" || facts->filter == "/LZW";
  if (!is_jpeg && !is_fax && !is_deflate && !is_lzw) return std::nullopt;
  const std::shared_ptr<Buffer> raw = image.getRawStreamData();
  const ByteView data{raw->getBuffer(), raw->getSize()};
  if (is_jpeg) return jpeg_picture(*facts, data, limits);
  if (is_fax) return fax_picture(*facts, data);
  return strip_picture(*facts, data, is_lzw ? COMPRESSION_LZW : COMPRESSION_ADOBE_DEFLATE);
}

}  // namespace postkamer::intake
