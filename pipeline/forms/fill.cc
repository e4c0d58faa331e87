// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/fill.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace postkamer::forms {
namespace {

// Heights of capitals, as a share of the room there is.
constexpr double kCapInCell = 0.56;
constexpr double kCapOnLine = 0.50;
constexpr double kCapOnLineMax = 3.5;       // mm
constexpr double kBaselineAboveLine = 1.3;  // mm
constexpr double kPenWidth = 0.45;          // mm

// Deviations that look random and are not: splitmix64 over the seed and a name (Steele, Lea, Flood:
// Fast splittable pseudorandom number generators, 2014). Seed 0 gives none at all.
class Jitter {
 public:
  Jitter(unsigned seed, std::string_view name) : is_off_(seed == 0), state_(seed) {
    for (const char c : name) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  }
  // Between -reach and +reach.
  double around(double reach) { return is_off_ ? 0.0 : (unit() * 2 - 1) * reach; }
  // The same also when jitter is off: for shapes that need some irregularity.
  double shape(double reach) { return (unit() * 2 - 1) * reach; }

 private:
  double unit() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1.0p-53;
  }
  bool is_off_;
  std::uint64_t state_;
};

std::vector<std::string> characters_of(std::string_view text) {
  std::vector<std::string> characters;
  for (const char c : text) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0u) == 0x80u;
    if (continues && !characters.empty())
      characters.back() += c;
    else
      characters.emplace_back(1, c);
  }
  return characters;
}

// What does not get a cell of its own, because the form prints it or leaves it out.
bool is_separator(FieldType type, const std::string& c) {
  const bool is_punctuation = c == "-" || c == ":" || c == "/" || c == "." || c == "," || c == " ";
  switch (type) {
    case FieldType::text:
    case FieldType::alphanumeric:
    case FieldType::capitals:
    case FieldType::email: return false;
    case FieldType::phone: return c == "-" || c == " ";
    default: return is_punctuation;
  }
}

struct Pen {
  TextStyle style;
  Jitter jitter;
  bool is_hand = false;
};

Pen pen_for(const Filling& filling, const Field& field) {
  Pen pen{TextStyle{}, Jitter(filling.seed, field.name), filling.seed != 0};
  pen.style.family = filling.font;
  pen.style.colour = colour_of(filling.ink);
  return pen;
}

// Cells after the last gap; 0 when the comb has no gap.
std::size_t tail_length(const std::vector<Rect>& cells) {
  for (std::size_t i = cells.size(); i-- > 1;)
    if (cells[i].x - cells[i - 1].right() > 0.5) return cells.size() - i;
  return 0;
}

// An amount is written towards its decimals: euros end before the gap, cents fill what follows.
std::vector<std::string> in_amount_cells(std::string text, const std::vector<Rect>& cells) {
  const std::size_t tail = tail_length(cells);
  const std::size_t comma = text.find_last_of(",.");
  const bool has_cents = comma != std::string::npos && text.size() - comma <= 3;
  std::string cents = has_cents ? text.substr(comma + 1) : "";
  std::string euros = has_cents ? text.substr(0, comma) : text;
  const auto digits_only = [](std::string& s) {
    std::erase_if(s, [](char c) { return c < '0' || c > '9'; });
  };
  digits_only(euros);
  digits_only(cents);
  if (tail == 0) cents.clear();  // a comb without a gap holds whole euros
  const std::size_t room = cells.size() - tail;
  std::vector<std::string> placed(cells.size());
  const std::size_t start = euros.size() < room ? room - euros.size() : 0;
  for (std::size_t i = 0; i < euros.size() && start + i < room; ++i) placed[start + i] = euros[i];
  for (std::size_t i = 0; i < cents.size() && i < tail; ++i) placed[room + i] = cents[i];
  return placed;
}

std::vector<std::string> in_cells(const Field& field, const std::string& text) {
  if (field.type == FieldType::amount) return in_amount_cells(text, field.cells);
  std::vector<std::string> characters = characters_of(text);
  std::erase_if(characters, [&](const std::string& c) { return is_separator(field.type, c); });
  return characters;
}

