// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/archive/mdto.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace postkamer::archive {
namespace {

namespace fs = std::filesystem;

MdtoDocument document() {
  return {"PK-20261123B1-0001-01",
          "PK-20261123B1-0001-01 verhuizing <&>",
          "verhuizing",
          {{"Ontvangst", "2026-11-23", "Gemeente Voorbeeld", ""},
           {"Digitalisering", "", "", "gescand"},
           {"Opname", "2026-11-23T10:11:12.123Z", "postkamer", ""}}};
}

MdtoFile file() {
  return {"document.pdf", std::string(64, 'a'), "2026-11-23T10:11:12Z",
          12345,          "PDF/A-2b",           "fmt/477"};
}

MdtoArchive archive() {
  MdtoArchive archive;
  archive.creator = "Gemeente Voorbeeld";
  archive.creator_id = "00000001001234567000";
  archive.creator_id_source = "OIN";
  archive.system = "urn:nld:oin:00000099000000001000:systeem:postkamer";
  return archive;
}

// What xmllint says of `xml` against the schema: 0 = valid.
int status_of(const std::string& xml) {
  const fs::path path = fs::temp_directory_path() / ("mdto-" + std::to_string(getpid()) + ".xml");
  std::ofstream(path) << xml;
  const std::string command = "xmllint --noout --schema '" POSTKAMER_SOURCE_DIR
                              "/tests/support/mdto-1.0.1.xsd' '" +
                              path.string() + "' >/dev/null 2>&1";
  const int status = std::system(command.c_str());
  fs::remove(path);
  return status;
}

TEST(Mdto, both_files_keep_the_published_structure) {
  EXPECT_EQ(status_of(mdto_document(document(), file(), archive())), 0);
  EXPECT_EQ(status_of(mdto_file(document(), file(), archive())), 0);
}

TEST(Mdto, a_retention_period_and_a_permanent_value_are_valid_too) {
  MdtoArchive kept = archive();
  kept.appraisal = "V";
  kept.retention = "P7Y";
  EXPECT_EQ(status_of(mdto_document(document(), file(), kept)), 0);
  kept.appraisal = "B";
  kept.retention = "";
  kept.creator_id = "";
  EXPECT_EQ(status_of(mdto_document(document(), file(), kept)), 0);
  EXPECT_TRUE(is_appraisal("V"));
  EXPECT_FALSE(is_appraisal("v"));
}

TEST(Mdto, a_period_is_years_months_and_days_in_that_order) {
  for (const char* good : {"", "P7Y", "P6M", "P1Y6M", "P0D"})
    EXPECT_TRUE(is_duration(good)) << good;
  for (const char* bad : {"7Y", "P", "PY", "P7", "P6M1Y", "P7Y ", "zeven jaar"})
    EXPECT_FALSE(is_duration(bad)) << bad;
}

TEST(Mdto, the_schema_refuses_what_has_another_structure) {
  const auto without = [](std::string xml, const std::string& from, const std::string& to) {
    const std::size_t start = xml.find(from);
    xml.erase(start, xml.find(to, start) + to.size() - start);
    return xml;
  };
  const std::string object = mdto_document(document(), file(), archive());
  EXPECT_NE(status_of(without(object, "<naam>", "</naam>")), 0);
  EXPECT_NE(status_of(without(object, "<waardering>", "</waardering>")), 0);
  EXPECT_NE(status_of(without(object, "<archiefvormer>", "</archiefvormer>")), 0);
  const std::string bestand = mdto_file(document(), file(), archive());
  EXPECT_NE(status_of(without(bestand, "<omvang>", "</omvang>")), 0);
  EXPECT_NE(status_of(without(bestand, "<checksum>", "</checksum>")), 0);
  MdtoArchive wrong = archive();
  wrong.retention = "zeven jaar";
  EXPECT_NE(status_of(mdto_document(document(), file(), wrong)), 0);
  MdtoDocument undated = document();
  undated.events[0].time = "gisteren";
  EXPECT_NE(status_of(mdto_document(undated, file(), archive())), 0);
}

}  // namespace
}  // namespace postkamer::archive
