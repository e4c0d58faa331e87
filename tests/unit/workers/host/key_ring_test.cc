// SPDX-License-Identifier: EUPL-1.2
#include "workers/host/key_ring.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workers/host/files.h"
#include "workers/host/secret_key.h"

namespace postkamer::host {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class KeyFolder : public testing::Test {
 protected:
  KeyFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pk-keys-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~KeyFolder() override { std::filesystem::remove_all(folder_); }

  void lay(const std::string& name, const std::string& text) {
    ASSERT_TRUE(write_file(folder_ / name, bytes_of(text)));
  }
  static std::string a_public_key() { return new_secret_key()->public_key(); }
  static std::string line(const std::string& public_key) {
    return "public = '" + public_key + "'\n";
  }

  std::filesystem::path folder_;
};

TEST_F(KeyFolder, names_who_may_come_in_and_what_for) {
  const std::string worker = a_public_key(), reader = a_public_key();
  lay("ocr-2.toml", line(worker) + "role = 'worker'\nkinds = ['ocr', 'deskew']\n");
  lay("zaken.toml", line(reader) +
                        "role = 'subscriber'\nsubscribers = ['zaaksysteem']\nscopes = ['bsn']\n"
                        "not_after = 2027-06-30\n");
  const KeyRing ring = KeyRing::load(folder_);
  EXPECT_THAT(ring.mistakes(), IsEmpty());
  ASSERT_NE(ring.find(worker, "2026-11-26"), nullptr);
  EXPECT_EQ(ring.find(worker, "2026-11-26")->grant,
            (wire::Grant{"ocr-2", wire::Role::worker, {"ocr", "deskew"}, {}, {}}));
  EXPECT_NE(ring.find(reader, "2027-06-30"), nullptr);
  EXPECT_EQ(ring.find(reader, "2027-07-01"), nullptr) << "past its last day";
  EXPECT_EQ(ring.find(a_public_key(), "2026-11-26"), nullptr);
}

TEST_F(KeyFolder, a_revoked_key_and_one_with_a_mistake_open_nothing) {
  const std::string revoked = a_public_key(), wrong = a_public_key(), twice = a_public_key();
  lay("a.toml", line(revoked) + "role = 'worker'\nkinds = ['ocr']\nrevoked = 2026-11-26\n");
  lay("b.toml", line(wrong) + "role = 'worker'\nkinds = ['ocr']\nscopse = []\n");
  lay("c.toml", line(twice) + "role = 'worker'\nkinds = ['ocr']\n");
  lay("d.toml", line(twice) + "role = 'worker'\nkinds = ['decode']\n");
  lay("Name with spaces.toml", line(a_public_key()) + "role = 'worker'\nkinds = ['ocr']\n");
  const KeyRing ring = KeyRing::load(folder_);
  for (const std::string& key : {revoked, wrong, twice})
    EXPECT_EQ(ring.find(key, "2026-11-26"), nullptr);
  EXPECT_THAT(ring.mistakes(), SizeIs(3));
}

TEST_F(KeyFolder, that_no_file_is_left_to_read_is_no_folder_without_keys) {
  lay("a.toml", line(a_public_key()) + "role = 'worker'\nkinds = ['ocr']\n");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  const KeyRing ring = KeyRing::load(folder_);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_FALSE(ring.is_whole());
  EXPECT_TRUE(KeyRing::load(folder_).is_whole());
  EXPECT_TRUE(KeyRing::load(folder_ / "not there").is_whole());
}

TEST_F(KeyFolder, every_mistake_in_a_file_is_told) {
  const auto key = parse_peer_key(
      "public = 'short'\nrole = 'worker'\nkinds = ['orc']\nsubscribers = ['a']\n"
      "scopes = ['bsn']\nnot_after = 'soon'\n",
      "/keys.d/a.toml");
  ASSERT_FALSE(key);
  for (const char* mistake : {"a.toml:1", "public", "kinds", "subscribers", "scopes", "not_after"})
    EXPECT_THAT(key.error().message, HasSubstr(mistake));
}

TEST_F(KeyFolder, what_is_written_is_read_again) {
  PeerKey key;
  key.grant = {"a", wire::Role::client, {}, {}, {"status", "review"}};
  key.public_key = a_public_key();
  key.not_after = "2027-01-31";
  const auto again = parse_peer_key(to_toml(key), "a.toml");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->grant, key.grant);
  EXPECT_EQ(again->public_key, key.public_key);
  EXPECT_EQ(again->not_after, key.not_after);
}

TEST_F(KeyFolder, shows_by_its_print_that_a_file_changed) {
  const auto empty = folder_print(folder_);
  lay("a.toml", "x");
  const auto one = folder_print(folder_);
  EXPECT_NE(one, empty);
  lay("a.toml", "xy");
  EXPECT_NE(folder_print(folder_), one);
}

TEST_F(KeyFolder, a_key_file_is_its_owners_alone_and_comes_back_whole) {
  auto secret = new_secret_key();
  ASSERT_TRUE(secret);
  const std::string text = secret->z85(), server = a_public_key();
  const KeyFile key{std::move(*secret), "ocr-2", server, "tcp://mailroom:7700"};
  const auto file = folder_ / "ocr-2.key";
  ASSERT_TRUE(write_key_file(file, key));
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  const auto again = read_key_file(file);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->secret.z85(), text);
  EXPECT_EQ(again->secret.public_key(), key.secret.public_key());
  EXPECT_EQ(again->name, "ocr-2");
  EXPECT_EQ(again->server, server);
  EXPECT_EQ(again->address, "tcp://mailroom:7700");
  EXPECT_EQ(write_key_file(file, key).error().reason, "key_file_exists");
}

TEST_F(KeyFolder, a_key_file_that_others_may_read_is_refused) {
  const auto file = folder_ / "a.key";
  ASSERT_TRUE(write_key_file(file, {*new_secret_key(), "a", "", ""}));
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  EXPECT_EQ(read_key_file(file).error().reason, "key_file_open");
  EXPECT_EQ(read_key_file(folder_ / "none.key").error().reason, "key_file");
  lay("b.key", "secret = \"too short\"\n");
  ASSERT_EQ(::chmod((folder_ / "b.key").c_str(), 0600), 0);
  EXPECT_EQ(read_key_file(folder_ / "b.key").error().reason, "key_malformed");
}

}  // namespace
}  // namespace postkamer::host
