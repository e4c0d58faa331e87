// SPDX-License-Identifier: EUPL-1.2
//
// Measures deskew, form classification and registration on the twin-dev pages (see README.md):
//   bench_geometry FOLDER [--codes] [--worst N] [--only FILE] [--foreign DIR [--fill N]]
// FOLDER holds forms/, scans/ and truth/; without --codes only the layout may speak. All pages of
// the scans in DIR are foreign; --fill takes N of their first pages as forms, to see what a larger
// index costs and confuses.
#include <time.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <opencv2/core/utility.hpp>

#include "classifiers/form/form_index.h"
#include "pipeline/classify/classify.h"
#include "pipeline/deskew/deskew.h"
#include "pipeline/extract/registration.h"
#include "pipeline/extract/registration_blank.h"
#include "pipeline/intake/decode.h"
#include "pipeline/intake/inspect.h"

namespace {

using namespace postkamer;  // NOLINT: a program, not a header
namespace fs = std::filesystem;
using nlohmann::json;

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

Bytes read_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

GrayImage open_page(const fs::path& path, int index) {
  const auto scan = intake::decode_scan(read_bytes(path), {index, 1}, Limits{}, nullptr);
  if (!scan || scan->pages.empty()) return {};
  return intake::open_picture(scan->pages.front(), Limits{}).value_or(GrayImage{});
}

struct BenchForm {
  forms::Form form;
  std::vector<extract::BlankPage> blanks;
  std::map<int, std::vector<Point>> corners;  // of the zones, mm, by page
};

BenchForm read_form(const fs::path& folder) {
  const json layout = json::parse(std::ifstream(folder / "layout.json"));
  BenchForm out;
  out.form.id = layout["form"];
  out.form.version = layout["version"];
  for (int page = 1; page <= layout["pages"].get<int>(); ++page) {
    out.blanks.push_back({open_page(folder / ("blank-" + std::to_string(page) + ".png"), 0)});
    out.blanks.back().image.dpi = Dpi{300.0};
    out.form.pages.push_back({});
    out.form.pages.back().number = page;
  }
  for (const auto& code : layout["barcodes"]) {
    const auto& b = code["box_mm"];
    out.form.pages[code["page"].get<std::size_t>() - 1].codes.push_back(
        {code["symbology"], code["text"], {b[0], b[1], b[2], b[3]}});
  }
  for (const auto& field : layout["fields"]) {
    const auto& b = field["box_mm"];
    const Rect box{b[0], b[1], b[2], b[3]};
    auto& corners = out.corners[field["page"].get<int>()];
    corners.insert(
        corners.end(),
        {{box.x, box.y}, {box.right(), box.y}, {box.x, box.bottom()}, {box.right(), box.bottom()}});
  }
  return out;
}

struct BenchPage {
  std::string file;
  int index = 0;
  std::string form;  // "unknown" for foreign pages
  int number = 1;
  double skew = 0.0;
  int turn = 0;  // degrees the paper was turned, clockwise
  Transform mm_to_px;
};

// The direction of the print in the middle of the page; "rotation_deg" leaves the printer's share
// out.
double skew_of(const BenchPage& page) {
  const Point left = page.mm_to_px.apply({50, 148});
  const Point right = page.mm_to_px.apply({160, 148});
  const double degrees =
      std::atan2(right.y - left.y, right.x - left.x) * 180.0 / std::numbers::pi - page.turn;
  return degrees - 360.0 * std::round(degrees / 360.0);
}

std::vector<BenchPage> read_pages(const fs::path& folder) {
  std::vector<BenchPage> pages;
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".json") files.insert(entry.path());
  for (const auto& path : files) {
    const json truth = json::parse(std::ifstream(path));
    int number = 0;
    for (const auto& entry : truth["pages"]) {
      BenchPage page;
      page.file = entry["file"];
      page.index = entry["page_index"];
      page.form = truth["form"];
      page.number = ++number;
      page.turn = entry["quarter_turn"];
      for (std::size_t i = 0; i < 9; ++i)
        page.mm_to_px.m[i] = entry["transform_mm_to_px"][i / 3][i % 3];
      page.skew = skew_of(page);
      pages.push_back(std::move(page));
    }
  }
  return pages;
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

double mean(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return values.empty() ? 0.0 : sum / static_cast<double>(values.size());
}

struct Tally {
  std::vector<double> skew_errors, corner_mm, deskew_ms, classify_ms, register_ms, known_match,
      foreign_ms;
  std::vector<double> known_probability;
  int known = 0, right = 0, unknown = 0, wrong = 0, turn_right = 0, registered = 0;
  int foreign = 0, false_accepts = 0, foreign_registered = 0, on_fillers = 0;
  std::vector<std::pair<double, std::string>> worst;
};

class Bench {
 public:
  Bench(const fs::path& folder, bool codes, const std::vector<GrayImage>& fillers)
      : folder_(folder), codes_(codes) {
    for (const auto& entry : fs::directory_iterator(folder / "forms")) {
      BenchForm form = read_form(entry.path());
      forms_.emplace(form.form.id, std::move(form));
    }
    for (const auto& [id, form] : forms_)
      for (std::size_t i = 0; i < form.blanks.size(); ++i) {
        index_.add({&form.form, static_cast<int>(i) + 1, &form.blanks[i]});
        prepared_[id].push_back(extract::prepare_blank(form.blanks[i]));
      }
    for (std::size_t i = 0; i < fillers.size(); ++i) {
      forms::Form filler;
      filler.id = "filler-" + std::to_string(i);
      const extract::BlankPage blank{fillers[i], fillers[i].width() / pixels_per_mm(fillers[i].dpi),
                                     fillers[i].height() / pixels_per_mm(fillers[i].dpi)};
      index_.add({&filler, 1, &blank});
    }
  }

