// SPDX-License-Identifier: EUPL-1.2
#include "workers/wire/pieces.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace postkamer::wire {
namespace {

Bytes counted(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i % 251);
  return bytes;
}

TEST(Pieces, of_a_message_join_to_the_same_message) {
  const Frames sizes[] = {
      {{}},
      {{1}, {2, 3}},
      {{}, counted(kPieceBytes - 1), {}},
      {counted(kPieceBytes)},
      {{1}, counted(kPieceBytes + 1), {}, counted(3 * kPieceBytes), counted(7)},
  };
  for (const Frames& frames : sizes) {
    const Frames pieces = in_pieces(frames);
    EXPECT_TRUE(
        std::ranges::all_of(pieces, [](const Bytes& p) { return p.size() <= kPieceBytes; }));
    const auto again = joined(pieces);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, frames);
  }
}

TEST(Pieces, leave_a_message_of_short_frames_as_it_is) {
  const Frames frames{{1, 2}, {}, counted(kPieceBytes - 1)};
  EXPECT_EQ(in_pieces(frames), frames);
}

TEST(Pieces, without_an_end_or_too_long_or_too_many_are_refused) {
  EXPECT_EQ(joined({counted(kPieceBytes)}).error().reason, "wire_malformed");
  EXPECT_EQ(joined({counted(kPieceBytes + 1)}).error().reason, "wire_malformed");
  EXPECT_EQ(
      joined({counted(kPieceBytes), counted(kPieceBytes), {}}, 2 * kPieceBytes - 1).error().reason,
      "wire_too_large");
  EXPECT_TRUE(joined({counted(kPieceBytes), counted(kPieceBytes), {}}, 2 * kPieceBytes));
}

}  // namespace
}  // namespace postkamer::wire
