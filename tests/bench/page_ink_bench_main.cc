// SPDX-License-Identifier: EUPL-1.2
//
// What is found beside the fields of known forms' pages, and how much of the form's print is
// missed:
//   bench_page_ink FORMS OVERLAYS SCAN...
// OVERLAYS is a folder for a PGM picture a page with the spots drawn in, or "-".
#include <cstdio>
#include <ctime>
#include <string>

#include <opencv2/imgproc.hpp>

#include "pipeline/classify/classify.h"
#include "pipeline/deskew/deskew.h"
#include "pipeline/extract/page_ink.h"
#include "pipeline/extract/registration_levels.h"
#include "pipeline/extract/registration_match.h"
#include "pipeline/intake/decode.h"
#include "pipeline/intake/inspect.h"
#include "workers/classify/form_classifier.h"
#include "workers/host/files.h"
#include "workers/host/form_catalogue.h"

namespace {

using namespace postkamer;  // NOLINT: a program, not a header

constexpr const char* kFailed = "bench_page_ink: %s\n";

double cpu_ms() { return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void write_overlay(const std::string& path, const UprightPage& page, const extract::PageInk& ink,
                   const extract::PreparedBlank& blank, const Transform& map) {
  cv::Mat picture = ~extract::page_print(extract::make_levels(page.upright), blank, map);
  for (const auto& spot : ink.spots) {
    const Rect px = Transform::scale(extract::kPrintPpm, extract::kPrintPpm).bounds(spot.box);
    cv::rectangle(
        picture,
        cv::Rect(cv::Point(static_cast<int>(px.x), static_cast<int>(px.y)), spot.letters.size()),
        cv::Scalar(0), spot.is_framed ? 3 : 1);
    cv::Mat under = picture(
        cv::Rect(cv::Point(static_cast<int>(px.x), static_cast<int>(px.y)), spot.letters.size()));
    under.setTo(120, spot.letters);
  }
  std::string pgm =
      "P5 " + std::to_string(picture.cols) + " " + std::to_string(picture.rows) + " 255\n";
  pgm.append(picture.ptr<char>(0), picture.total());
  (void)host::write_file(path, bytes_of(pgm));
}

struct Bench {
  host::FormCatalogue catalogue;
  std::unique_ptr<classify::FormClassifier> classifier;
  std::string overlays;
};

Result<void> look_at(const Bench& bench, const std::string& name, const Picture& picture) {
  PK_TRY(pixels, intake::open_picture(picture, Limits{}));
  const auto decoded = intake::inspect(pixels, picture, 0, {});
  PK_TRY(page, deskew::deskew(pixels, {}));
  const auto found =
      classify::decide(bench.classifier->score({&page, &decoded.codes, nullptr}), {});
  if (!found.form) {
    std::printf("%-24s unknown\n", name.c_str());
    return {};
  }
  const auto* entry = bench.catalogue.find(found.form->form, found.form->version);
  const auto number = static_cast<std::size_t>(found.form->page);
  PK_TRY(page_of_blank, host::unpack(entry->blanks.at(number - 1)));
  const auto blank = extract::prepare_blank(page_of_blank);
  PK_TRY(registration, extract::register_page(page, blank, *found.form, {}));
  std::vector<Rect> fields;
  for (const auto& field : entry->form.fields)
    if (field.page == found.form->page) fields.push_back(field.box);
  const double start = cpu_ms();
  const auto ink = extract::page_ink(page.upright, blank, registration.mm_to_upright, fields);
  std::printf("%-24s %s %zu match %.2f missing %.3f, %.1f ms:", name.c_str(),
              found.form->form.c_str(), number, registration.match, ink.print_missing,
              cpu_ms() - start);
  for (const auto& spot : ink.spots)
    std::printf(" [%.0f %.0f %.0fx%.0f mm, %d strokes, %.0f mm2%s]", spot.box.x, spot.box.y,
                spot.box.width, spot.box.height, spot.strokes, spot.ink,
                spot.is_framed ? ", framed" : "");
  std::printf("\n");
  if (bench.overlays != "-")
    write_overlay(bench.overlays + "/" + name + ".pgm", page, ink, blank,
                  registration.mm_to_upright);
  return {};
}

Result<void> look_at_scan(const Bench& bench, const std::filesystem::path& file) {
  PK_TRY(bytes, host::read_file(file));
  PK_TRY(scan, intake::decode_scan(bytes, {0, 50}, Limits{}, nullptr));
  for (std::size_t i = 0; i < scan.pages.size(); ++i)
    if (auto done =
            look_at(bench, file.filename().string() + "-" + std::to_string(i + 1), scan.pages[i]);
        !done)
      std::printf("%s page %zu: %s\n", file.filename().c_str(), i + 1,
                  done.error().message.c_str());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: bench_page_ink FORMS OVERLAYS SCAN...\n");
    return 64;
  }
  auto catalogue = host::FormCatalogue::load(argv[1], host::FormCatalogue::Blanks::yes);
  if (!catalogue) {
    std::fprintf(stderr, kFailed, catalogue.error().message.c_str());
    return 1;
  }
  Bench bench{std::move(*catalogue), nullptr, argv[2]};
  auto classifier = workers::make_form_classifier(bench.catalogue);
  if (!classifier) {
    std::fprintf(stderr, kFailed, classifier.error().message.c_str());
    return 1;
  }
  bench.classifier = std::move(*classifier);
  for (int i = 3; i < argc; ++i)
    if (auto done = look_at_scan(bench, argv[i]); !done)
      std::fprintf(stderr, kFailed, done.error().message.c_str());
}
