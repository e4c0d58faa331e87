// SPDX-License-Identifier: EUPL-1.2
//
// Whether the bytes of an open file end as a whole file of their kind does. Reads only what it
// needs, a few KiB, and of no file more than its size and a MiB; says nothing of what the pictures
// show.
#pragma once

namespace postkamer::intake {

// PDF: the last `startxref` points inside the file, and %%EOF follows.
// TIFF and BigTIFF: every directory, and every strip or tile it names, lies inside the file and the
// chain of directories ends. JPEG: an end marker behind the begin of the picture. PNG: IEND.
// A kind we do not know counts as whole, and so does a TIFF that has more to read than its size:
// the decoder will say what it is. False when the bytes
// cannot be read. `fd` is a regular file, open for reading; its position is left alone.
bool is_whole(int fd);

}  // namespace postkamer::intake
