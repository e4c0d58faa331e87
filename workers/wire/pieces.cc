// SPDX-License-Identifier: EUPL-1.2
#include "workers/wire/pieces.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace postkamer::wire {
namespace {

tl::unexpected<Error> malformed(const char* what) {
  return fail(ErrorCode::invalid_document, "wire_malformed",
              std::string("joining the pieces of a message: ") + what);
}

}  // namespace

Frames in_pieces(Frames frames) {
  if (std::ranges::all_of(frames, [](const Bytes& f) { return f.size() < kPieceBytes; }))
    return frames;
  Frames pieces;
  for (Bytes& frame : frames) {
    if (frame.size() < kPieceBytes) {
      pieces.push_back(std::move(frame));
      continue;
    }
    // The last piece is shorter than the others, if need be empty: that is how its end is seen.
    for (std::size_t at = 0; at <= frame.size(); at += kPieceBytes) {
      const std::size_t size = std::min(kPieceBytes, frame.size() - at);
      const auto from = frame.begin() + static_cast<std::ptrdiff_t>(at);
      pieces.emplace_back(from, from + static_cast<std::ptrdiff_t>(size));
    }
  }
  return pieces;
}

Result<Frames> joined(Frames pieces, std::size_t frame_bytes) {
  Frames frames;
  bool goes_on = false;
  for (Bytes& piece : pieces) {
    if (piece.size() > kPieceBytes) return malformed("one is too long");
    const std::size_t before = goes_on ? frames.back().size() : 0;
    if (before + piece.size() > frame_bytes)
      return fail(ErrorCode::resource_limit, "wire_too_large",
                  "message has a frame of more bytes than " + std::to_string(frame_bytes));
    const bool is_full = piece.size() == kPieceBytes;
    if (goes_on)
      std::ranges::move(piece, std::back_inserter(frames.back()));
    else
      frames.push_back(std::move(piece));
    goes_on = is_full;
  }
  if (goes_on) return malformed("the last frame has no end");
  return frames;
}

}  // namespace postkamer::wire
