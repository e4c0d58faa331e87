// SPDX-License-Identifier: EUPL-1.2
//
// Letters in many layouts, printed and scanned by simulation and read by the real OCR: is what a
// letter says of itself found, and how sure was it?
//   train.py --letters 60 --out L.jsonl && bench_letters L.jsonl [FIRST [SHOW]]
// Layouts 0-3 were looked at while the rules were made, 4-7 were not; FIRST is the first layout to
// use (4 = only those). SHOW names a folder for what was not found, as text.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "classifiers/letter/kind_reader.h"
#include "pipeline/deskew/deskew.h"
#include "pipeline/ocr/recognise.h"
#include "pipeline/validate/letter.h"
#include "tests/support/page_builder.h"
#include "tests/support/sample_values.h"
#include "tests/support/scanner.h"
#include "workers/host/files.h"
#include "workers/host/settings.h"

namespace {

using namespace postkamer;  // NOLINT: a program, not a header
using support::PageBuilder;
using support::Random;
using support::Type;

constexpr int kLayouts = 8;

struct Letter {
  std::map<std::string, std::string> truth;  // field -> value
  support::Sheet sheet;
};

// What stands where: millimetres.
struct Layout {
  Point sender{25, 22};
  Point addressee{25, 58};
  Point head{25, 95};
  bool one_line_sender = false;  // a letter head across the page
  bool sender_below = false;     // only under the closing
  bool date_labelled = false;
  bool columns = false;  // labels on one line, values under them
  bool date_last = false;
  const char* font = "Liberation Serif";
};

Layout layout_of(int number) {
  switch (number) {
    case 1: return {{120, 20}, {25, 50}, {25, 90}, false, false, true, false, false, "DejaVu Sans"};
    case 2:
      return {{25, 15}, {25, 45}, {25, 85}, true, false, false, true, false, "Liberation Sans"};
    case 3: return {{25, 20}, {25, 25}, {25, 70}, false, true, false, false, true, "DejaVu Serif"};
    case 4:
      return {{120, 18}, {25, 18}, {25, 80}, false, false, false, false, false, "Liberation Serif"};
    case 5:
      return {{25, 12}, {110, 48}, {25, 95}, true, false, true, false, false, "DejaVu Sans Mono"};
    case 6:
      return {{25, 20}, {25, 62}, {110, 100}, false, false, true, true, false, "Liberation Sans"};
    case 7:
      return {{130, 255}, {25, 30}, {25, 75}, false, false, false, false, false, "DejaVu Serif"};
    default: return {};
  }
}

struct Said {
  std::string kind, subject, greeting, closing;
  std::vector<std::string> body;
};

Said said_by(const nlohmann::json& json) {
  return {json.at("kind"), json.at("subject"), json.at("greeting"), json.at("closing"),
          json.at("body")};
}

void print_sender(PageBuilder& paper, const Layout& layout, const support::Person& person,
                  std::map<std::string, std::string>& truth, const Type& type) {
  const std::string street = person.address.street + " " + person.address.house_number;
  const std::string place = person.address.postcode + "  " + person.address.place;
  truth["sender_name"] = person.full_name;
  if (layout.sender_below) return;
  truth["sender_address"] = street;
  truth["sender_postcode"] = person.address.postcode;
  truth["sender_place"] = person.address.place;
  if (layout.one_line_sender)
    paper.text(layout.sender, person.full_name + " - " + street + " - " + place, type);
  else
    paper.paragraph({layout.sender.x, layout.sender.y, 80, 30},
                    person.full_name + "\n" + street + "\n" + place + "\n" + person.phone, type);
}

void print_head(PageBuilder& paper, const Layout& layout, const Said& said,
                const std::string& reference, const support::Date& date, const std::string& place,
                std::map<std::string, std::string>& truth, const Type& type) {
  Point at = layout.head;
  truth["letter_date"] = support::iso(date);
  truth["addressee_reference"] = reference;
  const auto line = [&](const std::string& text) {
    paper.text(at, text, type);
    at.y += 6;
  };
  if (layout.columns) {
    paper.text({at.x, at.y}, "Uw kenmerk", type).text({at.x + 48, at.y}, "Datum", type);
    paper.text({at.x, at.y + 5}, reference, type);
    paper.text({at.x + 48, at.y + 5}, support::in_words(date), type);
    at.y += 14;
  } else {
    if (!layout.date_last)
      line(layout.date_labelled ? "Datum: " + support::as_written(date)
                                : place + ", " + support::in_words(date));
    line("Uw kenmerk: " + reference);
  }
  if (said.subject.empty()) return;
  truth["subject"] = said.subject;
  line((layout.date_labelled ? "Onderwerp: " : "Betreft: ") + said.subject);
}

Letter printed(const Said& said, int number, Random& random) {
  const Layout layout = layout_of(number);
  const support::Person person = support::drawn_person(random);
  const support::Date date = support::date_between({2026, 1, 5}, {2026, 11, 20}, random);
  const Type type{11, layout.font};
  PageBuilder paper(Dpi{300});
  Letter out;
  out.truth["kind"] = said.kind;
  print_sender(paper, layout, person, out.truth, type);
  paper.paragraph({layout.addressee.x, layout.addressee.y, 80, 30},
                  "Gemeente Waterdam\nAfdeling Burgerzaken\nPostbus 40\n4990 AA  Waterdam", type);
  print_head(paper, layout, said, support::reference(random), date, person.address.place, out.truth,
             type);
  std::string body;
  for (const std::string& sentence : said.body) body += sentence + " ";
  const double top = layout.head.y + 28;
  paper.paragraph({25, top, 160, 80}, said.greeting + "\n\n" + body, type);
  const double end = std::min(top + 95, 225.0);
  paper.text({25, end}, said.closing.empty() ? "Met vriendelijke groet," : said.closing, type);
  paper.text({25, end + 20}, person.full_name, type);
  if (layout.date_last)
    paper.text({25, end + 32}, person.address.place + ", " + support::in_words(date), type);
  out.sheet = {paper.rgb(), Dpi{300}};
  return out;
}

struct Score {
  int wanted = 0, right = 0, wrong = 0, false_found = 0;
  double said_right = 0.0;  // sum of the probabilities stated
};

std::string plain(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (c != ' ') out.push_back(c);
  return out;
}

using Found = std::map<std::string, std::pair<std::string, double>>;

void count(const Letter& letter, const Found& found, std::map<std::string, Score>& scores) {
  for (const char* field :
       {"sender_name", "sender_address", "sender_postcode", "sender_place", "letter_date",
        "addressee_reference", "sender_reference", "subject", "kind"}) {
    Score& score = scores[field];
    const auto truth = letter.truth.find(field);
    const auto value = found.find(field);
    score.wanted += truth != letter.truth.end();
    if (value == found.end()) continue;
    score.said_right += value->second.second;
    const bool is_right =
        truth != letter.truth.end() && plain(truth->second) == plain(value->second.first);
    score.right += is_right;
    score.wrong += !is_right && truth != letter.truth.end();
    score.false_found += truth == letter.truth.end();
  }
}

Result<Found> read(const Letter& letter, ocr::Engine& engine, const letter::KindReader& kinds,
                   Random& random, std::string& text) {
  const auto scan = support::scan_sheet(
      letter.sheet, support::drawn_settings(support::OutputMode::g4_300, 0.6, random));
  PK_TRY(upright, deskew::deskew(GrayImage{scan.picture, scan.dpi, scan.is_bilevel}, {}));
  PK_TRY(page, ocr::recognise(upright, nullptr, engine));
  Found out;
  text = validate::full_text({{1, page.words}});
  for (const FieldResult& each : validate::find_in_letter({{1, page.words}}))
    out[each.field] = {std::get<std::string>(each.value), each.probability};
  const auto kind = kinds.read(text);
  if (!kind.empty()) out["kind"] = {kind[0].text, kind[0].probability};
  return out;
}

void show(const std::string& folder, int number, const Letter& letter, const Found& found,
          const std::string& text) {
  std::ofstream file(fmt::format("{}/letter-{:03}.txt", folder, number));
  for (const auto& [field, truth] : letter.truth) {
    const auto value = found.find(field);
    const bool is_right = value != found.end() && plain(value->second.first) == plain(truth);
    if (!is_right)
      file << field << ": " << truth << " | " << (value == found.end() ? "-" : value->second.first)
           << '\n';
  }
  file << "----\n" << text << '\n';
}

Result<int> run(int count_arguments, char** arguments) {
  const int first = count_arguments > 2 ? std::atoi(arguments[2]) : 0;
  PK_TRY(engine, ocr::Engine::create({"nld", ""}));
  PK_TRY(table, host::read_file(host::installation_root() / "classifiers/letter/model.tsv"));
  PK_TRY(kinds, letter::KindReader::create(text_of(table)));
  std::ifstream file(arguments[1]);
  std::map<std::string, Score> scores;
  int number = 0;
  for (std::string line; std::getline(file, line); ++number) {
    Random random(support::seed_for(20260, std::to_string(number)));
    const int layout = first + number % (kLayouts - first);
    const Letter letter = printed(said_by(nlohmann::json::parse(line)), layout, random);
    std::string text;
    PK_TRY(found, read(letter, *engine, kinds, random, text));
    count(letter, found, scores);
    if (count_arguments > 3) show(arguments[3], number, letter, found, text);
  }
  fmt::print("{} letters, layouts {} to {}\n{:<22} there right wrong false  mean said\n", number,
             first, kLayouts - 1, "");
  for (const auto& [field, s] : scores) {
    const int told = s.right + s.wrong + s.false_found;
    fmt::print("{:<22} {:5} {:5} {:5} {:5}  {:.3f}\n", field, s.wanted, s.right, s.wrong,
               s.false_found, told > 0 ? s.said_right / told : 0.0);
  }
  return 0;
}

}  // namespace

int main(int count_arguments, char** arguments) {
  if (count_arguments < 2) {
    fmt::print(stderr, "bench_letters LETTERS.jsonl [FIRST_LAYOUT [SHOW]]\n");
    return 2;
  }
  const auto status = run(count_arguments, arguments);
  if (!status) fmt::print(stderr, "{}\n", status.error().message);
  return status ? 0 : 1;
}
