// SPDX-License-Identifier: EUPL-1.2
//
// Whether the blob store is the one that the journal speaks of. It may lie on a disk of its own,
// and one that is not mounted is an empty folder: nothing of it may be taken for lost.
#pragma once

#include "workers/journal/blob_store.h"
#include "workers/journal/journal.h"

namespace postkamer::broker {

// Cheap where there is a blob.
// Fails with: corrupt_store (blobs_away) when there is none and the journal names one that was not
// let go of; corrupt_store (journal_io); unavailable (blob_io) when the folder cannot be read.
Result<void> check_store(journal::Reader& reader, const journal::BlobStore& blobs);

}  // namespace postkamer::broker
