// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/backup.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "workers/host/files.h"
#include "workers/host/lock_file.h"
#include "workers/host/process.h"
#include "workers/journal/blob_store.h"
#include "workers/postkamer/backup_files.h"
#include "workers/wire/message.h"

namespace postkamer {
namespace {

namespace fs = std::filesystem;
using host::Layout;
using journal::BlobStore;
using nlohmann::json;

constexpr int kFormat = 1;
constexpr int kTries = 3;

bool is_inside(const fs::path& inner, const fs::path& outer) {
  const fs::path way = fs::weakly_canonical(inner).lexically_relative(fs::weakly_canonical(outer));
  return !way.empty() && *way.begin() != "..";
}

json to_json(const BackupFacts& facts) {
  return {{"format", kFormat},
          {"made", facts.made},
          {"program", facts.program},
          {"at_rest", facts.is_at_rest},
          {"blobs", facts.blobs},
          {"journal",
           {{"version", facts.journal.version},
            {"sha256", facts.journal_sha256},
            {"stream", facts.journal.stream},
            {"event", facts.journal.head},
            {"audit_row", facts.journal.audit_row},
            {"audit_hash", facts.journal.audit_hash}}}};
}

// The journal, and whether anybody could have written to it while it was copied.
Result<BackupFacts> copy_the_journal(const BackupPlan& plan) {
  const fs::path journal = Layout{plan.data}.journal();
  PK_TRY(at_rest, host::LockFile::try_take(journal.string() + ".lock"));
  BackupFacts facts;
  facts.is_at_rest = at_rest.has_value();
  PK_TRY(copied, journal::copy_journal(journal, Layout{plan.to}.journal()));
  facts.journal = copied;
  return facts;
}

struct Stores {
  BlobStore from, to;
  std::optional<BlobStore> previous;
};

Result<void> copy_blob(const Stores& stores, const std::string& name, BackupFacts& facts) {
  if (stores.to.exists(name)) return {};
  if (stores.previous && stores.previous->exists(name))
    return stores.to.take_from(*stores.previous, name, true);
  ++facts.copied;
  return stores.to.take_from(stores.from, name, false);
}

Result<Stores> open_stores(const BackupPlan& plan) {
  PK_TRY(from, BlobStore::open(Layout{plan.data}.blobs()));
  PK_TRY(to, BlobStore::open(Layout{plan.to}.blobs()));
  Stores stores{std::move(from), std::move(to), std::nullopt};
  if (plan.previous.empty()) return stores;
  if (!backup_facts(plan.previous))
    return bad_plan("backup_previous",
                    "while backing up: " + plan.previous.string() + " is no finished backup");
  PK_TRY(previous, BlobStore::open(Layout{plan.previous}.blobs()));
  stores.previous = std::move(previous);
  return stores;
}

// A blob that was removed as too old since the journal was copied is no loss: with a fresh copy of
// the journal nothing names it any more.
Result<BackupFacts> copy_journal_and_blobs(const BackupPlan& plan, const Stores& stores) {
  for (int tries = 1;; ++tries) {
    PK_TRY(facts, copy_the_journal(plan));
    PK_TRY(named, journal::blobs_named_in(Layout{plan.to}.journal()));
    facts.blobs = named.size();
    PK_CHECK(stores.from.each([&](const std::string& name) -> Result<void> {
      const auto copied = copy_blob(stores, name, facts);
      const bool is_gone = !copied && copied.error().reason == "blob_missing";
      return is_gone ? Result<void>() : copied;
    }));
    const auto lost = std::ranges::find_if(
        named, [&](const std::string& name) { return !stores.to.exists(name); });
    if (lost == named.end()) return facts;
    if (tries == kTries)
      return fail(ErrorCode::corrupt_store, "blob_missing",
                  "while backing up " + plan.data.string() + ": the journal names blob " + *lost +
                      ", which is not there; restore it from an earlier backup");
  }
}

Result<void> check_target(const BackupPlan& plan) {
  if (!is_missing_or_empty(plan.to))
    return bad_plan("backup_target", "while backing up to " + plan.to.string() +
                                         ": it is not an empty folder; name a new one");
  if (is_inside(plan.to, plan.data) || is_inside(plan.data, plan.to))
    return bad_plan("backup_target", "while backing up to " + plan.to.string() +
                                         ": a backup cannot lie in what it is of, nor around it");
  return {};
}

}  // namespace

Result<BackupFacts> back_up(const BackupPlan& plan) {
  PK_CHECK(check_target(plan));
  if (!fs::exists(Layout{plan.data}.journal()))
    return fail(ErrorCode::unavailable, "journal_missing",
                "while backing up " + plan.data.string() +
                    ": there is no journal; is --dir the mailroom's data folder?");
  PK_CHECK(make_own_folder(plan.to));
  PK_TRY(stores, open_stores(plan));
  PK_TRY(facts, copy_journal_and_blobs(plan, stores));
  PK_CHECK(copy_rest(plan.data, plan.to));
  PK_CHECK(leave_out_held_after(facts.journal.head, plan.to));
  PK_TRY(sha256, sha256_of(Layout{plan.to}.journal()));
  facts.journal_sha256 = sha256;
  facts.made = now_as_text();
  facts.program = POSTKAMER_VERSION;
  PK_CHECK(host::write_file(facts_file(plan.to), bytes_of(to_json(facts).dump(2) + "\n")));
  // For doctor and metrics; a mailroom that cannot be written to is backed up all the same.
  (void)host::write_file(Layout{plan.data}.last_backup(), bytes_of(facts.made + "\n"));
  return facts;
}

Result<BackupFacts> backup_facts(const fs::path& backup) {
  const auto bytes = host::read_file(facts_file(backup));
  const json told = bytes ? json::parse(text_of(*bytes), nullptr, false) : json();
  const json journal = told.is_object() ? told.value("journal", json::object()) : json();
  if (!journal.is_object() || wire::number_at(told, "format") != kFormat)
    return bad_plan("backup_unfinished",
                    "while reading the backup " + backup.string() +
                        ": it has no backup.json of this program; it was not finished, or is none");
  const auto count = [](const json& body, const char* key) {
    return static_cast<std::uint64_t>(wire::number_at(body, key).value_or(0));
  };
  BackupFacts facts;
  facts.made = wire::text_at(told, "made").value_or("");
  facts.program = wire::text_at(told, "program").value_or("");
  facts.is_at_rest = wire::flag_at(told, "at_rest").value_or(false);
  facts.blobs = count(told, "blobs");
  facts.journal_sha256 = wire::text_at(journal, "sha256").value_or("");
  facts.journal = {static_cast<int>(count(journal, "version")),
                   wire::text_at(journal, "stream").value_or(""), count(journal, "event"),
                   count(journal, "audit_row"), wire::text_at(journal, "audit_hash").value_or("")};
  return facts;
}

}  // namespace postkamer
