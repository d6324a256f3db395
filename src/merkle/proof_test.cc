#include "merkle/proof.h"

#include <gtest/gtest.h>

#include <bit>

#include "base/prng.h"
#include "merkle/test_data.h"

namespace tally::merkle {
namespace {

namespace fs = std::filesystem;
using testing::content;
using testing::digest;
using testing::event_leaves;
using testing::outcome;

// The published files have one member a line, so a search is reader enough here.
std::string_view field(std::string_view json, std::string_view name) {
  std::string const start = "\"" + std::string(name) + "\": ";
  auto const at = json.find(start);
  EXPECT_NE(at, std::string_view::npos) << name;
  std::string_view const rest = json.substr(at + start.size());
  return rest.substr(0, rest.find_first_of(rest.starts_with('[') ? "]" : ",\n}"));
}

std::uint64_t number(std::string_view json, std::string_view name) {
  return std::stoull(std::string(field(json, name)));
}

std::string_view unquoted(std::string_view text) {
  auto const first = text.find('"');
  return text.substr(first + 1, text.find('"', first + 1) - first - 1);
}

// Some vectors hold roots of another length, of which only equality matters: these are hashed.
Digest hash(std::string_view base64) {
  auto const bytes = from_base64(base64).value();
  return bytes.size() == 32 ? *digest_from_base64(base64) : sha256(bytes);
}

Digest hash(std::string_view json, std::string_view name) {
  return hash(unquoted(field(json, name)));
}

Proof hashes(std::string_view json) {
  Proof proof;
  std::string_view list = field(json, "proof");
  while (list.find('"') != std::string_view::npos) {
    std::string_view const item = unquoted(list);
    proof.push_back(hash(item));
    list.remove_prefix(static_cast<std::size_t>(item.data() + item.size() + 1 - list.data()));
  }
  return proof;
}

// A leaf hash of another length cannot even be expressed here.
bool accepts_inclusion(std::string_view json) {
  auto const leaf = digest_from_base64(unquoted(field(json, "leafHash")));
  return leaf && verify_inclusion(number(json, "leafIdx"), number(json, "treeSize"), *leaf,
                                  hashes(json), hash(json, "root"))
                     .has_value();
}

bool accepts_consistency(std::string_view json) {
  return verify_consistency(number(json, "size1"), number(json, "size2"), hash(json, "root1"),
                            hash(json, "root2"), hashes(json))
      .has_value();
}

struct Tally {
  int files = 0;
  int accepted = 0;
};

Tally check_folder(fs::path const& folder, bool (*accepts)(std::string_view)) {
  Tally tally;
  for (auto const& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    std::string const json = content(entry.path());
    bool const wanted = field(json, "wantErr").starts_with("false");
    EXPECT_EQ(accepts(json), wanted) << entry.path() << "\n" << json;
    ++tally.files;
    tally.accepted += wanted ? 1 : 0;
  }
  return tally;
}

// github.com/transparency-dev/merkle, testdata.
TEST(ProofVectors, OfInclusionAreJudgedAsPublished) {
  fs::path const folder = testing::vectors() / "rfc6962/testdata/inclusion";
  if (!fs::exists(folder)) GTEST_SKIP() << "no vectors at " << folder << "; set TALLY_DATA";
  Tally const tally = check_folder(folder, accepts_inclusion);
  EXPECT_EQ(tally.files, 98);
  EXPECT_GT(tally.accepted, 4);
}

TEST(ProofVectors, OfConsistencyAreJudgedAsPublished) {
  fs::path const folder = testing::vectors() / "rfc6962/testdata/consistency";
  if (!fs::exists(folder)) GTEST_SKIP() << "no vectors at " << folder << "; set TALLY_DATA";
  Tally const tally = check_folder(folder, accepts_consistency);
  EXPECT_EQ(tally.files, 98);
  EXPECT_GT(tally.accepted, 4);
}

Digest root_of(std::span<Digest const> leaves, std::size_t size) {
  return subtree_root(leaves.first(size));
}

TEST(Proofs, MatchThoseThatOtherImplementationsComputed) {
  auto const leaves = event_leaves(7);
  Digest const root2 = root_of(leaves, 2);
  Digest const root4 = root_of(leaves, 4);
  Digest const event6 = digest("hVqRxrvpT1tA/b/2zT/t/5RXwi+lM4Clp2AoY5bRmwI=");
  Digest const right3 = digest("CdE923ZptzRMGk5/zSfZNnUk1MxvmDHjZ9hsED0563g=");
  EXPECT_EQ(*inclusion_proof(leaves, 5, 7),
            (Proof{digest("rjI5dK4fR82yRuuDuHBjZtQ8ZK0Pr0gMeerLnPSn6Kc="), event6, root4}));
  EXPECT_EQ(*consistency_proof(leaves, 4, 7), Proof{right3});
  EXPECT_EQ(*consistency_proof(leaves, 3, 7),
            (Proof{digest("T7cNqgptqvfpPys3xeXfczRmMP2KUZltUPHY7v8nlCY="),
                   digest("Xz5pjPk3YirKfGvyc+8hdgkuwzwWLcyuOd+HAWJdGJ8="), root2, right3}));
  EXPECT_EQ(*consistency_proof(leaves, 6, 7),
            (Proof{digest("NaNEGO5DQ6pR68bpeJkHXEZ/Et0heupUzC1xWBgT1BM="), event6, root4}));
}

TEST(Proofs, OfInclusionVerifyAndHaveTheLengthOfThePath) {
  auto const leaves = event_leaves(120);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    Digest const root = root_of(leaves, size);
    for (std::size_t index = 0; index < size; ++index) {
      auto const proof = inclusion_proof(leaves, index, size);
      ASSERT_TRUE(proof);
      auto const inner = std::bit_width(index ^ (size - 1));
      auto const border = static_cast<std::size_t>(std::popcount(index >> inner));
      ASSERT_EQ(proof->size(), inner + border) << index << " of " << size;
      ASSERT_TRUE(verify_inclusion(index, size, leaves[index], *proof, root));
    }
  }
}

TEST(Proofs, OfConsistencyVerifyForAllPairsOfSizes) {
  auto const leaves = event_leaves(80);
  for (std::size_t to = 1; to <= leaves.size(); ++to) {
    for (std::size_t from = 1; from <= to; ++from) {
      auto const proof = consistency_proof(leaves, from, to);
      ASSERT_TRUE(proof);
      ASSERT_TRUE(verify_consistency(from, to, root_of(leaves, from), root_of(leaves, to), *proof))
          << from << " to " << to;
    }
  }
}

TEST(Proofs, FromAStoreOfNodesEqualThoseFromLeaves) {
  auto const leaves = event_leaves(1000);
  NodeStore store;
  for (Digest const& leaf : leaves) store.append(leaf);
  Prng prng(11);
  for (int round = 0; round < 200; ++round) {
    std::uint64_t const size = prng.below(leaves.size()) + 1;
    std::uint64_t const part = prng.below(size);
    ASSERT_EQ(*inclusion_proof(store.source(), part, size), *inclusion_proof(leaves, part, size));
    ASSERT_EQ(*consistency_proof(store.source(), part + 1, size),
              *consistency_proof(leaves, part + 1, size));
  }
}

void flip(Digest& hash, std::size_t bit) {
  hash.bytes[bit / 8] = static_cast<std::uint8_t>(hash.bytes[bit / 8] ^ (1u << (bit % 8)));
}

constexpr std::size_t kBits = 256;

TEST(Proofs, OfInclusionFailAfterAnyBitChanges) {
  auto const leaves = event_leaves(7);
  Digest const root = root_of(leaves, 7);
  for (std::size_t index = 0; index < 7; ++index) {
    Proof const proof = *inclusion_proof(leaves, index, 7);
    for (std::size_t bit = 0; bit < kBits; ++bit) {
      for (std::size_t at = 0; at < proof.size(); ++at) {
        Proof changed = proof;
        flip(changed[at], bit);
        ASSERT_FALSE(verify_inclusion(index, 7, leaves[index], changed, root));
      }
      Digest changed = leaves[index];
      flip(changed, bit);
      ASSERT_FALSE(verify_inclusion(index, 7, changed, proof, root));
      changed = root;
      flip(changed, bit);
      ASSERT_FALSE(verify_inclusion(index, 7, leaves[index], proof, changed));
    }
  }
}

TEST(Proofs, OfConsistencyFailAfterAnyBitChanges) {
  auto const leaves = event_leaves(7);
  Digest const root = root_of(leaves, 7);
  for (std::size_t from = 1; from < 7; ++from) {
    Digest const old_root = root_of(leaves, from);
    Proof const proof = *consistency_proof(leaves, from, 7);
    for (std::size_t bit = 0; bit < kBits; ++bit) {
      for (std::size_t at = 0; at < proof.size(); ++at) {
        Proof changed = proof;
        flip(changed[at], bit);
        ASSERT_FALSE(verify_consistency(from, 7, old_root, root, changed));
      }
      Digest changed = old_root;
      flip(changed, bit);
      ASSERT_FALSE(verify_consistency(from, 7, changed, root, proof));
      changed = root;
      flip(changed, bit);
      ASSERT_FALSE(verify_consistency(from, 7, old_root, changed, proof));
    }
  }
}

TEST(Proofs, FailForAnotherIndexOrSize) {
  auto const leaves = event_leaves(40);
  Proof const proof = *inclusion_proof(leaves, 21, 40);
  for (std::uint64_t index = 0; index < 40; ++index)
    EXPECT_EQ(verify_inclusion(index, 40, leaves[21], proof, root_of(leaves, 40)).has_value(),
              index == 21);
  EXPECT_FALSE(verify_inclusion(40, 40, leaves[21], proof, root_of(leaves, 40)));
  Proof longer = proof;
  longer.push_back(leaves[0]);
  EXPECT_FALSE(verify_inclusion(21, 40, leaves[21], longer, root_of(leaves, 40)));
  Proof shorter = proof;
  shorter.pop_back();
  EXPECT_FALSE(verify_inclusion(21, 40, leaves[21], shorter, root_of(leaves, 40)));
}

TEST(Proofs, AreRefusedOutsideTheTree) {
  auto const leaves = event_leaves(3);
  EXPECT_EQ(outcome(inclusion_proof(leaves, 3, 3)), "out_of_range");
  EXPECT_EQ(outcome(inclusion_proof(leaves, 0, 0)), "out_of_range");
  EXPECT_EQ(outcome(inclusion_proof(leaves, 0, 4)), "out_of_range");
  EXPECT_EQ(outcome(consistency_proof(leaves, 0, 3)), "out_of_range");
  EXPECT_EQ(outcome(consistency_proof(leaves, 3, 2)), "out_of_range");
  EXPECT_EQ(outcome(consistency_proof(leaves, 1, 4)), "out_of_range");
}

TEST(Proofs, FromAnEmptyTreeAreRefusedEvenToAnEmptyTree) {
  EXPECT_EQ(outcome(verify_consistency(0, 0, empty_root(), empty_root(), {})), "invalid_proof");
  EXPECT_EQ(outcome(verify_consistency(0, 1, empty_root(), leaf_hash({}), {})), "invalid_proof");
}

}  // namespace
}  // namespace tally::merkle
