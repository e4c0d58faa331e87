// SPDX-License-Identifier: EUPL-1.2
//
// Where events are sent by ourselves: a real mailroom and its sinks, killed in the middle.
#include <signal.h>

#include <algorithm>

#include <gmock/gmock.h>

#include "tests/support/stream_oracles.h"
#include "tests/system/mailroom.h"

namespace postkamer::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::filesystem::path;
using testing::HasSubstr;

constexpr auto kRecordDeadline = 120s;

class Sinks : public testing::Test {
 protected:
  void open(const std::string& sinks) {
    write_text(mailroom_.config(), read_text(mailroom_.config()) + sinks);
    ASSERT_NO_FATAL_FAILURE(mailroom_.open());
  }

  // The one document that waits for a person is accepted as it was read.
  void accept_what_waits() {
    const auto waits = [&] {
      const auto list = mailroom_.ask({"review", "list", "--json"}).json();
      if (list.contains("documents") && !list.at("documents").empty())
        document_ = list.at("documents").at(0).at("document");
      return !document_.empty();
    };
    ASSERT_TRUE(wait_until(waits, kRecordDeadline)) << mailroom_.log();
    ASSERT_EQ(mailroom_.ask({"review", "accept", document_, "--person", "anna"}).status, 0);
  }

  // One letter that a person has settled: the first event of the stream.
  void read_a_letter() {
    std::filesystem::copy(samples("letter", ".tif").at(0), mailroom_.inbox() / "letter.tif");
    ASSERT_NO_FATAL_FAILURE(accept_what_waits());
    const auto fields = mailroom_.ask({"review", "show", document_, "--json"}).json();
    field_ = fields.at("record").at("fields").begin().key();
  }

  // One event more.
  void correct(const std::string& value) {
    ASSERT_EQ(
        mailroom_.ask({"review", "correct", document_, field_ + "=" + value, "--why", "proef"})
            .status,
        0);
  }

  [[nodiscard]] json told_of(const std::string& sink) const {
    const json all = mailroom_.ask({"--config", mailroom_.config(), "sinks", "--json"}).json();
    for (const json& one : all)
      if (one.value("name", "") == sink) return one;
    return json::object();
  }

  void kill_sinks() {
    for (const pid_t pid : children_named(mailroom_.process().pid(), "postkamer-sink"))
      kill(pid, SIGKILL);
  }

  [[nodiscard]] std::vector<path> files_in(const std::string& folder) const {
    std::vector<path> files;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(mailroom_.folder() / folder, none))
      if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
  }
  [[nodiscard]] bool wait_for_files(const std::string& folder, std::size_t count) const {
    return wait_until([&] { return files_in(folder).size() >= count; }, 60s);
  }

  Mailroom mailroom_{"sinks", "settled"};
  std::string document_, field_;
};

TEST_F(Sinks, fill_a_folder_with_the_events_of_the_stream_and_go_on_after_a_kill) {
  ASSERT_NO_FATAL_FAILURE(
      open("[[sink]]\nname = 'uit'\nkind = 'outbox'\nfolder = 'uit'\nunit_ms = 10\n"));
  ASSERT_NO_FATAL_FAILURE(read_a_letter());
  ASSERT_TRUE(wait_for_files("uit", 1)) << mailroom_.log();

  // A folder that cannot be written holds everything up, visibly, and goes on by itself.
  std::filesystem::rename(mailroom_.folder() / "uit", mailroom_.folder() / "weg");
  write_text(mailroom_.folder() / "uit", "no folder");
  correct("2026-01-02");
  EXPECT_TRUE(wait_until([&] { return told_of("uit").value("reason", "") == "sink_folder"; }, 60s))
      << told_of("uit");
  EXPECT_THAT(mailroom_.ask({"--config", mailroom_.config(), "sinks"}).out,
              HasSubstr("kan niet worden geschreven"));
  kill_sinks();
  std::filesystem::remove(mailroom_.folder() / "uit");
  std::filesystem::rename(mailroom_.folder() / "weg", mailroom_.folder() / "uit");
  ASSERT_TRUE(wait_for_files("uit", 2)) << mailroom_.log();
  kill_sinks();
  correct("2026-01-03");
  ASSERT_TRUE(wait_for_files("uit", 3)) << mailroom_.log();

  std::string all;
  for (const path& file : files_in("uit")) all += read_text(file);
  EXPECT_EQ(all, mailroom_.ask({"records", "replay"}).out);
  EXPECT_THAT(stream_oracles(mailroom_.data(), {lines_of(all)}), testing::IsEmpty());
  EXPECT_TRUE(wait_until([&] { return told_of("uit").value("behind", json(9)) == 0; }, 60s));
}

