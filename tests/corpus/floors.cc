// SPDX-License-Identifier: EUPL-1.2
#include "tests/corpus/floors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/corpus/values_equal.h"

namespace postkamer::corpus {
namespace {

using Json = nlohmann::json;

constexpr const char* kRight[] = {"form",     "split",   "place", "field",
                                  "accepted", "finding", "fact",  "rejected"};
// What a comb cell forgives: its reader looks a third of a cell around.
constexpr double kRegisteredMm = 0.7;
constexpr const char* kWrong[] = {"accepted_wrong", "form_wrong", "file_lost", "broken_read"};

Json parsed(const std::string& text) {
  Json value = Json::parse(text, nullptr, false);
  return value.is_discarded() ? Json() : value;
}

void count(Score& score, const char* what, bool right) {
  Count& counted = score.right[what];
  counted.of += 1;
  counted.got += right ? 1 : 0;
}

// "date_2" -> "date".
std::string kind_of(const std::string& name) {
  const std::size_t bar = name.rfind('_');
  const bool numbered = bar != std::string::npos && bar + 1 < name.size() &&
                        std::all_of(name.begin() + static_cast<std::ptrdiff_t>(bar) + 1, name.end(),
                                    [](char c) { return c >= '0' && c <= '9'; });
  return numbered ? name.substr(0, bar) : name;
}

bool has_finding(const Json& findings, const std::string& code, const std::string& field) {
  for (const Json& finding : findings) {
    const std::string about = finding.value("field", field);
    if (finding.value("code", std::string()) == code && (about.empty() || about == field)) {
      return true;
    }
  }
  return false;
}

// The run's records and rejections, found by file and page.
class Results {
 public:
  explicit Results(const Run& run) : ledger_(parsed(run.ledger)) {
    for (const std::string& text : run.records) records_.push_back(parsed(text));
  }

  // The record that holds this page of the file; null when there is none.
  [[nodiscard]] const Json* record_with(const std::string& file, int page) const {
    for (const Json& record : records_) {
      if (pages_of(record, file).contains(page)) return &record;
    }
    return nullptr;
  }

  [[nodiscard]] static std::set<int> pages_of(const Json& record, const std::string& file) {
    std::set<int> pages;
    for (const Json& page : record.value("pages", Json::array())) {
      // A page of another file never belongs: -1 makes the split wrong.
      const bool own = page.value("file", std::string()) == file;
      pages.insert(own ? page.value("index", -1) : -1);
    }
    return pages;
  }

  // The reason for which the file was refused; empty when it was not.
  [[nodiscard]] std::string rejection(const std::string& file) const {
    for (const Json& rejected : ledger_.value("rejected_files", Json::array())) {
      if (rejected.value("name", std::string()) == file) {
        return rejected.value("reason", std::string());
      }
    }
    return {};
  }

