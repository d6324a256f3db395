// A whole log that another implementation wrote (github.com/transparency-dev/tessera,
// testdata/log): made again here from its leaves and its published key, byte for byte.

#include <gtest/gtest.h>

#include "merkle/proof.h"
#include "merkle/test_data.h"
#include "merkle/tiles.h"

namespace tally::merkle {
namespace {

namespace fs = std::filesystem;
using testing::content;

constexpr std::string_view kOrigin = "example.com/log/testdata";
constexpr std::string_view kVkey =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
// The base64 part of "PRIVATE+KEY+example.com/log/testdata+33d7b496+...": a type byte and a seed.
constexpr std::string_view kPrivateKey = "AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg";
// Spelled as there.
constexpr std::array<std::string_view, 15> kLeaves = {
    "one",  "two", "three",  "four",  "five",     "six",     "seven", "eit",
    "nain", "ten", "ileven", "twelf", "threeten", "fourten", "fivten"};

class PublishedLog : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::vectors() / "tessera-log/testdata/log";
    if (!fs::exists(folder_)) GTEST_SKIP() << "no vectors at " << folder_ << "; set TALLY_DATA";
    for (std::string_view leaf : kLeaves) {
      entries_.push_back(to_bytes(leaf));
      leaves_.push_back(leaf_hash(as_bytes(leaf)));
      store_.append(leaves_.back());
    }
  }

  fs::path folder_;
  std::vector<Bytes> entries_;
  std::vector<Digest> leaves_;
  NodeStore store_;
};

TEST_F(PublishedLog, HasCheckpointsThatComeOutTheSame) {
  Seed seed{};
  Bytes const private_key = from_base64(kPrivateKey).value();
  std::copy(private_key.begin() + 1, private_key.end(), seed.begin());
  SigningKey const key(seed);
  VerifierKey const vkey = *make_vkey(kOrigin, KeyType::ed25519, key.public_key());
  EXPECT_EQ(format_vkey(vkey), kVkey);
  Tree tree;
  for (std::size_t size = 0; size <= kLeaves.size(); ++size) {
    if (size > 0) tree.append(leaves_[size - 1]);
    std::string const text = format_checkpoint({std::string(kOrigin), size, tree.root()});
    Note const note{text, {ed25519_signature(vkey, key.sign(as_bytes(text)))}};
    std::string const stored = content(folder_ / ("checkpoint." + std::to_string(size)));
    EXPECT_EQ(format_note(note), stored) << size;
    EXPECT_EQ(open_checkpoint(stored, *parse_vkey(kVkey))->root, tree.root());
  }
}

TEST_F(PublishedLog, HasTilesAndBundlesThatComeOutTheSame) {
  std::size_t files = 0;
  for (unsigned width = 1; width <= kLeaves.size(); ++width) {
    std::string const tile = content(folder_ / tile_path({0u, 0, width}));
    EXPECT_EQ(as_text(tile_bytes(0, 0, width, store_.source())), tile) << width;
    std::string const bundle = content(folder_ / tile_path({std::nullopt, 0, width}));
    Bytes const ours = *entry_bundle(std::span(entries_).first(width));
    EXPECT_EQ(as_text(ours), bundle) << width;
    EXPECT_EQ(parse_entry_bundle(as_bytes(bundle))->size(), width);
    files += 2;
  }
  std::size_t stored = 0;
  for (auto const& entry : fs::recursive_directory_iterator(folder_ / "tile"))
    stored += entry.is_regular_file() ? 1u : 0u;
  EXPECT_EQ(stored, files);
}

TEST_F(PublishedLog, HasProofsBetweenAllItsCheckpoints) {
  auto root_at = [&](std::uint64_t size) {
    std::string const note = content(folder_ / ("checkpoint." + std::to_string(size)));
    return open_checkpoint(note, *parse_vkey(kVkey))->root;
  };
  for (std::uint64_t to = 1; to <= kLeaves.size(); ++to)
    for (std::uint64_t from = 1; from <= to; ++from) {
      auto const proof = consistency_proof(store_.source(), from, to);
      ASSERT_TRUE(verify_consistency(from, to, root_at(from), root_at(to), *proof));
      auto const path = inclusion_proof(store_.source(), from - 1, to);
      ASSERT_TRUE(verify_inclusion(from - 1, to, leaves_[from - 1], *path, root_at(to)));
    }
}

}  // namespace
}  // namespace tally::merkle
