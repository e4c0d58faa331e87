// SPDX-License-Identifier: EUPL-1.2
//
// A sink on a real stream, with a receiver that does as it is told.
#include "workers/sinks/sink.h"

#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include <gmock/gmock.h>

#include "tests/unit/workers/publisher/stream_house.h"
#include "workers/journal/sqlite_journal.h"
#include "workers/sinks/outbox.h"

namespace postkamer::sinks {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class FakeReceiver final : public Receiver {
 public:
  using Answer = std::function<Outcome(const Parcel&)>;
  explicit FakeReceiver(Answer answer) : answer_(std::move(answer)) {}
  Outcome deliver(const Parcel& parcel, const std::function<bool()>&) override {
    return answer_(parcel);
  }

 private:
  Answer answer_;
};

class SinkOnStream : public testing::Test {
 protected:
  SinkOnStream() {
    house_.start();
    house_.start_clerk();
  }

  [[nodiscard]] StateFolder state() const { return *StateFolder::open(house_.folder() / "state"); }

  // Runs one until `done`, or for ever too long.
  Result<void> run(FakeReceiver::Answer answer, const std::function<bool()>& done) {
    return run(std::make_unique<FakeReceiver>(std::move(answer)), done);
  }
  Result<void> run(std::unique_ptr<Receiver> receiver, const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    Policy policy;
    policy.unit = Millis(1);
    policy.retries = 2;
    auto sink = Sink::open({{house_.endpoint(), "sink", std::nullopt, 16},
                            policy,
                            "application/json",
                            [this](const std::string& event) { return make_body_(event); },
                            std::move(receiver),
                            state(),
                            [&, deadline] {
                              const bool is_late = std::chrono::steady_clock::now() > deadline;
                              EXPECT_FALSE(is_late);
                              return is_late || done();
                            }});
    return sink ? sink->run() : tl::unexpected(sink.error());
  }

