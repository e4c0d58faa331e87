// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/statement.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

#include "workers/broker/core.h"
#include "workers/journal/ledger.h"

namespace postkamer {
namespace {

using journal::Id;

class Maker {
 public:
  Maker(const journal::BatchContents& contents, Prover& prover)
      : contents_(contents), prover_(prover) {
    for (const auto& scan : contents.scans) scans_[scan.id] = &scan;
    for (const auto& document : contents.documents) documents_[document.id] = &document;
    if (contents.batch.state != journal::BatchState::closed) of_all_.push_back({"batch_open"});
    if (!journal::ledger_of(contents).balanced) of_all_.push_back({"ledger_unbalanced"});
  }

  Result<Statement> make() {
    statement_.batch = contents_.batch.name;
    statement_.date_of_receipt = contents_.batch.date_of_receipt;
    for (const auto& scan : contents_.scans)
      if (scan.state == journal::ScanState::rejected) refuse_file(scan);
    for (const auto& page : contents_.pages) PK_CHECK(add(page));
    keep_blank_backs();
    return std::move(statement_);
  }

 private:
  void refuse_file(const journal::ScanRow& scan) {
    const bool has_bytes = scan.sha256.find(':') == std::string::npos;
    statement_.refused.push_back({broker::scan_name(scan.id),
                                  has_bytes ? scan.sha256 : std::string(),
                                  0,
                                  PageKind::content,
                                  "",
                                  "",
                                  {{scan.reason}}});
  }

  Result<void> add(const journal::PageRow& page) {
    const journal::ScanRow& scan = *scans_.at(page.scan);
    if (scan.state == journal::ScanState::rejected) return {};  // refused as a whole
    if (page.kind == PageKind::separator) {
      ++statement_.separators;
      return {};
    }
    const auto found = documents_.find(page.document);
    const journal::DocumentRow* document = found == documents_.end() ? nullptr : found->second;
    StatementPage one{
        broker::scan_name(scan.id), scan.sha256, page.index + 1, page.kind, "", "", of_all_};
    if (document != nullptr) {
      one.document = document->name;
      one.pdf_sha256 = document->pdf_sha256;
    }
    PK_TRY(refusals, prover_.refusals(scan, page, document));
    one.refusals.insert(one.refusals.end(), refusals.begin(), refusals.end());
    (one.refusals.empty() ? statement_.proven : statement_.refused).push_back(std::move(one));
    return {};
  }

  // A blank side is nearly always the back of a sheet, and a duplex scanner gives front and back in
  // turn: it stays when its front does.
  void keep_blank_backs() {
    std::set<std::pair<std::string, int>> fronts;
    for (const StatementPage& page : statement_.refused) fronts.insert({page.scan, page.page});
    const auto is_back = [&](const StatementPage& page) {
      const int other = ((page.page - 1) ^ 1) + 1;
      return page.kind == PageKind::blank && fronts.contains({page.scan, other});
    };
    const auto first = std::stable_partition(statement_.proven.begin(), statement_.proven.end(),
                                             [&](const auto& page) { return !is_back(page); });
    for (auto page = first; page != statement_.proven.end(); ++page) {
      page->refusals = {{"other_side_refused"}};
      statement_.refused.push_back(std::move(*page));
    }
    statement_.proven.erase(first, statement_.proven.end());
    const auto place = [](const StatementPage& page) {
      return std::tuple(page.scan.size(), page.scan, page.page);
    };
    std::ranges::sort(statement_.refused, {}, place);
  }

  const journal::BatchContents& contents_;
  Prover& prover_;
  std::unordered_map<Id, const journal::ScanRow*> scans_;
  std::unordered_map<Id, const journal::DocumentRow*> documents_;
  std::vector<Refusal> of_all_;
  Statement statement_;
};

}  // namespace

Result<Statement> statement_of(journal::Reader& reader, const journal::BlobStore& blobs,
                               const std::vector<std::string>& blocking, const std::string& batch) {
  PK_TRY(id, reader.batch_named(batch));
  if (!id)
    return fail(ErrorCode::invalid_config, "batch_unknown",
                "making a statement: there is no batch " + batch +
                    "; `postkamer status` lists those that are open");
  PK_TRY(contents, reader.contents(*id));
  Prover prover(reader, blobs, blocking);
  return Maker(contents, prover).make();
}

}  // namespace postkamer
