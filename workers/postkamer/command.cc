// SPDX-License-Identifier: EUPL-1.2
#include "workers/postkamer/command.h"

#include <cstdlib>
#include <iostream>

#include "pipeline/base/calendar.h"
#include "workers/postkamer/command_line.h"
#include "workers/postkamer/doctor.h"
#include "workers/postkamer/exit_codes.h"
#include "workers/postkamer/form_commands.h"
#include "workers/postkamer/inbox_commands.h"
#include "workers/postkamer/key_verbs.h"
#include "workers/postkamer/serve_command.h"

namespace postkamer {
namespace {

using CLI::App;

void add_run(App& app, CommandLine& line) {
  App* run = verb(app, line, "run", "read files and folders once, write their records", [&line] {
    line.run.config = line.config;
    line.run.json = line.json;
    return run_command(line.run);
  });
  run->add_option("inputs", line.run.inputs, "scans, or folders with scans")->required();
  run->add_option("--out", line.run.out, "folder for records and documents")->required();
  run->add_option("--received", line.run.date_of_receipt, "date of receipt, yyyy-mm-dd")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return iso_day(text) ? std::string() : "expected yyyy-mm-dd, found " + text;
          },
          "DATE"));
  run->add_option("--forms", line.run.forms,
                  "folder of form definitions, instead of the settings'");
  run->add_flag("--json", line.json, "print the outcome as JSON");
  run->add_flag("--quiet", line.run.quiet, "no progress");
  run->add_flag("--keep-work", line.run.keep_work, "leave journal and blobs in OUT/work");
}

void add_archive(App& app, CommandLine& line) {
  const auto about_batch = [&](const char* name, const char* help,
                               int (*act)(const ArchiveOptions&)) {
    App* sub = asking_verb(app, line, name, help, [&line, act] {
      line.archive.dir = line.client.dir;
      line.archive.settings = line.config;
      line.archive.batch = line.batch;
      line.archive.json = line.json;
      return act(line.archive);
    });
    sub->add_option("batch", line.batch, "id of the batch")->required();
    return sub;
  };
  about_batch("export", "records, archive copies and metadata of a batch", export_command)
      ->add_option("--out", line.archive.out, "folder to write to")
      ->required();
  about_batch("verklaring", "which sheets of a batch may be destroyed, and which may not",
              statement_command)
      ->add_option("--out", line.archive.out, "PDF to write as well");
}

void add_review(App& app, CommandLine& line) {
  App* review = app.add_subcommand(
      "review", "settle documents that wait for a person; correct published ones");
  review->require_subcommand(1);
  const char* user = std::getenv("USER");
  line.amendment.person = user == nullptr ? "operator" : user;
  asking_verb(*review, line, "list", "what waits",
              [&line] { return review_list_command(line.client); });
  const auto about_document = [&](const char* name, const char* help, std::function<int()> act) {
    App* sub = asking_verb(*review, line, name, help, std::move(act));
    sub->add_option("document", line.document, "id, as list shows it")->required();
    sub->add_option("--person", line.amendment.person, "who does this");
    return sub;
  };
  about_document("show", "fields, doubts and reasons",
                 [&line] { return review_show_command(line.client, line.document); });
  about_document("set", "put a value right",
                 [&line] {
                   return review_set_command(line.client, line.document, line.amendment.assignments,
                                             line.amendment.person);
                 })
      ->add_option("assignments", line.amendment.assignments, "FIELD=VALUE ...")
      ->required();
  about_document("accept", "the document is right as it stands", [&line] {
    return review_accept_command(line.client, line.document, line.amendment.person);
  });
  about_document("reject", "the document is refused",
                 [&line] {
                   return review_reject_command(line.client, line.document, line.amendment.person,
                                                line.amendment.why);
                 })
      ->add_option("--why", line.amendment.why, "the reason, for the record")
      ->required();
  App* correct = about_document(
      "correct", "put a published document right: it is told again with what changed",
      [&line] { return review_correct_command(line.client, line.document, line.amendment); });
  correct->add_option("assignments", line.amendment.assignments, "FIELD=VALUE ...")->required();
  correct->add_option("--why", line.amendment.why, "the reason, for the record")->required();
  correct->add_option("--second", line.amendment.second, "who confirms, where two people must");
  about_document(
      "withdraw", "take a published document back",
      [&line] { return review_withdraw_command(line.client, line.document, line.amendment); })
      ->add_option("--why", line.amendment.why, "the reason, for the record")
      ->required();
}

