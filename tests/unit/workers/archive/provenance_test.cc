// SPDX-License-Identifier: EUPL-1.2
#include "workers/archive/provenance.h"

#include <gtest/gtest.h>

namespace postkamer::workers {
namespace {

TEST(Provenance, says_of_a_page_whose_text_is_not_kept_any_more_that_it_is_gone) {
  EXPECT_EQ(page_provenance({{"text_gone", true}}, 1, {}).at("text_gone"), true);
  EXPECT_FALSE(page_provenance({{"text_gone", false}}, 1, {}).contains("text_gone"));
  EXPECT_FALSE(page_provenance(nlohmann::json::object(), 1, {}).contains("text_gone"));
}

}  // namespace
}  // namespace postkamer::workers