 private:
  Json ledger_;
  std::vector<Json> records_;
};

void score_fields(const Json& truth, const Json& record, Score& score) {
  const Json fields = record.value("fields", Json::object());
  std::set<std::string> slipped;
  for (const Json& expected : truth.at("expected_findings")) {
    const std::string name = expected.at("field");
    slipped.insert(name);
    const Json field = fields.value(name, Json::object());
    const std::string code = expected.at("code");
    count(score, "finding",
          has_finding(field.value("findings", Json::array()), code, name) ||
              has_finding(record.value("findings", Json::array()), code, name));
    if (field.value("accepted", false)) ++score.wrong["accepted_wrong"];
  }
  for (const auto& [name, value] : truth.at("fields").items()) {
    if (slipped.contains(name)) continue;
    const Json field = fields.value(name, Json::object());
    const bool exact = values_equal(value, field.value("value", Json()));
    const bool accepted = field.value("accepted", false);
    count(score, "field", exact);
    score.stated.push_back({field.value("probability", 0.0), exact});
    count(score, "accepted", exact && accepted);
    if (accepted && !exact) ++score.wrong["accepted_wrong"];
  }
}

void score_facts(const Json& truth, const Json& record, Score& score) {
  const Json fields = record.value("fields", Json::object());
  for (const auto& [kind, values] : truth.at("letter").items()) {
    for (const Json& value : values) {
      bool found = false;
      for (const auto& [name, field] : fields.items()) {
        found |= kind_of(name) == kind && values_equal(value, field.value("value", Json()));
      }
      count(score, "fact", found);
    }
  }
}

// How far two maps of the form's mm disagree, in mm, at most, over an A4 page's inner corners.
double disagreement_mm(const std::vector<double>& truth, const std::vector<double>& found) {
  const auto map = [](const std::vector<double>& m, double x, double y) {
    const double w = m[6] * x + m[7] * y + m[8];
    return std::pair((m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w);
  };
  const double px_per_mm = std::hypot(truth[0], truth[3]);
  double worst = 0;
  for (const auto& [x, y] : {std::pair(15.0, 15.0), {195.0, 15.0}, {15.0, 282.0}, {195.0, 282.0}}) {
    const auto [ax, ay] = map(truth, x, y);
    const auto [bx, by] = map(found, x, y);
    worst = std::max(worst, std::hypot(ax - bx, ay - by) / px_per_mm);
  }
  return worst;
}

void score_registration(const Json& truth, const Json& record, Score& score) {
  const Json pages = record.value("pages", Json::array());
  for (const Json& wanted : truth.at("pages")) {
    bool near = false;
    for (const Json& page : pages) {
      const auto map = page.value("mmToPx", std::vector<double>());
      if (page.value("index", -1) != wanted.at("page_index") || map.size() != 9) continue;
      near = disagreement_mm(wanted.at("mm_to_px"), map) < kRegisteredMm;
    }
    count(score, "place", near);
  }
}

void score_document(const Json& truth, const std::string& file, const Results& results,
                    Score& score) {
  std::set<int> pages;
  for (const Json& page : truth.at("pages")) pages.insert(page.at("page_index").get<int>());
  const Json* found = results.record_with(file, *pages.begin());
  const Json record = found == nullptr ? Json::object() : *found;
  const std::string wanted = truth.at("form");
  const std::string form = record.value(Json::json_pointer("/form/id"), std::string());
  count(score, "split", found != nullptr && Results::pages_of(record, file) == pages);
  count(score, "form", found != nullptr && form == wanted);
  if (!form.empty() && form != wanted) ++score.wrong["form_wrong"];
  // Values of another form mean nothing, whatever they are called.
  const Json comparable = form == wanted ? record : Json::object();
  if (wanted.empty()) {
    score_facts(truth, comparable, score);
  } else {
    score_fields(truth, comparable, score);
    score_registration(truth, comparable, score);
  }
}

// A file is refused as a whole, or its page is given to a person with the reason: never read.
void score_refusal(const std::string& reasons, const std::string& file, const Results& results,
                   Score& score) {
  const auto is_allowed = [&](const std::string& reason) {
    return !reason.empty() &&
           fmt::format("|{}|", reasons).find(fmt::format("|{}|", reason)) != std::string::npos;
  };
  bool refused = is_allowed(results.rejection(file));
  if (const Json* record = results.record_with(file, 0)) {
    bool told = false;
    for (const Json& finding : record->value("findings", Json::array())) {
      told |= is_allowed(finding.value("code", std::string()));
    }
    if (!told || record->value("status", std::string()) == "ready") ++score.wrong["broken_read"];
    refused |= told;
  }
  count(score, "rejected", refused);
}

void score_file(const Sample& sample, const Results& results, Score& score) {
  const Json truth = parsed(sample.truth);
  const std::string reason = results.rejection(sample.file);
  if (truth.contains("reject")) {
    score_refusal(truth.at("reject"), sample.file, results, score);
    return;
  }
  if (!reason.empty()) ++score.wrong["file_lost"];
  for (const Json& document : truth.value("documents", Json::array())) {
    score_document(document, sample.file, results, score);
  }
}

void judge_group(const std::string& group, const Score& score, const Json& floors,
                 Verdict& verdict) {
  const Json minimum = floors.value("minimum_right", Json::object());
  const Json maximum = floors.value("maximum_wrong", Json::object());
  for (const auto& [what, counted] : score.right) {
    const int floor = minimum.value(what, -1);
    const std::string where =
        fmt::format("{}: {} right is {} of {}", group, what, counted.got, counted.of);
    if (floor < 0) verdict.failures.push_back(where + ", and floors.json has no floor for it");
    if (counted.got < floor) verdict.failures.push_back(fmt::format("{}, floor {}", where, floor));
    if (floor >= 0 && counted.got > floor) {
      verdict.slack.push_back(fmt::format("{}: raise the floor from {}", where, floor));
    }
  }
  for (const char* what : kWrong) {
    const auto at = score.wrong.find(what);
    const int wrong = at == score.wrong.end() ? 0 : at->second;
    const int ceiling = maximum.value(what, 0);
    const std::string where = fmt::format("{}: {} is {}", group, what, wrong);
    if (wrong > ceiling) verdict.failures.push_back(fmt::format("{}, ceiling {}", where, ceiling));
    if (wrong < ceiling) {
      verdict.slack.push_back(fmt::format("{}: lower the ceiling from {}", where, ceiling));
    }
  }
}

}  // namespace

Scores scored(const std::vector<Sample>& samples, const Run& run) {
  const Results results(run);
  Scores scores;
  for (const Sample& sample : samples) score_file(sample, results, scores[sample.group]);
  return scores;
}

double calibration_error(const Scores& scores) {
  struct Bin {
    int fields = 0;
    double stated = 0.0;
    int right = 0;
  };
  std::array<Bin, 10> bins;
  int fields = 0;
  for (const auto& [group, score] : scores) {
    for (const Stated& each : score.stated) {
      Bin& bin = bins[static_cast<std::size_t>(std::clamp(each.probability, 0.0, 0.999) * 10)];
      ++bin.fields;
      bin.stated += each.probability;
      bin.right += each.is_right ? 1 : 0;
      ++fields;
    }
  }
  double error = 0.0;
  for (const Bin& bin : bins) error += std::abs(bin.stated - bin.right);
  return fields == 0 ? 0.0 : error / fields;
}

Verdict judged(const Scores& scores, const std::string& floors) {
  const Json groups = parsed(floors).value("groups", Json::object());
  Verdict verdict;
  for (const auto& [group, score] : scores) {
    judge_group(group, score, groups.value(group, Json::object()), verdict);
  }
  for (const auto& [group, floor] : groups.items()) {
    if (!scores.contains(group)) verdict.failures.push_back(group + ": no such samples");
  }
  return verdict;
}

std::string floors_text(const Scores& scores) {
  nlohmann::ordered_json groups = nlohmann::ordered_json::object();
  for (const auto& [group, score] : scores) {
    nlohmann::ordered_json right = nlohmann::ordered_json::object();
    nlohmann::ordered_json wrong = nlohmann::ordered_json::object();
    for (const char* what : kRight) {
      const auto at = score.right.find(what);
      if (at != score.right.end()) right[what] = at->second.got;
    }
    for (const char* what : kWrong) {
      const auto at = score.wrong.find(what);
      wrong[what] = at == score.wrong.end() ? 0 : at->second;
    }
    groups[group] = {{"minimum_right", right}, {"maximum_wrong", wrong}};
  }
  return nlohmann::ordered_json{{"groups", groups}}.dump(2) + "\n";
}

std::string table(const Scores& scores) {
  std::string out = fmt::format("{:<10}", "group");
  for (const char* what : kRight) out += fmt::format("{:>11}", what);
  for (const char* what : kWrong) out += fmt::format("{:>16}", what);
  for (const auto& [group, score] : scores) {
    out += fmt::format("\n{:<10}", group);
    for (const char* what : kRight) {
      const auto at = score.right.find(what);
      out += fmt::format("{:>11}", at == score.right.end()
                                       ? "-"
                                       : fmt::format("{}/{}", at->second.got, at->second.of));
    }
    for (const char* what : kWrong) {
      const auto at = score.wrong.find(what);
      out += fmt::format("{:>16}", at == score.wrong.end() ? 0 : at->second);
    }
  }
  return out + "\n";
}

std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Sample> load_samples(const std::filesystem::path& folder) {
  std::vector<Sample> samples;
  for (const Json& entry :
       parsed(text_of_file(folder / "MANIFEST.json")).value("files", Json::array())) {
    const std::string file = entry.at("file");
    const std::string stem = file.substr(0, file.rfind('.'));
    samples.push_back({file, entry.at("group"), text_of_file(folder / (stem + ".truth.json"))});
  }
  return samples;
}

Run load_run(const std::filesystem::path& folder) {
  Run run;
  run.ledger = text_of_file(folder / "ledger.json");
  std::set<std::filesystem::path> paths;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "documents", missing)) {
    paths.insert(entry.path() / "record.json");
  }
  for (const auto& path : paths) run.records.push_back(text_of_file(path));
  return run;
}

}  // namespace postkamer::corpus
