// SPDX-License-Identifier: EUPL-1.2
//
// An open descriptor passed to another process over a unix socket, with one byte of data.
#pragma once

namespace postkamer::host {

// False when the other side is gone.
bool send_descriptor(int socket, int descriptor);

// Waits for one. -1 when the other side is gone or sent anything else.
int receive_descriptor(int socket);

}  // namespace postkamer::host
