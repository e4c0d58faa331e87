// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/batch_commands.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "workers/host/files.h"
#include "workers/host/process.h"
#include "workers/journal/blob_store.h"
#include "workers/postkamer/act_record.h"
#include "workers/postkamer/client_ask.h"

namespace postkamer {

using nlohmann::json;

namespace {

std::string text_in(const json& blank, const char* key) {
  const auto found = blank.find(key);
  return found != blank.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void print_blank(const json& blank) {
  constexpr std::array kSides{std::pair{"content", "back of a written side"},
                              std::pair{"blank", "sheet blank on both sides"},
                              std::pair{"separator", "back of a separator"},
                              std::pair{"none", "last side"}};
  const std::string side = text_in(blank, "other_side");
  const auto* found =
      std::ranges::find_if(kSides, [&](const auto& row) { return side == row.first; });
  const std::string document = text_in(blank, "document");
  std::cout << fmt::format("{:<10} {:<32} ink {:.5f} %  {}\n", text_in(blank, "page"),
                           document.empty() ? "(no document)" : document,
                           100.0 * blank.value("ink_share", 0.0),
                           found == kSides.end() ? "" : found->second);
}

// "S12-4.tiff": the page's own picture, byte for byte.
Result<void> write_picture(const json& blank, const journal::BlobStore& blobs,
                           const std::filesystem::path& out) {
  std::string name = text_in(blank, "page");
  std::ranges::replace(name, '/', '-');
  PK_TRY(bytes, blobs.get(text_in(blank, "picture_sha256")));
  return host::write_file(out / (name + "." + text_in(blank, "format")), bytes);
}

Result<void> write_pictures(const ClientOptions& options, const json& blanks,
                            const std::filesystem::path& out) {
  std::error_code failed;
  std::filesystem::create_directories(out, failed);
  PK_TRY(blobs, journal::BlobStore::open(host::Layout{options.dir}.blobs()));
  for (const json& blank : blanks) PK_CHECK(write_picture(blank, blobs, out));
  return {};
}

}  // namespace

int batch_close_command(const ClientOptions& options, const std::string& batch,
                        bool accept_missing) {
  return ask_and_print(
      options, "close_batch",
      {{"batch", batch}, {"accept_missing_sheets", accept_missing}, {"person", person_here()}},
      [&](const json&) { std::cout << batch << " takes no more; it closes once it balances\n"; });
}

int batch_redate_command(const ClientOptions& options, const std::string& batch,
                         const std::string& date, const Amendment& amendment) {
  return ask_and_print(options, "redate_batch",
                       {{"batch", batch},
                        {"date_of_receipt", date},
                        {"person", amendment.person},
                        {"why", amendment.why}},
                       [&](const json& answer) {
                         std::cout << fmt::format("{} was received on {}; {} records changed\n",
                                                  batch, date, answer.at("documents").dump());
                       });
}

int batch_blanks_command(const ClientOptions& options, const std::string& batch,
                         const std::filesystem::path& out) {
  const auto answer = ask(options, "blanks", {{"batch", batch}});
  if (!answer) return complain(answer.error());
  const json blanks = answer->value("blanks", json::array());
  if (!out.empty())
    if (const auto written = write_pictures(options, blanks, out); !written)
      return complain(written.error());
  if (options.json) {
    std::cout << answer->dump(2) << '\n';
    return exit_code::kOk;
  }
  for (const json& blank : blanks) print_blank(blank);
  std::cout << fmt::format("{} blank sides in batch {}\n", blanks.size(), batch);
  return exit_code::kOk;
}

int batch_put_back_command(const ClientOptions& options, const std::string& page,
                           const Amendment& amendment) {
  return ask_and_print(options, "put_back",
                       {{"page", page}, {"person", amendment.person}, {"why", amendment.why}},
                       [&](const json& answer) {
                         std::cout << fmt::format("{} is back in {}, now revision {}\n", page,
                                                  answer.value("document", std::string()),
                                                  answer.value("revision", 0));
                       });
}

}  // namespace postkamer
