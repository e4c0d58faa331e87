// SPDX-License-Identifier: EUPL-1.2
//
// bench_zones FOLDER [--out CSV] [--no-text]: reads all zones of the simulated forms with their
// exact registration; prints what was right by field type and by way of filling in, and the CPU
// time.
// --out writes one line a field, --no-text leaves Tesseract's fields out.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <opencv2/core/utility.hpp>

#include "classifiers/handprint/handprint_reader.h"
#include "classifiers/lines/line_reader.h"
#include "classifiers/mark/mark_reader.h"
#include "classifiers/signature/signature_reader.h"
#include "pipeline/extract/zones.h"
#include "pipeline/ocr/recognise.h"
#include "tests/bench/twin_dev.h"

using namespace postkamer;

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

// The OCR engine as the zones see it; counts its own time.
class EngineTextReader : public extract::TextReader {
 public:
  explicit EngineTextReader(ocr::Engine* engine) : engine_(engine) {}
  Result<Line> read_line(const GrayImage& zone, std::string_view allowed) override {
    Line line;
    if (engine_ == nullptr) return line;
    const double start = cpu_ms();
    PK_TRY(words, engine_->read(zone, {ocr::Layout::line, std::string(allowed)}));
    spent_ms += cpu_ms() - start;
    line.confidence = words.empty() ? 0.0 : 1.0;
    for (const auto& word : words) {
      if (!line.text.empty()) line.text += ' ';
      line.text += word.text;
      line.confidence = std::min(line.confidence, word.confidence);
    }
    line.words = std::move(words);
    return line;
  }
  double spent_ms = 0.0;

 private:
  ocr::Engine* engine_;
};

// The readers for marks and signatures, keeping what they measured.
class RecordingMarks : public mark::LogisticMarkReader {
 public:
  extract::MarkReading read(const GrayImage& added, const Rect& box) const override {
    seen.push_back(mark::features_of(added, box));
    return mark::LogisticMarkReader::read(added, box);
  }
  mutable std::deque<mark::MarkFeatures> seen;
};

class RecordingSignatures : public signature::LogisticSignatureReader {
 public:
  double present(const GrayImage& added) const override {
    seen.push_back(signature::features_of(added));
    return signature::LogisticSignatureReader::present(added);
  }
  mutable std::deque<signature::SignatureFeatures> seen;
};

struct Tally {
  int fields = 0;
  int right = 0;
  int filled = 0;
  int filled_right = 0;
  long characters = 0;
  long edits = 0;
  int sure = 0;  // probability of at least 0.99
  int sure_wrong = 0;
};

void count(Tally& tally, const std::string& truth, const std::string& read, double probability) {
  const bool right = truth == read;
  ++tally.fields;
  tally.right += right ? 1 : 0;
  if (probability >= 0.99) {
    ++tally.sure;
    tally.sure_wrong += right ? 0 : 1;
  }
  if (truth.empty() || truth == "false") return;
  ++tally.filled;
  tally.filled_right += right ? 1 : 0;
  tally.characters += static_cast<long>(truth.size());
  tally.edits += bench::edit_distance(truth, read);
}

void print_table(const std::map<std::string, Tally>& tallies) {
  std::printf("%-28s %6s %7s %7s %8s %8s %6s %10s\n", "type", "fields", "right", "filled", "right",
              "CER", "sure", "sure+wrong");
  for (const auto& [name, t] : tallies) {
    const auto share = [](int part, int all) { return all == 0 ? 0.0 : 100.0 * part / all; };
    std::printf("%-28s %6d %6.1f%% %7d %7.1f%% %7.2f%% %5.1f%% %10d\n", name.c_str(), t.fields,
                share(t.right, t.fields), t.filled, share(t.filled_right, t.filled),
                t.characters == 0
                    ? 0.0
                    : 100.0 * static_cast<double>(t.edits) / static_cast<double>(t.characters),
                share(t.sure, t.fields), t.sure_wrong);
  }
}

bool is_line_of_text(const forms::Field& field) {
  return field.cells.empty() &&
         (field.type == forms::FieldType::text || field.type == forms::FieldType::email);
}

