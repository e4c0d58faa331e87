// SPDX-License-Identifier: EUPL-1.2
//
// Test 6 of README.md for the store alone, as a door uses it: without a journal that would notice.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iostream>

#include "tests/faults/house/faulty_house.h"
#include "tests/faults/kernel/power_cut.h"
#include "workers/journal/blob_store.h"

namespace postkamer::faults {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

// The disk of one child process; its power is cut at the n-th change.
class CutDisk : public Meddler {
 public:
  CutDisk(const fs::path& root, fs::path left, std::uint64_t countdown, std::uint64_t seed)
      : disk_(root), left_(std::move(left)), countdown_(countdown), seed_(seed) {}

  Verdict before(const Call& call) override {
    const Place place = place_of(call);
    if (is_name_lost_ && place == Place::folder_sync && last_ == Place::blob_name)
      return {true, EIO};
    last_ = place;
    if (--countdown_ == 0) cut();
    disk_.note(call);
    return {call.kind != Call::Kind::sync, 0};
  }
  void after(const Call& call) override {
    if (call.kind == Call::Kind::create) disk_.made(call);
  }
  // The sync after a blob got its name fails.
  void lose_names(bool is_lost) { is_name_lost_ = is_lost; }
  [[noreturn]] void cut() {
    disk_.leave_in(left_, Dice(seed_));
    ::_exit(0);
  }

 private:
  PowerCut disk_;
  fs::path left_;
  std::uint64_t countdown_;
  std::uint64_t seed_;
  bool is_name_lost_ = false;
  Place last_ = Place::none;
};

class BlobCut : public testing::Test {
 protected:
  BlobCut() {
    std::string pattern = (fs::temp_directory_path() / "pk-cut-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    fs::create_directories(root());
    fs::create_directories(left());
  }
  ~BlobCut() override { fs::remove_all(folder_); }
  [[nodiscard]] fs::path root() const { return folder_ / "disk"; }
  [[nodiscard]] fs::path left() const { return folder_ / "left"; }

  // Runs `work` in a process whose disk ends with it; gives what that told.
  std::vector<std::string> run(std::uint64_t countdown, std::uint64_t seed,
                               const std::function<void(CutDisk&, int told)>& work) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) return {};
    const pid_t child = ::fork();
    if (child == 0) {
      CutDisk disk(root(), left(), countdown, seed);
      meddle(&disk);
      work(disk, pipe[1]);
      disk.cut();
    }
    ::close(pipe[1]);
    std::string told;
    std::array<char, 4096> some{};
    for (ssize_t got = 0; (got = ::read(pipe[0], some.data(), some.size())) > 0;)
      told.append(some.data(), static_cast<std::size_t>(got));
    ::close(pipe[0]);
    ::waitpid(child, nullptr, 0);
    std::vector<std::string> hashes;
    for (; told.size() >= 64; told.erase(0, 64)) hashes.push_back(told.substr(0, 64));
    return hashes;
  }

  // What is wrong with the store that is left.
  [[nodiscard]] std::vector<std::string> violations(const std::vector<std::string>& told) const {
    std::vector<std::string> found;
    const auto blobs = journal::BlobStore::open(left() / "blobs").value();
    for (const std::string& hash : told)
      if (const auto blob = blobs.get(hash); !blob) found.push_back(blob.error().message);
    for (const auto& entry : fs::recursive_directory_iterator(left() / "blobs"))
      if (entry.is_regular_file() && entry.path().filename().string().size() == 64)
        if (const auto blob = blobs.get(entry.path().filename()); !blob)
          found.push_back("a name without its bytes: " + blob.error().message);
    return found;
  }

  fs::path folder_;
};

void tell(int pipe, const std::string& hash) { (void)!::write(pipe, hash.data(), hash.size()); }

// Of some sectors, one like no other.
std::string content(Dice& dice) {
  std::string text;
  for (std::uint64_t size = 1 + dice.below(6000); size > 0; --size)
    text += static_cast<char>(dice.below(256));
  return text;
}

void put_some(const fs::path& root, Dice dice, int told) {
  const auto blobs = journal::BlobStore::open(root / "blobs").value();
  for (int n = 0; n < 40; ++n) {
    const std::string text = content(dice);
    if (dice.percent(50)) {
      tell(told, blobs.put(bytes_of(text)).value());
      continue;
    }
    std::ofstream(root / "file", std::ios::binary) << text;
    tell(told, blobs.put_file(root / "file", 1 << 20).value());
  }
}

TEST_F(BlobCut, leaves_every_blob_that_was_told_of_and_no_name_without_its_bytes) {
  Dice dice(seed_of_test());
  const int cuts = rounds(60, 300);
  std::size_t all = 0;
  for (int cut = 0; cut < cuts; ++cut) {
    const std::uint64_t seed = dice.bits();
    const auto told = run(1 + dice.below(400), seed,
                          [&](CutDisk&, int pipe) { put_some(root(), Dice(seed), pipe); });
    ASSERT_THAT(violations(told), IsEmpty()) << "cut " << cut;
    all += told.size();
    for (const fs::path& folder : {root(), left()}) {
      fs::remove_all(folder);
      fs::create_directories(folder);
    }
  }
  std::cout << cuts << " cuts, " << all << " blobs told of, 0 lost, 0 half\n";
}

// Killed between the rename and the sync of the folder: the name is there, but not on the disk.
TEST_F(BlobCut, leaves_a_blob_that_was_found_there_as_an_earlier_process_had_left_it) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto told = run(1 << 20, seed, [&](CutDisk& disk, int pipe) {
      const auto first = journal::BlobStore::open(root() / "blobs").value();
      disk.lose_names(true);
      (void)first.put(bytes_of("abc"));
      disk.lose_names(false);
      tell(pipe, journal::BlobStore::open(root() / "blobs")->put(bytes_of("abc")).value());
    });
    ASSERT_EQ(told.size(), 1u);
    ASSERT_THAT(violations(told), IsEmpty());
    fs::remove_all(root());
    fs::remove_all(left());
    fs::create_directories(root());
    fs::create_directories(left());
  }
}

}  // namespace
}  // namespace postkamer::faults