TEST_F(Sinks, send_nothing_again_where_no_mailroom_can_write_it_down) {
  const std::string config = mailroom_.config();
  write_text(config,
             read_text(config) + "[[sink]]\nname = 'uit'\nkind = 'outbox'\nfolder = 'uit'\n");
  const auto replay = mailroom_.ask({"--config", config, "sinks", "replay", "uit"});
  EXPECT_EQ(replay.status, 69) << replay.errors;
  EXPECT_THAT(replay.errors, HasSubstr("postkamer serve"));
}

TEST_F(Sinks, send_again_from_where_a_person_says) {
  ASSERT_NO_FATAL_FAILURE(open("[[sink]]\nname = 'uit'\nkind = 'outbox'\nfolder = 'uit'\n"));
  ASSERT_NO_FATAL_FAILURE(read_a_letter());
  ASSERT_TRUE(wait_for_files("uit", 1)) << mailroom_.log();
  std::filesystem::remove(files_in("uit").front());
  const auto config = mailroom_.config().string();
  const auto replay = mailroom_.ask({"--config", config, "sinks", "replay", "uit", "--from", "1"});
  EXPECT_EQ(replay.status, 0) << replay.errors;
  EXPECT_THAT(replay.out, HasSubstr("taken up"));
  EXPECT_TRUE(wait_for_files("uit", 1)) << mailroom_.log();
  EXPECT_EQ(mailroom_.ask({"--config", config, "sinks", "replay", "uit", "--from", "9"}).status, 5);
  EXPECT_EQ(mailroom_.ask({"--config", config, "sinks", "replay", "nobody"}).status, 4);
  EXPECT_EQ(mailroom_.ask({"--config", config, "sinks", "drop", "uit", "1"}).status, 4);
}

// A citizen fills in the form on the website, another the same on paper: whoever takes in both gets
// the same values, in a body of the same shape.
TEST_F(Sinks, send_from_paper_what_the_digital_form_sends) {
  const json digital = json::parse(
      read_text(path(POSTKAMER_SOURCE_DIR) / "tests/system/digital" / "parkeervergunning.json"));
  ASSERT_NO_FATAL_FAILURE(
      open("[[sink]]\nname = 'twin'\nkind = 'outbox'\nfolder = 'twin'\nbody = 'open-formulieren'\n"
           "[[sink]]\nname = 'zaak'\nkind = 'command'\nbody = 'productaanvraag'\n"
           "command = ['/bin/sh', '-c', 'cat > " +
           (mailroom_.folder() / "zaak.json").string() + "']\n"));
  json filled;  // as it is written on paper: nothing where nothing is filled in
  for (const auto& [name, value] : digital.at("values").items())
    if (value != "") filled[name] = value.is_number() ? json("273.53") : value;
  filled["handtekening"] = true;
  write_text(mailroom_.folder() / "values.json", filled.dump());
  const auto form = path(POSTKAMER_SOURCE_DIR) / "config/forms/parkeervergunning/2026-01";
  const auto paper = mailroom_.folder() / "paper.pdf";
  const auto printed =
      postkamer({"form", "print", form.string(), "--values",
                 (mailroom_.folder() / "values.json").string(), "--out", paper.string()});
  ASSERT_EQ(printed.status, 0) << printed.errors;
  std::filesystem::rename(paper, mailroom_.inbox() / "paper.pdf");
  ASSERT_NO_FATAL_FAILURE(accept_what_waits());

  ASSERT_TRUE(wait_for_files("twin", 1)) << mailroom_.log();
  const json body = json::parse(read_text(files_in("twin").front()));
  EXPECT_EQ(body.at("values"), digital.at("values"));
  EXPECT_EQ(body.at("values_schema").at("required").size(), digital.at("values").size());
  for (const auto& [key, value] : digital.at("metadata").items())
    EXPECT_TRUE(body.at("metadata").contains(key)) << key;

  const auto is_there = [&] {
    return json::parse(read_text(mailroom_.folder() / "zaak.json"), nullptr, false).is_object();
  };
  ASSERT_TRUE(wait_until(is_there, 60s)) << mailroom_.log();
  const json request = json::parse(read_text(mailroom_.folder() / "zaak.json"));
  EXPECT_EQ(request.at("bron").at("naam"), "Postkamer");
  EXPECT_EQ(request.at("aanvraaggegevens").at("parkeervergunning"), digital.at("values"));
  EXPECT_EQ(request.at("betrokkenen").at(0).at("inpBsn"),
            digital.at("values").at("burgerservicenummer"));
}

}  // namespace
}  // namespace postkamer::test
