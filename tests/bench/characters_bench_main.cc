// SPDX-License-Identifier: EUPL-1.2
//
// bench_characters FOLDER: how well single characters are read. FOLDER is the handprint data
// (MNIST, NIST capitals, USPS, pen-crops); sets that are not there are named and left out.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>

#include "classifiers/handprint/handprint_reader.h"
#include "pipeline/extract/same_hand.h"
#include "pipeline/intake/decode.h"
#include "tests/bench/glyph_sets.h"

using namespace postkamer;
using Set = extract::CharacterReader::Set;
using bench::as_scanned;
using bench::Idx;
using bench::read_file;
using bench::read_idx;
namespace fs = std::filesystem;

namespace {

double cpu_us() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e6 * static_cast<double>(now.tv_sec) + 1e-3 * static_cast<double>(now.tv_nsec);
}

struct Sample {
  GrayImage glyph;
  char truth = ' ';
};

std::vector<Sample> samples_of(const Idx& set, char first, double factor, int part, int of) {
  std::vector<Sample> samples;
  const int lowest =
      set.labels.empty() ? 0 : *std::min_element(set.labels.begin(), set.labels.end());
  for (std::size_t i = 0; i < set.labels.size(); ++i)
    if (of == 1 || static_cast<int>(i) % of == part)
      samples.push_back(
          {as_scanned(set.pictures[i], factor), static_cast<char>(first + set.labels[i] - lowest)});
  return samples;
}

// A pen crop, some 30 px high: brought to the resolution of zones first, as a page is; the darker
// side of Otsu's cut is ink.
GrayImage pen_ink(const GrayImage& crop) {
  cv::Mat large;
  cv::resize(crop.pixels, large, {}, 3, 3, cv::INTER_LINEAR);
  cv::Mat mask;
  cv::threshold(large, mask, 0, 255, cv::THRESH_BINARY_INV | cv::THRESH_OTSU);
  GrayImage glyph;
  glyph.pixels = ~mask;
  glyph.is_bilevel = true;
  return glyph;
}

std::vector<Sample> pen_crops(const fs::path& folder, const std::string& kind) {
  std::vector<Sample> samples;
  std::error_code gone;
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, gone)) files.insert(entry.path());
  for (const auto& path : files) {
    const std::string name = path.filename().string();
    if (name.rfind(kind + "_", 0) != 0) continue;
    const auto scan = intake::decode_scan(bytes_of(read_file(path)), {}, Limits{}, nullptr);
    if (!scan || scan->pages.empty()) continue;
    const auto image = intake::open_picture(scan->pages.front(), Limits{});
    if (image) samples.push_back({pen_ink(*image), name[kind.size() + 1]});
  }
  return samples;
}

struct Answer {
  double probability = 0.0;
  bool is_right = false;
  std::string mistake;  // "7>1"; empty when right
};

Answer answer_to(const Sample& sample, Set set, const handprint::HandprintReader& reader) {
  const CharacterCell cell = reader.read(sample.glyph, set);
  const bool is_empty =
      cell.candidates.empty() || cell.empty_probability > cell.candidates.front().probability;
  const std::string text = is_empty ? "_" : cell.candidates.front().text;
  const std::string truth(1, sample.truth);
  return {is_empty ? cell.empty_probability : cell.candidates.front().probability, text == truth,
          text == truth ? "" : truth + ">" + text};
}

// Per cent right of what is left when the least probable `rejected` share is put aside.
double right_of_kept(std::vector<Answer> answers, double rejected) {
  std::ranges::stable_sort(answers, std::ranges::greater{}, &Answer::probability);
  answers.resize(answers.size() -
                 static_cast<std::size_t>(rejected * static_cast<double>(answers.size())));
  const auto right = std::ranges::count(answers, true, &Answer::is_right);
  return answers.empty() ? 0.0
                         : 100.0 * static_cast<double>(right) / static_cast<double>(answers.size());
}

// Mean distance of stated probability and share right, over twenty bins of probability.
double calibration_error(const std::vector<Answer>& answers) {
  constexpr std::size_t kBins = 20;
  std::array<double, kBins> surplus{};
  for (const Answer& answer : answers) {
    const auto bin = static_cast<std::size_t>(std::clamp(answer.probability, 0.0, 1.0) * kBins);
    surplus[std::min(bin, kBins - 1)] += answer.probability - (answer.is_right ? 1.0 : 0.0);
  }
  double sum = 0.0;
  for (const double each : surplus) sum += std::abs(each);
  return sum / static_cast<double>(answers.size());
}

