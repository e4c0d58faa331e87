// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/archive/pdfa.h"

#include <algorithm>
#include <array>

namespace postkamer::archive {
namespace {

struct Row {
  Pdfa kind;
  std::string_view name;
  std::string_view label;
  std::string_view pronom;  // of the PRONOM registry of file formats
};

constexpr std::array kRows{
    Row{Pdfa::a1b, "1b", "PDF/A-1b", "fmt/354"},
    Row{Pdfa::a2b, "2b", "PDF/A-2b", "fmt/477"},
    Row{Pdfa::a3b, "3b", "PDF/A-3b", "fmt/480"},
};

const Row& row_of(Pdfa kind) { return kRows[static_cast<std::size_t>(kind)]; }

std::optional<Pdfa> found(std::string_view text, std::string_view Row::*member) {
  const auto row = std::ranges::find(kRows, text, member);
  if (row == kRows.end()) return std::nullopt;
  return row->kind;
}

}  // namespace

std::string_view label_of(Pdfa kind) { return row_of(kind).label; }
std::string_view pronom_of(Pdfa kind) { return row_of(kind).pronom; }
int part_of(Pdfa kind) { return static_cast<int>(kind) + 1; }
std::optional<Pdfa> pdfa_named(std::string_view name) { return found(name, &Row::name); }
std::optional<Pdfa> pdfa_labelled(std::string_view label) { return found(label, &Row::label); }

}  // namespace postkamer::archive
