// SPDX-License-Identifier: EUPL-1.2
//
// Messages over tcp: no frame is longer than a piece, so that a peer can announce no more than that
// before it is known. A frame of exactly kPieceBytes goes on in the next one; a shorter one ends
// what it belongs to. A message without long frames looks as it does everywhere.
#pragma once

#include "workers/wire/message.h"

namespace postkamer::wire {

inline constexpr std::size_t kPieceBytes = 256u << 10;
// Pieces that one message may have: 2 GiB.
inline constexpr std::size_t kMostPieces = 8192;

// The frames cut into pieces, in order.
Frames in_pieces(Frames frames);

// The frames again. Fails with: invalid_document (wire_malformed) when a piece is too long or the
// last frame has no end; resource_limit (wire_too_large) when a frame passes `frame_bytes`.
Result<Frames> joined(Frames pieces, std::size_t frame_bytes = WireLimits{}.blob_bytes);

}  // namespace postkamer::wire
