// SPDX-License-Identifier: EUPL-1.2
//
// Names that reach disk and wire: a change here breaks records that exist.
#include <gtest/gtest.h>

#include "pipeline/model/image.h"
#include "pipeline/model/reading.h"
#include "pipeline/model/record.h"

namespace postkamer {
namespace {

TEST(Names, of_methods_stay_as_they_are) {
  EXPECT_EQ(name_of(Method::none), "none");
  EXPECT_EQ(name_of(Method::printed_text), "printed_text");
  EXPECT_EQ(name_of(Method::handprint), "handprint");
  EXPECT_EQ(name_of(Method::mark), "mark");
  EXPECT_EQ(name_of(Method::signature), "signature");
  EXPECT_EQ(name_of(Method::barcode), "barcode");
  EXPECT_EQ(name_of(Method::keyword), "keyword");
  EXPECT_EQ(name_of(Method::person), "person");
}

TEST(Names, of_states_and_formats_stay_as_they_are) {
  EXPECT_EQ(name_of(RecordStatus::ready), "ready");
  EXPECT_EQ(name_of(RecordStatus::review), "review");
  EXPECT_EQ(name_of(RecordStatus::rejected), "rejected");
  EXPECT_EQ(name_of(RecordStatus::withdrawn), "withdrawn");
  EXPECT_EQ(name_of(PictureFormat::tiff), "tiff");
  EXPECT_EQ(name_of(PictureFormat::jpeg), "jpeg");
  EXPECT_EQ(name_of(PictureFormat::png), "png");
}

}  // namespace
}  // namespace postkamer
