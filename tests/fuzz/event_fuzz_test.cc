// Whatever bytes stand in a leaf, they decode to an event whose canonical form they are, or they
// are refused.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "codec/event_codec.h"
#include "codec/fields_json.h"
#include "fuzz/fuzz.h"

namespace tally::fuzz {
namespace {

std::vector<std::string> published(std::string_view kind) {
  std::vector<std::filesystem::path> paths;
  std::filesystem::path const golden = TALLY_SOURCE_DIR "/src/codec/golden";
  for (auto const& file : std::filesystem::directory_iterator(golden / kind))
    paths.push_back(file.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (auto const& path : paths) {
    std::ifstream file(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return texts;
}

// The published leaves, one of every type, with the published commands and facts as their
// decisions.
std::vector<Bytes> seeds() {
  auto const commands = published("commands");
  auto const facts = published("facts");
  std::vector<Bytes> leaves;
  for (std::string const& text : published("events")) {
    domain::Recorded recorded = codec::decode(as_bytes(text)).value();
    domain::Snapshot& snapshot = recorded.snapshot.emplace();
    codec::Reader(commands[leaves.size() % commands.size()]).read_command(snapshot.command);
    codec::Reader(facts[leaves.size() % facts.size()]).read_facts(snapshot.facts);
    recorded.header.decision = DecisionId(leaves.size());
    codec::encode(recorded, leaves.emplace_back());
  }
  return leaves;
}

TEST(EventFuzz, ALeafDecodesToTheEventThatItIsTheBytesOfOrIsRefused) {
  std::uint64_t accepted = 0;
  auto const leaves = seeds();
  ASSERT_GT(leaves.size(), 20u);
  run(leaves, [&](ByteView leaf) {
    auto const recorded = codec::decode(leaf);
    domain::Recorded event;
    bool const event_read = codec::decode(leaf, event, codec::Part::event).has_value();
    EXPECT_TRUE(event_read || !recorded);
    if (!recorded) {
      EXPECT_FALSE(recorded.error().detail.empty());
      return;
    }
    Bytes again;
    codec::encode(*recorded, again);
    EXPECT_TRUE(std::ranges::equal(again, leaf));
    ++accepted;
  });
  EXPECT_GT(accepted, leaves.size());  // some mutants are other events, not all are noise
}

}  // namespace
}  // namespace tally::fuzz
