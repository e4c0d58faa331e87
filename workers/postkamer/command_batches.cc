// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/batch_commands.h"
#include "workers/postkamer/command_line.h"

namespace postkamer {

using CLI::App;

void add_batches(App& app, CommandLine& line) {
  App* batch =
      app.add_subcommand("batch", "close a batch; put its date of receipt, or a blank side, right");
  batch->require_subcommand(1);
  App* close = asking_verb(*batch, line, "close", "no more files come", [&line] {
    return batch_close_command(line.client, line.batch, line.accept_missing);
  });
  close->add_option("batch", line.batch, "id of the batch")->required();
  close->add_flag("--accept-missing", line.accept_missing,
                  "expected sheets that did not come are accepted as missing");
  App* redate = asking_verb(
      *batch, line, "redate", "another date of receipt; published records are told again", [&line] {
        return batch_redate_command(line.client, line.batch, line.received, line.amendment);
      });
  redate->add_option("batch", line.batch, "id of the batch")->required();
  redate->add_option("--received", line.received, "yyyy-mm-dd")->required();
  redate->add_option("--person", line.amendment.person, "who says so");
  redate->add_option("--why", line.amendment.why, "the reason, for the record")->required();
  App* blanks = asking_verb(
      *batch, line, "blanks", "sides that were taken for blank; --put-back returns one", [&line] {
        return line.page.empty() ? batch_blanks_command(line.client, line.batch, line.to_file)
                                 : batch_put_back_command(line.client, line.page, line.amendment);
      });
  blanks->add_option("batch", line.batch, "id of the batch")->required();
  blanks->add_option("--out", line.to_file, "folder that gets their pictures");
  auto* put_back = blanks->add_option("--put-back", line.page,
                                      "this side, as S12/4, goes into the document around it");
  blanks->add_option("--person", line.amendment.person, "who says so");
  auto* why = blanks->add_option("--why", line.amendment.why, "the reason, for the record");
  put_back->needs(why);
}

void add_ledger(App& app, CommandLine& line) {
  App* ledger = asking_verb(
      app, line, "ledger", "where every sheet of a batch went; ends 3 when it does not balance",
      [&line] { return ledger_command(line.client, line.batch, line.to_file); });
  ledger->add_option("batch", line.batch, "id of the batch")->required();
  ledger->add_option("--out", line.to_file, "write it as a page to sign, a PDF");
}

}  // namespace postkamer
