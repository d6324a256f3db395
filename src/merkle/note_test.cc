#include "merkle/note.h"

#include <gtest/gtest.h>

#include "merkle/test_data.h"

namespace tally::merkle {
namespace {

using testing::counting_seed;
using testing::kCheckpointText;
using testing::kLogLine;
using testing::kWitnessLine;
using testing::log_key;
using testing::note_of;
using testing::outcome;
using testing::witness_key;

TEST(Ed25519, MatchesTheFirstVectorOfTheRfc) {  // RFC 8032 section 7.1, test 1
  Seed seed{};
  auto const bytes =
      from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").value();
  std::copy(bytes.begin(), bytes.end(), seed.begin());
  SigningKey const key(seed);
  EXPECT_EQ(to_hex(key.public_key()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  Signature signature = key.sign({});
  EXPECT_EQ(to_hex(signature),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  EXPECT_TRUE(verify(key.public_key(), {}, signature));
  EXPECT_FALSE(verify(key.public_key(), as_bytes("x"), signature));
  signature[40] ^= 1;
  EXPECT_FALSE(verify(key.public_key(), {}, signature));
}

TEST(Ed25519, RefusesAKeyOfSmallOrder) {
  // With the neutral point as key and as R, and S = 0, the equation holds for every message.
  PublicKey neutral{1};
  Signature signature{1};
  EXPECT_FALSE(verify(neutral, as_bytes("anything"), signature));
}

TEST(Vkey, OfThePublishedSeedsIsWrittenAndReadAlike) {
  auto const log = make_vkey("muster.example/ledger/1", KeyType::ed25519,
                             SigningKey(counting_seed(0)).public_key());
  auto const witness = make_vkey("witness.muster.example/w1", KeyType::cosignature,
                                 SigningKey(counting_seed(32)).public_key());
  EXPECT_EQ(format_vkey(*log), testing::kLogVkey);
  EXPECT_EQ(format_vkey(*witness), testing::kWitnessVkey);
  EXPECT_EQ(log_key(), *log);
  EXPECT_EQ(witness_key(), *witness);
}

TEST(Vkey, WithAnotherIdNameOrTypeIsRefused) {
  std::string const good(testing::kLogVkey);
  ASSERT_TRUE(parse_vkey(good));
  for (std::string_view bad :
       {"", "muster.example/ledger/1", "muster.example/ledger/1+fef438f6",
        "muster.example/ledger/2+fef438f6+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "muster.example/ledger/1+fef438f7+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "muster.example/ledger/1+FEF438F6+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "muster.example/ledger/1+fef438f6+AgOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "muster.example/ledger/1+fef438f6+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG=",
        "+fef438f6+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"})
    EXPECT_EQ(outcome(parse_vkey(bad)), "malformed_vkey") << bad;
}

TEST(KeyName, HasNoSpacePlusOrControlCharacter) {
  EXPECT_TRUE(is_key_name("example.com/log"));
  EXPECT_TRUE(is_key_name("bücher.example/\U0001F4D6"));
  for (std::string_view bad : {"", "a+b", "a b", "a\tb", "a\u00a0b", "a\u2003b", "a\u3000b",
                               "a\u0085", "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"})
    EXPECT_FALSE(is_key_name(bad)) << bad;
  EXPECT_TRUE(is_key_name(std::string(kKeyNameBytesMax, 'a')));
  EXPECT_FALSE(is_key_name(std::string(kKeyNameBytesMax + 1, 'a')));
}

// Both lines were computed by other implementations from the same seeds.
TEST(Note, SignedHereEqualsTheOneSignedByOthers) {
  SigningKey const log(counting_seed(0));
  SigningKey const witness(counting_seed(32));
  std::string const text(kCheckpointText);
  std::string const seen = cosignature_message(text, testing::kWitnessSeconds);
  Note const note{
      text,
      {ed25519_signature(log_key(), log.sign(as_bytes(text))),
       cosignature(witness_key(), testing::kWitnessSeconds, witness.sign(as_bytes(seen)))}};
  std::string const expected =
      note_of(text, std::string(kLogLine).append(std::string(kWitnessLine)));
  EXPECT_EQ(format_note(note), expected);
  EXPECT_EQ(*parse_note(expected), note);
}

TEST(Note, OpensWithKnownKeysAndIgnoresOthers) {
  std::string const both =
      note_of(kCheckpointText, std::string(kLogLine).append(std::string(kWitnessLine)));
  std::vector<VerifierKey> const keys = {log_key(), witness_key()};
  auto const all = open_note(both, keys);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->text, kCheckpointText);
  ASSERT_EQ(all->signatures.size(), 2u);
  EXPECT_EQ(all->signatures[0].unix_seconds, std::nullopt);
  EXPECT_EQ(all->signatures[1].unix_seconds, testing::kWitnessSeconds);
  EXPECT_EQ(open_note(both, std::span(keys).first(1))->signatures.size(), 1u);
  EXPECT_EQ(outcome(open_note(both, {})), "unknown_signer");
}

TEST(Note, CountsAKeyThatSignedTwiceOnce) {
  std::vector<VerifierKey> const keys = {log_key()};
  auto const opened = open_note(
      note_of(kCheckpointText, std::string(kLogLine).append(std::string(kLogLine))), keys);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->signatures.size(), 1u);
}

TEST(Note, IsUnknownWhereOnlyTheNameOrOnlyTheIdIsKnown) {
  VerifierKey other_name = log_key();
  other_name.name = "elsewhere.example";
  VerifierKey other_id = log_key();
  other_id.id ^= 1;
  std::vector<VerifierKey> const keys = {other_name, other_id};
  EXPECT_EQ(outcome(open_note(note_of(kCheckpointText, kLogLine), keys)), "unknown_signer");
}

TEST(Note, IsRefusedWhenAKnownKeyDidNotSignIt) {
  std::vector<VerifierKey> const keys = {log_key(), witness_key()};
  std::string const other = "muster.example/ledger/1\n8\nbody\n";
  EXPECT_EQ(outcome(open_note(note_of(other, kLogLine), keys)), "invalid_signature");
  // One good signature does not outweigh a bad one.
  Note note = *parse_note(
      note_of(kCheckpointText, std::string(kLogLine).append(std::string(kWitnessLine))));
  note.signatures[1].body[7] ^= 1;  // the time of the cosignature
  EXPECT_EQ(outcome(open_note(format_note(note), keys)), "invalid_signature");
  note.signatures[1].body.resize(64);
  EXPECT_EQ(outcome(open_note(format_note(note), keys)), "invalid_signature");
}

TEST(Note, IsRefusedAfterAnyByteChanges) {
  std::vector<VerifierKey> const keys = {log_key()};
  std::string const good = note_of(kCheckpointText, kLogLine);
  ASSERT_TRUE(open_note(good, keys));
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_FALSE(open_note(bad, keys)) << at;
  }
}

TEST(Note, KeepsEmptyLinesInItsText) {
  SigningKey const log(counting_seed(0));
  std::string const text = "one\n\n\ntwo\n";
  Note const note{text, {ed25519_signature(log_key(), log.sign(as_bytes(text)))}};
  std::vector<VerifierKey> const keys = {log_key()};
  EXPECT_EQ(open_note(format_note(note), keys)->text, text);
}

TEST(Note, MustBeWellFormed) {
  std::string const text(kCheckpointText);
  std::string const line(kLogLine);
  std::string const no_end = line.substr(0, line.size() - 1);
  for (std::string const& bad :
       {std::string(), text, text + line, text + "\n", note_of(text, no_end),
        note_of(text, line + "\n"), note_of("a\tb\n", line), note_of("a\rb\n", line),
        note_of("a\xff\n", line), note_of(text, "- " + line.substr(4)),
        note_of(text, "\u2014" + line.substr(4)), note_of(text, "\u2014 a+b AAAAAAA=\n"),
        note_of(text, "\u2014  AAAAAAA=\n"), note_of(text, "\u2014 name\n"),
        note_of(text, "\u2014 name \n"), note_of(text, "\u2014 name AAAAAA==\n"),
        note_of(text, "\u2014 name AAAAAAA\n"), note_of(text, "\u2014 name AAAAAAA= x\n"),
        note_of(text, "\u2014 a\u00a0b AAAAAAA=\n")})
    EXPECT_EQ(outcome(parse_note(bad)), "malformed_note") << bad;
  EXPECT_TRUE(parse_note(note_of(text, "\u2014 name AAAAAAA=\n")));
}

TEST(Note, HasAtMostSixteenSignatures) {
  std::string lines(kLogLine);
  for (int i = 1; i < 16; ++i) lines += "\u2014 other.example AAAAAAA=\n";
  std::vector<VerifierKey> const keys = {log_key()};
  EXPECT_TRUE(open_note(note_of(kCheckpointText, lines), keys));
  lines += "\u2014 other.example AAAAAAA=\n";
  EXPECT_EQ(outcome(open_note(note_of(kCheckpointText, lines), keys)), "malformed_note");
}

TEST(Note, HasALargestSize) {
  std::string const tail = note_of("\n", kLogLine);
  EXPECT_TRUE(parse_note(std::string(kNoteBytesMax - tail.size(), 'x') + tail));
  EXPECT_FALSE(parse_note(std::string(kNoteBytesMax - tail.size() + 1, 'x') + tail));
}

}  // namespace
}  // namespace tally::merkle
