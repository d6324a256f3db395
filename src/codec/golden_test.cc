// One file for each event, command and kind of facts, by itself; each decodes for ever. Which
// values stand in a file follows from its own name alone, so that a new type leaves the others as
// they are. `codec_test --rewrite` writes those that are not there, and touches no other: a
// published file that has to change is a broken promise.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "codec/event_codec.h"
#include "codec/fields_random.h"
#include "codec/old_events.h"

namespace tally::codec {
namespace {

std::filesystem::path const kFolder = TALLY_SOURCE_DIR "/src/codec/golden";

bool rewriting() {
  auto const arguments = ::testing::internal::GetArgvs();
  return std::find(arguments.begin(), arguments.end(), "--rewrite") != arguments.end();
}

std::string read_all(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::uint64_t seed_of(std::string_view name) {
  return get_u64(sha256(as_bytes(name)).bytes.data());
}

// `make` writes the value of a file that is not there yet.
template <class Make>
std::string published(std::filesystem::path const& path, Make const& make) {
  if (rewriting() && !std::filesystem::exists(path)) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << make();
  }
  return read_all(path);
}

std::filesystem::path event_path(domain::EventType type) {
  return kFolder / "events" / fmt::format("{}.{}.json", type.name, type.version);
}
std::filesystem::path command_path(domain::CommandType type) {
  return kFolder / "commands" / fmt::format("{}.{}.json", type.name, type.version);
}
std::filesystem::path facts_path(std::string_view kind) {
  return kFolder / "facts" / fmt::format("{}.json", kind);
}

std::string leaf_of(domain::Recorded const& recorded) {
  Bytes leaf;
  encode(recorded, leaf);
  return std::string(as_text(leaf));
}

// Of some values by chance the one that leaves out the least.
template <class T, class Text>
std::string fullest(std::string_view name, Text const& text_of) {
  constexpr int kTries = 32;
  std::string longest;
  for (int i = 0; i < kTries; ++i) {
    Prng random(seed_of(fmt::format("{} {}", name, i)));
    T value;
    fill(random, value);
    std::string text = text_of(std::move(value), random);
    if (text.size() > longest.size()) longest = std::move(text);
  }
  return longest;
}

std::string text_of(domain::Command const& command) {
  Buffer out;
  write_command(out, command);
  return std::string(out.text());
}
std::string text_of(domain::Facts const& facts) {
  Buffer out;
  write_facts(out, facts);
  return std::string(out.text());
}

TEST(Golden, EveryEventHasItsPublishedLeafAndIsWrittenTheSame) {
  domain::for_each_kind<domain::Event>(
      []<class G, class E>(std::type_identity<G>, std::type_identity<E>) {
        auto const path = event_path(E::kEvent);
        std::string const text = published(path, [] {
          return fullest<E>(E::kEvent.name, [](E event, Prng& random) {
            return leaf_of(
                {.header = random_header(random), .event = G(std::move(event)), .snapshot = {}});
          });
        });
        auto const recorded = decode(as_bytes(text));
        ASSERT_TRUE(recorded) << path << ": " << recorded.error().detail;
        auto const* group = std::get_if<G>(&recorded->event);
        EXPECT_TRUE(group != nullptr && std::holds_alternative<E>(*group)) << path;
        EXPECT_EQ(leaf_of(*recorded), text) << path;
      });
}

TEST(Golden, EveryCommandIsReadAndWrittenAsPublished) {
  domain::for_each_kind<domain::Command>(
      []<class G, class C>(std::type_identity<G>, std::type_identity<C>) {
        auto const path = command_path(C::kCommand);
        std::string const text = published(path, [] {
          return fullest<C>(C::kCommand.name, [](C command, Prng&) {
            return text_of(domain::Command(G(std::move(command))));
          });
        });
        Reader reader(text);
        domain::Command command;
        ASSERT_TRUE(reader.read_command(command)) << path << ": " << reader.error().detail;
        auto const* group = std::get_if<G>(&command);
        EXPECT_TRUE(group != nullptr && std::holds_alternative<C>(*group)) << path;
        EXPECT_EQ(text_of(command), text) << path;
      });
}

TEST(Golden, EveryKindOfFactsIsReadAndWrittenAsPublished) {
  domain::Alternatives<domain::Facts>::each([]<class F>(std::type_identity<F>) {
    auto const path = facts_path(F::kKind);
    std::string const text = published(path, [] {
      return fullest<F>(F::kKind,
                        [](F facts, Prng&) { return text_of(domain::Facts(std::move(facts))); });
    });
    Reader reader(text);
    domain::Facts facts;
    ASSERT_TRUE(reader.read_facts(facts)) << path << ": " << reader.error().detail;
    EXPECT_TRUE(std::holds_alternative<F>(facts)) << path;
    EXPECT_EQ(text_of(facts), text) << path;
  });
}

TEST(OldEvents, AreReadInTheirOwnShapeAndBecomeWhatTheyWouldBeToday) {
  domain::Event event;
  Reader reader(R"({"claimed":5,"reason":"r","run":"run_0000000000000001"})");
  ASSERT_TRUE(read_old<AuditRequiredV1>(reader, event)) << reader.error().detail;
  auto const& audit = std::get<domain::run::AuditRequired>(std::get<domain::run::Events>(event));
  EXPECT_EQ(audit.claimed, Micros(5));
  EXPECT_EQ(audit.reason, "r");
  EXPECT_EQ(audit.detail, "");
  Reader newer(R"({"claimed":5,"detail":"d","reason":"r","run":"run_0000000000000001"})");
  EXPECT_FALSE(read_old<AuditRequiredV1>(newer, event));
}

// What a version says goes through it and back unchanged; what it does not know is gone, and an
// event of another kind stays as it is.
TEST(OldEvents, SayOfAnEventOfTodayWhatTheyCould) {
  domain::run::AuditRequired full;
  full.claimed = Micros(5);
  full.detail = "d";
  full.reason = "r";
  auto less = full;
  less.detail.clear();
  EXPECT_EQ(as_of(1, domain::run::Events(full)), domain::Event(domain::run::Events(less)));
  EXPECT_EQ(as_of(2, domain::run::Events(full)), domain::Event(domain::run::Events(full)));
  domain::Event const other = domain::run::Events(domain::run::Started{});
  EXPECT_EQ(as_of(1, other), other);
}

TEST(Golden, EveryOldEventIsReadAsOneOfToday) {
  domain::Alternatives<OldEvents>::each([]<class Old>(std::type_identity<Old>) {
    auto const path = event_path(Old::kEvent);
    auto const recorded = decode(as_bytes(read_all(path)));
    ASSERT_TRUE(recorded) << path << ": " << recorded.error().detail;
    domain::EventType const today = domain::type_of(recorded->event);
    EXPECT_EQ(today.name, Old::kEvent.name);
    EXPECT_GT(today.version, Old::kEvent.version);
  });
}

TEST(Golden, NoPublishedFileIsOfNothing) {
  std::set<std::filesystem::path> known;
  domain::for_each_kind<domain::Event>(
      [&]<class G, class E>(std::type_identity<G>, std::type_identity<E>) {
        known.insert(event_path(E::kEvent));
      });
  domain::Alternatives<OldEvents>::each(
      [&]<class Old>(std::type_identity<Old>) { known.insert(event_path(Old::kEvent)); });
  domain::for_each_kind<domain::Command>(
      [&]<class G, class C>(std::type_identity<G>, std::type_identity<C>) {
        known.insert(command_path(C::kCommand));
      });
  domain::Alternatives<domain::Facts>::each(
      [&]<class F>(std::type_identity<F>) { known.insert(facts_path(F::kKind)); });
  for (auto const& entry : std::filesystem::recursive_directory_iterator(kFolder)) {
    if (entry.is_regular_file()) {
      EXPECT_TRUE(known.contains(entry.path())) << entry.path();
    }
  }
}

}  // namespace
}  // namespace tally::codec
