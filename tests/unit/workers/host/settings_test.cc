// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/settings.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

namespace postkamer::host {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> mistakes_in(std::string_view toml) {
  std::vector<std::string> texts;
  const auto settings = parse_settings(toml, "/etc/postkamer/postkamer.toml");
  if (!settings)
    for (const auto& mistake : settings.error())
      texts.push_back(std::to_string(mistake.line) + ": " + mistake.message);
  return texts;
}

TEST(Settings, another_folder_of_forms_can_be_named_for_one_run) {
  ASSERT_EQ(setenv(kFormsVariable, "/elsewhere/forms", 1), 0);
  const auto elsewhere = load_settings(default_settings_file());
  ASSERT_EQ(unsetenv(kFormsVariable), 0);
  const auto own = load_settings(default_settings_file());
  ASSERT_TRUE(elsewhere && own);
  EXPECT_EQ(elsewhere->forms, "/elsewhere/forms");
  EXPECT_EQ(own->forms, default_settings_file().parent_path() / "forms");
}

TEST(Settings, that_cannot_be_read_are_wrong_and_not_worth_another_try) {
  const auto settings = load_settings("/nowhere/postkamer.toml");
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, ErrorCode::invalid_config);
  EXPECT_THAT(settings.error().message, HasSubstr("/nowhere/postkamer.toml"));
}

TEST(Settings, of_an_installed_program_lie_beside_it) {
  std::string pattern = (std::filesystem::temp_directory_path() / "pk-root-XXXXXX").string();
  const std::filesystem::path prefix = ::mkdtemp(pattern.data());
  const auto program = prefix / "bin" / "postkamer";
  const auto tree = root_of("");  // of a program that does not know where it is
  EXPECT_TRUE(std::filesystem::exists(tree / "config" / "postkamer.toml"));
  EXPECT_EQ(root_of(program), tree) << "nothing is installed there yet";
  std::filesystem::create_directories(prefix / "share" / "config");
  std::ofstream(prefix / "share" / "config" / "postkamer.toml") << "\n";
  EXPECT_EQ(root_of(program), prefix / "share");
  std::filesystem::remove_all(prefix);
}

TEST(Settings, the_shipped_file_is_right) {
  const auto settings = load_settings(default_settings_file());
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->inboxes.size(), 1u);
  EXPECT_TRUE(settings->forms.is_absolute());
}

TEST(Settings, relative_paths_start_at_the_file) {
  const auto settings = parse_settings("[system]\nforms = '../forms'\n", "/etc/pk/postkamer.toml");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->forms, "/etc/forms");
}

TEST(Settings, subscribers_have_filters_and_profiles) {
  const auto settings = parse_settings(
      "[stream]\nkeep_days = 30\nwait_days = 60\n"
      "[[subscriber]]\nname = 'zaken'\ntypes = ['formulier-gelezen']\nforms = ['f']\n"
      "fields = []\nbsn = 'pseudonym'\npseudonym_key = 'k'\n"
      "[[subscriber]]\nname = 'all'\n",
      "/etc/pk/postkamer.toml");
  ASSERT_TRUE(settings);
  ASSERT_EQ(settings->stream.subscribers.size(), 2u);
  const SubscriberSettings& one = settings->stream.subscribers[0];
  EXPECT_THAT(one.types, ElementsAre("nl.poststukken.formulier-gelezen.v1"));
  EXPECT_TRUE(one.fields && one.fields->empty()) << "no field at all is not every field";
  EXPECT_EQ(one.bsn, publish::BsnMode::pseudonym);
  EXPECT_EQ(one.pseudonym_key, "/etc/pk/k");
  EXPECT_FALSE(settings->stream.subscribers[1].fields);
  EXPECT_THAT(mistakes_in("[stream]\nkeep_days = 9\nwait_days = 8\n"
                          "[[subscriber]]\nname = 'Zaken'\nbsn = 'pseudonym'\n"
                          "[[subscriber]]\nname = 'postkamer'\ntypes = ['brief']\nbsn = 'half'\n"),
              testing::SizeIs(6));
}

