// SPDX-License-Identifier: EUPL-1.2
#include "classifiers/form/form_index.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <optional>
#include <string>

#include "classifiers/form/code_claims.h"
#include "classifiers/form/look_alikes.h"
#include "classifiers/form/title_words.h"
#include "pipeline/extract/registration_blank.h"
#include "pipeline/extract/registration_coarse.h"
#include "pipeline/extract/registration_match.h"

namespace postkamer::classifiers {
namespace {

using extract::Alignment;
using extract::CoarseMatch;

// Set on twin-dev and forms-us; the figures are in README.md.
constexpr std::size_t kShortlist = 8;  // profiles go on to correlation
constexpr std::size_t kFollowed = 3;   // correlations go on to alignment
constexpr double kSure = 0.65;         // match at which nothing else need be looked at
constexpr double kFar = 0.80;          // a rival's correlation, of the best's, not worth following
constexpr double kLayoutSeen = 0.45;   // match from which the layout speaks for the form
constexpr double kCodeLogit = 5.0;
constexpr double kTitleLogit = 2.0;
constexpr double kPriorLogit = -1.0;
constexpr double kForeignCodeCap = 0.5;  // the page carries the code of a form we do not have

// Own pages match 0.84 and more, pages of another form of the same house up to 0.46.
double layout_logit(double match) { return std::clamp((match - 0.55) / 0.04, -3.0, 8.0); }

double probability_of(double logit) { return 1.0 / (1.0 + std::exp(-logit)); }

}  // namespace

struct FormIndex::Entry {
  std::string form;
  std::string version;
  forms::FormPage page;
  extract::PreparedBlank blank;
  extract::CoarseBlank coarse;
};

// One page's way through the index.
class FormIndex::Scoring {
 public:
  Scoring(const std::vector<Entry>& entries, const classify::PageEvidence& evidence)
      : entries_(entries),
        evidence_(evidence),
        levels_(extract::make_levels(evidence.page->upright)),
        page_(levels_),
        seen_(entries.size()) {}

  std::vector<FormCandidate> run() {
    read_codes();
    follow_codes();
    if (!code_is_confirmed()) search_layout();
    read_titles();
    return candidates();
  }

 private:
  struct Seen {
    std::optional<CodeClaim> claim;
    std::optional<Alignment> alignment;
    double title = 0.0;
    double share = 1.0;  // left after comparing with look-alikes
  };

  void read_codes() {
    for (const Code& code : *evidence_.codes) {
      bool known = false;
      for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Entry& entry = entries_[i];
        const auto claim = claim_on(code, entry.form, entry.version, entry.page, *evidence_.page);
        if (!claim) continue;
        known = true;
        seen_[i].claim = claim;
      }
      if (known) continue;
      unknown_.push_back(&code);
      if (parse_own_payload(code.text)) foreign_code_ = true;
    }
  }

  void follow(std::size_t index, const Transform& guess) {
    auto alignment = extract::align_roughly(levels_, entries_[index].blank, guess);
    if (!alignment) return;
    alignment->match = extract::match_share(
        extract::page_print(levels_, entries_[index].blank, alignment->mm_to_upright),
        entries_[index].blank);
    auto& best = seen_[index].alignment;
    if (!best || alignment->match > best->match) best = alignment;
  }

