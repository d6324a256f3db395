// One leaf of every event type; each decodes as long as the ledger's format is the same. Between
// them they also hold every command and every kind of facts. `codec_test --rewrite` writes them
// anew, which is for types that no release has published; a published file that has to change is a
// broken promise.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "codec/event_codec.h"
#include "codec/fields_random.h"

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

struct Golden {
  std::filesystem::path path;
  domain::Recorded recorded;
};

// The seed hangs on the name, so that a new type leaves the other files as they are.
std::uint64_t seed_of(std::string_view name) {
  return get_u64(sha256(as_bytes(name)).bytes.data());
}

domain::Snapshot make_snapshot(Prng& random, std::size_t number) {
  auto commands = random_of_each<domain::Command>(random);
  auto facts = random_of_each_facts(random);
  return {commands[number % commands.size()], facts[number % facts.size()]};
}

template <class Whole>
std::size_t count_kinds() {
  std::size_t count = 0;
  for_each_leaf<Whole>([&](auto, auto) { ++count; });
  return count;
}

std::vector<Golden> make_goldens() {
  std::vector<Golden> goldens;
  for_each_leaf<domain::Event>([&]<class G, class E>(std::type_identity<G>, std::type_identity<E>) {
    auto const name = domain::kEventType<E>.name;
    Prng random(seed_of(name));
    E event;
    fill(random, event);
    auto header = random_header(random);
    fill(random, header.decision.emplace());
    goldens.push_back({kFolder / (std::string(name) + ".json"),
                       {header, G(event), make_snapshot(random, goldens.size())}});
  });
  // There are more kinds of commands than of events: the rest stand on the smallest event.
  for (std::size_t number = goldens.size(); number < count_kinds<domain::Command>(); ++number) {
    std::string const name = fmt::format("run.started.command_{}", number);
    Prng random(seed_of(name));
    auto header = random_header(random);
    fill(random, header.decision.emplace());
    goldens.push_back({kFolder / (name + ".json"),
                       {header, domain::RunEvent(domain::run::Started()),
                        make_snapshot(random, number)}});
  }
  return goldens;
}

// Only with --rewrite; otherwise the files are as they were published.
void rewrite_if_asked() {
  if (!rewriting()) return;
  for (Golden const& golden : make_goldens()) {
    Bytes leaf;
    encode(golden.recorded, leaf);
    std::ofstream(golden.path, std::ios::binary) << as_text(leaf);
  }
}

TEST(Golden, EveryPublishedLeafDecodesAndIsWrittenTheSame) {
  rewrite_if_asked();
  std::size_t files = 0;
  for (auto const& entry : std::filesystem::directory_iterator(kFolder)) {
    std::string const text = read_all(entry.path());
    auto const recorded = decode(as_bytes(text));
    ASSERT_TRUE(recorded) << entry.path() << ": " << recorded.error().detail;
    Bytes leaf;
    encode(*recorded, leaf);
    EXPECT_EQ(as_text(leaf), text) << entry.path();
    ++files;
  }
  EXPECT_GE(files, make_goldens().size());
}

// Which alternative of which group it is.
template <class Whole>
std::pair<std::size_t, std::size_t> kind_of(Whole const& whole) {
  return {whole.index(), std::visit([](auto const& group) { return group.index(); }, whole)};
}

TEST(Golden, EveryEventCommandAndKindOfFactsHasItsPublishedLeaf) {
  rewrite_if_asked();
  std::set<std::pair<std::size_t, std::size_t>> commands;
  std::set<std::size_t> facts;
  for (Golden const& golden : make_goldens()) {
    auto const recorded = decode(as_bytes(read_all(golden.path)));
    ASSERT_TRUE(recorded) << golden.path << " is missing or damaged";
    EXPECT_EQ(kind_of(recorded->event), kind_of(golden.recorded.event)) << golden.path;
    ASSERT_TRUE(recorded->snapshot) << golden.path;
    commands.insert(kind_of(recorded->snapshot->command));
    facts.insert(recorded->snapshot->facts.index());
  }
  EXPECT_EQ(commands.size(), count_kinds<domain::Command>());
  EXPECT_EQ(facts.size(), std::variant_size_v<domain::Facts>);
}

}  // namespace
}  // namespace tally::codec
