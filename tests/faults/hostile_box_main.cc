// SPDX-License-Identifier: EUPL-1.2
//
// A box that somebody has taken over: it speaks the protocol and lies. Its argument says how.
//
//   hostile_box LIE     after being ready, answers its task with LIE
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "workers/host/box_channel.h"
#include "workers/host/box_program.h"

namespace {

using namespace postkamer;        // NOLINT: a program of its own
using namespace postkamer::host;  // NOLINT

void say(const Bytes& bytes) {
  [[maybe_unused]] const auto written = ::write(kBoxSocket, bytes.data(), bytes.size());
}

void say(const std::string& text) { say(Bytes(text.begin(), text.end())); }

Bytes head(std::uint32_t type, std::uint32_t body, std::uint32_t blobs) {
  Bytes bytes{'P', 'K', 'B', '1'};
  for (const std::uint32_t number : {type, body, blobs}) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(&number);
    bytes.insert(bytes.end(), begin, begin + sizeof number);
  }
  return bytes;
}

Bytes sizes(const std::vector<std::uint64_t>& numbers) {
  Bytes bytes(numbers.size() * sizeof(std::uint64_t));
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

void hang() {
  for (;;) ::pause();
}

constexpr std::uint32_t kOutcome = 3;

// An outcome whose body is this text, whatever it is.
void outcome_of(const std::string& body) {
  say(head(kOutcome, static_cast<std::uint32_t>(body.size()), 0));
  say(body);
}

void ask_for_ever() {
  for (;;) {
    if (!send(kBoxSocket, {BoxMessageType::question, nlohmann::json::object(), {}})) return;
    if (!receive(kBoxSocket, {})) return;
  }
}

void lie(const std::string& how, const BoxMessage& task) {
  if (how == "wrong_magic") say("HTTP/1.1 200 OK\r\n\r\n");
  if (how == "unknown_type") say(head(99, 2, 0)), say("{}");
  if (how == "type_zero") say(head(0, 2, 0)), say("{}");
  if (how == "hidden_bytes") say(head(kOutcome | 0xab00, 2, 0)), say("{}");
  if (how == "a_task") say(head(2, 2, 0)), say("{}");
  if (how == "an_answer") say(head(6, 2, 0)), say("{}");
  if (how == "ready_again") say(head(1, 2, 0)), say("{}");
  if (how == "huge_body") say(head(kOutcome, 0xffffffff, 0));
  if (how == "no_body") say(head(kOutcome, 0, 0));
  if (how == "huge_blob_count") say(head(kOutcome, 2, 0xffffffff));
  if (how == "huge_blob") say(head(kOutcome, 2, 1)), say(sizes({~std::uint64_t{0}}));
  if (how == "sizes_that_wrap")
    say(head(kOutcome, 2, 3)),
        say(sizes({~std::uint64_t{0} / 2 + 1, ~std::uint64_t{0} / 2 + 1, 4}));
  if (how == "many_sizes_too_large")
    say(head(kOutcome, 2, 4)), say(sizes({1u << 30, 1u << 30, 1, 1}));
  if (how == "short_and_gone") say(head(kOutcome, 1000, 0)), say("{\"page_count\":");
  if (how == "short_and_silent") say(head(kOutcome, 1000, 0)), say("{\"page_count\":"), hang();
  if (how == "promised_blob_missing") say(head(kOutcome, 2, 1)), say(sizes({1u << 19})), say("{}");
  if (how == "socket_closed") ::close(kBoxSocket), hang();
  if (how == "silence") hang();
  if (how == "no_json") outcome_of("no json at all");
  if (how == "an_array") outcome_of("[1,2]");
  if (how == "not_a_number") outcome_of("{\"page_count\": NaN}");
  if (how == "infinite") outcome_of("{\"page_count\": 1e999}");
  if (how == "zero_bytes") outcome_of(std::string(64, '\0'));
  if (how == "deep")
    outcome_of("{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}");
  if (how == "cut_text") outcome_of("{\"a\":\"\xc3\"");
  if (how == "questions_without_end") ask_for_ever();
  if (how == "error_that_is_none") {
    send(kBoxSocket, {BoxMessageType::failure, {{"reason", "../../etc"}, {"message", "x"}}, {}});
  }
  if (how == "error_of_a_megabyte") {
    send(kBoxSocket,
         {BoxMessageType::failure,
          {{"code", "unavailable"}, {"reason", "r"}, {"message", std::string(1 << 20, 'x')}},
          {}});
  }
  if (how == "an_error_with_blobs")
    send(kBoxSocket, {BoxMessageType::failure, {{"reason", "r"}}, {Bytes(10)}});
  // What the test wants to have said.
  if (how == "as_told") {
    BoxMessage told{BoxMessageType::outcome, task.body.at("body").at("say"), task.blobs};
    send(kBoxSocket, told);
    hang();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string how = argc > 1 ? argv[1] : "";
  if (how == "never_ready") hang();
  if (how == "gone_at_once") return 5;
  if (how == "config_is_wrong") return kExitBoxConfig;
  if (how == "first_word_is_a_task") say(head(2, 2, 0)), say("{}"), hang();
  if (!send(kBoxSocket, {BoxMessageType::ready, nlohmann::json::object(), {}})) return 1;
  if (how == "speaks_unasked") say(std::string(1 << 16, 'x'));
  auto task = receive(kBoxSocket, {});
  if (!task) return 1;
  lie(how, *task);
  return 7;
}
