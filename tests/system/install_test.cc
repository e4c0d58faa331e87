// SPDX-License-Identifier: EUPL-1.2
//
// What `cmake --install` gives is a whole mailroom, without the tree that it was built in.
#include <gmock/gmock.h>

#include "tests/system/harness.h"

namespace postkamer::test {
namespace {

using namespace std::chrono_literals;

TEST(Install, has_all_that_reading_a_form_takes) {
  const auto folder = fresh_folder("installed");
  const auto build = program("postkamer").parent_path().parent_path();
  ChildProcess install({"cmake", "--install", build, "--prefix", folder / "prefix"},
                       folder / "log");
  ASSERT_EQ(install.wait(120s).value_or(-1), 0) << install.output();
  const auto form = with_pages(samples("typed", ".tif"), 1).at(0);
  ChildProcess run({folder / "prefix/bin/postkamer", "run", form, "--out", folder / "out"},
                   folder / "run_log");
  ASSERT_EQ(run.wait(120s).value_or(-1), 0) << run.output();
  const auto events = read_lines(folder / "out/records.jsonl");
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].at("data").at("form").at("id"),
            truth_of(form).at("documents").at(0).at("form"));
  ChildProcess doctor({folder / "prefix/bin/postkamer", "doctor"}, folder / "doctor_log");
  doctor.wait(60s);
  EXPECT_THAT(doctor.output(), testing::Not(testing::HasSubstr("installation is incomplete")));
}

}  // namespace
}  // namespace postkamer::test
