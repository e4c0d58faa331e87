// SPDX-License-Identifier: EUPL-1.2
//
// The verbs that ask a running mailroom: status, ledger, review, records. Each gives an exit status
// of exit_codes.h and prints plain text, or the broker's answer as JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace postkamer {

struct ClientOptions {
  std::filesystem::path dir;  // the mailroom's data folder
  bool json = false;
};

int status_command(const ClientOptions& options);
// Prints the ledger of paper as text, and as a page to sign (PDF) into `out` unless that is empty.
// Ends with kUnsettled when it does not balance.
int ledger_command(const ClientOptions& options, const std::string& batch,
                   const std::filesystem::path& out);

int review_list_command(const ClientOptions& options);
int review_show_command(const ClientOptions& options, const std::string& document);
// `assignments` are FIELD=VALUE; an empty value says that the field is empty on paper.
int review_set_command(const ClientOptions& options, const std::string& document,
                       const std::vector<std::string>& assignments, const std::string& person);
int review_accept_command(const ClientOptions& options, const std::string& document,
                          const std::string& person);
int review_reject_command(const ClientOptions& options, const std::string& document,
                          const std::string& person, const std::string& why);
// Of a published document: told again with the next revision, and `why`. `second` confirms fields
// that two people must see; may be empty.
struct Amendment {
  std::vector<std::string> assignments;  // FIELD=VALUE
  std::string person, second, why;
};
int review_correct_command(const ClientOptions& options, const std::string& document,
                           const Amendment& amendment);
int review_withdraw_command(const ClientOptions& options, const std::string& document,
                            const Amendment& amendment);

// Named subscribers: where each is. Moving one sets where it goes on; one that is connected is
// told so and subscribes again. Who keeps a position of its own may begin elsewhere.
int subscriber_list_command(const ClientOptions& options);
int subscriber_move_command(const ClientOptions& options, const std::string& name,
                            std::uint64_t to);

// Says that the clock is right, after it was moved or the mailroom was closed for long.
int clock_confirm_command(const ClientOptions& options);

// Prints events after number `from`, else all that are kept, one a line; `follow` goes on until
// stopped.
int records_command(const ClientOptions& options, std::optional<std::uint64_t> from, bool follow);

}  // namespace postkamer
