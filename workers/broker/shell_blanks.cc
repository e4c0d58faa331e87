// SPDX-License-Identifier: EUPL-1.2
//
// The control door on blank sides: which there are, and putting one back into its document.
#include <charconv>

#include "workers/broker/shell.h"
#include "workers/wire/model_json.h"

namespace postkamer::broker {
namespace {

using journal::Id;
using journal::PageRow;
using nlohmann::json;
using wire::text_at;

// "S12/4": the fourth page of scan 12.
struct PageName {
  Id scan = 0;
  int index = 0;
};

std::optional<PageName> page_named(const std::string& text) {
  const auto slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const auto scan = scan_named(text.substr(0, slash));
  int number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + slash + 1, end, number);
  if (!scan || read.ec != std::errc{} || read.ptr != end || number < 1) return std::nullopt;
  return PageName{*scan, number - 1};
}

std::string name_of_page(const PageRow& page) {
  return scan_name(page.scan) + "/" + std::to_string(page.index + 1);
}

// The document that lies around a blank side: that of the nearest page before it, else after it,
// with no separator between; 0 = none.
Id document_around(const std::vector<PageRow>& pages, int index) {
  for (const int step : {-1, 1})
    for (int at = index + step; at >= 0 && at < static_cast<int>(pages.size()); at += step) {
      const PageRow& page = pages[static_cast<std::size_t>(at)];
      if (page.kind == PageKind::separator) break;
      if (page.document != 0) return page.document;
    }
  return 0;
}

// What the other side of its sheet is, where the scan was made on both sides.
const char* other_side(const std::vector<PageRow>& pages, int index) {
  const auto other = static_cast<std::size_t>(index ^ 1);
  if (other >= pages.size()) return "none";
  switch (pages[other].kind) {
    case PageKind::blank: return "blank";
    case PageKind::separator: return "separator";
    default: return "content";
  }
}

Result<DecodedPage> decoded(journal::Reader& reader, const PageRow& page) {
  PK_TRY(results, reader.page_results(page.scan, page.index));
  for (const auto& result : results)
    if (result.stage == "decode")
      return wire::from_json<DecodedPage>(json::parse(result.body, nullptr, false));
  return fail(ErrorCode::corrupt_store, "task_material",
              "looking at a page: the journal does not hold what was decoded of it");
}

RecordPage record_page(const journal::ScanRow& scan, const PageRow& row, const DecodedPage& page) {
  RecordPage told;
  told.scan = scan_name(scan.id);
  told.file = scan.name;
  told.index = row.index;
  told.picture_sha256 = row.picture_sha256;
  told.dpi = page.original.dpi;
  return told;
}

Error refused(const char* reason, std::string message) {
  return {ErrorCode::unsupported, reason, "putting a page back: " + std::move(message)};
}

}  // namespace

bool is_reason(const std::string& why) {
  return why.find_first_not_of(" \t\n") != std::string::npos && why.size() <= 500;
}

Result<json> Shell::blanks(const json& body) {
  auto& reader = parts_.journal.reader();
  const std::string name = text_at(body, "batch").value_or("");
  PK_TRY(id, reader.batch_named(name));
  if (!id) return fail(ErrorCode::unsupported, "batch_unknown", "there is no batch " + name);
  PK_TRY(contents, reader.contents(*id));
  std::unordered_map<Id, std::string> names;
  for (const auto& document : contents.documents) names[document.id] = document.name;
  auto list = json::array();
  for (const auto& scan : contents.scans) {
    if (scan.state == journal::ScanState::rejected) continue;
    PK_TRY(pages, reader.pages(scan.id));
    for (const auto& page : pages) {
      if (page.kind != PageKind::blank) continue;
      const auto seen = decoded(reader, page);
      list.push_back({{"page", name_of_page(page)},
                      {"file", scan.name},
                      {"picture_sha256", page.picture_sha256},
                      {"format", seen ? wire::to_json(seen->original).at("format") : json()},
                      {"ink_share", seen ? json(seen->ink_share) : json()},
                      {"other_side", other_side(pages, page.index)},
                      {"document", names[document_around(pages, page.index)]}});
    }
  }
  return json{{"blanks", std::move(list)}};
}

Result<void> Shell::put_back(const std::string& asker, const json& body) {
  PK_CHECK(flush());
  if (is_stalled_) return answer_without_room(asker, "put_back", body);
  auto& reader = parts_.journal.reader();
  const auto no = [&](Error error) -> Result<void> { return refuse(asker, error), Result<void>(); };
  const std::string page_text = text_at(body, "page").value_or("");
  const ReviewAct act{
      "put_back", "", "", text_at(body, "person").value_or(""), text_at(body, "why").value_or(""),
      {},         ""};
  if (!is_reason(act.why))
    return no(refused("review_reason_missing", "a reason of 1 to 500 characters is needed"));
  const auto name = page_named(page_text);
  PK_TRY(scan, reader.scan(name ? name->scan : 0));
  PK_TRY(pages, reader.pages(name ? name->scan : 0));
  if (!scan || name->index >= static_cast<int>(pages.size()))
    return no(refused("page_unknown", "there is no page " + page_text));
  const PageRow& page = pages[static_cast<std::size_t>(name->index)];
  if (page.kind != PageKind::blank)
    return no(refused("page_not_blank", page_text + " is no blank side"));
  if (!parts_.blobs.exists(page.picture_sha256))
    return no(refused("blob_missing", "the picture of " + page_text + " is not kept any more"));
  PK_TRY(row, reader.document(document_around(pages, name->index)));
  if (!row) return no(refused("document_unknown", "no document lies around page " + page_text));
  PK_TRY(record, reader.record(row->id));
  const auto seen = decoded(reader, page);
  if (!seen) return no(seen.error());
  std::size_t place = 0;
  for (const auto& other : pages)
    if (other.document == row->id && other.index < page.index) ++place;
  const bool is_told = row->state == journal::DocumentState::published || row->told_doubtful;
  auto outcome = parts_.desk.with_page(record.value_or(""), is_told,
                                       record_page(*scan, page, *seen), place, act);
  if (!outcome) return no(outcome.error());
  step(PutBack{asker, *scan, pages, *row, name->index, std::move(*outcome), act.person, act.why});
  return {};
}

}  // namespace postkamer::broker
