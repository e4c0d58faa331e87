// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/base/bytes.h"

#include <gtest/gtest.h>

namespace postkamer {
namespace {

// Vectors of FIPS 180-4.
TEST(Sha256, agrees_with_the_standard) {
  EXPECT_EQ(sha256_hex(bytes_of("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex(bytes_of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(bytes_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, of_pieces_is_that_of_the_whole) {
  const std::string text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Sha256 hash;
    hash.add(bytes_of(text.substr(0, cut)));
    hash.add(bytes_of(text.substr(cut)));
    EXPECT_EQ(hash.hex(), sha256_hex(bytes_of(text))) << "cut at " << cut;
  }
}

// Test cases 1 and 2 of RFC 4231.
TEST(HmacSha256, agrees_with_the_standard) {
  EXPECT_EQ(hmac_sha256_hex(Bytes(20, 0x0b), bytes_of("Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hmac_sha256_hex(bytes_of("Jefe"), bytes_of("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Bytes, are_the_same_as_text_and_back) {
  const std::string text("a\0\xFF", 3);
  EXPECT_EQ(text_of(bytes_of(text)), text);
  EXPECT_EQ(bytes_of(text).size(), 3u);
}

}  // namespace
}  // namespace postkamer
