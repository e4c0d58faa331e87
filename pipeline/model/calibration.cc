// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/model/calibration.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace postkamer {
namespace {

std::optional<double> number(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  if (!is_whole || !(value >= 0.0 && value <= 1.0)) return std::nullopt;
  return value;
}

std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return part;
}

tl::unexpected<Error> invalid(int line, const std::string& what) {
  return fail(ErrorCode::invalid_config, "calibration_invalid",
              "while reading the calibration of the readers, line " + std::to_string(line) + ": " +
                  what + "; install the calibration.tsv of this release");
}

}  // namespace

Result<Calibration> Calibration::parse(std::string_view table) {
  Calibration calibration;
  for (int number_of_line = 1; !table.empty(); ++number_of_line) {
    std::string_view line = cut(table, '\n');
    if (line.empty() || line.front() == '#') continue;
    const std::string_view curve = cut(line, '\t');
    const auto stated = number(cut(line, '\t'));
    const auto right = number(line);
    if (curve.empty() || !stated || !right)
      return invalid(number_of_line, "not a curve and two shares of 0 to 1 with tabs between");
    auto& points = calibration.curves_[std::string(curve)];
    if (!points.empty() && (points.back().stated >= *stated || points.back().right > *right))
      return invalid(number_of_line, "curve " + std::string(curve) + " does not rise");
    points.push_back({*stated, *right});
  }
  return calibration;
}

double Calibration::right(std::string_view curve, double stated) const {
  const auto found = curves_.find(curve);
  if (found == curves_.end()) return std::clamp(stated, 0.0, 1.0);
  const auto& points = found->second;
  const auto high = std::find_if(points.begin(), points.end(),
                                 [&](const Point& point) { return point.stated >= stated; });
  if (high == points.begin()) return points.front().right;
  if (high == points.end()) return points.back().right;
  const auto low = high - 1;
  const double part = (stated - low->stated) / (high->stated - low->stated);
  return low->right + part * (high->right - low->right);
}

}  // namespace postkamer