TEST(Settings, the_audit_is_vouched_for_beside_the_data_unless_told_otherwise) {
  const auto beside =
      parse_settings("[system]\ndata = '../room/data/'\n", "/etc/pk/postkamer.toml");
  ASSERT_TRUE(beside);
  EXPECT_EQ(beside->audit.checkpoints, "/etc/room/checkpoints");
  EXPECT_EQ(beside->audit.key, "/etc/room/audit.key");
  EXPECT_FALSE(beside->audit.is_elsewhere);
  const auto told = parse_settings(
      "[system]\ndata = '../room/data'\n[audit]\ncheckpoints = '/mnt/other'\nkey = 'k'\n",
      "/etc/pk/postkamer.toml");
  ASSERT_TRUE(told);
  EXPECT_EQ(told->audit.checkpoints, "/mnt/other");
  EXPECT_EQ(told->audit.key, "/etc/pk/k");
  EXPECT_TRUE(told->audit.is_elsewhere);
}

TEST(Settings, records_do_not_live_on_in_the_stream_and_the_audit_lives_half_a_year) {
  EXPECT_THAT(mistakes_in("[stream]\nkeep_days = 30\nwait_days = 60\n"
                          "[retention]\nrecords_days = 60\naudit_days = 183\n"),
              IsEmpty());
  EXPECT_THAT(mistakes_in("[retention]\nrecords_days = 60\naudit_days = 90\n"), SizeIs(2));
  EXPECT_THAT(mistakes_in("[stream]\nkeep_days = 30\nwait_days = 61\n"
                          "[retention]\nrecords_days = 60\n"),
              SizeIs(1));
}

TEST(Settings, every_mistake_is_told_with_its_line) {
  EXPECT_THAT(mistakes_in("[workers]\n"
                          "ocr = -1\n"
                          "deksew = 2\n"
                          "[ocr]\n"
                          "languages = 7\n"
                          "[[inbox]]\n"
                          "name = 'post'\n"
                          "publish = 'all'\n"),
              ElementsAre("2: ocr: expected a whole number from 0 to 256",
                          "3: unknown key deksew; this table knows decode, deskew, classify, "
                          "extract, ocr, archive, elsewhere",
                          "5: languages: expected text in quotes",
                          "6: folder is missing; add it to this table",
                          "8: publish: expected one of \"settled\", \"doubtful-too\""));
}

TEST(Settings, a_sink_is_a_subscriber_with_a_receiver) {
  const auto settings = parse_settings(
      "[[sink]]\nname = 'zaken'\nkind = 'webhook'\nurl = 'https://zaken.example/in'\n"
      "body = 'open-formulieren'\nbsn = 'omitted'\nsecret = 'key'\n"
      "[[sink]]\nname = 'map'\nkind = 'outbox'\nfolder = 'uit'\n",
      "/etc/pk/postkamer.toml");
  ASSERT_TRUE(settings);
  ASSERT_EQ(settings->sinks.size(), 2u);
  EXPECT_EQ(settings->sinks[0].secret, "/etc/pk/key");
  EXPECT_EQ(settings->sinks[1].folder, "/etc/pk/uit");
  ASSERT_EQ(settings->stream.subscribers.size(), 2u);
  EXPECT_EQ(settings->stream.subscribers[0].bsn, publish::BsnMode::omitted);
  EXPECT_THAT(settings->stream.subscribers[0].types, SizeIs(2)) << "what has such a body";
  EXPECT_THAT(settings->stream.subscribers[1].types, IsEmpty()) << "everything";
}

TEST(Settings, a_sink_that_would_send_letters_in_the_clear_is_refused) {
  EXPECT_THAT(mistakes_in("[[sink]]\nname = 'a'\nkind = 'webhook'\nurl = 'http://zaken.example'\n"
                          "[[sink]]\nname = 'b'\nkind = 'webhook'\n"
                          "url = 'http://localhost.example/'\n"
                          "[[sink]]\nname = 'c'\nkind = 'command'\ncommand = ['rm']\n"
                          "[[sink]]\nname = 'd'\nkind = 'outbox'\n"),
              ElementsAre(HasSubstr("4: url: expected https://"), HasSubstr("8: url: expected"),
                          HasSubstr("12: command: expected a list that begins with"),
                          HasSubstr("folder is missing")));
}