  void measure_other(const fs::path& file, int index) {
    const GrayImage image = open_page(file, index);
    if (image.pixels.empty()) return;
    const auto upright = deskew::deskew(image, {});
    if (!upright) return;
    const std::vector<Code> none;
    const double start = cpu_ms();
    const auto decided = classify::decide(index_.score({&*upright, &none, nullptr}), {});
    tally.foreign_ms.push_back(cpu_ms() - start);
    BenchPage page;
    page.file = file.filename();
    page.index = index;
    measure_foreign(page, *upright, decided);
  }

  void measure(const BenchPage& page) {
    const GrayImage image = open_page(folder_ / "scans" / page.file, page.index);
    if (image.pixels.empty()) return;
    double start = cpu_ms();
    const auto upright = deskew::deskew(image, {});
    tally.deskew_ms.push_back(cpu_ms() - start);
    if (!upright) return;
    std::vector<Code> codes;
    if (codes_) codes = intake::find_codes(image);
    start = cpu_ms();
    const auto decided = classify::decide(index_.score({&*upright, &codes, nullptr}), {});
    tally.classify_ms.push_back(cpu_ms() - start);
    if (page.form == "unknown")
      measure_foreign(page, *upright, decided);
    else
      measure_known(page, *upright, decided);
  }

  Tally tally;

 private:
  void measure_known(const BenchPage& page, const UprightPage& upright,
                     const Classification& decided) {
    ++tally.known;
    const double skew_error = std::abs(upright.skew.value - page.skew);
    // Under perspective no two lines have the same skew, so there is no truth to measure against.
    const bool perspective =
        std::abs(page.mm_to_px.m[6]) > 1e-9 || std::abs(page.mm_to_px.m[7]) > 1e-9;
    if (!perspective) tally.skew_errors.push_back(skew_error);
    const std::string name = page.file + " page " + std::to_string(page.index);
    if (skew_error > 0.15 && !perspective)
      std::printf("skew   %-22s true %.3f found %.3f confidence %.2f\n", name.c_str(), page.skew,
                  upright.skew.value, upright.skew_confidence);
    const double best =
        decided.alternatives.empty() ? 0.0 : decided.alternatives.front().probability;
    tally.known_probability.push_back(best);
    FormCandidate candidate{page.form, "", page.number, QuarterTurn::none, 1.0, "", {}};
    if (!decided.form) {
      ++tally.unknown;
      std::printf("unknown %-22s %s/%d, best %.2f\n", name.c_str(), page.form.c_str(), page.number,
                  best);
    } else if (decided.form->form == page.form && decided.form->page == page.number) {
      ++tally.right;
      candidate = *decided.form;
      const int undone = (static_cast<int>(candidate.turn) * 90 + page.turn) % 360;
      if (undone == 0) ++tally.turn_right;
    } else {
      ++tally.wrong;
      std::printf("WRONG  %-22s is %s/%d, taken for %s/%d\n", name.c_str(), page.form.c_str(),
                  page.number, decided.form->form.c_str(), decided.form->page);
    }
    measure_registration(page, upright, candidate, name);
  }

  void measure_registration(const BenchPage& page, const UprightPage& upright,
                            const FormCandidate& candidate, const std::string& name) {
    const auto& blank = prepared_.at(page.form)[static_cast<std::size_t>(page.number) - 1];
    const double start = cpu_ms();
    const auto registration = extract::register_page(upright, blank, candidate, {});
    tally.register_ms.push_back(cpu_ms() - start);
    if (!registration) {
      std::printf("unregistered %-22s %s\n", name.c_str(), registration.error().message.c_str());
      return;
    }
    ++tally.registered;
    tally.known_match.push_back(registration->match);
    double worst = 0.0;
    const double ppm = std::hypot(page.mm_to_px.m[0], page.mm_to_px.m[3]);
    for (const Point& corner : forms_.at(page.form).corners.at(page.number)) {
      const Point truth = page.mm_to_px.apply(corner);
      const Point found = registration->mm_to_original.apply(corner);
      const double mm = std::hypot(truth.x - found.x, truth.y - found.y) / ppm;
      tally.corner_mm.push_back(mm);
      worst = std::max(worst, mm);
    }
    tally.worst.push_back({worst, name});
  }