void print_mistakes(const std::vector<Answer>& answers) {
  std::map<std::string, int> mistakes;
  for (const Answer& answer : answers)
    if (!answer.is_right) ++mistakes[answer.mistake];
  std::vector<std::pair<int, std::string>> most;
  for (const auto& [what, times] : mistakes) most.emplace_back(times, what);
  std::sort(most.rbegin(), most.rend());
  for (std::size_t i = 0; i < std::min<std::size_t>(14, most.size()); ++i)
    std::printf(" %s:%d", most[i].second.c_str(), most[i].first);
  std::printf("\n");
}

// The answers, for the table of goals; none when the set is not there.
std::vector<Answer> measure(const char* name, const std::vector<Sample>& samples, Set set,
                            const handprint::HandprintReader& reader) {
  std::vector<Answer> answers;
  if (samples.empty()) {
    std::printf("%-30s not there, left out\n", name);
    return answers;
  }
  const double start = cpu_us();
  for (const auto& sample : samples) answers.push_back(answer_to(sample, set, reader));
  const double each = (cpu_us() - start) / static_cast<double>(samples.size());
  std::printf(
      "%-30s %6zu  right %6.2f %%, with 2 %% rejected %6.2f %%  calibration error %.4f  "
      "%4.0f us\n",
      name, samples.size(), right_of_kept(answers, 0.0), right_of_kept(answers, 0.02),
      calibration_error(answers), each);
  print_mistakes(answers);
  return answers;
}

// How many of these seem to be no digit in a cell for digits: of digits few may, of letters many
// should.
void print_foreign(const char* name, const std::vector<Sample>& samples,
                   const handprint::HandprintReader& reader) {
  if (samples.empty()) return;
  const auto count = std::ranges::count_if(samples, [&](const Sample& sample) {
    return extract::seems_foreign(reader.read(sample.glyph, Set::digits));
  });
  std::printf("%-30s %6td of %6zu  %6.2f %%\n", name, count, samples.size(),
              100.0 * static_cast<double>(count) / static_cast<double>(samples.size()));
}

// What was claimed for the right character, and for the best.
struct Claim {
  double of_truth = 0.0;
  bool is_right = false;
  bool is_in_doubt = false;
};

std::vector<Claim> claims_of(const std::vector<const Sample*>& page,
                             const std::vector<CharacterCell>& cells) {
  std::vector<Claim> claims;
  for (std::size_t i = 0; i < page.size(); ++i) {
    Claim claim;
    for (const Alternative& each : cells[i].candidates)
      if (each.text == std::string(1, page[i]->truth)) claim.of_truth = each.probability;
    const double best = cells[i].candidates.empty() ? 0.0 : cells[i].candidates[0].probability;
    claim.is_right = best > 0.0 && claim.of_truth >= best;
    claim.is_in_doubt = best < 0.99;
    claims.push_back(claim);
  }
  return claims;
}

// Characters in doubt before and after they are compared with the sure ones of a page; the pages
// hold some `on_page` characters, taken evenly.
void print_one_hand(const char* name, const std::vector<Sample>& samples, Set set,
                    const handprint::HandprintReader& reader, std::size_t on_page) {
  if (samples.empty()) return;
  const std::size_t pages = std::max<std::size_t>(1, samples.size() / on_page);
  int in_doubt = 0;
  std::array<int, 2> right{};
  std::array<double, 2> loss{};
  for (std::size_t first = 0; first < pages; ++first) {
    std::vector<const Sample*> page;
    std::vector<CharacterCell> cells;
    std::vector<extract::CellInk> inks;
    for (std::size_t i = first; i < samples.size(); i += pages) {
      page.push_back(&samples[i]);
      cells.push_back(reader.read(samples[i].glyph, set));
      inks.push_back({~samples[i].glyph.pixels, {}, 1});
    }
    const auto before = claims_of(page, cells);
    std::vector<extract::HandCharacter> written;
    for (std::size_t i = 0; i < page.size(); ++i) written.push_back({&inks[i], &cells[i]});
    extract::compare_with_sure(written, reader);
    const auto after = claims_of(page, cells);
    for (std::size_t i = 0; i < page.size(); ++i) {
      if (!before[i].is_in_doubt) continue;
      ++in_doubt;
      for (const auto& [at, claims] : {std::pair{0U, &before}, std::pair{1U, &after}}) {
        right[at] += (*claims)[i].is_right ? 1 : 0;
        loss[at] -= std::log(std::max(1e-4, (*claims)[i].of_truth));
      }
    }
  }
  std::printf("%-30s %4zu a page: %3d in doubt; right %d -> %d; mean loss %.3f -> %.3f\n", name,
              samples.size() / pages, in_doubt, right[0], right[1], loss[0] / std::max(1, in_doubt),
              loss[1] / std::max(1, in_doubt));
}