const forms::Field* field_named(const forms::Form& form, const std::string& name) {
  for (const auto& field : form.fields)
    if (field.name == name) return &field;
  return nullptr;
}

struct Run {
  const std::string& folder;
  const std::map<std::string, bench::TwinForm>& forms;
  const extract::ZoneReaders& readers;
  bool with_text = true;
  std::FILE* csv = nullptr;
  std::FILE* features = nullptr;
  RecordingMarks* marks = nullptr;
  RecordingSignatures* signatures = nullptr;
  std::map<std::string, Tally> tallies = {};
  int pages = 0;
  double ms = 0.0;
  int without_ink = 0;  // cells of combs; `written_without_ink`: that hold a character all the same
  int written_without_ink = 0;
};

// The truth is a byte a cell; of what is not ASCII nothing can be told.
void count_without_ink(Run& run, const bench::TwinDocument& document, const Reading& reading) {
  const auto found = document.cells.find(reading.field);
  const std::string truth = found == document.cells.end() ? "" : found->second;
  if (std::ranges::any_of(truth, [](char c) { return (c & 0x80) != 0; })) return;
  for (std::size_t i = 0; i < reading.cells.size(); ++i) {
    if (!reading.cells[i].candidates.empty()) continue;
    ++run.without_ink;
    run.written_without_ink += i < truth.size() && truth[i] != ' ' ? 1 : 0;
  }
}

void write_line(Run& run, const bench::TwinDocument& document, const forms::Field& field,
                const Reading& reading, const std::string& truth, const std::string& read) {
  if (run.csv == nullptr) return;
  const auto cells = document.cells.find(field.name);
  std::fprintf(run.csv, "%s\t%s\t%s\t%d\t%s\t%s\t%.5f\t%d\t%s\t%s\t%s\n", document.id.c_str(),
               field.name.c_str(), run.forms.at(document.form).types.at(field.name).c_str(),
               document.is_handprint ? 1 : 0, truth.c_str(), read.c_str(), reading.probability,
               truth == read ? 1 : 0, std::string(name_of(reading.method)).c_str(),
               cells == document.cells.end() ? "" : cells->second.c_str(), reading.raw.c_str());
}

bool holds(const Value& value, const std::string& option) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* text = std::get_if<std::string>(&value)) return *text == option;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value))
    return std::find(list->begin(), list->end(), option) != list->end();
  return false;
}

// Takes what the recording readers saw of this field, in the order in which zones are read.
void write_features(Run& run, const bench::TwinDocument& document, const forms::Field& field,
                    const Value& truth) {
  using forms::FieldType;
  if (field.type == FieldType::signature) {
    const auto seen = run.signatures->seen.front();
    run.signatures->seen.pop_front();
    if (run.features != nullptr)
      std::fprintf(run.features, "signature\t%s\t%.4f\t%.4f\t%s\n", document.id.c_str(),
                   seen.ink_mm2, seen.longest_mm, holds(truth, "") ? "present" : "empty");
    return;
  }
  if (field.type != FieldType::checkbox && field.type != FieldType::choice &&
      field.type != FieldType::choices)
    return;
  const auto blotted = document.blotted.find(field.name);
  for (const auto& option : field.options) {
    const auto seen = run.marks->seen.front();
    run.marks->seen.pop_front();
    const bool is_blotted = blotted != document.blotted.end() && blotted->second == option.value;
    const char* label = is_blotted ? "blotted" : holds(truth, option.value) ? "marked" : "empty";
    if (run.features != nullptr)
      std::fprintf(run.features, "mark\t%s\t%.4f\t%.4f\t%s\t%.3f\t%.3f\n", document.id.c_str(),
                   seen.inside_mm2, seen.ring_share, label, seen.coverage, seen.crossings);
  }
}