  void follow_codes() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (!seen_[i].claim || entries_[i].blank.print.empty()) continue;
      if (seen_[i].claim->mm_to_upright) follow(i, *seen_[i].claim->mm_to_upright);
      if (matches(i, kSure)) continue;
      follow(i, page_.correlate(entries_[i].coarse, seen_[i].claim->turn).mm_to_upright);
    }
  }

  [[nodiscard]] bool matches(std::size_t index, double least) const {
    return seen_[index].alignment && seen_[index].alignment->match >= least;
  }

  [[nodiscard]] bool code_is_confirmed() const {
    std::size_t claims = 0;
    std::size_t confirmed = 0;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      if (!seen_[i].claim) continue;
      ++claims;
      if (matches(i, kSure)) ++confirmed;
    }
    return claims == 1 && confirmed == 1;
  }

  struct Place {
    std::size_t index = 0;
    QuarterTurn turn = QuarterTurn::none;
    double score = 0.0;
    Transform guess;
  };

  std::vector<Place> correlated_places() {
    std::vector<Place> places;
    for (std::size_t i = 0; i < entries_.size(); ++i)
      for (int t = 0; t < 4; ++t) {
        const auto turn = static_cast<QuarterTurn>(t);
        places.push_back({i, turn, page_.profile_score(entries_[i].coarse, turn), {}});
      }
    const auto better = [](const Place& a, const Place& b) { return a.score > b.score; };
    std::stable_sort(places.begin(), places.end(), better);
    places.resize(std::min(places.size(), kShortlist));
    for (Place& place : places) {
      const CoarseMatch match = page_.correlate(entries_[place.index].coarse, place.turn);
      place.score = match.score;
      place.guess = match.mm_to_upright;
    }
    std::stable_sort(places.begin(), places.end(), better);
    return places;
  }

  void search_layout() {
    const auto places = correlated_places();
    std::size_t followed = 0;
    for (const Place& place : places) {
      if (followed >= kFollowed) break;
      const bool known = std::any_of(seen_.begin(), seen_.end(), [](const Seen& seen) {
        return seen.alignment && seen.alignment->match >= kSure;
      });
      if (known && place.score < kFar * places.front().score) break;
      if (matches(place.index, kSure)) continue;  // the same page at another turn
      follow(place.index, place.guess);
      ++followed;
    }
    tell_look_alikes_apart();
  }

  // The best by layout is compared with each other page whose print is found here too.
  void tell_look_alikes_apart() {
    std::size_t best = entries_.size();
    for (std::size_t i = 0; i < seen_.size(); ++i)
      if (seen_[i].alignment &&
          (best == entries_.size() || seen_[i].alignment->match > seen_[best].alignment->match))
        best = i;
    if (best == entries_.size() || !matches(best, kLayoutSeen)) return;
    const Transform& map = seen_[best].alignment->mm_to_upright;
    const cv::Mat page = extract::page_print(levels_, entries_[best].blank, map);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (i == best || entries_[i].blank.print.empty()) continue;
      // A version that lost the shortlist by a hair lies where the best lies.
      if (!seen_[i].alignment && entries_[i].form == entries_[best].form &&
          entries_[i].page.number == entries_[best].page.number)
        follow(i, map);
      if (!matches(i, kLayoutSeen)) continue;
      const auto back = inverse(seen_[i].alignment->mm_to_upright);
      if (!back) continue;
      const double first = probability_of_first(
          compare(page, entries_[best].blank, entries_[i].blank, then(map, *back)));
      seen_[best].share = std::min(seen_[best].share, first);
      seen_[i].share = std::min(seen_[i].share, 1.0 - first);
    }
  }

  void read_titles() {
    if (evidence_.words == nullptr) return;
    for (std::size_t i = 0; i < entries_.size(); ++i)
      seen_[i].title = title_share(entries_[i].page.title, *evidence_.words);
  }

  // A code that nobody knows lies where the form prints one of its own: another version of it.
  [[nodiscard]] bool has_code_of_another(std::size_t index) const {
    const auto& declared = entries_[index].page.codes;
    return std::any_of(declared.begin(), declared.end(), [&](const forms::PageCode& own) {
      const Rect place = seen_[index].alignment->mm_to_upright.bounds(own.box);
      return std::any_of(unknown_.begin(), unknown_.end(), [&](const Code* code) {
        return code->symbology == own.symbology &&
               place.contains(evidence_.page->original_to_upright.bounds(code->box).centre());
      });
    });
  }

  [[nodiscard]] std::optional<FormCandidate> candidate(std::size_t index) const {
    const Seen& seen = seen_[index];
    const Entry& entry = entries_[index];
    const bool layout = matches(index, kLayoutSeen);
    const bool title = seen.title >= 0.8;
    if (!seen.claim && !layout && !title) return std::nullopt;
    FormCandidate out;
    out.form = entry.form;
    out.version = entry.version;
    out.page = entry.page.number;
    double logit = kPriorLogit + layout_logit(seen.alignment ? seen.alignment->match : 0.0);
    const auto add = [&](const char* evidence, double weight) {
      if (!out.evidence.empty()) out.evidence += '+';
      out.evidence += evidence;
      logit += weight;
    };
    if (seen.claim) add("code", kCodeLogit);
    if (layout) add("layout", 0.0);
    if (title) add("title", kTitleLogit);
    out.probability = probability_of(logit) * (seen.claim ? 1.0 : seen.share);
    const bool is_foreign = foreign_code_ || (layout && has_code_of_another(index));
    if (is_foreign && !seen.claim) out.probability = std::min(out.probability, kForeignCodeCap);
    if (layout) {
      out.mm_to_upright = seen.alignment->mm_to_upright;
      out.turn = extract::turn_undoing(seen.alignment->mm_to_upright);
    } else if (seen.claim) {
      out.turn = seen.claim->turn;
      out.mm_to_upright = seen.claim->mm_to_upright;
    }
    return out;
  }

  [[nodiscard]] std::vector<FormCandidate> candidates() const {
    std::vector<FormCandidate> out;
    for (std::size_t i = 0; i < entries_.size(); ++i)
      if (auto one = candidate(i)) out.push_back(std::move(*one));
    std::stable_sort(out.begin(), out.end(), [](const FormCandidate& a, const FormCandidate& b) {
      return a.probability > b.probability;
    });
    return out;
  }

  const std::vector<Entry>& entries_;
  const classify::PageEvidence& evidence_;
  extract::PageLevels levels_;
  extract::CoarsePage page_;
  std::vector<Seen> seen_;
  std::vector<const Code*> unknown_;  // no form of the index declares them
  bool foreign_code_ = false;
};

FormIndex::FormIndex() = default;
FormIndex::FormIndex(FormIndex&&) noexcept = default;

void FormIndex::add(const IndexedPage& page) {
  if (page.form == nullptr) return;
  Entry entry;
  entry.form = page.form->id;
  entry.version = page.form->version;
  const auto& all = page.form->pages;
  const auto known = std::find_if(all.begin(), all.end(), [&](const forms::FormPage& one) {
    return one.number == page.number;
  });
  if (known != all.end()) entry.page = *known;
  entry.page.number = page.number;
  if (page.blank != nullptr) entry.blank = extract::prepare_blank(*page.blank);
  entry.coarse = extract::make_coarse_blank(entry.blank);
  entries_.push_back(std::move(entry));
}

FormIndex::~FormIndex() = default;

std::vector<FormCandidate> FormIndex::score(const classify::PageEvidence& evidence) const {
  if (evidence.page == nullptr || evidence.codes == nullptr || entries_.empty()) return {};
  if (evidence.page->upright.width() < 64 || evidence.page->upright.height() < 64) return {};
  try {
    return Scoring(entries_, evidence).run();
  } catch (const std::exception&) {
    // The image library gave up (memory): without evidence the page is unknown, which is true.
    return {};
  }
}

}  // namespace postkamer::classifiers
