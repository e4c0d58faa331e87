// SPDX-License-Identifier: EUPL-1.2
//
// What a box says, after somebody else has taken it over: a message or a refusal, never more memory
// than was said; and an outcome that passes the check passes it again, unchanged.
#include <array>
#include <string>

#include "tests/fuzz/target.h"
#include "workers/host/box_channel.h"
#include "workers/host/box_check.h"

using namespace postkamer;  // NOLINT: a target of a few lines

namespace {

constexpr std::array<const char*, 7> kKinds{"decode",   "deskew",  "classify", "extract",
                                            "assemble", "archive", "ocr"};

void check(const char* kind, host::BoxMessage message) {
  const host::Task task{kind, nlohmann::json::object(), {}};
  host::Outcome outcome{std::move(message.body), std::move(message.blobs)};
  if (!host::check_outcome(task, outcome, {})) return;
  host::Outcome again = outcome;
  fuzz::expect(host::check_outcome(task, again, {}).has_value(), "what passed passes again");
  fuzz::expect(again.body == outcome.body && again.blobs == outcome.blobs, "and is the same");
}

}  // namespace

// The first byte names the kind of job and how the bytes arrive: in pieces of one size.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const char* kind = kKinds[data[0] % kKinds.size()];
  const std::size_t piece = 1u + data[0] / kKinds.size();
  ByteView rest(data + 1, size - 1);
  host::BoxAssembler assembler({64u << 10, 16, 1u << 20, 32});
  while (assembler.wanted() > 0) {
    const ByteView next = rest.first(std::min({piece, assembler.wanted(), rest.size()}));
    if (next.empty() || !assembler.take(next)) return 0;
    rest = rest.subspan(next.size());
  }
  auto message = std::move(assembler).message();
  if (message) check(kind, std::move(*message));
  return 0;
}
