// SPDX-License-Identifier: EUPL-1.2
//
// Paper that was scanned badly, or is not quite what it seems: nothing wrong may go out unseen.
#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <opencv2/imgproc.hpp>

#include "pipeline/intake/decode.h"
#include "pipeline/intake/tiff_encode.h"
#include "tests/corpus/values_equal.h"
#include "tests/system/harness.h"
#include "tests/system/look_alikes.h"

namespace postkamer::test {
namespace {

using nlohmann::json;
using std::filesystem::path;

constexpr double kScanDpi = 300.0;
constexpr auto kRunDeadline = std::chrono::seconds(300);

struct Scan {
  cv::Mat pixels;  // gray
  double dpi = kScanDpi;
};

// The first page of a sample, as gray pixels at 300 dpi.
cv::Mat page_of(const path& sample) {
  const std::string bytes = read_text(sample);
  const auto scan = intake::decode_scan(bytes_of(bytes), {0, 1}, Limits{}, nullptr);
  if (!scan || scan->pages.empty()) return {};
  const auto image = intake::open_picture(scan->pages.front(), Limits{});
  if (!image) return {};
  cv::Mat page;
  const double scale = kScanDpi / image->dpi.value;
  cv::resize(image->pixels, page, {}, scale, scale, cv::INTER_AREA);
  return page;
}

cv::Mat warped(const cv::Mat& page, const cv::Matx33d& map, cv::Size size) {
  cv::Mat out;
  cv::warpPerspective(page, out, map, size, cv::INTER_AREA, cv::BORDER_CONSTANT, cv::Scalar(255));
  return out;
}

Scan at_72_dpi(const cv::Mat& page) {
  Scan scan;
  scan.dpi = 72.0;
  cv::resize(page, scan.pixels, {}, 72.0 / kScanDpi, 72.0 / kScanDpi, cv::INTER_AREA);
  return scan;
}

// From above at an angle, with a shadow, out of focus; lines at the foot are a tenth shorter.
Scan photographed(const cv::Mat& page) {
  const cv::Matx33d map(0.93, 0.03, 40, -0.02, 0.95, 60, -0.4e-5, 2.6e-5, 1);
  cv::Mat seen = warped(page, map, page.size());
  cv::GaussianBlur(seen, seen, {0, 0}, 2.2);
  for (int x = 0; x < seen.cols; ++x) {
    const double light = 0.55 + 0.4 * x / seen.cols;
    seen.col(x) = seen.col(x) * light;
  }
  return {seen};
}

Scan printed_at_90_percent(const cv::Mat& page) {
  const double shift = 0.05;
  const cv::Matx33d map(0.9, 0, shift * page.cols, 0, 0.9, shift * page.rows, 0, 0, 1);
  return {warped(page, map, page.size())};
}

// Our own form with two bands of it exchanged: the same print, elsewhere.
Scan with_middle_moved(const cv::Mat& page) {
  cv::Mat out = page.clone();
  const int band = page.rows / 6;
  page.rowRange(2 * band, 3 * band).copyTo(out.rowRange(3 * band, 4 * band));
  page.rowRange(3 * band, 4 * band).copyTo(out.rowRange(2 * band, 3 * band));
  return {out};
}

Scan coffee(const cv::Mat& page) {
  cv::Mat out(page.size(), CV_8U, cv::Scalar(245));
  cv::RNG random(7);
  for (int i = 0; i < 9; ++i)
    cv::circle(out, {random.uniform(300, out.cols - 300), random.uniform(300, out.rows - 300)},
               random.uniform(80, 500), random.uniform(90, 190), random.uniform(6, 60));
  cv::GaussianBlur(out, out, {0, 0}, 6);
  return {out};
}

// A received stamp, aslant, its ink uneven, `at` parts of the page's width and height.
void stamp(cv::Mat& page, cv::Point2d at, double degrees) {
  const double mm = kScanDpi / 25.4;
  const cv::Size size(static_cast<int>(65 * mm), static_cast<int>(25 * mm));
  cv::Mat ink = cv::Mat::zeros(size, CV_8U);
  cv::rectangle(ink, {10, 10}, {size.width - 10, size.height - 10}, 220, 8);
  cv::putText(ink, "INGEKOMEN", {40, 130}, cv::FONT_HERSHEY_DUPLEX, 4.0, 200, 8);
  cv::putText(ink, "09 MEI 2026", {40, 260}, cv::FONT_HERSHEY_DUPLEX, 3.5, 200, 8);
  cv::Mat map = cv::getRotationMatrix2D({0, 0}, degrees, 1.0);
  map.at<double>(0, 2) += at.x * page.cols;
  map.at<double>(1, 2) += at.y * page.rows;
  cv::Mat over;
  cv::warpAffine(ink, over, map, page.size());
  cv::subtract(page, over, page);
}

Scan stamped(const cv::Mat& page) {
  cv::Mat out = page.clone();
  for (double y = 0.2; y < 0.9; y += 0.16) stamp(out, {0.1 + 0.5 * y, y}, 40 * y - 20);
  return {out};
}

// Darkens the page where `shade` has ink, by this share.
Scan shaded(const cv::Mat& page, const cv::Mat& shade, double share) {
  cv::Mat out = page.clone();
  for (int y = 0; y < out.rows; ++y)
    for (int x = 0; x < out.cols; ++x)
      if (shade.at<std::uint8_t>(y, x) != 0)
        out.at<std::uint8_t>(y, x) =
            cv::saturate_cast<std::uint8_t>(out.at<std::uint8_t>(y, x) * (1.0 - share));
  return {out};
}

Scan highlighted(const cv::Mat& page) {
  cv::Mat bands = cv::Mat::zeros(page.size(), CV_8U);
  for (int y = 500; y < page.rows; y += 170)
    cv::line(bands, {300, y}, {page.cols - 300, y + 30}, 255, 60);
  return shaded(page, bands, 0.25);
}

// Its own mirror image, a little beside it: as pale as thin paper lets the back through.
Scan shown_through(const cv::Mat& page) {
  cv::Mat back;
  cv::flip(page < 128, back, 1);
  const cv::Matx23d moved(1, 0, 40, 0, 1, 70);
  cv::warpAffine(back, back, moved, page.size(), cv::INTER_NEAREST);
  return shaded(page, back, 0.28);
}

// Ink that takes a quarter of the paper's light, and noise.
Scan faint(const cv::Mat& page) {
  cv::Mat out;
  page.convertTo(out, CV_8U, 0.25, 0.75 * 255.0 - 8.0);
  cv::Mat noise(page.size(), CV_8U);
  cv::RNG(3).fill(noise, cv::RNG::UNIFORM, 0, 16);
  cv::add(out, noise, out);
  return {out};
}

void write_scan(const path& file, const Scan& scan) {
  const auto bytes = intake::encode_lzw(scan.pixels, Dpi{scan.dpi});
  ASSERT_TRUE(bytes.has_value());
  write_text(file, std::string(text_of(*bytes)));
}

struct Told {
  std::string form;
  std::string status;
  int accepted = 0;
  std::vector<std::string> wrong;  // fields sent unseen with another value than on the paper
  std::set<std::string> findings;  // codes, of the document and its fields
};

bool is_empty(const json& value) {
  return value.is_null() || value == "" || value == false || (value.is_array() && value.empty());
}

// A value that the paper does not have under that name is as wrong as another one.
Told told_of(const json& record, const json& truth) {
  Told told;
  told.status = record.at("status");
  if (record.at("form").is_object()) told.form = record["form"].value("id", "");
  for (const json& finding : record.at("findings")) told.findings.insert(finding.at("code"));
  const json& there = truth.at("documents").at(0).at("fields");
  for (const auto& [name, field] : record.at("fields").items()) {
    for (const json& finding : field.at("findings")) told.findings.insert(finding.at("code"));
    if (!field.value("accepted", false)) continue;
    ++told.accepted;
    const bool is_right = there.contains(name)
                              ? corpus::values_equal(there.at(name), field.at("value"))
                              : is_empty(field.at("value"));
    if (!is_right) told.wrong.push_back(name);
  }
  return told;
}

// A kind of bad page, and the findings of which one must say so where the form was recognised.
struct Kind {
  const char* name;
  std::function<Scan(const cv::Mat&)> spoil;  // null: a look-alike, printed as such
  std::set<std::string> says_so;
};

const std::vector<Kind>& kinds() {
  const std::set<std::string> other{"form_mismatch", "form_conflict", "form_ambiguous",
                                    "field_print_missing"};
  static const std::vector<Kind> all{
      {"small", at_72_dpi, {"resolution_low"}},
      {"photo", photographed, {"focus_poor", "contrast_poor", "clipped", "form_mismatch"}},
      {"shrunk", printed_at_90_percent, other},
      {"moved", with_middle_moved, other},
      {"coffee", coffee, {}},
      {"foreign", nullptr, other},
      {"old", nullptr, other}};
  return all;
}

// What lies over a form that is otherwise as it should be: it is read all the same.
const std::vector<Kind>& covered_kinds() {
  static const std::vector<Kind> all{{"stamped", stamped, {"ink_from_elsewhere"}},
                                     {"highlighted", highlighted, {}},
                                     {"shown", shown_through, {}},
                                     {"faint", faint, {}}};
  return all;
}

const Kind& kind_of(const std::vector<Kind>& kinds, const std::string& file) {
  return *std::ranges::find_if(
      kinds, [&](const Kind& kind) { return file.starts_with(std::string(kind.name) + "-"); });
}

// Writes every page spoiled in every way; the truth of each, by file name.
std::map<std::string, json> write_spoiled(const path& folder, const std::vector<Kind>& kinds) {
  std::map<std::string, json> truths;
  for (const auto& sample : samples("typed", ".tif")) {
    const json truth = truth_of(sample);
    if (truth.at("documents").size() != 1 || truth["documents"][0]["pages"].size() != 1) continue;
    const cv::Mat page = page_of(sample);
    for (const Kind& kind : kinds) {
      if (!kind.spoil) continue;
      const std::string file = kind.name + ("-" + sample.stem().string()) + ".tif";
      write_scan(folder / file, kind.spoil(page));
      truths[file] = truth;
    }
  }
  return truths;
}

std::map<std::string, json> write_look_alikes(const path& folder) {
  std::map<std::string, json> truths;
  for (const LookAlike& one : look_alikes()) {
    write_scan(folder / (one.name + ".tif"), {one.page});
    truths[one.name + ".tif"] = one.truth;
  }
  return truths;
}

path new_folder(const std::string& name) {
  path folder = fresh_folder(name);
  std::filesystem::create_directories(folder / "in");
  return folder;
}

// What lies in folder/in read in one run; by file name.
std::map<std::string, Told> read_all(const path& folder,
                                     const std::map<std::string, json>& truths) {
  ChildProcess run({program("postkamer"), "run", folder / "in", "--out", folder / "out"},
                   folder / "log");
  EXPECT_EQ(run.wait(kRunDeadline).value_or(-1), 0) << run.output();
  std::map<std::string, Told> told;
  std::error_code none;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder / "out" / "documents", none)) {
    const json record = read_json(entry.path() / "record.json");
    const std::string file = record.at("pages").at(0).at("file");
    told[file] = told_of(record, truths.at(file));
  }
  EXPECT_EQ(told.size(), truths.size()) << "every file gives one document";
  return told;
}

