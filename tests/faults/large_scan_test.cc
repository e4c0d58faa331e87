// SPDX-License-Identifier: EUPL-1.2
//
// Test 14 of README.md: a G4 TIFF of very many pages, made here: documents of eighteen pages behind
// separator sheets, with a blank back each. Every page is somewhere exactly once, broker and
// decoder stay small, and files that come meanwhile are read meanwhile. POSTKAMER_PAGES=N: so many
// pages.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <numeric>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/faults/program_house.h"
#include "tests/support/encode.h"
#include "tests/support/page_builder.h"

namespace postkamer::faults {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr int kPagesApart = 20;  // from separator to separator
constexpr int kTexts = 40;       // different pages of text
constexpr int kDpi = 150;
constexpr double kWidth = 105, kHeight = 148;  // millimetres: A6
constexpr long kBrokerKib = 200 << 10;
constexpr long kDecodeKib = 1536 << 10;

int wanted_pages() {
  if (const char* pages = std::getenv("POSTKAMER_PAGES")) return std::atoi(pages);
  return is_nightly() ? 10'000 : 200;
}

cv::Mat page_of(const std::string& text) {
  support::PageBuilder page(Dpi{kDpi}, kWidth, kHeight);
  if (!text.empty()) page.text({15, 25}, text, 18);
  return page.gray().pixels;
}

cv::Mat separator() {
  cv::Mat page = page_of("");
  const cv::Mat code = support::qr_code("PATCHT", 8);
  code.copyTo(page(cv::Rect(cv::Point(100, 100), code.size())));
  return page;
}

// Kind of the page with this index: 's', 'b' or 'u', as in the truth that is compared with.
char kind_of(int page) {
  if (page % kPagesApart == 0) return 's';
  return page % kPagesApart == kPagesApart - 1 ? 'b' : 'u';
}

Bytes large_file(int pages) {
  const cv::Mat sheet = separator(), blank = page_of("");
  std::vector<cv::Mat> texts, all;
  for (int n = 0; n < kTexts; ++n) texts.push_back(page_of(fmt::format("Brief {} blad", n)));
  for (int page = 0; page < pages; ++page)
    all.push_back(kind_of(page) == 's'   ? sheet
                  : kind_of(page) == 'b' ? blank
                                         : texts[static_cast<std::size_t>(page % kTexts)]);
  return support::tiff_file(all, support::Compression::g4, Dpi{kDpi});
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double share(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

class LargeScan : public testing::Test {
 protected:
  void SetUp() override {
    house_.start_broker();
    house_.start_workers();
    const std::string text =
        test::read_text(test::with_pages(test::samples("typed", ".tif"), 1)[0]);
    small_file_.assign(text.begin(), text.end());
    const std::string warm_up = submit_small();
    ASSERT_TRUE(house_.wait_closed(warm_up, 600s)) << house_.log("broker");
  }

  // In a batch of its own; gives the batch's name.
  std::string submit_small() {
    const std::string batch = house_.open_batch("doubtful-too");
    house_.submit(batch, small_file_, ++smalls_);
    house_.close_batch(batch);
    return batch;
  }

  // Seconds until the stream has its record.
  double small_record() {
    const auto start = Clock::now();
    const std::string batch = submit_small();
    const auto reader = house_.reader();
    EXPECT_TRUE(test::wait_until([&] { return has_event(*reader, batch); }, 600s));
    return seconds_since(start);
  }

  // Whether a document of the batch has been told of.
  static bool has_event(journal::Reader& reader, const std::string& batch) {
    const auto id = reader.batch_named(batch).value();
    if (!id) return false;
    const auto documents = reader.documents({*id, std::nullopt}).value();
    return std::ranges::any_of(
        documents, [](const journal::DocumentRow& document) { return document.assembled; });
  }

  // Every content page of the scan stands in exactly one event.
  void expect_every_page_once(const std::string& batch, int pages) {
    std::vector<int> told(static_cast<std::size_t>(pages), 0);
    const auto events = house_.reader()->events_after(0, 1 << 20).value();
    for (const auto& event : events) {
      if (!event.document.starts_with("PK-" + batch + "-")) continue;
      const json body = json::parse(event.body);
      for (const auto& page : body.at("data").at("pages"))
        ++told.at(page.at("index").get<std::size_t>());
    }
    for (int page = 0; page < pages; ++page)
      ASSERT_EQ(told[static_cast<std::size_t>(page)], kind_of(page) == 'u' ? 1 : 0) << page;
  }

  // Of a program and the processes it starts, at its highest.
  [[nodiscard]] long peak_kib(const std::string& name) const {
    long peak = memory_kib(house_.pid(name), "VmHWM");
    for (const pid_t child : test::children_of(house_.pid(name)))
      peak = std::max(peak, memory_kib(child, "VmHWM"));
    return peak;
  }

  ProgramHouse house_{"large", "[limits]\nfile_pages = 20000\n"};
  Bytes small_file_;
  int smalls_ = 0;
};

TEST_F(LargeScan, is_read_whole_within_bounds_while_others_are_read_too) {
  const int pages = wanted_pages();
  const std::size_t smalls = is_nightly() ? 40 : 5;
  std::vector<double> idle, busy;
  while (idle.size() < smalls) idle.push_back(small_record());

  const Bytes file = large_file(pages);
  const auto start = Clock::now();
  const std::string batch = house_.open_batch("doubtful-too");
  const std::string scan = house_.submit(batch, file);
  house_.close_batch(batch);
  const auto reader = house_.reader();
  const auto is_closed = [&] { return house_.ledger(batch).at("state") == "closed"; };
  double first = 0;
  long decode_kib = 0;
  const auto look = [&] {
    if (first == 0 && has_event(*reader, batch)) first = seconds_since(start);
    decode_kib = std::max(decode_kib, peak_kib("decode"));
  };
  while (!is_closed() && (busy.size() < smalls || first == 0)) {
    busy.push_back(small_record());
    look();
  }
  EXPECT_GE(busy.size(), smalls) << "files that came later were not read before its end";
  ASSERT_TRUE(test::wait_until(
      [&] {
        look();
        return is_closed();
      },
      3000s))
      << house_.log("broker");
  const double all = seconds_since(start);

  const json ledger = house_.ledger(batch);
  EXPECT_TRUE(ledger.at("balanced").get<bool>()) << ledger;
  EXPECT_EQ(ledger.at("pages").at("quarantined"), 0);
  expect_every_page_once(batch, pages);
  EXPECT_LT(peak_kib("broker"), kBrokerKib);
  EXPECT_LT(decode_kib, kDecodeKib);
  EXPECT_TRUE(house_.audited("job_failed").empty());
  std::cout << fmt::format(
      "{} pages, {:.1f} MB: first record after {:.1f} s, all after {:.1f} s; broker {} MiB, decode "
      "{} "
      "MiB at most\nrecord of a small file: idle p50 {:.2f} s, p95 {:.2f} s; meanwhile p50 {:.2f} "
      "s, "
      "p95 {:.2f} s ({} files)\n",
      pages, static_cast<double>(file.size()) / 1e6, first, all, peak_kib("broker") >> 10,
      decode_kib >> 10, share(idle, 0.5), share(idle, 0.95), share(busy, 0.5), share(busy, 0.95),
      busy.size());
}

}  // namespace
}  // namespace postkamer::faults