  void measure_foreign(const BenchPage& page, const UprightPage& upright,
                       const Classification& decided) {
    ++tally.foreign;
    if (decided.form && !prepared_.contains(decided.form->form)) {
      ++tally.on_fillers;  // often rightly: the same form, filled in by others
    } else if (decided.form) {
      ++tally.false_accepts;
      std::printf("FALSE ACCEPT %s page %d as %s\n", page.file.c_str(), page.index,
                  decided.form->form.c_str());
    }
    for (const auto& [id, blanks] : prepared_)
      for (const auto& blank : blanks)
        if (const auto laid = extract::register_page(upright, blank, {}, {}); laid) {
          ++tally.foreign_registered;
          std::printf("FOREIGN REGISTERED %s page %d on %s, match %.2f\n", page.file.c_str(),
                      page.index, id.c_str(), laid->match);
        }
  }

  fs::path folder_;
  bool codes_;
  std::map<std::string, BenchForm> forms_;
  std::map<std::string, std::vector<extract::PreparedBlank>> prepared_;
  classifiers::FormIndex index_;
};

void print(Tally tally, std::size_t worst) {
  std::printf("known pages %d: form and page right %d, unknown %d, wrong %d; turn right %d\n",
              tally.known, tally.right, tally.unknown, tally.wrong, tally.turn_right);
  std::printf("probability of the best candidate: known pages least %.3f, 5 %% %.3f\n",
              quantile(tally.known_probability, 0.0), quantile(tally.known_probability, 0.05));
  std::printf("foreign pages %d: false accepts %d, registered on some form %d; on fillers %d\n",
              tally.foreign, tally.false_accepts, tally.foreign_registered, tally.on_fillers);
  std::printf("registered %d of %d; match least %.2f, median %.2f\n", tally.registered, tally.known,
              quantile(tally.known_match, 0.0), quantile(tally.known_match, 0.5));
  std::printf("zone corners, mm: median %.3f, 99 %% %.3f, most %.3f (%zu corners)\n",
              quantile(tally.corner_mm, 0.5), quantile(tally.corner_mm, 0.99),
              quantile(tally.corner_mm, 1.0), tally.corner_mm.size());
  std::printf(
      "skew, degrees, %zu pages without perspective: mean error %.4f, 99 %% %.3f, most %.3f\n",
      tally.skew_errors.size(), mean(tally.skew_errors), quantile(tally.skew_errors, 0.99),
      quantile(tally.skew_errors, 1.0));
  std::printf("CPU ms a page: deskew %.1f, classify %.1f (most %.1f), register %.1f (most %.1f)\n",
              mean(tally.deskew_ms), mean(tally.classify_ms), quantile(tally.classify_ms, 1.0),
              mean(tally.register_ms), quantile(tally.register_ms, 1.0));
  if (!tally.foreign_ms.empty())
    std::printf("CPU ms to classify a foreign page: %.1f (most %.1f)\n", mean(tally.foreign_ms),
                quantile(tally.foreign_ms, 1.0));
  std::sort(tally.worst.rbegin(), tally.worst.rend());
  for (std::size_t i = 0; i < std::min(worst, tally.worst.size()); ++i)
    std::printf("worst %.3f mm  %s\n", tally.worst[i].first, tally.worst[i].second.c_str());
}

std::vector<fs::path> scans_in(const std::string& folder) {
  std::vector<fs::path> files;
  if (!folder.empty())
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.is_regular_file() && entry.path().extension() != ".csv" &&
          entry.path().extension() != ".md")
        files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

struct Options {
  bool codes = false;
  std::size_t worst = 5;
  std::size_t fill = 0;
  std::string only;
  std::string foreign;
};

Options read_options(const std::vector<std::string>& args) {
  Options options;
  for (std::size_t i = 1; i < args.size(); ++i) {
    const bool more = i + 1 < args.size();
    if (args[i] == "--codes") options.codes = true;
    if (args[i] == "--worst" && more) options.worst = std::stoul(args[++i]);
    if (args[i] == "--fill" && more) options.fill = std::stoul(args[++i]);
    if (args[i] == "--only" && more) options.only = args[++i];
    if (args[i] == "--foreign" && more) options.foreign = args[++i];
  }
  return options;
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> args(arguments + 1, arguments + count);
  if (args.empty() || !fs::exists(fs::path(args[0]) / "truth")) {
    std::printf("skipped: no measuring data; give the folder of twin-dev\n");
    return 0;
  }
  cv::setNumThreads(1);
  const Options options = read_options(args);
  std::vector<fs::path> others = scans_in(options.foreign);
  std::vector<GrayImage> fillers;
  while (fillers.size() < options.fill && !others.empty()) {
    const GrayImage image = open_page(others.back(), 0);
    others.pop_back();
    if (image.pixels.empty()) continue;
    if (auto upright = deskew::deskew(image, {})) fillers.push_back(upright->upright);
  }
  Bench bench(args[0], options.codes, fillers);
  for (const BenchPage& page : read_pages(fs::path(args[0]) / "truth"))
    if (options.only.empty() || page.file == options.only) bench.measure(page);
  for (const fs::path& file : others)
    for (int page = 0; page < 3; ++page) bench.measure_other(file, page);
  print(bench.tally, options.worst);
  return 0;
}
