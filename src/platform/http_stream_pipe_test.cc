#include "platform/http_stream_pipe.h"

#include <gtest/gtest.h>

#include <memory>

namespace tally::platform {
namespace {

using State = HttpStreamPipe::State;
constexpr std::size_t kMax = 100;

struct Pipe {
  int notified = 0;
  HttpStreamPipe pipe{kMax, [this] { ++notified; }};
};

TEST(StreamPipe, SaysHowMuchRoomThereIs) {
  Pipe p;
  EXPECT_EQ(p.pipe.write("12345"), kMax - 5);
  EXPECT_EQ(p.pipe.write(""), kMax - 5);
  EXPECT_EQ(p.pipe.write(std::string(200, 'x')), 0u) << "a piece is taken whole";
  EXPECT_EQ(p.pipe.bytes(), 205u);
  EXPECT_EQ(p.pipe.take(5).bytes, "12345");
}

TEST(StreamPipe, CallsBackWhenHalfIsTaken) {
  Pipe p;
  int called = 0;
  p.pipe.when_room([&] { ++called; });
  EXPECT_EQ(called, 1) << "there is room now";
  p.pipe.write(std::string(kMax, 'x'));
  p.pipe.when_room([&] { ++called; });
  p.pipe.take(kMax / 2 - 1);
  EXPECT_EQ(called, 1);
  p.pipe.take(1);
  EXPECT_EQ(called, 2);
  p.pipe.take(kMax);
  EXPECT_EQ(called, 2) << "once";
}

TEST(StreamPipe, IsBrokenByAWriteWithoutRoom) {
  Pipe p;
  p.pipe.write(std::string(kMax, 'x'));
  EXPECT_EQ(p.pipe.write("y"), 0u);
  EXPECT_TRUE(p.pipe.gone());
  p.pipe.end();
  EXPECT_EQ(p.pipe.take(2 * kMax).state, State::broken) << "an end afterwards mends nothing";
}

TEST(StreamPipe, EndsWithTheLastByteAndNotBefore) {
  Pipe p;
  p.pipe.write("12345");
  p.pipe.end();
  p.pipe.drop();
  EXPECT_EQ(p.pipe.write("6"), 0u);
  EXPECT_EQ(p.pipe.take(3).state, State::open);
  auto const last = p.pipe.take(3);
  EXPECT_EQ(last.bytes, "45");
  EXPECT_EQ(last.state, State::ended);
}

TEST(StreamPipe, NotifiesOnceForAllThatWaits) {
  Pipe p;
  p.pipe.write("1");
  p.pipe.write("2");
  EXPECT_EQ(p.notified, 1);
  p.pipe.take(kMax);
  p.pipe.write("3");
  EXPECT_EQ(p.notified, 2);
  p.pipe.abandon();
  p.pipe.take(kMax);
  p.pipe.end();
  EXPECT_EQ(p.notified, 2) << "nobody takes what is abandoned";
}

TEST(StreamPipe, TellsWhoeverWaitsThatNobodyReads) {
  Pipe p;
  p.pipe.write(std::string(kMax, 'x'));
  int called = 0;
  p.pipe.when_room([&] {
    ++called;
    EXPECT_TRUE(p.pipe.gone());
    EXPECT_EQ(p.pipe.write("more"), 0u);
  });
  p.pipe.abandon();
  EXPECT_EQ(called, 1);
  EXPECT_EQ(p.pipe.bytes(), 0u);
}

// The writer's callback often owns the writer, and with it this end of the pipe.
TEST(StreamPipe, LetsGoOfACallbackThatOwnsIt) {
  auto const pipe = std::make_shared<HttpStreamPipe>(kMax, [] {});
  auto const owner = std::shared_ptr<int>(new int(0), [pipe](int const* number) {
    delete number;
    pipe->drop();
  });
  pipe->write(std::string(kMax, 'x'));
  pipe->when_room([owner] {});
  pipe->end();
  EXPECT_EQ(owner.use_count(), 1);
}

}  // namespace
}  // namespace tally::platform
