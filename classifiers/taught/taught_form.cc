// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/taught/taught_form.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace postkamer::taught {
namespace {

using nlohmann::json;

constexpr double kHeading = 3.0;
constexpr double kHeadingBottom = 50.0;  // mm below the top of the text
constexpr int kHeadingWords = 8;
constexpr double kFullLength = 16.0;  // letters

constexpr const char* kFormat = "postkamer taught form 1";

double tenths(double value) { return std::round(value * 10.0) / 10.0; }

bool is_sound(const TaughtForm& form) {
  const auto count = static_cast<int>(form.runs.size());
  return !form.id.empty() && !form.version.empty() &&
         std::all_of(form.samples.begin(), form.samples.end(), [&](const Sample& sample) {
           return std::all_of(sample.begin(), sample.end(),
                              [&](int run) { return run >= 0 && run < count; });
         });
}

PrintedRun read_run(const json& item) {
  PrintedRun printed;
  printed.run.letters = item.at("letters").get<std::string>();
  printed.run.words = item.at("words").get<int>();
  printed.run.x = item.at("x").get<double>();
  printed.run.y = item.at("y").get<double>();
  printed.run.height = item.at("height").get<double>();
  printed.samples = item.at("samples").get<int>();
  return printed;
}

tl::unexpected<Error> invalid(const std::string& what) {
  return fail(ErrorCode::invalid_config, "taught_invalid",
              "reading a taught form: " + what + "; teach the form again");
}

}  // namespace

bool is_heading(const Run& run) { return run.y < kHeadingBottom && run.words <= kHeadingWords; }

double weight_of(const Run& run) {
  const double length = std::min(1.0, static_cast<double>(run.letters.size()) / kFullLength);
  return length * (is_heading(run) ? kHeading : 1.0);
}

std::string json_of(const TaughtForm& form) {
  // By hand, so that a run or a sample is one line and a person can strike it.
  std::string text = "{\n\"format\": " + json(kFormat).dump() +
                     ",\n\"id\": " + json(form.id).dump() +
                     ",\n\"version\": " + json(form.version).dump() +
                     ",\n\"title\": " + json(form.title).dump() + ",\n\"runs\": [";
  for (std::size_t i = 0; i < form.runs.size(); ++i) {
    const PrintedRun& printed = form.runs[i];
    const json line{{"letters", printed.run.letters},       {"words", printed.run.words},
                    {"x", tenths(printed.run.x)},           {"y", tenths(printed.run.y)},
                    {"height", tenths(printed.run.height)}, {"samples", printed.samples}};
    text += (i == 0 ? "\n" : ",\n") + line.dump();
  }
  text += "\n],\n\"samples\": [";
  for (std::size_t i = 0; i < form.samples.size(); ++i)
    text += (i == 0 ? "\n" : ",\n") + json(form.samples[i]).dump();
  return text + "\n]\n}\n";
}

Result<TaughtForm> taught_form_from(std::string_view text) {
  try {
    const json all = json::parse(text);
    if (all.value("format", "") != kFormat)
      return invalid(std::string("expected \"format\": \"") + kFormat + "\"");
    TaughtForm form;
    form.id = all.at("id").get<std::string>();
    form.version = all.at("version").get<std::string>();
    form.title = all.at("title").get<std::string>();
    for (const json& item : all.at("runs")) form.runs.push_back(read_run(item));
    for (const json& item : all.at("samples")) form.samples.push_back(item.get<Sample>());
    if (!is_sound(form)) return invalid("a sample names a run that is not there, or no id");
    return form;
  } catch (const json::exception& error) {
    return invalid(error.what());
  }
}

}  // namespace postkamer::taught