  publisher::StreamHouse house_{{host::SubscriberSettings{"sink", {}, {}, {}, {}, {}}}};
  MakeBody make_body_ = [](const std::string& event) { return Result<std::string>(event); };
  std::vector<std::uint64_t> received_;
};

TEST_F(SinkOnStream, delivers_every_event_in_order_and_goes_on_after_the_last) {
  house_.append(40);
  const auto take = [&](const Parcel& parcel) {
    received_.push_back(parcel.sequence);
    return Outcome{};
  };
  ASSERT_TRUE(run(take, [&] { return received_.size() >= 25; }));
  const std::size_t at_first = received_.size();
  ASSERT_TRUE(run(take, [&] { return received_.size() >= 40; }));
  EXPECT_EQ(received_.at(at_first), at_first + 1) << "an orderly stop commits";
  for (std::size_t n = 0; n < 40; ++n) EXPECT_EQ(received_[n], n + 1);
}

TEST_F(SinkOnStream, goes_on_after_a_crash_without_leaving_an_event_out) {
  house_.append(600);
  for (int life = 0; life < 6; ++life) {
    const pid_t process = ::fork();
    if (process == 0) {  // writes what it gets, and dies in the middle
      std::ofstream out(house_.folder() / "received", std::ios::app);
      int left = 100;  // a position is told after 64 events at the latest
      const auto take = [&](const Parcel& parcel) {
        out << parcel.sequence << std::endl;
        if (--left == 0) ::_exit(0);
        return Outcome{};
      };
      ::_exit(run(take, [] { return false; }) ? 0 : 1);
    }
    ::waitpid(process, nullptr, 0);
  }
  std::ifstream in(house_.folder() / "received");
  std::uint64_t last = 0;
  for (std::uint64_t sequence = 0; in >> sequence; last = std::max(last, sequence))
    ASSERT_LE(sequence, last + 1) << "an event was left out";
  EXPECT_GT(last, 5 * 64u) << "every life gets further";
}

TEST_F(SinkOnStream, parks_what_is_refused_until_a_person_sends_it_again) {
  house_.append(5);
  bool is_mended = false;
  const auto take = [&](const Parcel& parcel) {
    if (parcel.sequence == 2 && !is_mended)
      return Outcome{Outcome::Kind::refused, "sink_refused", "HTTP 500", {}};
    received_.push_back(parcel.sequence);
    return Outcome{};
  };
  const auto is_parked = [&] {
    const auto held = state().held();
    return received_.size() == 4 && held->size() == 1 && held->front().parked;
  };
  ASSERT_TRUE(run(take, is_parked));
  EXPECT_THAT(received_, ElementsAre(1, 3, 4, 5));
  EXPECT_EQ(state().held()->front().detail, "HTTP 500");
  EXPECT_THAT(*state().event(2), HasSubstr("D2.r1"));

  is_mended = true;
  Ask again;
  again.send_again = true;
  ASSERT_TRUE(state().ask(again));
  ASSERT_TRUE(run(take, [&] { return state().held()->empty(); }));
  EXPECT_THAT(received_, ElementsAre(1, 3, 4, 5, 2));
  EXPECT_FALSE(state().asked());
}

TEST_F(SinkOnStream, lets_an_event_go_when_a_person_says_so) {
  house_.append(1);
  const auto refuse = [](const Parcel&) {
    return Outcome{Outcome::Kind::refused, "sink_refused", "", {}};
  };
  ASSERT_TRUE(run(refuse, [&] { return !state().held()->empty(); }));
  Ask drop;
  drop.let_go = 1;
  ASSERT_TRUE(state().ask(drop));
  ASSERT_TRUE(run(refuse, [&] { return !state().asked(); }));
  EXPECT_TRUE(state().held()->empty());
}

TEST_F(SinkOnStream, sends_the_stream_again_from_where_a_person_says) {
  house_.append(6);
  const auto take = [&](const Parcel& parcel) {
    received_.push_back(parcel.sequence);
    return Outcome{};
  };
  ASSERT_TRUE(run(take, [&] { return received_.size() == 6; }));
  for (const std::uint64_t after : {3u, 5u, 0u}) {
    received_.clear();
    Ask ask;
    ask.send_again = true;
    ask.after = after;
    ASSERT_TRUE(state().ask(ask));
    ASSERT_TRUE(run(take, [&] { return received_.size() == 6 - after && !state().asked(); }));
    EXPECT_EQ(received_.front(), after + 1);
  }
}

TEST_F(SinkOnStream, goes_back_to_where_a_person_moves_it_while_it_runs) {
  house_.append(6);
  const auto take = [&](const Parcel& parcel) {
    received_.push_back(parcel.sequence);
    return Outcome{};
  };
  const auto reader = journal::open_reader(house_.folder() / "journal.db").value();
  bool is_moved = false;
  const auto is_done = [&] {
    const auto cursor = reader->cursor("sink");
    if (!is_moved && *cursor && (*cursor)->sequence == 6) {
      house_.move("sink", 4);
      is_moved = true;
    }
    return received_.size() == 8;
  };
  ASSERT_TRUE(run(take, is_done));
  EXPECT_THAT(received_, ElementsAre(1, 2, 3, 4, 5, 6, 5, 6));
}

TEST_F(SinkOnStream, that_nobody_wants_stays_stopped_until_a_person_opens_it) {
  house_.append(3);
  bool is_gone = true;
  const auto take = [&](const Parcel& parcel) {
    if (is_gone) return Outcome{Outcome::Kind::gone, "sink_gone", "HTTP 410", {}};
    received_.push_back(parcel.sequence);
    return Outcome{};
  };
  const auto state_is = [&](const char* name) {
    const auto status = state().status();
    return status && status->state == name;
  };
  ASSERT_TRUE(run(take, [&] { return state_is("stopped"); }));
  is_gone = false;
  int looks = 0;
  ASSERT_TRUE(run(take, [&] { return ++looks > 3; }));
  EXPECT_TRUE(received_.empty()) << "a new process does not forget it";
  EXPECT_EQ(state().status()->detail, "HTTP 410");

  Ask again;
  again.send_again = true;
  ASSERT_TRUE(state().ask(again));
  ASSERT_TRUE(run(take, [&] { return received_.size() == 3; }));
}

TEST_F(SinkOnStream, stops_and_says_so_where_the_stream_has_dropped_events_it_needs) {
  house_.append(20);
  ASSERT_TRUE(house_.journal().commit({journal::DropEvents{10}, journal::LoseEvents{"sink", 10}},
                                      "2026-11-23T12:00:00.000Z"));
  const auto take = [&](const Parcel& parcel) {
    received_.push_back(parcel.sequence);
    return Outcome{};
  };
  const auto is_stopped = [&] {
    const auto status = state().status();
    return status && status->reason == "sink_lost";
  };
  ASSERT_TRUE(run(take, is_stopped));
  EXPECT_TRUE(received_.empty()) << "nothing is skipped in silence";
  Ask on;
  on.send_again = true;
  on.after = 10;
  ASSERT_TRUE(state().ask(on));
  ASSERT_TRUE(run(take, [&] { return received_.size() == 10; }));
  EXPECT_EQ(received_.front(), 11u);
}

TEST_F(SinkOnStream, parks_an_event_that_has_no_body_of_the_asked_kind) {
  house_.append(2);
  make_body_ = [](const std::string& event) -> Result<std::string> {
    if (event.find("D1.") != std::string::npos)
      return fail(ErrorCode::unsupported, "sink_no_body", "a letter");
    return event;
  };
  const auto take = [&](const Parcel& parcel) {
    received_.push_back(parcel.sequence);
    return Outcome{};
  };
  ASSERT_TRUE(run(take, [&] { return received_.size() == 1; }));
  EXPECT_THAT(received_, ElementsAre(2));
  EXPECT_EQ(state().held()->front().reason, "sink_no_body");
  EXPECT_TRUE(state().held()->front().parked) << "trying again changes nothing";
}

TEST_F(SinkOnStream, fills_an_outbox_with_the_bytes_of_the_stream) {
  house_.append(3);
  const auto folder = house_.folder() / "out";
  const auto count = [&] {
    std::error_code none;
    return std::distance(std::filesystem::directory_iterator(folder, none), {});
  };
  ASSERT_TRUE(run(std::make_unique<Outbox>(folder), [&] { return count() == 3; }));
  const auto event = house_.journal().reader().events_after(1, 1);
  ASSERT_TRUE(event);
  std::ifstream in(folder / "0000000002-D2.r1.json");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), event->at(0).body + "\n");
}

}  // namespace
}  // namespace postkamer::sinks
