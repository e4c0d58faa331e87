// SPDX-License-Identifier: EUPL-1.2
#include "workers/broker/record_desk.h"

#include <algorithm>

#include "pipeline/intake/split.h"

namespace postkamer::broker {
namespace {

using Ordered = nlohmann::ordered_json;
using publish::EventType;

// A letter has no form to be corrected: it is told again as what was received.
EventType type_of(const Record& record, bool is_correction) {
  if (record.status == RecordStatus::withdrawn) return EventType::form_withdrawn;
  if (record.status == RecordStatus::rejected) return EventType::item_rejected;
  if (record.form.empty()) return EventType::item_received;
  return is_correction ? EventType::form_corrected : EventType::form_read;
}

// Whoever reads a document speaks of that one, for the first time, and for no person.
bool is_asked_for(const Record& record, const RecordAsked& asked) {
  const bool is_first = record.revision == 1 && (record.status == RecordStatus::ready ||
                                                 record.status == RecordStatus::review);
  return is_first && record.document == asked.document && record.batch == asked.batch &&
         record.date_of_receipt == asked.date_of_receipt &&
         record.batch_class == asked.batch_class && record.case_number == asked.case_number &&
         std::ranges::none_of(record.fields, [](const FieldResult& field) {
           return field.method == Method::person || !field.verified_by.empty();
         });
}

// The record's pages are the document's, each once and in order, and nothing of it stands on a page
// that neither document nor form has. `form`: of the record; null = none.
bool has_pages(const Record& record, const RecordAsked& asked, const forms::Form* form) {
  const auto is_same = [](const RecordPage& told, const RecordAsked::Page& page) {
    return told.scan == page.scan && told.index == page.index &&
           told.picture_sha256 == page.picture_sha256 &&
           (told.form_page == 0 || told.form_page == page.form_page);
  };
  const std::size_t of_form = form != nullptr ? form->pages.size() : 0;
  const auto most = static_cast<int>(std::max({of_form, asked.pages.size(), std::size_t{1}}));
  return std::ranges::equal(record.pages, asked.pages, is_same) &&
         std::ranges::all_of(record.fields, [most](const FieldResult& field) {
           return field.page >= 1 && field.page <= most;
         });
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
  if (act.act == "correct")
    return review::correct(record, form, {act.changes, act.person, act.second});
  if (act.act == "withdraw") return review::withdraw(record, act.person, act.why);
  return review::reject(record, act.person, act.why);
}

// As subscribers last saw it; where their event is dropped or had no room for the fields, as it is
// kept.
Record last_told(const std::string& event, const Record& kept) {
  const Ordered json = Ordered::parse(event, nullptr, false);
  const auto data = json.is_object() ? json.find("data") : json.end();
  if (!json.is_object() || data == json.end() || !data->contains("fields")) return kept;
  return publish::record_from_json(*data).value_or(kept);
}

}  // namespace

bool is_amendment(std::string_view act) { return act == "correct" || act == "withdraw"; }

RecordDesk::RecordDesk(FindForm find_form, DeskSettings settings)
    : find_form_(std::move(find_form)), settings_(std::move(settings)) {}

AssembledDigest RecordDesk::digest_of(Record record, std::optional<publish::Change> change) const {
  const forms::Form* form =
      record.form.empty() ? nullptr : find_form_(record.form, record.form_version);
  if (form != nullptr) order_fields(record, *form);
  publish::EventContext context;
  context.source = settings_.source;
  context.schema_base = settings_.schema_base;
  context.change = std::move(change);
  const EventType type = type_of(record, context.change.has_value());
  const Ordered event = publish::event_json(type, record, form, context);
  AssembledDigest digest;
  digest.record = publish::record_json(record, form).dump();
  digest.status = record.status;
  digest.form = record.form;
  digest.batch_class = record.batch_class;
  digest.revision = record.revision;
  digest.event = event.dump();
  digest.event_key = event.at("id").get<std::string>();
  digest.event_type = publish::type_name(type);
  return digest;
}

Result<AssembledDigest> RecordDesk::assembled(const nlohmann::json& json,
                                              const RecordAsked& asked) const {
  const auto nonsense = [](const char* what) {
    return fail(ErrorCode::internal, "worker_nonsense", std::string("a worker's answer: ") + what);
  };
  PK_TRY(record, publish::record_from_json(Ordered(json)));
  if (!is_asked_for(record, asked)) return nonsense("a record that nobody asked it for");
  const forms::Form* form = find_form_(record.form, record.form_version);
  if (form == nullptr && !(record.form.empty() && record.form_version.empty()))
    return nonsense("a record of a form that is not in the catalogue");
  if (!has_pages(record, asked, form)) return nonsense("a record of other pages than its document");
  return digest_of(std::move(record));
}

Result<AssembledDigest> RecordDesk::reviewed(const std::string& text, bool is_told,
                                             const std::string& told, const ReviewAct& act) const {
  PK_TRY(record, publish::record_from_json(Ordered::parse(text, nullptr, false)));
  const forms::Form* form =
      record.form.empty() ? nullptr : find_form_(record.form, record.form_version);
  PK_TRY(changed, apply(record, form, act));
  if (!is_told || changed.status == RecordStatus::review) return digest_of(std::move(changed));
  publish::Change change{record.revision, act.person, act.why, {}};
  if (changed.status == RecordStatus::ready)
    change.fields = publish::changes_between(last_told(told, record), changed);
  if (act.act == "correct" && change.fields.empty()) {
    AssembledDigest same = digest_of(record);
    same.event.clear();
    return same;
  }
  changed.revision = record.revision + 1;
  return digest_of(std::move(changed), std::move(change));
}

Result<AssembledDigest> RecordDesk::redated(const std::string& text, bool is_told,
                                            const std::string& date, const ReviewAct& act) const {
  PK_TRY(record, publish::record_from_json(Ordered::parse(text, nullptr, false)));
  const forms::Form* form =
      record.form.empty() ? nullptr : find_form_(record.form, record.form_version);
  Record changed = review::redated(record, form, date);
  if (!is_told) return digest_of(std::move(changed));
  changed.revision = record.revision + 1;
  return digest_of(
      std::move(changed),
      publish::Change{record.revision, act.person, act.why, {}, record.date_of_receipt});
}

Result<AssembledDigest> RecordDesk::with_page(const std::string& text, bool is_told,
                                              const RecordPage& page, std::size_t place,
                                              const ReviewAct& act) const {
  PK_TRY(record, publish::record_from_json(Ordered::parse(text, nullptr, false)));
  Record changed = review::with_page(record, page, place);
  if (!is_told) return digest_of(std::move(changed));
  changed.revision = record.revision + 1;
  return digest_of(std::move(changed), publish::Change{record.revision, act.person, act.why, {}});
}

std::string RecordDesk::stamp(const std::string& text, std::uint64_t sequence,
                              const std::string& time) {
  Ordered event = Ordered::parse(text, nullptr, false);
  if (!event.is_object()) return text;
  publish::stamp(event, sequence, time);
  return event.dump();
}

MailroomRecipe::MailroomRecipe(const RecordDesk& desk, FindForm find_form, FindRules find_rules)
    : desk_(desk), find_form_(std::move(find_form)), find_rules_(std::move(find_rules)) {}

SeparationRules MailroomRecipe::separation(const journal::BatchRow& batch) const {
  return find_rules_ ? find_rules_(batch.source, batch.batch_class) : SeparationRules{};
}

std::vector<SplitPart> MailroomRecipe::split(const journal::BatchRow& batch,
                                             const std::vector<journal::PageRow>& pages) const {
  std::vector<intake::SplitPage> known;
  for (const auto& page : pages) {
    intake::SplitPage one;
    one.kind = page.kind;
    one.marks = page.marks;
    if (page.known_form) {
      const forms::Form* form = find_form_(page.form, page.form_version);
      one.form = page.form;
      one.form_page = page.form_page;
      one.form_pages = form != nullptr ? static_cast<int>(form->pages.size()) : 0;
    }
    known.push_back(std::move(one));
  }
  std::vector<SplitPart> parts;
  for (auto& document : intake::split(known, separation(batch))) {
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
  return desk_.digest_of(std::move(record));
}

}  // namespace postkamer::broker
