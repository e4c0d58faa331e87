// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/form/code_claims.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace postkamer::classifiers {
namespace {

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1) return std::nullopt;
  return value;
}

std::string_view take_until(std::string_view& rest, char mark) {
  const std::size_t end = std::min(rest.find(mark), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(rest.size(), end + 1));
  return part;
}

// The turn that sets the code upright; codes are printed upright on a form.
QuarterTurn turn_from(const Code& code, const UprightPage& upright) {
  const double left = code.orientation.value - upright.skew.value;
  const int quarters = static_cast<int>(std::lround(-left / 90.0));
  return static_cast<QuarterTurn>(((quarters % 4) + 4) % 4);
}

Transform coarse_map(const Code& code, const Rect& printed, QuarterTurn turn,
                     const UprightPage& upright) {
  const double ppm = pixels_per_mm(upright.upright.dpi);
  const Point seen = upright.original_to_upright.bounds(code.box).centre();
  const Transform turned =
      then(Transform::scale(ppm, ppm), Transform::rotation(-degrees_of(turn).radians()));
  const Point put = turned.apply(printed.centre());
  return then(turned, Transform::translation(seen.x - put.x, seen.y - put.y));
}

}  // namespace

std::optional<OwnPayload> parse_own_payload(std::string_view text) {
  std::string_view rest = text;
  if (take_until(rest, '|') != "PK1") return std::nullopt;
  OwnPayload payload;
  payload.form = take_until(rest, '|');
  payload.version = take_until(rest, '|');
  const auto page = whole_number(take_until(rest, '/'));
  const auto pages = whole_number(rest);
  if (payload.form.empty() || payload.version.empty() || !page || !pages || *page > *pages)
    return std::nullopt;
  payload.page = *page;
  payload.pages = *pages;
  return payload;
}

std::optional<CodeClaim> claim_on(const Code& code, std::string_view form, std::string_view version,
                                  const forms::FormPage& page, const UprightPage& upright) {
  const auto declared =
      std::find_if(page.codes.begin(), page.codes.end(),
                   [&](const forms::PageCode& known) { return known.text == code.text; });
  CodeClaim claim;
  claim.turn = turn_from(code, upright);
  if (declared != page.codes.end()) {
    if (declared->box.area() > 0.0)
      claim.mm_to_upright = coarse_map(code, declared->box, claim.turn, upright);
    return claim;
  }
  const auto payload = parse_own_payload(code.text);
  if (!payload || payload->form != form || payload->version != version ||
      payload->page != page.number)
    return std::nullopt;
  return claim;
}

}  // namespace postkamer::classifiers
