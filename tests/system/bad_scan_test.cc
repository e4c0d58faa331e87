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

const Kind& kind_of(const std::string& file) {
  return *std::ranges::find_if(
      kinds(), [&](const Kind& kind) { return file.starts_with(std::string(kind.name) + "-"); });
}

// Writes every page spoiled in every way and every look-alike; the truth of each, by file name.
std::map<std::string, json> write_all(const path& folder) {
  std::map<std::string, json> truths;
  for (const auto& sample : samples("typed", ".tif")) {
    const json truth = truth_of(sample);
    if (truth.at("documents").size() != 1 || truth["documents"][0]["pages"].size() != 1) continue;
    const cv::Mat page = page_of(sample);
    for (const Kind& kind : kinds()) {
      if (!kind.spoil) continue;
      const std::string file = kind.name + ("-" + sample.stem().string()) + ".tif";
      write_scan(folder / file, kind.spoil(page));
      truths[file] = truth;
    }
  }
  for (const LookAlike& one : look_alikes()) {
    write_scan(folder / (one.name + ".tif"), {one.page});
    truths[one.name + ".tif"] = one.truth;
  }
  return truths;
}

// All of it read in one run; by file name.
std::map<std::string, Told> read_all() {
  const path folder = fresh_folder("bad-scans");
  std::filesystem::create_directories(folder / "in");
  const auto truths = write_all(folder / "in");
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
  const auto all = read_all();
  for (const Kind& kind : kinds())
    EXPECT_TRUE(
        std::ranges::any_of(all, [&](const auto& one) { return &kind_of(one.first) == &kind; }))
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
    const auto& says_so = kind_of(file).says_so;
    EXPECT_TRUE(std::ranges::any_of(says_so,
                                    [&](const auto& code) { return told.findings.contains(code); }))
        << file << " is taken for " << told.form
        << " and nothing says what is wrong with it: " << testing::PrintToString(told.findings);
  }
}

}  // namespace
}  // namespace postkamer::test
