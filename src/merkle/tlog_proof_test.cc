#include "merkle/tlog_proof.h"

#include <gtest/gtest.h>

#include "merkle/test_data.h"

namespace tally::merkle {
namespace {

using testing::event_leaves;
using testing::kCheckpointText;
using testing::kLogLine;
using testing::kWitnessLine;
using testing::log_key;
using testing::note_of;
using testing::outcome;

// Proof of "event-5" in the log of seven; every part of it was computed by other tools.
std::string published() {
  return "c2sp.org/tlog-proof@v1\n"
         "index 5\n"
         "rjI5dK4fR82yRuuDuHBjZtQ8ZK0Pr0gMeerLnPSn6Kc=\n"
         "hVqRxrvpT1tA/b/2zT/t/5RXwi+lM4Clp2AoY5bRmwI=\n"
         "MwFXNIsphb0cRlfkTzYorpF23YKBH/sxqOARud6ouaE=\n"
         "\n" +
         note_of(kCheckpointText, std::string(kLogLine).append(std::string(kWitnessLine)));
}

TEST(TlogProof, IsWrittenAsPublishedAndProvesTheEntry) {
  TlogProof const proof{
      5, *inclusion_proof(event_leaves(7), 5, 7),
      note_of(kCheckpointText, std::string(kLogLine).append(std::string(kWitnessLine))),
      std::nullopt};
  EXPECT_EQ(format_tlog_proof(proof), published());
  auto const parsed = parse_tlog_proof(published());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, proof);
  auto const checkpoint = verify_tlog_proof(*parsed, as_bytes("event-5"), log_key());
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->size, 7u);
}

TEST(TlogProof, ProvesNoOtherEntryIndexOrKey) {
  TlogProof proof = *parse_tlog_proof(published());
  EXPECT_EQ(outcome(verify_tlog_proof(proof, as_bytes("event-4"), log_key())), "invalid_proof");
  EXPECT_EQ(outcome(verify_tlog_proof(proof, as_bytes("event-5"), testing::witness_key())),
            "wrong_origin");
  proof.index = 4;
  EXPECT_EQ(outcome(verify_tlog_proof(proof, as_bytes("event-5"), log_key())), "invalid_proof");
}

TEST(TlogProof, CarriesExtraData) {
  TlogProof proof = *parse_tlog_proof(published());
  proof.extra = to_bytes("salt");
  std::string const text = format_tlog_proof(proof);
  EXPECT_TRUE(text.starts_with("c2sp.org/tlog-proof@v1\nextra c2FsdA==\nindex 5\n"));
  EXPECT_EQ(*parse_tlog_proof(text), proof);
}

TEST(TlogProof, OfATreeOfOneHasNoHashes) {
  SigningKey const key(testing::counting_seed(0));
  std::string const text =
      format_checkpoint({"muster.example/ledger/1", 1, leaf_hash(as_bytes("only"))});
  TlogProof const proof{
      0, {}, format_note({text, {ed25519_signature(log_key(), key.sign(as_bytes(text)))}}), {}};
  auto const parsed = parse_tlog_proof(format_tlog_proof(proof));
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(verify_tlog_proof(*parsed, as_bytes("only"), log_key()));
}

bool proves(std::string_view text) {
  auto const proof = parse_tlog_proof(text);
  return proof && verify_tlog_proof(*proof, as_bytes("event-5"), log_key()).has_value();
}

TEST(TlogProof, FailsAfterAnyBitChanges) {
  // Without the witness's line, which this key does not judge.
  std::string good = published();
  good.erase(good.size() - kWitnessLine.size());
  ASSERT_TRUE(proves(good));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(proves(bad)) << "bit " << bit << "\n" << bad;
  }
}

TEST(TlogProof, MustBeWellFormed) {
  std::string const good = published();
  auto replaced = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  for (std::string const& bad :
       {std::string(), replaced("@v1", "@v2"), replaced("index 5", "index 05"),
        replaced("index 5", "index -5"), replaced("index 5\n", ""), replaced("index 5", "Index 5"),
        replaced("index 5", "extra !\nindex 5"), replaced("index 5", "extra AA==\nextra AA=="),
        replaced("rjI5", "jI5"), replaced("rjI5", " rjI5")})
    EXPECT_EQ(outcome(parse_tlog_proof(bad)), "malformed_proof") << bad;
  EXPECT_EQ(outcome(parse_tlog_proof(good.substr(0, good.size() - 1))), "malformed_note");
}

TEST(TlogProof, HasAtMostSixtyThreeHashes) {
  TlogProof proof = *parse_tlog_proof(published());
  proof.inclusion.resize(63);
  EXPECT_TRUE(parse_tlog_proof(format_tlog_proof(proof)));
  proof.inclusion.resize(64);
  EXPECT_EQ(outcome(parse_tlog_proof(format_tlog_proof(proof))), "malformed_proof");
}

}  // namespace
}  // namespace tally::merkle
