// SPDX-License-Identifier: EUPL-1.2
//
// Pages and files drawn in code for the tests of intake.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "pipeline/base/bytes.h"
#include "pipeline/model/image.h"

namespace postkamer::intake::drawn {

inline GrayImage paper(int width, int height, double dpi = 300.0) {
  return {cv::Mat(height, width, CV_8UC1, cv::Scalar(255)), Dpi{dpi}, true};
}

inline GrayImage a4(double dpi = 300.0) {
  const double scale = dpi / kMillimetresPerInch;
  return paper(static_cast<int>(210 * scale), static_cast<int>(297 * scale), dpi);
}

inline void ink(GrayImage& page, int x, int y, int width, int height, int level = 0) {
  cv::rectangle(page.pixels, cv::Rect(x, y, width, height), cv::Scalar(level), cv::FILLED);
}

// Lines of letters that are no language, to stand for a page of text.
inline void text(GrayImage& page, int lines, int x = 250, int y = 400) {
  for (int i = 0; i < lines; ++i)
    cv::putText(page.pixels, "Lorem ipsum dolor sit amet consectetur", cv::Point(x, y + 70 * i),
                cv::FONT_HERSHEY_SIMPLEX, 1.6, cv::Scalar(0), 4);
}

// A picture that is different in every corner, so that turning and mirroring show.
inline GrayImage corners(int width, int height) {
  GrayImage page = paper(width, height);
  ink(page, 0, 0, width / 2, height / 3);
  ink(page, width / 2 + 5, height / 2, width / 5, height / 8);
  return page;
}

// The same in R, G, B, with a red stamp and a blue line.
inline cv::Mat coloured_corners(int width, int height) {
  cv::Mat page;
  cv::cvtColor(corners(width, height).pixels, page, cv::COLOR_GRAY2RGB);
  cv::rectangle(page, cv::Rect(width / 8, height / 2, width / 4, height / 4), cv::Scalar(200, 0, 0),
                cv::FILLED);
  cv::rectangle(page, cv::Rect(width / 2, height / 8, width / 4, 9), cv::Scalar(0, 0, 200),
                cv::FILLED);
  return page;
}

// White noise of one seed: bits that no codec can get right by chance.
inline GrayImage noise(int width, int height, std::uint64_t seed) {
  GrayImage page = paper(width, height);
  cv::RNG random{seed};
  random.fill(page.pixels, cv::RNG::UNIFORM, 0, 256);
  page.is_bilevel = false;
  return page;
}

inline bool is_equal(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0.0;
}

// A PDF written by hand: objects in order, a cross-reference table, a trailer.
class Pdf {
 public:
  // Gives the object's number.
  int add(std::string body) {
    objects_.push_back(std::move(body));
    return static_cast<int>(objects_.size());
  }
  int add_stream(const std::string& dictionary, std::string_view data) {
    return add(
        fmt::format("<< {} /Length {} >>\nstream\n{}\nendstream", dictionary, data.size(), data));
  }
  // A page that paints image object `image` with `content`; both may be missing (0, "").
  void add_page(int image, const std::string& content, const std::string& extra = "",
                const std::string& box = "0 0 595.2 841.92") {
    const int stream = content.empty() ? 0 : add_stream("", content);
    std::string page = fmt::format("<< /Type /Page /Parent 1 0 R /MediaBox [{}] {}", box, extra);
    if (image > 0) page += fmt::format(" /Resources << /XObject << /I {} 0 R >> >>", image);
    if (stream > 0) page += fmt::format(" /Contents {} 0 R", stream);
    pages_.push_back(add(page + " >>"));
  }
  Pdf() { objects_.emplace_back(); }  // object 1 is the page tree, known at the end

  [[nodiscard]] Bytes finish(const std::string& catalog_extra = "") {
    std::string kids;
    for (const int page : pages_) kids += fmt::format("{} 0 R ", page);
    objects_[0] = fmt::format("<< /Type /Pages /Count {} /Kids [{}] >>", pages_.size(), kids);
    const int catalog = add(fmt::format("<< /Type /Catalog /Pages 1 0 R {} >>", catalog_extra));
    std::string file = "%PDF-1.7\n";
    std::string table = fmt::format("xref\n0 {}\n0000000000 65535 f \n", objects_.size() + 1);
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      table += fmt::format("{:010} 00000 n \n", file.size());
      file += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, objects_[i]);
    }
    const std::size_t start = file.size();
    file += table + fmt::format("trailer << /Size {} /Root {} 0 R >>\nstartxref\n{}\n%%EOF\n",
                                objects_.size() + 1, catalog, start);
    return {file.begin(), file.end()};
  }

 private:
  std::vector<std::string> objects_;
  std::vector<int> pages_;
};

}  // namespace postkamer::intake::drawn