TEST(Settings, a_gate_has_its_port_and_its_keys) {
  const auto settings = parse_settings(
      "[gate]\nlisten = 'tcp://*:7700'\naddress = 'tcp://post.example:7700'\nkeys = 'keys'\n"
      "allow = ['10.1.0.0/16', 'fd00::/8', '192.0.2.7']\n[workers]\nelsewhere = ['ocr']\n",
      "/etc/pk/postkamer.toml");
  ASSERT_TRUE(settings);
  ASSERT_TRUE(settings->gate);
  EXPECT_EQ(settings->gate->keys, "/etc/pk/keys");
  EXPECT_EQ(settings->gate->address, "tcp://post.example:7700");
  EXPECT_EQ(worker_count(*settings, "ocr"), 0);
  EXPECT_EQ(worker_count(*settings, "decode"), 1);
  EXPECT_FALSE(parse_settings("", "/etc/pk/postkamer.toml")->gate);
  EXPECT_THAT(mistakes_in("[gate]\nlisten = 'ipc:///tmp/x'\naddress = 'tcp://*:7700'\n"
                          "allow = ['10.1.0.0/33']\n[workers]\nelsewhere = ['orc']\n"),
              ElementsAre(HasSubstr("keys is missing"), HasSubstr("2: listen: expected"),
                          HasSubstr("3: address: expected"), HasSubstr("4: allow: expected"),
                          HasSubstr("6: elsewhere: expected")));
}

TEST(Settings, word_lists_are_named_with_their_files) {
  const auto settings = parse_settings(
      "[lexica]\n"
      "places = 'lexica/plaatsen.csv'\n"
      "streets = { file = '/data/bag.csv', column = 'openbareruimte', coverage = 0.99 }\n",
      "/etc/pk/postkamer.toml");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->lexica.at("places").file, "/etc/pk/lexica/plaatsen.csv");
  EXPECT_EQ(settings->lexica.at("streets").file, "/data/bag.csv");
  EXPECT_EQ(settings->lexica.at("streets").column, "openbareruimte");
  EXPECT_EQ(settings->lexica.at("streets").coverage, 0.99);
  EXPECT_THAT(
      mistakes_in("[lexica]\n"
                  "places = 3\n"
                  "streets = { column = 'straat', coverage = 1.5 }\n"),
      ElementsAre("2: places: expected text in quotes", "3: file is missing; add it to this table",
                  "3: coverage: expected a number between 0 and 1"));
}

TEST(Settings, a_syntax_mistake_is_told_with_its_line) {
  const auto mistakes = mistakes_in("[system]\nsource = \n");
  ASSERT_EQ(mistakes.size(), 1u);
  EXPECT_TRUE(mistakes[0].starts_with("2: ")) << mistakes[0];
}

TEST(Settings, an_unknown_table_is_refused) {
  EXPECT_THAT(
      mistakes_in("[wokers]\nocr = 1\n"),
      ElementsAre(AllOf(HasSubstr("1: unknown key wokers; this table knows system, workers"),
                        HasSubstr(", stream"), HasSubstr(", sink"))));
}

TEST(Settings, a_wall_that_nobody_knows_cannot_be_required) {
  EXPECT_THAT(mistakes_in("[box]\nrequired = ['moat']\n"),
              ElementsAre(HasSubstr("\"seccomp\", \"landlock\", both or []")));
  EXPECT_THAT(mistakes_in("[box]\nrequired = ['landlock', 'seccomp']\nmemory_mib = 512\n"),
              IsEmpty());
}

TEST(Settings, every_inbox_has_its_own) {
  const auto settings = parse_settings(
      "[[inbox]]\nname = 'a'\nfolder = 'a'\nwatch = 'poll'\n"
      "page_per_file = true\nduplicates = 'accept'\n"
      "classes = { 'Burger zaken' = 'bz' }\nstore = '/srv/post'\n"
      "[[inbox]]\nname = 'b'\nfolder = 'b'\n",
      "/etc/pk.toml");
  ASSERT_TRUE(settings) << settings.error().front().message;
  const auto& a = settings->inboxes.at(0);
  EXPECT_EQ(a.watch, WatchMode::polling);
  EXPECT_TRUE(a.page_per_file);
  EXPECT_EQ(a.duplicates, DuplicatePolicy::accept);
  EXPECT_EQ(a.classes.at("Burger zaken"), "bz");
  EXPECT_EQ(a.store_folder(), "/srv/post");
  const auto& b = settings->inboxes.at(1);
  EXPECT_EQ(b.watch, WatchMode::automatic);
  EXPECT_EQ(b.duplicates, DuplicatePolicy::link);
  EXPECT_EQ(b.store_folder(), "/etc");
}

TEST(Settings, names_of_inboxes_and_classes_must_be_usable_as_such) {
  EXPECT_THAT(mistakes_in("[[inbox]]\nname = 'a/b'\nfolder = 'a'\n"
                          "classes = { '../uit' = 'x' }\n"
                          "[[inbox]]\nname = 'c'\nfolder = 'c'\n"
                          "[[inbox]]\nname = 'c'\nfolder = 'd'\n"),
              ElementsAre("2: name: expected letters, digits, - and _, at most 64",
                          "4: ../uit: expected a folder's name without /, @, = or leading dot",
                          "9: name: expected one that no other inbox has"));
}

