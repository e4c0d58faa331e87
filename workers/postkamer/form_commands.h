// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer form check | print | draft | import`. Each says on `err` what went wrong, one line a
// mistake, and gives an exit status of exit_codes.h.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <vector>

namespace postkamer {

// Loads every form named, or found in the folders named, and tells on `out` which are fine and on
// `err` every mistake of the others as file:line:column: message. A blank picture that a form names
// must lie beside it.
// Gives: kOk when all are fine, kConfig when one is not, kNotFound when there is none.
int form_check(const std::vector<std::filesystem::path>& paths, std::ostream& out,
               std::ostream& err);

// Prints a form (form.toml or its folder) as a vector PDF. `values_file` holds a JSON object of
// field names and values to fill in as type; empty prints the blank.
int form_print(const std::filesystem::path& form, const std::filesystem::path& out_pdf,
               const std::filesystem::path& values_file, std::ostream& err);

// Drafts a definition from the blank in a PDF or picture. Writes `out_toml` and, beside it, the
// blanks as pictures (blank-1.jpg, ...). Tells on `err` what a person must still look at. Labels
// are read with Tesseract; without it the fields get numbers.
int form_draft(const std::filesystem::path& blank, const std::filesystem::path& out_toml,
               std::ostream& err);

// Makes a form folder of a layout in JSON (pipeline/forms/layout.h) and its blank, a PDF of as many
// pages: form.toml, blank.pdf, and the blank's pages as pictures. All mistakes are told on `err` at
// once, and then nothing is written.
// Gives: kOk, kConfig when layout or blank are wrong, kFailed when a file cannot be read or
// written.
int form_import(const std::filesystem::path& layout, const std::filesystem::path& blank,
                const std::filesystem::path& folder, std::ostream& err);

}  // namespace postkamer