TEST(BadScan, is_unknown_or_says_so_and_nothing_wrong_goes_out_unseen) {
  const path folder = new_folder("bad-scans");
  auto truths = write_spoiled(folder / "in", kinds());
  truths.merge(write_look_alikes(folder / "in"));
  const auto all = read_all(folder, truths);
  for (const Kind& kind : kinds())
    EXPECT_TRUE(std::ranges::any_of(
        all, [&](const auto& one) { return &kind_of(kinds(), one.first) == &kind; }))
        << kind.name << " was not tried";
  for (const auto& [file, told] : all) {
    std::cout << file << ": " << (told.form.empty() ? "unknown" : told.form) << ", "
              << told.accepted << " fields sure\n";
    EXPECT_THAT(told.wrong, testing::IsEmpty()) << file;
    EXPECT_EQ(told.status, "review") << file << ": a person must see it";
    if (told.form.empty()) {
      EXPECT_EQ(told.findings.count("form_unknown"), 1u) << file;
      continue;
    }
    const auto& says_so = kind_of(kinds(), file).says_so;
    EXPECT_TRUE(std::ranges::any_of(says_so,
                                    [&](const auto& code) { return told.findings.contains(code); }))
        << file << " is taken for " << told.form
        << " and nothing says what is wrong with it: " << testing::PrintToString(told.findings);
  }
}

TEST(CoveredScan, is_read_and_what_lies_over_it_is_never_sent_as_what_was_written) {
  const path folder = new_folder("covered-scans");
  const auto all = read_all(folder, write_spoiled(folder / "in", covered_kinds()));
  for (const Kind& kind : covered_kinds()) {
    std::set<std::string> findings;
    int pages = 0;
    for (const auto& [file, told] : all) {
      if (&kind_of(covered_kinds(), file) != &kind) continue;
      ++pages;
      std::cout << file << ": " << told.accepted << " fields sure\n";
      EXPECT_FALSE(told.form.empty()) << file << " is unknown";
      EXPECT_THAT(told.wrong, testing::IsEmpty()) << file;
      EXPECT_GT(told.accepted, 0) << file;
      findings.insert(told.findings.begin(), told.findings.end());
    }
    EXPECT_GT(pages, 0) << kind.name << " was not tried";
    for (const std::string& code : kind.says_so)
      EXPECT_TRUE(findings.contains(code))
          << kind.name << " gives " << testing::PrintToString(findings);
  }
}

}  // namespace
}  // namespace postkamer::test