Hand hand_of(Pen& pen, double degrees) {
  return {pen.jitter.around(degrees * std::numbers::pi / 180), pen.jitter.around(0.06),
          1 + pen.jitter.around(0.05)};
}

void write_comb(Canvas& canvas, const Field& field, const std::string& text, Pen pen) {
  const auto characters = in_cells(field, text);
  const double cap = kCapInCell * field.cells.front().height * (1 + pen.jitter.around(0.08));
  const double size = canvas.size_for_capitals(pen.style, cap);
  for (std::size_t i = 0; i < characters.size() && i < field.cells.size(); ++i) {
    const Rect& cell = field.cells[i];
    TextStyle style = pen.style;
    style.size_pt = size * (1 + pen.jitter.around(0.06));
    const double width = canvas.measure(characters[i], 0, style).width;
    const Point at{cell.centre().x - width / 2 + pen.jitter.around(0.35),
                   cell.centre().y + cap / 2 + pen.jitter.around(0.35)};
    canvas.write(characters[i], at, style, hand_of(pen, 4));
  }
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    if (c != ' ' && c != '\n') {
      word += c;
      continue;
    }
    if (!word.empty()) words.push_back(word);
    word.clear();
    if (c == '\n') words.emplace_back("\n");
  }
  return words;
}

std::vector<std::string> broken_into_lines(Canvas& canvas, const std::string& text, double width,
                                           const TextStyle& style) {
  std::vector<std::string> lines(1);
  for (const std::string& word : words_of(text)) {
    if (word == "\n") {
      lines.emplace_back();
      continue;
    }
    const std::string longer = lines.back().empty() ? word : lines.back() + " " + word;
    if (lines.back().empty() || canvas.measure(longer, 0, style).width <= width)
      lines.back() = longer;
    else
      lines.push_back(word);
  }
  return lines;
}

void write_on_lines(Canvas& canvas, const Field& field, const std::string& text, Pen pen) {
  const int ruled = std::max(1, field.lines);
  const double spacing = field.box.height / ruled;
  const double width = field.box.width - 2.0;
  const double cap = std::min(kCapOnLineMax, kCapOnLine * spacing) * (1 + pen.jitter.around(0.08));
  TextStyle style = pen.style;
  style.size_pt = canvas.size_for_capitals(style, cap);
  auto lines = broken_into_lines(canvas, text, width, style);
  // People write smaller when it does not fit; five steps go down to about 60 %.
  for (int step = 0; step < 5 && std::ssize(lines) > ruled; ++step) {
    style.size_pt *= 0.9;
    lines = broken_into_lines(canvas, text, width, style);
  }
  for (int i = 0; i < ruled && i < std::ssize(lines); ++i) {
    const std::string& line = lines[static_cast<std::size_t>(i)];
    Hand hand = hand_of(pen, 0.5);
    const double natural = canvas.measure(line, 0, style).width;
    if (natural * hand.stretch > width) hand.stretch = width / natural;
    canvas.write(line,
                 {field.box.x + 1.0 + std::abs(pen.jitter.around(0.8)),
                  field.box.y + spacing * (i + 1) - kBaselineAboveLine + pen.jitter.around(0.25)},
                 style, hand);
  }
}

std::vector<Point> zigzag(const Rect& area, int strokes, Jitter& jitter) {
  std::vector<Point> points;
  for (int i = 0; i <= strokes; ++i)
    points.push_back({area.x + area.width * i / strokes + jitter.shape(0.15),
                      (i % 2 == 0 ? area.bottom() : area.y) + jitter.shape(0.25)});
  return points;
}