void read_page(Run& run, const bench::TwinDocument& document, const bench::TwinPage& page) {
  bench::TwinForm twin = run.forms.at(document.form);
  if (!run.with_text) std::erase_if(twin.form.fields, is_line_of_text);
  const GrayImage image = bench::load_twin_page(run.folder, page);
  if (image.pixels.empty()) {
    std::printf("%s: page not opened\n", page.file.c_str());
    return;
  }
  const double start = cpu_ms();
  const auto readings = extract::read_zones(
      image, page.registration, twin.blanks.at(static_cast<std::size_t>(page.number - 1)), {},
      twin.form, page.number, run.readers);
  run.ms += cpu_ms() - start;
  ++run.pages;
  if (!readings) {
    std::printf("%s: %s\n", page.file.c_str(), readings.error().message.c_str());
    return;
  }
  for (const auto& reading : *readings) {
    const forms::Field* field = field_named(twin.form, reading.field);
    const auto truth = document.values.find(reading.field);
    if (field == nullptr || truth == document.values.end()) continue;
    write_features(run, document, *field, truth->second);
    count_without_ink(run, document, reading);
    const std::string wanted = bench::comparable(truth->second, field->type);
    const std::string got = bench::comparable(reading.value, field->type);
    std::string group = twin.types.at(field->name);
    group += is_line_of_text(*field) ? " line" : "";
    group += document.is_handprint ? ", pen" : ", machine";
    count(run.tallies[group], wanted, got, reading.probability);
    count(run.tallies["~ all"], wanted, got, reading.probability);
    write_line(run, document, *field, reading, wanted, got);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::printf("usage: bench_zones FOLDER [--out TSV] [--features TSV] [--no-text]\n");
    return 2;
  }
  cv::setNumThreads(1);
  const std::string folder = argv[1];
  std::FILE* csv = nullptr;
  std::FILE* features = nullptr;
  bool with_text = true;
  for (int i = 2; i < argc; ++i) {
    if (std::string(argv[i]) == "--no-text") with_text = false;
    if (std::string(argv[i]) == "--features" && i + 1 < argc) features = std::fopen(argv[++i], "w");
    if (std::string(argv[i]) == "--out" && i + 1 < argc) csv = std::fopen(argv[++i], "w");
  }
  const std::string models = std::string(POSTKAMER_SOURCE_DIR) + "/classifiers/handprint/";
  const std::string onnx = read_file(models + "model.onnx");
  const auto characters =
      handprint::HandprintReader::create(bytes_of(onnx), read_file(models + "model.json"));
  if (!characters) {
    std::printf("%s\n", characters.error().message.c_str());
    return 1;
  }
  auto engine = with_text ? ocr::Engine::create({}) : Result<std::unique_ptr<ocr::Engine>>{};
  RecordingMarks marks;
  RecordingSignatures signatures;
  EngineTextReader text(engine ? engine->get() : nullptr);
  const auto calibration = Calibration::parse(
      read_file(std::string(POSTKAMER_SOURCE_DIR) + "/classifiers/calibration.tsv"));
  if (!calibration) {
    std::printf("%s\n", calibration.error().message.c_str());
    return 1;
  }
  const std::string line_models = std::string(POSTKAMER_SOURCE_DIR) + "/classifiers/lines/";
  const std::string line_onnx = read_file(line_models + "model.onnx");
  const std::string letters = read_file(line_models + "letters.bin");
  const auto lines = lines::NetworkLineReader::create(
      bytes_of(line_onnx), read_file(line_models + "model.json"), bytes_of(letters));
  if (!lines) {
    std::printf("%s\n", lines.error().message.c_str());
    return 1;
  }
  const extract::ZoneReaders readers{**characters, **lines, marks, signatures, text, *calibration};
  const auto forms = bench::load_twin_forms(folder);
  Run run{folder, forms, readers, with_text, csv, features, &marks, &signatures};
  for (const auto& document : bench::load_twin_documents(folder))
    if (std::filesystem::exists(folder + "/scans/" + document.pages.front().file))
      for (const auto& page : document.pages) read_page(run, document, page);
  if (csv != nullptr) std::fclose(csv);
  if (features != nullptr) std::fclose(features);
  if (run.pages == 0) {
    std::printf("no pages found in %s: nothing measured\n", folder.c_str());
    return 1;
  }
  print_table(run.tallies);
  std::printf("%d pages, CPU %.1f ms a page, of which Tesseract %.1f ms\n", run.pages,
              run.ms / run.pages, text.spent_ms / run.pages);
  std::printf("cells without ink: %d, of which written %d\n", run.without_ink,
              run.written_without_ink);
  return 0;
}
