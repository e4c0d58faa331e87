// SPDX-License-Identifier: EUPL-1.2
//
// bench_lines [EXPONENT PER_CHARACTER] < LINES: what each reader makes of lines in the format of
// cut_lines, as TSV: document, field, by pen, what was written; the OCR engine's text and
// confidence; the block capitals' text and probability; all readers' text together and its share;
// the line reader's texts, each with its share and its probability by the scores alone, best first.
// With the weight of the letters' prior given, only the line reader is asked. To standard error:
// CPU time a line of each.
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "classifiers/handprint/handprint_reader.h"
#include "classifiers/lines/line_reader.h"
#include "pipeline/extract/block_letters.h"
#include "pipeline/extract/line_opinions.h"
#include "pipeline/ocr/recognise.h"

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

struct Line {
  std::string head;  // document TAB field TAB by pen
  std::string text;
  GrayImage picture;
};

bool next_line(std::istream& in, Line& line) {
  std::string header;
  if (!std::getline(in, header)) return false;
  std::istringstream parts(header);
  std::string document, field, pen, width, height;
  std::getline(parts, document, '\t');
  std::getline(parts, field, '\t');
  std::getline(parts, pen, '\t');
  std::getline(parts, width, '\t');
  std::getline(parts, height, '\t');
  std::getline(parts, line.text);
  line.head = document + "\t" + field + "\t" + pen;
  line.picture.pixels = cv::Mat(std::stoi(height), std::stoi(width), CV_8UC1);
  line.picture.dpi = Dpi{300.0};
  in.read(reinterpret_cast<char*>(line.picture.pixels.data),
          static_cast<std::streamsize>(line.picture.pixels.total()));
  return static_cast<bool>(in);
}

struct Readers {
  handprint::HandprintReader& characters;
  lines::NetworkLineReader& lines;
  ocr::Engine* engine;  // none: only the line reader is asked
  lines::PriorWeight weight;
};

struct Spent {
  double engine = 0.0;
  double block = 0.0;
  double line = 0.0;
  int count = 0;
};

// What the zone reader makes of them, before calibration.
Alternative together(const std::vector<lines::LineText>& texts, const std::string& printed,
                     double confidence, const std::string& block) {
  extract::LineOpinions opinions;
  for (const auto& each : texts) opinions.written.push_back({each.text, each.share});
  const bool is_address = !texts.empty() && texts.front().text.find('@') != std::string::npos;
  if (!is_address) opinions.block = block;
  if (!extract::is_settled(opinions)) {
    opinions.printed = printed;
    opinions.printed_confidence = confidence;
  }
  const auto all = extract::weighed(opinions);
  return all.empty() ? Alternative{} : all.front();
}

void read_one(const Readers& readers, const Line& line, Spent& spent) {
  const double start = cpu_ms();
  std::string text;
  double confidence = 1.0;
  if (readers.engine != nullptr) {
    const auto words = readers.engine->read(line.picture, {ocr::Layout::line, ""});
    for (const auto& word : words.value_or(std::vector<Word>{})) {
      text += (text.empty() ? "" : " ") + word.text;
      confidence = std::min(confidence, word.confidence);
    }
  }
  const double after_engine = cpu_ms();
  cv::Mat mask;
  cv::compare(line.picture.pixels, cv::Scalar(128), mask, cv::CMP_LT);
  extract::BlockLine block;
  if (readers.engine != nullptr) block = extract::read_block_letters(mask, readers.characters);
  const double after_block = cpu_ms();
  const auto texts = readers.lines.texts(line.picture, readers.weight);
  const Alternative all = together(texts, text, confidence, block.text);
  spent.line += cpu_ms() - after_block;
  spent.block += after_block - after_engine;
  spent.engine += after_engine - start;
  ++spent.count;
  std::printf("%s\t%s\t%s\t%.4f\t%s\t%.5f\t%s\t%.6f", line.head.c_str(), line.text.c_str(),
              text.c_str(), text.empty() ? 0.0 : confidence, block.text.c_str(), block.probability,
              all.text.c_str(), all.probability);
  for (std::size_t i = 0; i < texts.size(); ++i)
    std::printf("\t%s\t%.6f\t%.3g", texts[i].text.c_str(), texts[i].share, texts[i].seen);
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  cv::setNumThreads(1);
  const std::string models = std::string(POSTKAMER_SOURCE_DIR) + "/classifiers/";
  const std::string character_onnx = read_file(models + "handprint/model.onnx");
  const std::string line_onnx = read_file(models + "lines/model.onnx");
  const auto characters = handprint::HandprintReader::create(
      bytes_of(character_onnx), read_file(models + "handprint/model.json"));
  const std::string letters = read_file(models + "lines/letters.bin");
  const auto lines = lines::NetworkLineReader::create(
      bytes_of(line_onnx), read_file(models + "lines/model.json"), bytes_of(letters));
  const auto engine = ocr::Engine::create({});
  if (!characters || !lines || !engine) {
    std::fprintf(stderr, "bench_lines: %s\n",
                 (!characters ? characters.error()
                  : !lines    ? lines.error()
                              : engine.error())
                     .message.c_str());
    return 1;
  }
  const bool is_given = argc == 3;
  const lines::PriorWeight weight =
      is_given ? lines::PriorWeight{std::stod(argv[1]), std::stod(argv[2])} : lines::PriorWeight{};
  const Readers readers{**characters, **lines, is_given ? nullptr : engine->get(), weight};
  Spent spent;
  for (Line line; next_line(std::cin, line);) read_one(readers, line, spent);
  std::fprintf(
      stderr, "%d lines; CPU ms a line: engine %.1f, block capitals %.1f, line reader %.1f\n",
      spent.count, spent.engine / spent.count, spent.block / spent.count, spent.line / spent.count);
  return 0;
}
