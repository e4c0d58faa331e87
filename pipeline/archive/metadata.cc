// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/archive/metadata.h"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/archive/xml.h"

namespace postkamer::archive {
namespace {

bool fits(std::string_view text, std::string_view picture) {
  return text.size() == picture.size() &&
         std::equal(text.begin(), text.end(), picture.begin(), [](char c, char wanted) {
           return wanted == '9' ? c >= '0' && c <= '9' : c == wanted;
         });
}

std::string digits_of(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

constexpr std::string_view kHead =
    "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
    "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
    "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
    " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\""
    " xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n";
constexpr std::string_view kTail =
    "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>\n";

}  // namespace

std::string pdf_date(std::string_view rfc3339) {
  if (rfc3339.size() < 20 || !fits(rfc3339.substr(0, 19), "9999-99-99T99:99:99")) return {};
  std::string_view zone = rfc3339.substr(19);
  if (zone.front() == '.') {
    zone.remove_prefix(1);
    zone.remove_prefix(std::min(zone.size(), zone.find_first_not_of("0123456789")));
  }
  const std::string date = "D:" + digits_of(rfc3339.substr(0, 19));
  if (zone == "Z") return date + "Z";
  if (!fits(zone, "+99:99") && !fits(zone, "-99:99")) return {};
  return fmt::format("{}{}'{}'", date, zone.substr(0, 3), zone.substr(4));
}

std::string xmp_packet(const ArchiveInfo& info, bool claims_pdfa) {
  std::string xmp(kHead);
  if (claims_pdfa) {
    xmp +=
        fmt::format("<pdfaid:part>{}</pdfaid:part>\n<pdfaid:conformance>B</pdfaid:conformance>\n",
                    part_of(info.kind));
  }
  xmp += fmt::format(
      "<dc:format>application/pdf</dc:format>\n"
      "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt></dc:title>\n"
      "<xmp:CreatorTool>{}</xmp:CreatorTool>\n<pdf:Producer>{}</pdf:Producer>\n",
      xml_escaped(info.title), xml_escaped(info.creator), xml_escaped(info.creator));
  if (!pdf_date(info.date).empty()) {
    xmp +=
        fmt::format("<xmp:CreateDate>{0}</xmp:CreateDate>\n<xmp:ModifyDate>{0}</xmp:ModifyDate>\n",
                    xml_escaped(info.date));
  }
  return xmp.append(kTail);
}

}  // namespace postkamer::archive
