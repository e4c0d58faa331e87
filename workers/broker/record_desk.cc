// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/record_desk.h"

#include <algorithm>

#include "pipeline/intake/inspect.h"
#include "pipeline/publish/event.h"
#include "pipeline/review/review.h"

namespace postkamer::broker {
namespace {

using Ordered = nlohmann::ordered_json;
using publish::EventType;

EventType type_of(const Record& record, bool is_correction) {
  if (record.status == RecordStatus::rejected) return EventType::item_rejected;
  if (record.form.empty()) return EventType::item_received;
  return is_correction ? EventType::form_corrected : EventType::form_read;
}

// The order of fields is lost on the way through JSON objects; the form knows it.
void order_fields(Record& record, const forms::Form& form) {
  const auto place = [&](const FieldResult& result) {
    const auto found = std::ranges::find(form.fields, result.field, &forms::Field::name);
    return found - form.fields.begin();
  };
  std::ranges::stable_sort(record.fields, {}, place);
}

Result<Record> apply(const Record& record, const forms::Form* form, const ReviewAct& act) {
  if (act.act == "set") return review::set_field(record, form, act.field, act.value, act.person);
  if (act.act == "accept") return review::accept(record, form, act.person);
  return review::reject(record, act.person, act.why);
}

}  // namespace

RecordDesk::RecordDesk(FindForm find_form, DeskSettings settings)
    : find_form_(std::move(find_form)), settings_(std::move(settings)) {}

AssembledDigest RecordDesk::digest_of(Record record, bool is_correction) const {
  const forms::Form* form =
      record.form.empty() ? nullptr : find_form_(record.form, record.form_version);
  if (form != nullptr) order_fields(record, *form);
  publish::EventContext context;
  context.source = settings_.source;
  context.schema_base = settings_.schema_base;
  const Ordered event = publish::event_json(type_of(record, is_correction), record, form, context);
  AssembledDigest digest;
  digest.record = publish::record_json(record, form).dump();
  digest.status = record.status;
  digest.form = record.form;
  digest.revision = record.revision;
  digest.event = event.dump();
  digest.event_key = event.at("id").get<std::string>();
  return digest;
}

Result<AssembledDigest> RecordDesk::assembled(const nlohmann::json& json) const {
  PK_TRY(record, publish::record_from_json(Ordered(json)));
  return digest_of(std::move(record), false);
}

Result<AssembledDigest> RecordDesk::reviewed(const std::string& text, bool told_doubtful,
                                             const ReviewAct& act) const {
  PK_TRY(record, publish::record_from_json(Ordered::parse(text, nullptr, false)));
  const forms::Form* form =
      record.form.empty() ? nullptr : find_form_(record.form, record.form_version);
  PK_TRY(changed, apply(record, form, act));
  if (told_doubtful && changed.status != RecordStatus::review)
    changed.revision = record.revision + 1;
  return digest_of(std::move(changed), told_doubtful);
}

std::string RecordDesk::stamp(const std::string& text, std::uint64_t sequence,
                              const std::string& time) {
  Ordered event = Ordered::parse(text, nullptr, false);
  if (!event.is_object()) return text;
  publish::stamp(event, sequence, time);
  return event.dump();
}

MailroomRecipe::MailroomRecipe(const RecordDesk& desk, FindForm find_form)
    : desk_(desk), find_form_(std::move(find_form)) {}

std::vector<SplitPart> MailroomRecipe::split(const std::vector<journal::PageRow>& pages) const {
  std::vector<intake::SplitPage> known;
  for (const auto& page : pages) {
    intake::SplitPage one;
    one.kind = page.kind;
    if (page.known_form) {
      const forms::Form* form = find_form_(page.form, page.form_version);
      one.form = page.form;
      one.form_page = page.form_page;
      one.form_pages = form != nullptr ? static_cast<int>(form->pages.size()) : 0;
    }
    known.push_back(std::move(one));
  }
  std::vector<SplitPart> parts;
  for (auto& document : intake::split(known)) {
    auto findings = nlohmann::json::array();
    for (const Finding& finding : document.findings)
      findings.push_back({{"code", finding.code},
                          {"field", finding.field},
                          {"page", finding.page},
                          {"severity", finding.severity == Severity::notice ? "notice" : "doubt"},
                          {"evidence", finding.evidence}});
    parts.push_back({std::move(document.pages), findings.dump()});
  }
  return parts;
}

AssembledDigest MailroomRecipe::unread_record(const journal::DocumentRow& document,
                                              const journal::BatchRow& batch,
                                              const std::string& reason) const {
  Record record;
  record.document = document.name;
  record.batch = batch.name;
  record.date_of_receipt = batch.date_of_receipt;
  record.findings.push_back({"assemble_failed", "", 0, Severity::doubt, reason});
  return desk_.digest_of(std::move(record), false);
}

}  // namespace postkamer::broker
