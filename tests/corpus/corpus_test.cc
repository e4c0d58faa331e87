// SPDX-License-Identifier: EUPL-1.2
//
// Runs the program over sample-scans and holds the result against floors.json. To fix new floors
// after an improvement: POSTKAMER_UPDATE_FLOORS=1 ctest -L corpus.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "pipeline/base/bytes.h"
#include "tests/corpus/floors.h"

namespace postkamer::corpus {
namespace {

namespace fs = std::filesystem;

const fs::path kSamples = fs::path(POSTKAMER_SOURCE_DIR) / "sample-scans";

// A run over all samples, made once for all tests of this program.
struct Ran {
  int status = -1;
  fs::path out;
};

const Ran& ran() {
  static const Ran kRan = [] {
    const char* bin = std::getenv("POSTKAMER_BIN");
    const fs::path program = fs::path(bin == nullptr ? "." : bin) / "postkamer";
    Ran result;
    // An earlier run can be judged again while working on the judge.
    if (const char* done = std::getenv("POSTKAMER_CORPUS_RUN")) {
      result.out = done;
      result.status = 0;
      return result;
    }
    result.out = fs::temp_directory_path() / ("postkamer-corpus-" + std::to_string(getpid()));
    fs::remove_all(result.out);
    const std::string command = fmt::format("'{}' run '{}' --out '{}'", program.string(),
                                            kSamples.string(), result.out.string());
    result.status = std::system(command.c_str());
    return result;
  }();
  return kRan;
}

TEST(Corpus, manifest_names_every_file_with_its_checksum) {
  const auto manifest = nlohmann::json::parse(text_of_file(kSamples / "MANIFEST.json"));
  std::size_t listed = 0;
  for (const auto& entry : manifest.at("files")) {
    const std::string file = entry.at("file");
    const std::string bytes = text_of_file(kSamples / file);
    EXPECT_EQ(sha256_hex(bytes_of(bytes)), entry.at("sha256").get<std::string>()) << file;
    EXPECT_EQ(bytes.size(), entry.at("bytes").get<std::size_t>()) << file;
    ++listed;
  }
  std::size_t present = 0;
  for (const auto& entry : fs::directory_iterator(kSamples)) {
    const std::string ending = entry.path().extension().string();
    present += ending != ".json" && ending != ".md" ? 1 : 0;
  }
  EXPECT_EQ(present, listed) << "a file in sample-scans is not in MANIFEST.json";
}

TEST(Corpus, run_ends_with_a_ledger_that_balances) {
  ASSERT_EQ(ran().status, 0) << "postkamer run did not end well; is it built?";
  const auto ledger = nlohmann::json::parse(text_of_file(ran().out / "ledger.json"));
  EXPECT_TRUE(ledger.at("balanced").get<bool>()) << ledger.dump(1);
  int separators = 0;
  int blanks = 0;
  for (const Sample& sample : load_samples(kSamples)) {
    const auto truth = nlohmann::json::parse(sample.truth);
    separators += static_cast<int>(truth.value("separators", nlohmann::json::array()).size());
    blanks += static_cast<int>(truth.value("blanks", nlohmann::json::array()).size());
  }
  EXPECT_EQ(ledger.at("/pages/separators"_json_pointer).get<int>(), separators);
  EXPECT_EQ(ledger.at("/pages/blanks"_json_pointer).get<int>(), blanks);
}

TEST(Corpus, every_line_of_the_stream_is_a_cloud_event_of_its_own) {
  std::ifstream lines(ran().out / "records.jsonl");
  std::set<std::string> ids;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto event = nlohmann::json::parse(line, nullptr, false);
    ASSERT_FALSE(event.is_discarded()) << "line " << count + 1;
    EXPECT_EQ(event.value("specversion", ""), "1.0");
    EXPECT_TRUE(event.contains("data") && event.contains("type") && event.contains("source"));
    ids.insert(event.value("id", ""));
  }
  EXPECT_EQ(ids.size(), count) << "an event id occurs twice";
  EXPECT_GE(count, load_run(ran().out).records.size()) << "fewer events than documents";
}

TEST(Corpus, floors_hold) {
  const Scores scores = scored(load_samples(kSamples), load_run(ran().out));
  std::cout << table(scores);
  if (std::getenv("POSTKAMER_UPDATE_FLOORS") != nullptr) {
    std::ofstream(kSamples / "floors.json") << floors_text(scores);
  }
  const Verdict verdict = judged(scores, text_of_file(kSamples / "floors.json"));
  for (const std::string& line : verdict.slack) std::cout << line << '\n';
  for (const std::string& line : verdict.failures) ADD_FAILURE() << line;
  EXPECT_FALSE(scores.empty()) << "no samples";
}

// Stated probabilities are what bounds are held against, so they must be true. Measured: 0.009.
TEST(Corpus, stated_probabilities_are_true) {
  const Scores scores = scored(load_samples(kSamples), load_run(ran().out));
  const double error = calibration_error(scores);
  std::cout << "expected calibration error " << error << '\n';
  EXPECT_LT(error, 0.03);
}

}  // namespace
}  // namespace postkamer::corpus