void add_records(App& app, CommandLine& line) {
  App* records = app.add_subcommand("records", "the stream of records, on the terminal");
  records->require_subcommand(1);
  asking_verb(*records, line, "tail", "events as they come", [&line] {
    return records_command(line.client, line.from, true);
  })->add_option("--from", line.from, "start after this number");
  asking_verb(*records, line, "replay", "events so far", [&line] {
    return records_command(line.client, line.from, false);
  })->add_option("--from", line.from, "start after this number");
}

void add_schema(App& app, CommandLine& line) {
  App* schema = verb(app, line, "schema", "what the events look like, for programs", [&line] {
    line.schema.config = line.config;
    return schema_command(line.schema, std::cout, std::cerr);
  });
  auto* form = schema->add_option("form", line.schema.form, "JSON Schema of this form's records");
  schema->add_option("--form-version", line.schema.version, "instead of the newest");
  schema->add_option("--subscriber", line.schema.subscriber, "as this one sees them");
  schema->add_flag("--stream", line.json, "the whole stream, as an AsyncAPI 3 document")
      ->excludes(form);
}

void add_subscribers(App& app, CommandLine& line) {
  App* subscriber = app.add_subcommand("subscriber", "who follows the stream, and how far");
  subscriber->require_subcommand(1);
  asking_verb(*subscriber, line, "list", "where each is, and what it lost",
              [&line] { return subscriber_list_command(line.client); });
  App* move = asking_verb(
      *subscriber, line, "move", "set where one goes on: its events are sent again from there",
      [&line] { return subscriber_move_command(line.client, line.subscriber, line.to); });
  move->add_option("name", line.subscriber, "as in the settings")->required();
  move->add_option("--to", line.to, "it goes on after this number")->required();
}

void add_clock(App& app, CommandLine& line) {
  App* clock = app.add_subcommand("clock", "the clock by which what is kept grows old");
  clock->require_subcommand(1);
  asking_verb(*clock, line, "confirm", "say that it is right, after it was moved far",
              [&line] { return clock_confirm_command(line.client); });
}

void add_inbox(App& app, CommandLine& line) {
  App* inbox = app.add_subcommand("inbox", "watched folders");
  inbox->require_subcommand(1);
  App* test = verb(*inbox, line, "test", "can this folder be watched, and how",
                   [&line] { return inbox_test_command(line.config, line.inbox, line.json); });
  test->add_option("folder", line.inbox, "a folder, or the name of an inbox")->required();
  test->add_flag("--json", line.json, "print what was found as JSON");
  asking_verb(*inbox, line, "list", "what waits in the inboxes, and why", [&line] {
    return inbox_list_command(line.client.dir, line.inbox, line.json);
  })->add_option("--inbox", line.inbox, "only this one");
}

void add_sinks(App& app, CommandLine& line) {
  const auto about = [&line](int (*act)(const SinkOptions&)) {
    return [&line, act] {
      line.sink.config = line.config;
      line.sink.dir = line.client.dir;
      line.sink.json = line.json;
      return act(line.sink);
    };
  };
  App* sinks = asking_verb(app, line, "sinks", "where events are sent: how far, what waits and why",
                           about(sinks_list_command));
  sinks->require_subcommand(0, 1);
  // The verb's own callback comes last and must not win.
  sinks->callback([&line, sinks, act = asking(line, about(sinks_list_command))] {
    if (sinks->get_subcommands().empty()) line.act = act;
  });
  App* replay = asking_verb(*sinks, line, "replay", "send again what is held; open a stopped sink",
                            about(sinks_replay_command));
  replay->add_option("name", line.sink.name, "as in the settings")->required();
  replay->add_option("--from", line.sink.from, "and every event of the stream from this number on");
  App* drop = asking_verb(*sinks, line, "drop", "let a held event go: it is never sent",
                          about(sinks_drop_command));
  drop->add_option("name", line.sink.name, "as in the settings")->required();
  drop->add_option("number", line.sink.sequence, "of the event")->required();
}

void add_taught_options(App* sub, CommandLine& line) {
  sub->add_option("--forms", line.form_teach.forms, "folder of form definitions");
  sub->add_option("--words", line.form_teach.words,
                  "folder that keeps the words of pages, so that they are read once");
}

void add_taught_forms(App& form, CommandLine& line) {
  App* teach = verb(form, line, "teach", "learn a form type from filled samples", [&line] {
    line.form_teach.config = line.config;
    return form_teach_command(line.form_teach, std::cout, std::cerr);
  });
  teach->add_option("name", line.form_teach.name, "id of the form type")->required();
  teach->add_option("samples", line.form_teach.samples, "scans, or folders with scans")->required();
  teach->add_option("--title", line.form_teach.title, "what people call it");
  add_taught_options(teach, line);

  App* recognise =
      verb(form, line, "recognise", "which taught form is it, by the first page", [&line] {
        line.form_teach.config = line.config;
        return form_recognise_command(line.form_teach, std::cout, std::cerr);
      });
  recognise->add_option("scans", line.form_teach.samples, "scans, or folders with scans")
      ->required();
  add_taught_options(recognise, line);
}

