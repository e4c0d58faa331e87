// SPDX-License-Identifier: EUPL-1.2
//
// bench_checks FOLDER [COUNT]: how many BSNs and IBANs go out unseen, and how many of these are
// wrong, when COUNT valid numbers are written with glyphs of people the network was never trained
// on (MNIST test, USPS test; the letters of IBANs with held-out NIST capitals). FOLDER is the
// handprint data.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <opencv2/core/utility.hpp>

#include "classifiers/handprint/handprint_reader.h"
#include "pipeline/validate/iban.h"
#include "pipeline/validate/identifiers.h"
#include "pipeline/validate/validate.h"
#include "tests/bench/glyph_sets.h"

using namespace postkamer;
using Set = extract::CharacterReader::Set;

namespace {

// What the reader makes of every glyph of a character.
using Readings = std::array<std::vector<CharacterCell>, 128>;

void add(Readings& readings, const bench::Idx& set, char first, double factor, Set kind,
         const handprint::HandprintReader& reader, int part, int of) {
  int lowest = 255;
  for (const int label : set.labels) lowest = std::min(lowest, label);
  for (std::size_t i = 0; i < set.labels.size(); ++i)
    if (static_cast<int>(i) % of == part)
      readings[static_cast<std::size_t>(first + set.labels[i] - lowest)].push_back(
          reader.read(bench::as_scanned(set.pictures[i], factor), kind));
}

std::string digits(std::mt19937& random, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += static_cast<char>('0' + random() % 10);
  return out;
}

std::string some_bsn(std::mt19937& random) {
  for (;;)
    if (std::string number = digits(random, 9);
        number.front() != '0' && validate::passes_eleven_test(number))
      return number;
}

std::string some_iban(std::mt19937& random) {
  constexpr std::array<const char*, 6> kBanks{"INGB", "RABO", "ABNA", "SNSB", "TRIO", "ASNB"};
  const std::string account = kBanks[random() % kBanks.size()] + digits(random, 10);
  const int check = 98 - validate::remainder_97(account + "NL00");
  return "NL" + std::string(check < 10 ? "0" : "") + std::to_string(check) + account;
}

struct Tally {
  int sent = 0;
  int wrong = 0;
};

void measure(const char* name, forms::FieldType type, const Readings& readings, int count,
             double max_error) {
  std::mt19937 random(20260101);
  forms::Form form;
  form.id = "test";
  form.fields.resize(1);
  forms::Field& field = form.fields.front();
  field.name = "number";
  field.type = type;
  field.max_error = max_error;
  Tally tally;
  for (int i = 0; i < count; ++i) {
    const std::string number = type == forms::FieldType::bsn ? some_bsn(random) : some_iban(random);
    Reading reading;
    reading.field = "number";
    reading.method = Method::handprint;
    for (const char c : number) {
      const auto& seen = readings[static_cast<std::size_t>(c)];
      if (seen.empty()) return;
      reading.cells.push_back(seen[random() % seen.size()]);
    }
    field.cells.resize(reading.cells.size());
    const auto result = validate::validate(form, {reading}, "2026-01-01").fields.front();
    if (!result.accepted) continue;
    ++tally.sent;
    const auto* value = std::get_if<std::string>(&result.value);
    tally.wrong += value == nullptr || *value != number ? 1 : 0;
  }
  std::printf(
      "%-24s bound %.3f: %6d written, %5.1f %% sent unseen, %d wrong of %d (%.1f in 10,000)\n",
      name, max_error, count, 100.0 * tally.sent / count, tally.wrong, tally.sent,
      tally.sent == 0 ? 0.0 : 1e4 * tally.wrong / tally.sent);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::printf("usage: bench_checks FOLDER [COUNT]\n");
    return 2;
  }
  cv::setNumThreads(1);
  const std::string folder = std::string(argv[1]) + "/";
  const int count = argc > 2 ? std::atoi(argv[2]) : 20'000;
  const std::string models = std::string(POSTKAMER_SOURCE_DIR) + "/classifiers/handprint/";
  const std::string onnx = bench::read_file(models + "model.onnx");
  const auto reader =
      handprint::HandprintReader::create(bytes_of(onnx), bench::read_file(models + "model.json"));
  if (!reader) {
    std::printf("%s\n", reader.error().message.c_str());
    return 1;
  }
  const auto capitals = bench::read_idx(folder + "nist-capitals-az-images-idx3-ubyte.gz",
                                        folder + "nist-capitals-az-labels-idx1-ubyte.gz");
  for (const auto& [name, file, factor] :
       {std::tuple{"MNIST", "mnist-t10k", 2.35}, std::tuple{"USPS", "usps-usps-test", 3.0}}) {
    Readings readings;
    add(readings,
        bench::read_idx(folder + file + "-images-idx3-ubyte.gz",
                        folder + file + "-labels-idx1-ubyte.gz"),
        '0', factor, Set::digits, **reader, 0, 1);
    add(readings, capitals, 'A', 2.35, Set::capitals, **reader, 5, 6);
    for (const double bound : {0.005, 0.001}) {
      measure((std::string("BSN, ") + name).c_str(), forms::FieldType::bsn, readings, count, bound);
      measure((std::string("IBAN, ") + name).c_str(), forms::FieldType::iban, readings, count,
              bound);
    }
  }
  return 0;
}