TEST(Settings, metrics_are_served_to_this_machine_only) {
  const auto listening = [](const std::string& where) {
    return parse_settings("[metrics]\nlisten = '" + where + "'\n", "/srv/pk.toml");
  };
  const auto left_out = parse_settings("", "/srv/pk.toml")->metrics;
  EXPECT_TRUE(left_out.is_served && left_out.address.empty());
  EXPECT_TRUE(listening("unix")->metrics.is_served);
  EXPECT_FALSE(listening("off")->metrics.is_served);
  EXPECT_EQ(listening("127.0.0.1:9464")->metrics.port, 9464);
  EXPECT_EQ(listening("localhost:1")->metrics.address, "127.0.0.1");
  EXPECT_EQ(listening("[::1]:65535")->metrics.address, "::1");
  for (const char* wrong : {"0.0.0.0:9464", "192.168.1.1:80", "127.0.0.1", "127.0.0.1:0",
                            "127.0.0.1:65536", "127.0.0.1:9464x", ":80", "", "on"})
    EXPECT_THAT(mistakes_in("[metrics]\nlisten = '" + std::string(wrong) + "'\n"),
                ElementsAre(HasSubstr("a port of this machine only")))
        << wrong;
}

TEST(Settings, what_begins_a_document_is_told_for_all_for_a_class_and_for_an_inbox) {
  const auto settings = parse_settings(
      "[[inbox]]\nname = 'balie'\nfolder = 'a'\nclass = 'bel'\nsplitting = { every_pages = 2 }\n"
      "[splitting]\npatch_bars = ['T', '2']\nsticker_prefixes = ['POST-']\n"
      "[splitting.class.bel]\nblank_sheet = 'both-sides'\nsheets = false\n",
      "/etc/pk.toml");
  ASSERT_TRUE(settings) << settings.error().front().message;
  const SplittingSettings& splitting = settings->splitting;
  EXPECT_THAT(splitting.rules.patch_bars, ElementsAre("T", "2"));
  EXPECT_EQ(&splitting.rules_for("postkamer run", "run"), &splitting.rules);
  const SeparationRules& of_class = splitting.rules_for("inbox:post:1-2-3", "bel");
  EXPECT_EQ(of_class.blank_sheet, BlankSheet::both_sides);
  EXPECT_FALSE(of_class.sheets);
  EXPECT_THAT(of_class.sticker_prefixes, ElementsAre("POST-")) << "as in the general rules";
  const SeparationRules& of_inbox = splitting.rules_for("inbox:balie:1-2-3", "bel");
  EXPECT_EQ(of_inbox.every_pages, 2);
  EXPECT_TRUE(of_inbox.sheets) << "an inbox's own rules come before those of its class";
}

TEST(Settings, rules_of_separation_that_cannot_work_are_refused) {
  EXPECT_THAT(mistakes_in("[splitting]\npatch_bars = ['5']\nsticker_prefixes = ['']\n"
                          "every_pages = -1\n[splitting.class.bz]\nblank_sheet = 'maybe'\n"
                          "[[inbox]]\nname = 'a'\nfolder = 'a'\nsplitting = { sheet = true }\n"),
              ElementsAre(HasSubstr("2: patch_bars: expected"), HasSubstr("3: sticker_prefixes:"),
                          HasSubstr("4: every_pages: expected a whole number"),
                          HasSubstr("6: blank_sheet: expected one of"),
                          HasSubstr("10: unknown key sheet; this table knows sheets")));
}

Result<void> checked(const std::string& toml) {
  const auto settings = parse_settings(toml, "/srv/pk.toml");
  return check_inbox_folders(settings->inboxes, settings->data);
}

TEST(InboxFolders, may_not_lie_in_each_other) {
  const std::string post = "[system]\ndata = 'data'\n[[inbox]]\nname = 'post'\nfolder = 'post'\n";
  EXPECT_TRUE(checked(post));
  for (const auto* other : {"post/sub", "post", "work/x", "processed", "data/in", "."}) {
    const auto result = checked(post + "[[inbox]]\nname = 'other'\nfolder = '" + other + "'\n");
    ASSERT_FALSE(result) << other;
    EXPECT_EQ(result.error().reason, "inbox_overlap");
  }
}

}  // namespace
}  // namespace postkamer::host
