// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/extract/registration.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/extract/registration_blank.h"
#include "pipeline/extract/registration_coarse.h"
#include "pipeline/extract/registration_levels.h"
#include "pipeline/extract/registration_match.h"

namespace postkamer::extract {
namespace {

constexpr double kEnough = 0.75;      // match at which no other guess is tried
constexpr double kLeastScore = 0.25;  // correlation; own pages of twin-dev have 0.5 and more
constexpr std::array kScales{1.0, 0.97, 1.03};

// From one guess to the finest map it leads to. `rough` when the guess may be millimetres off.
std::optional<Alignment> align(const PageLevels& levels, const PreparedBlank& blank,
                               const Transform& guess, bool rough) {
  Transform start = guess;
  std::optional<Alignment> coarse;
  if (rough) {
    coarse = align_roughly(levels, blank, guess);
    if (!coarse) return std::nullopt;
    start = coarse->mm_to_upright;
  }
  auto fine = align_finely(levels, blank, start);
  if (!fine) return std::nullopt;
  fine->match = match_share(page_print(levels, blank, fine->mm_to_upright), blank);
  return fine;
}

class Search {
 public:
  Search(const UprightPage& page, const PreparedBlank& blank)
      : blank_(blank), levels_(make_levels(page.upright)) {}

  [[nodiscard]] const std::optional<Alignment>& best() const { return best_; }
  [[nodiscard]] bool done() const { return best_ && best_->match >= kEnough; }

  void follow(const Transform& guess, bool rough) {
    auto found = align(levels_, blank_, guess, rough);
    if (found && (!best_ || found->match > best_->match)) best_ = found;
  }

  // Guesses from the correlation of the whole, most likely turn first.
  void look_everywhere(QuarterTurn expected) {
    CoarsePage page(levels_);
    const CoarseBlank coarse = make_coarse_blank(blank_);
    for (const double scale : kScales) {
      std::vector<CoarseMatch> matches;
      for (int i = 0; i < 4; ++i)
        matches.push_back(page.correlate(coarse, expected + static_cast<QuarterTurn>(i), scale));
      std::stable_sort(matches.begin(), matches.end(),
                       [](const auto& a, const auto& b) { return a.score > b.score; });
      // At other sizes only the likeliest turn: a foreign page must not cost half a second.
      const std::size_t tries = scale == 1.0 ? 2 : 1;
      for (std::size_t i = 0; i < tries && !done(); ++i)
        if (matches[i].score > kLeastScore) follow(matches[i].mm_to_upright, true);
      if (best_ && best_->match > 0.5) return;
    }
  }

 private:
  const PreparedBlank& blank_;
  PageLevels levels_;
  std::optional<Alignment> best_;
};

tl::unexpected<Error> refuse(const FormCandidate& candidate, double match, double residual_mm) {
  std::array<char, 96> numbers{};
  std::snprintf(numbers.data(), numbers.size(), ": %.2f of its print found, %.2f mm off", match,
                residual_mm);
  return fail(ErrorCode::unsupported, "registration_failed",
              "laying form " + candidate.form + " " + candidate.version + " page " +
                  std::to_string(candidate.page) + " over the page" + numbers.data());
}

}  // namespace

Result<Registration> register_page(const UprightPage& page, const PreparedBlank& blank,
                                   const FormCandidate& candidate,
                                   const RegistrationOptions& options) {
  if (page.upright.pixels.empty() || blank.print.empty())
    return fail(ErrorCode::internal, "picture_empty",
                "laying a form over a page: one of the two has no pixels");
  const auto upright_to_original = inverse(page.original_to_upright);
  if (!upright_to_original)
    return fail(ErrorCode::internal, "page_transform",
                "laying a form over a page: the map to the original is singular");
  try {
    Search search(page, blank);
    if (candidate.mm_to_upright) {
      search.follow(*candidate.mm_to_upright, false);
      if (!search.done()) search.follow(*candidate.mm_to_upright, true);
    }
    if (!search.done()) search.look_everywhere(candidate.turn);
    const auto& best = search.best();
    if (!best || best->match < options.min_match || best->residual_mm > options.max_residual_mm)
      return refuse(candidate, best ? best->match : 0.0, best ? best->residual_mm : 0.0);
    Registration result;
    result.mm_to_upright = best->mm_to_upright;
    result.mm_to_original = then(best->mm_to_upright, *upright_to_original);
    result.residual_mm = best->residual_mm;
    result.match = best->match;
    result.points = best->points;
    return result;
  } catch (const std::exception& error) {
    return fail(ErrorCode::internal, "registration_failed",
                std::string("laying a form over a page: ") + error.what());
  }
}

Result<Registration> register_page(const UprightPage& page, const BlankPage& blank,
                                   const FormCandidate& candidate,
                                   const RegistrationOptions& options) {
  try {
    return register_page(page, prepare_blank(blank), candidate, options);
  } catch (const std::exception& error) {
    return fail(ErrorCode::internal, "registration_failed",
                std::string("preparing a blank: ") + error.what());
  }
}

}  // namespace postkamer::extract