void mark_box(Canvas& canvas, const Rect& box, const Filling& filling, Pen& pen) {
  const Colour ink = pen.style.colour;
  Jitter& jitter = pen.jitter;
  const Point c{box.centre().x + jitter.around(0.25), box.centre().y + jitter.around(0.25)};
  const double r = box.width * 0.42 * (1 + jitter.around(0.2));
  const double line = kPenWidth * (1 + jitter.around(0.25));
  const auto off = [&](double dx, double dy) {
    return Point{c.x + dx * r + jitter.around(0.2), c.y + dy * r + jitter.around(0.2)};
  };
  const Rect area{c.x - r * 0.8, c.y - r * 0.8, r * 1.6, r * 1.6};
  if (filling.mark == "tick") {
    canvas.stroke({off(-0.9, 0.0), off(-0.3, 0.8), off(1.2, -1.2)}, line, ink, false);
  } else if (filling.mark == "fill") {
    canvas.stroke(zigzag(area, 9, jitter), line * 1.3, ink, false);
  } else if (filling.mark == "scribble") {
    canvas.stroke(zigzag(grown(area, 0.3), 6, jitter), line, ink, true);
  } else if (filling.mark == "dot") {
    canvas.disc(c, r * 0.55, ink);
  } else {
    canvas.stroke({off(-1, -1), off(1, 1)}, line, ink, false);
    canvas.stroke({off(-1, 1), off(1, -1)}, line, ink, false);
  }
}

// Loops that lean and shrink towards the right, with a closing stroke under them.
void sign(Canvas& canvas, const Rect& box, Pen& pen) {
  Jitter& jitter = pen.jitter;
  const double width = std::min(box.width * 0.7, 55.0) * (1 + jitter.shape(0.15));
  const double height = std::min(box.height * 0.5, 10.0);
  const Point from{box.x + (box.width - width) / 2 + jitter.shape(2), box.centre().y};
  std::vector<Point> points;
  const int bends = 9 + static_cast<int>(std::abs(jitter.shape(6)));
  for (int i = 0; i <= bends; ++i) {
    const double along = static_cast<double>(i) / bends;
    const double swing = height * (1 - 0.6 * along) * (0.55 + std::abs(jitter.shape(0.45)));
    points.push_back({from.x + width * along + jitter.shape(width / bends),
                      from.y + (i % 2 == 0 ? swing : -swing) * 0.9});
  }
  canvas.stroke(points, kPenWidth, pen.style.colour, true);
  const double under = from.y + height * 0.75;
  canvas.stroke({{from.x + width * 0.1, under},
                 {from.x + width * 0.5, under - 1 + jitter.shape(1)},
                 {from.x + width * 1.02, under - 2.5 + jitter.shape(1)}},
                kPenWidth, pen.style.colour, true);
}

bool is_chosen(const Value& value, const std::string& option) {
  if (const auto* one = std::get_if<std::string>(&value)) return *one == option;
  if (const auto* many = std::get_if<std::vector<std::string>>(&value))
    return std::find(many->begin(), many->end(), option) != many->end();
  return false;
}

void fill_field(Canvas& canvas, const Field& field, const Value& value, const Filling& filling) {
  Pen pen = pen_for(filling, field);
  const auto* text = std::get_if<std::string>(&value);
  const bool is_yes = std::get_if<bool>(&value) != nullptr && std::get<bool>(value);
  switch (field.type) {
    case FieldType::checkbox:
      if (is_yes) mark_box(canvas, field.box, filling, pen);
      return;
    case FieldType::choice:
    case FieldType::choices:
      for (const Option& option : field.options)
        if (is_chosen(value, option.value)) mark_box(canvas, option.box, filling, pen);
      return;
    case FieldType::signature:
      if (is_yes || (text != nullptr && !text->empty())) sign(canvas, field.box, pen);
      return;
    default:
      if (text == nullptr || text->empty()) return;
      if (field.cells.empty())
        write_on_lines(canvas, field, *text, std::move(pen));
      else
        write_comb(canvas, field, *text, std::move(pen));
  }
}

}  // namespace

void fill_page(Canvas& canvas, const Form& form, int page, const Filling& filling) {
  for (const Field& field : form.fields) {
    const auto value = filling.values.find(field.name);
    if (field.page == page && value != filling.values.end())
      fill_field(canvas, field, value->second, filling);
  }
}

}  // namespace postkamer::forms
