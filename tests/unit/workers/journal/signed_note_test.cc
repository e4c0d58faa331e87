// SPDX-License-Identifier: EUPL-1.2
#include "workers/journal/signed_note.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <filesystem>
#include <string>

#include "workers/journal/checkpoint.h"

namespace postkamer::journal {
namespace {

// Of the examples in the documentation of Go's sumdb/note, which the format comes from.
constexpr const char* kPrivate =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
constexpr const char* kPublic =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr const char* kText =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr const char* kSignature =
    "\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotp"
    "RZb6KE6RyyBwJnAM=\n";

class Note : public testing::Test {
 protected:
  void SetUp() override { ASSERT_GE(sodium_init(), 0); }
};

TEST_F(Note, is_signed_as_others_sign_it) {
  const auto signer = NoteSigner::parse(kPrivate);
  ASSERT_TRUE(signer) << signer.error().message;
  EXPECT_EQ(signer->text(), kPrivate);
  EXPECT_EQ(signer->verifier().text(), kPublic);
  EXPECT_EQ(sign_note(kText, *signer), std::string(kText) + "\n" + kSignature);
}

TEST_F(Note, of_others_is_verified_among_several_signatures) {
  const auto verifier = NoteVerifier::parse(kPublic);
  ASSERT_TRUE(verifier);
  const NoteSigner witness = NoteSigner::generate("witness");
  const std::string both = std::string(kText) + "\n" +
                           sign_note(kText, witness).substr(std::string(kText).size() + 1) +
                           kSignature;
  EXPECT_EQ(open_note(both, *verifier).state, NoteState::genuine);
  EXPECT_EQ(open_note(both, *verifier).text, kText);
  EXPECT_EQ(open_note(both, witness.verifier()).state, NoteState::genuine);
}

TEST_F(Note, that_was_changed_or_signed_by_another_is_foreign_and_half_a_note_is_damaged) {
  const NoteSigner signer = NoteSigner::generate("postkamer");
  const std::string note = sign_note("a\n12\n", signer);
  std::string changed = note;
  changed[2] = '3';
  EXPECT_EQ(open_note(changed, signer.verifier()).state, NoteState::foreign);
  EXPECT_EQ(open_note(note, NoteSigner::generate("postkamer").verifier()).state,
            NoteState::foreign);
  EXPECT_EQ(open_note(note.substr(0, note.size() / 2), signer.verifier()).state,
            NoteState::damaged);
  EXPECT_EQ(open_note("", signer.verifier()).state, NoteState::damaged);
}

TEST_F(Note, keys_that_are_none_are_refused) {
  EXPECT_FALSE(NoteSigner::parse(kPublic));
  EXPECT_FALSE(
      NoteVerifier::parse("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izW"));
  std::string other_name = kPublic;
  other_name[0] = 'p';
  EXPECT_FALSE(NoteVerifier::parse(other_name)) << "the id covers the name";
}

TEST_F(Note, holds_a_checkpoint_which_comes_back_as_it_was) {
  const Checkpoint checkpoint{checkpoint_origin("0123456789abcdef"), 1'234, std::string(64, 'a'),
                              "2026-11-26T18:00:00.000Z"};
  const auto back = checkpoint_from(checkpoint_text(checkpoint));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->origin, checkpoint.origin);
  EXPECT_EQ(back->size, checkpoint.size);
  EXPECT_EQ(back->hash, checkpoint.hash);
  EXPECT_EQ(back->time, checkpoint.time);
  EXPECT_FALSE(checkpoint_from("postkamer.audit/x\n12\nno hash\ntime t\n"));
  EXPECT_FALSE(checkpoint_from("postkamer.audit/x\n"));
}

TEST_F(Note, folder_with_a_file_that_cannot_be_read_is_an_error_that_names_it) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "unreadable_notes";
  const auto file = folder / "0123456789abcdef-2026-11-26.notes";
  std::filesystem::create_directories(file);  // a folder in its place
  const auto notes = CheckpointFolder(folder).notes();
  std::filesystem::remove_all(folder);
  ASSERT_FALSE(notes);
  EXPECT_EQ(notes.error().reason, "checkpoint_io");
  EXPECT_NE(notes.error().message.find(file.string()), std::string::npos);
}

}  // namespace
}  // namespace postkamer::journal