// What is asked of single characters of writers never trained on.
void print_goal(const char* name, const std::vector<Answer>& answers, double goal,
                double goal_with_rejects) {
  if (answers.empty()) return;
  const double all = right_of_kept(answers, 0.0);
  const double kept = right_of_kept(answers, 0.02);
  std::printf("%-30s %6.2f %% (goal %.0f)%s   with 2 %% rejected %6.2f %% (goal %.0f)%s\n", name,
              all, goal, all >= goal ? "" : " MISSED", kept, goal_with_rejects,
              kept >= goal_with_rejects ? "" : " MISSED");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::printf("usage: bench_characters FOLDER\n");
    return 2;
  }
  cv::setNumThreads(1);
  const std::string folder = std::string(argv[1]) + "/";
  const std::string models = argc > 2
                                 ? std::string(argv[2]) + "/"
                                 : std::string(POSTKAMER_SOURCE_DIR) + "/classifiers/handprint/";
  const auto reader = handprint::HandprintReader::create(bytes_of(read_file(models + "model.onnx")),
                                                         read_file(models + "model.json"));
  if (!reader) {
    std::printf("%s\n", reader.error().message.c_str());
    return 1;
  }
  const auto& hand = **reader;
  const auto mnist = samples_of(read_idx(folder + "mnist-t10k-images-idx3-ubyte.gz",
                                         folder + "mnist-t10k-labels-idx1-ubyte.gz"),
                                '0', 2.35, 0, 1);
  const auto nist = samples_of(read_idx(folder + "nist-capitals-az-images-idx3-ubyte.gz",
                                        folder + "nist-capitals-az-labels-idx1-ubyte.gz"),
                               'A', 2.35, 5, 6);
  const auto usps = samples_of(read_idx(folder + "usps-usps-test-images-idx3-ubyte.gz",
                                        folder + "usps-usps-test-labels-idx1-ubyte.gz"),
                               '0', 3.0, 0, 1);
  const auto choosing = samples_of(read_idx(folder + "usps-usps-train-images-idx3-ubyte.gz",
                                            folder + "usps-usps-train-labels-idx1-ubyte.gz"),
                                   '0', 3.0, 0, 1);
  const auto pen_digits = pen_crops(folder + "pen-crops", "DIGIT");
  const auto pen_capitals = pen_crops(folder + "pen-crops", "CAP");
  measure("USPS train, digits (choosing)", choosing, Set::digits, hand);
  measure("MNIST test, digits", mnist, Set::digits, hand);
  const auto usps_answers = measure("USPS test, digits", usps, Set::digits, hand);
  const auto digit_answers = measure("pen crops, digits", pen_digits, Set::digits, hand);
  measure("pen crops, digits among all", pen_digits, Set::alphanumeric, hand);
  measure("NIST capitals held out", nist, Set::capitals, hand);
  const auto capital_answers = measure("pen crops, capitals", pen_capitals, Set::capitals, hand);
  measure("pen crops, capitals among all", pen_capitals, Set::alphanumeric, hand);
  std::printf("\nin a cell for digits, told to be none:\n");
  print_foreign("USPS train (choosing)", choosing, hand);
  print_foreign("MNIST test", mnist, hand);
  print_foreign("USPS test", usps, hand);
  print_foreign("pen crops, digits", pen_digits, hand);
  print_foreign("NIST capitals held out", nist, hand);
  print_foreign("pen crops, capitals", pen_capitals, hand);
  std::printf("\nbeside what the same hand wrote surely:\n");
  for (const std::size_t on_page : {50U, 1000U}) {
    print_one_hand("pen crops, digits", pen_digits, Set::digits, hand, on_page);
    print_one_hand("pen crops, capitals", pen_capitals, Set::capitals, hand, on_page);
  }
  std::printf("\n");
  print_goal("digits, USPS", usps_answers, 98, 99);
  print_goal("digits, pen crops", digit_answers, 98, 99);
  print_goal("capitals, pen crops", capital_answers, 95, 97);
  return 0;
}
