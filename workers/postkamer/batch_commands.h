// SPDX-License-Identifier: EUPL-1.2
//
// `postkamer batch`: closing one, putting its date of receipt right, its blank sides. Each gives an
// exit status of exit_codes.h.
#pragma once

#include <filesystem>
#include <string>

#include "workers/postkamer/client_commands.h"

namespace postkamer {

// Says that no more files come. `accept_missing`: the sheets that were expected and did not come
// are accepted as missing.
int batch_close_command(const ClientOptions& options, const std::string& batch,
                        bool accept_missing);

// Another date of receipt for a batch and its records, which are told again; `amendment` says who
// and why.
int batch_redate_command(const ClientOptions& options, const std::string& batch,
                         const std::string& date, const Amendment& amendment);

// Lists the sides that were taken for blank, and the document around each. `out`: a folder that
// gets their pictures, to be looked at; empty = none.
int batch_blanks_command(const ClientOptions& options, const std::string& batch,
                         const std::filesystem::path& out);

// Puts a side, as the list names it, back into its document; `amendment` says who and why.
int batch_put_back_command(const ClientOptions& options, const std::string& page,
                           const Amendment& amendment);

}  // namespace postkamer