void add_separators(App& app, CommandLine& line) {
  App* separators = app.add_subcommand("separators", "sheets that lie between documents");
  separators->require_subcommand(1);
  App* print = verb(*separators, line, "print", "print separator sheets, both sides, as PDF",
                    [&line] { return separators_print(line.separators, std::cerr); });
  print->add_option("--out", line.separators.out_pdf, "PDF to write")->required();
  print->add_option("--class", line.separators.sheet.batch_class, "whose post follows, as \"bz\"");
  print->add_option("--received", line.separators.sheet.received,
                    "date of receipt of what follows, yyyy-mm-dd");
  print->add_option("--case", line.separators.sheet.case_number, "case number of what follows");
  print->add_option("--copies", line.separators.copies, "sheets")->check(CLI::Range(1, 500));
}

void add_forms(App& app, CommandLine& line) {
  App* form = app.add_subcommand("form", "form definitions");
  form->require_subcommand(1);
  verb(*form, line, "check", "tell every mistake in form definitions",
       [&line] { return form_check(line.files, std::cout, std::cerr); })
      ->add_option("forms", line.files, "form.toml files or folders")
      ->required();

  App* print = verb(*form, line, "print", "print a form as PDF", [&line] {
    return form_print(line.from_file, line.to_file, line.values_file, std::cerr);
  });
  print->add_option("form", line.from_file, "form.toml or its folder")->required();
  print->add_option("--out", line.to_file, "PDF to write")->required();
  print->add_option("--values", line.values_file, "JSON object of values to fill in");
  App* draft = verb(*form, line, "draft", "draft a definition from a blank",
                    [&line] { return form_draft(line.from_file, line.to_file, std::cerr); });
  draft->add_option("blank", line.from_file, "PDF or picture of the empty form")->required();
  draft->add_option("--out", line.to_file, "form.toml to write")->required();

  App* imported = verb(
      *form, line, "import", "make a form of a layout in JSON and its blank",
      [&line] { return form_import(line.layout_file, line.from_file, line.to_file, std::cerr); });
  imported->add_option("layout", line.layout_file, "layout.json: fields with their boxes in mm")
      ->required();
  imported->add_option("blank", line.from_file, "PDF of the empty form")->required();
  imported->add_option("--out", line.to_file, "folder for form.toml and the blank")->required();

  App* test = verb(*form, line, "test", "try a form on samples", [&line] {
    line.form_test.config = line.config;
    return form_test_command(line.form_test, std::cout, std::cerr);
  });
  test->add_option("form", line.form_test.form, "form.toml or its folder")->required();
  test->add_option("samples", line.form_test.samples, "scans, or folders with scans")->required();
  test->add_option("--overlay", line.form_test.overlay, "folder for pictures with the zones drawn");
  add_taught_forms(*form, line);
}

void add_all(App& app, CommandLine& line) {
  app.require_subcommand(1);
  app.set_version_flag("--version", "postkamer " POSTKAMER_VERSION);
  app.add_option("--config", line.config, "settings file")->envname("POSTKAMER_CONFIG");
  app.fallthrough();
  add_run(app, line);
  verb(app, line, "serve", "the mailroom: watch the inboxes until stopped",
       [&line] { return serve_command(line.config); });
  asking_verb(app, line, "status", "what waits where, and who works on what",
              [&line] { return status_command(line.client); });
  add_ledger(app, line);
  add_batches(app, line);
  verb(app, line, "doctor", "what is missing on this machine", [&line] {
    return doctor_command(line.config, line.json);
  })->add_flag("--json", line.json, "print the findings as JSON");
  add_archive(app, line);
  add_backup_verbs(app, line.backup, line.config, line.act);
  add_forms(app, line);
  add_separators(app, line);
  add_inbox(app, line);
  add_review(app, line);
  add_records(app, line);
  add_subscribers(app, line);
  add_clock(app, line);
  add_sinks(app, line);
  add_schema(app, line);
  add_key_verbs(app, line.config, line.act);
  add_audit_verbs(app, line.audit, line.config, line.act);
}

}  // namespace

int command(int argc, char** argv) {
  // Tesseract's threads make two cores five times slower; its OpenMP reads this when it is loaded,
  // so only processes started from here feel it.
  setenv("OMP_THREAD_LIMIT", "1", 1);
  App app("Postkamer: paper in, records out");
  CommandLine line;
  add_all(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_code::kOk : exit_code::kUsage;
  }
  return line.act();
}

}  // namespace postkamer
