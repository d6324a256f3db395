#include "cli/ledger_commands.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "cli/files.h"
#include "cli/ledger_fixture.h"
#include "cli/program_fixture.h"
#include "json/value.h"
#include "platform/writer_lock.h"

namespace tally::cli {
namespace {

json::Value parsed(std::string const& text) {
  auto document = json::parse(text);
  EXPECT_TRUE(document) << text;
  return document ? *document : json::Value();
}

std::string content_of(std::string const& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The only segment; its bytes may be changed behind the ledger's back.
std::string segment_of(LedgerFixture const& ledger) {
  for (auto const& entry : std::filesystem::directory_iterator(ledger.file("ledger")))
    if (entry.path().extension() == ".seg") return entry.path();
  ADD_FAILURE() << "no segment";
  return {};
}

// Flips one bit of the first place where the text stands.
void flip_bit_at(std::string const& file, std::string_view text) {
  std::string content = content_of(file);
  auto const at = content.find(text);
  ASSERT_NE(at, std::string::npos) << text;
  content[at] = static_cast<char>(content[at] ^ 1);
  std::ofstream(file, std::ios::binary) << content;
}

// Makes the last frame one that was being written when power failed: a sector of its content is
// still zero, as all were before.
void tear_last_frame(std::string const& file, std::string_view text_in_it) {
  constexpr std::size_t kSectorBytes = 512;
  std::string content = content_of(file);
  auto const at = content.rfind(text_in_it);
  ASSERT_NE(at, std::string::npos);
  std::fill_n(content.begin() + std::ptrdiff_t(at / kSectorBytes * kSectorBytes), kSectorBytes,
              '\0');
  std::ofstream(file, std::ios::binary) << content;
}

}  // namespace

TEST(LedgerVerify, SaysWhatItCounted) {
  LedgerFixture ledger;
  ledger.fill();
  Ran const ran = run_tally({"ledger", "verify", "--data", ledger.data(), "--json"});
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_EQ(ran.out, fmt::format(R"({{"ok":true,"events":5,"frames":5,"root_sha256":"{}",)"
                                 R"("checkpoints":1,"torn_tail":false,)"
                                 R"("origin":"test.local/ledger","vkey":"{}"}})"
                                 "\n",
                                 ledger.root().hex(), ledger.vkey()));
  EXPECT_EQ(ran.err, "");
}

TEST(LedgerVerify, NamesTheEventOfAFlippedBit) {
  LedgerFixture ledger;
  ledger.fill();
  flip_bit_at(segment_of(ledger), "budget.granted");
  Ran const ran = run_tally({"ledger", "verify", "--data", ledger.data(), "--json"});
  EXPECT_EQ(ran.code, ExitCode::no);
  json::Value const report = parsed(ran.out);
  EXPECT_EQ(*report.find("ok"), json::Value(false));
  EXPECT_EQ(*report.find("bad_seq"), json::Value(3));
  EXPECT_FALSE(report.find("what")->string()->empty());
  EXPECT_TRUE(contains(ran.err, "event 3")) << ran.err;
}

TEST(LedgerVerify, HoldsTheKeyAgainstTheTrustedOne) {
  LedgerFixture ledger;
  EXPECT_EQ(run_tally({"ledger", "verify", "--data", ledger.data(), "--vkey", ledger.vkey()}).code,
            ExitCode::yes);
  EXPECT_EQ(run_tally({"ledger", "verify", "--data", ledger.data(), "--vkey", "other"}).code,
            ExitCode::no);
}

TEST(LedgerVerify, ToleratesATornTailAndSaysSo) {
  LedgerFixture ledger;
  ledger.fill();
  tear_last_frame(segment_of(ledger), "checkpoint.signed");
  Ran const ran = run_tally({"ledger", "verify", "--data", ledger.data(), "--json"});
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.out << ran.err;
  EXPECT_EQ(*parsed(ran.out).find("torn_tail"), json::Value(true));
  EXPECT_EQ(*parsed(ran.out).find("events"), json::Value(4));
  EXPECT_TRUE(contains(ran.err, "nobody was told")) << ran.err;
}

TEST(LedgerVerify, SaysOfABrokenCopyHowFarItIsGood) {
  LedgerFixture ledger;
  ledger.fill();
  std::string const file = segment_of(ledger);
  auto const third_frame = content_of(file).find("tenant.created") / 4096 * 4096;
  std::filesystem::resize_file(file, third_frame + 100);  // as a copy that was broken off
  Ran const ran = run_tally({"ledger", "verify", "--data", ledger.data()});
  EXPECT_EQ(ran.code, ExitCode::no);
  EXPECT_TRUE(contains(ran.out, "NOT OK: good are the first 2 events in 2 frames")) << ran.out;
  EXPECT_TRUE(contains(ran.err, "event 2: ")) << ran.err;
  EXPECT_TRUE(contains(ran.err, " (0000000000.seg, byte ")) << ran.err;
  EXPECT_FALSE(contains(ran.err, "sequence")) << ran.err;  // one number, once
  Ran const cat = run_tally({"ledger", "cat", "--data", ledger.data()});
  EXPECT_EQ(cat.code, ExitCode::no);
  EXPECT_EQ(std::ranges::count(cat.out, '\n'), 2);
  EXPECT_TRUE(contains(cat.err, "good up to event 2 and damaged there")) << cat.err;
  EXPECT_FALSE(contains(cat.err, "sequence")) << cat.err;
  EXPECT_EQ(run_tally({"ledger", "verify", "--data", file}).code, ExitCode::usage);
}

TEST(LedgerVerify, SaysWhereNothingIsGood) {
  LedgerFixture ledger;
  ledger.fill();
  flip_bit_at(segment_of(ledger), "ledger.opened");
  Ran const ran = run_tally({"ledger", "verify", "--data", ledger.data()});
  EXPECT_EQ(ran.code, ExitCode::no);
  EXPECT_EQ(ran.out, "NOT OK: nothing of it is good\n");
  Ran const json = run_tally({"ledger", "verify", "--data", ledger.data(), "--json"});
  EXPECT_EQ(parsed(json.out).find("root_sha256"), nullptr);
}

TEST(LedgerVerify, HoldsTheLedgerAgainstACheckpointThatSomebodyKept) {
  LedgerFixture ledger;
  ledger.fill();
  TemporaryFolder const folder;
  auto const against = [&](std::string const& note) {
    std::ofstream(folder.file("known")) << note;
    return run_tally(
        {"ledger", "verify", "--data", ledger.data(), "--known", folder.file("known")});
  };
  EXPECT_EQ(against(ledger.note()).code, ExitCode::yes);
  LedgerFixture longer;
  longer.fill();
  longer.sign();
  longer.sign();
  Ran const shorter = against(longer.note());
  EXPECT_EQ(shorter.code, ExitCode::no);
  EXPECT_TRUE(contains(shorter.err, "the ledger ends after 5 events; a checkpoint of 6 is known"))
      << shorter.err;
  Ran const nonsense = against("nonsense");
  EXPECT_EQ(nonsense.code, ExitCode::usage);
  EXPECT_TRUE(contains(nonsense.err, "tally ledger checkpoint")) << nonsense.err;
  std::filesystem::remove(folder.file("known"));
  EXPECT_EQ(
      run_tally({"ledger", "verify", "--data", ledger.data(), "--known", folder.file("known")})
          .code,
      ExitCode::usage);
}

TEST(LedgerVerify, OfALedgerWithoutItsHeadSaysThatItIsNotWhole) {
  LedgerFixture ledger;
  ledger.fill();
  std::filesystem::remove(ledger.file("ledger/head"));
  Ran const ran = run_tally({"ledger", "verify", "--data", ledger.data()});
  EXPECT_EQ(ran.code, ExitCode::no);
  EXPECT_TRUE(contains(ran.err, "`head`")) << ran.err;
}

// What stands behind the last whole frame is nobody's business while somebody writes.
TEST(LedgerCommands, BesideAServerTakeNoFrameUnderWayForDamage) {
  LedgerFixture ledger;
  ledger.fill();
  ledger.sign();
  std::string const file = segment_of(ledger);
  std::string content = content_of(file);
  content[content.rfind("checkpoint.signed")] ^= 1;  // no sector of it is missing
  std::ofstream(file, std::ios::binary) << content;
  std::vector<std::vector<std::string>> const commands{{"ledger", "verify"},
                                                       {"ledger", "cat"},
                                                       {"ledger", "checkpoint"},
                                                       {"ledger", "prove", "0"},
                                                       {"replay", "--all"}};
  auto const codes = [&] {
    std::vector<ExitCode> found;
    for (std::vector<std::string> words : commands) {
      words.insert(words.end(), {"--data", ledger.data()});
      found.push_back(run_tally(words).code);
    }
    return found;
  };
  EXPECT_EQ(codes(), std::vector(5, ExitCode::no));
  SeededEntropy entropy;
  auto const server = platform::WriterLock::take(ledger.file("ledger"), entropy);
  ASSERT_TRUE(server);
  EXPECT_EQ(codes(), std::vector(5, ExitCode::yes));
}

TEST(LedgerCommands, ADirectoryWithoutALedgerIsAMatterOfConfiguration) {
  TemporaryFolder const folder;
  std::filesystem::create_directory(folder.file("ledger"));
  for (std::string const& data : {folder.path(), folder.file("nothing")})
    for (std::vector<std::string> words : {std::vector<std::string>{"ledger", "verify"},
                                           {"ledger", "cat"},
                                           {"ledger", "checkpoint"},
                                           {"ledger", "prove", "0"},
                                           {"replay", "--all"}}) {
      words.insert(words.end(), {"--data", data});
      Ran const ran = run_tally(words);
      EXPECT_EQ(ran.code, ExitCode::usage) << words[0] << words[1] << ran.err;
      EXPECT_TRUE(contains(ran.err, "--data")) << ran.err;
    }
}

TEST(LedgerCat, WritesTheLeavesThatAreAskedFor) {
  LedgerFixture ledger;
  ledger.fill();
  Ran const all = run_tally({"ledger", "cat", "--data", ledger.data()});
  EXPECT_EQ(all.code, ExitCode::yes) << all.err;
  EXPECT_EQ(std::ranges::count(all.out, '\n'), 5);
  merkle::Tree tree;
  for (std::string_view rest = all.out; !rest.empty();
       rest.remove_prefix(std::min(rest.find('\n') + 1, rest.size())))
    tree.append(merkle::leaf_hash(as_bytes(rest.substr(0, rest.find('\n')))));
  EXPECT_EQ(tree.root(), ledger.root());

  Ran const granted =
      run_tally({"ledger", "cat", "--data", ledger.data(), "--type", "budget.granted"});
  EXPECT_EQ(*parsed(granted.out).find("seq"), json::Value(3));
  Ran const second =
      run_tally({"ledger", "cat", "--data", ledger.data(), "--from", "1", "--limit", "1"});
  EXPECT_EQ(*parsed(second.out).find("seq"), json::Value(1));
  EXPECT_EQ(
      run_tally({"ledger", "cat", "--data", ledger.data(), "--run", "run_0123456789abcdef"}).out,
      "");
}

TEST(LedgerCat, StopsAtDamage) {
  LedgerFixture ledger;
  ledger.fill();
  flip_bit_at(segment_of(ledger), "budget.granted");
  Ran const ran = run_tally({"ledger", "cat", "--data", ledger.data()});
  EXPECT_EQ(ran.code, ExitCode::no);
  EXPECT_EQ(std::ranges::count(ran.out, '\n'), 3);
}

TEST(LedgerCheckpoint, WritesTheLastSignedNoteByteForByte) {
  LedgerFixture ledger;
  Ran const none = run_tally({"ledger", "checkpoint", "--data", ledger.data()});
  EXPECT_EQ(none.code, ExitCode::inconclusive);
  EXPECT_EQ(none.out, "");
  ledger.fill();
  Ran const ran = run_tally({"ledger", "checkpoint", "--data", ledger.data()});
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_EQ(ran.out, ledger.note());
}

TEST(LedgerProve, MakesAProofThatChecksOffline) {
  LedgerFixture ledger;
  ledger.fill();
  TemporaryFolder const folder;
  Ran const made = run_tally({"ledger", "prove", "2", "--data", ledger.data(), "-o",
                              folder.file("proof"), "--leaf-out", folder.file("leaf")});
  ASSERT_EQ(made.code, ExitCode::yes) << made.err;
  std::vector<std::string> const check{"ledger", "prove", "--check", folder.file("proof"),
                                       folder.file("leaf")};
  auto with = [&](std::string const& vkey) {
    std::vector<std::string> words = check;
    words.insert(words.end(), {"--vkey", vkey, "--json"});
    return run_tally(words);
  };
  Ran const checked = with(ledger.vkey());
  EXPECT_EQ(checked.code, ExitCode::yes) << checked.err;
  EXPECT_EQ(*parsed(checked.out).find("seq"), json::Value(2));
  EXPECT_EQ(*parsed(checked.out).find("size"), json::Value(4));
  EXPECT_EQ(with("nonsense").code, ExitCode::usage);
  std::vector<std::string> words = check;
  words.insert(words.end(), {"--vkey", ledger.vkey()});
  Ran const said = run_tally(words);
  for (std::string_view part : {"\n  checked ", "\n  against ", "\n  not shown "})
    EXPECT_TRUE(contains(said.out, part)) << said.out;
  EXPECT_TRUE(contains(said.out, ledger.vkey().substr(0, ledger.vkey().rfind('+')))) << said.out;

  Ran const swapped = run_tally({"ledger", "prove", "--check", folder.file("leaf"),
                                 folder.file("proof"), "--vkey", ledger.vkey()});
  EXPECT_EQ(swapped.code, ExitCode::no);
  EXPECT_TRUE(contains(swapped.err, folder.file("leaf") + " is no proof: line 1")) << swapped.err;
  EXPECT_TRUE(contains(swapped.err, "the proof first, then the leaf")) << swapped.err;

  flip_bit_at(folder.file("leaf"), "tenant.created");
  EXPECT_EQ(with(ledger.vkey()).code, ExitCode::no);
  std::filesystem::remove(folder.file("leaf"));
  EXPECT_EQ(with(ledger.vkey()).code, ExitCode::usage);
}

TEST(LedgerProve, RefusesAnotherKeyThanTheLogs) {
  LedgerFixture ledger;
  ledger.fill();
  TemporaryFolder const folder;
  ASSERT_EQ(run_tally({"ledger", "prove", "0", "--data", ledger.data(), "-o", folder.file("p"),
                       "--leaf-out", folder.file("l")})
                .code,
            ExitCode::yes);
  merkle::SigningKey const other(merkle::Seed{9});
  auto const vkey =
      *merkle::make_vkey("test.local/ledger", merkle::KeyType::ed25519, other.public_key());
  EXPECT_EQ(run_tally({"ledger", "prove", "--check", folder.file("p"), folder.file("l"), "--vkey",
                       merkle::format_vkey(vkey)})
                .code,
            ExitCode::no);
}

TEST(LedgerProve, IsInconclusiveBeyondTheLastCheckpoint) {
  LedgerFixture ledger;
  ledger.fill();
  EXPECT_EQ(run_tally({"ledger", "prove", "4", "--data", ledger.data()}).code,
            ExitCode::inconclusive);
  EXPECT_EQ(run_tally({"ledger", "prove", "5", "--data", ledger.data()}).code, ExitCode::no);
}

TEST(Replay, AllDecisionsOfAnHonestLedgerAreTheSame) {
  LedgerFixture ledger;
  ledger.fill();
  Ran const ran = run_tally({"replay", "--all", "--data", ledger.data(), "--json"});
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.out << ran.err;
  EXPECT_EQ(ran.out,
            R"({"decisions":[],"verdict":"same","same":5,"different":0,"not_replayable":0})"
            "\n");
}

TEST(Replay, ADecisionThatItsFactsDoNotLeadToIsShownFieldByField) {
  LedgerFixture ledger;
  ledger.record_wrong_facts();
  ledger.fill();
  Ran const ran = run_tally({"replay", "--all", "--data", ledger.data()});
  EXPECT_EQ(ran.code, ExitCode::no);
  EXPECT_TRUE(contains(ran.out, "different  dec_")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "/body/postings")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "different: 4 decided the same, 1 different")) << ran.out;
}

TEST(Replay, IsInconclusiveOverADecisionOfAnEngineVersionThatIsNotHere) {
  LedgerFixture ledger;
  ledger.fill();
  ledger.record_as_engine("budget@7");
  ledger.decide(domain::budget::Commands(domain::budget::Grant{
      .amount = Micros(1), .person = PersonId("operator"), .tenant = TenantId("default")}));
  ledger.end_frame();
  Ran const ran = run_tally({"replay", "--all", "--data", ledger.data()});
  EXPECT_EQ(ran.code, ExitCode::inconclusive) << ran.out << ran.err;
  EXPECT_TRUE(contains(ran.out, "not replayable: engine version budget@7 is not in this build"))
      << ran.out;
  EXPECT_TRUE(
      contains(ran.out, "not_replayable: 5 decided the same, 0 different, 1 not replayable"))
      << ran.out;
}

TEST(Replay, OneDecisionIsShownInFull) {
  LedgerFixture ledger;
  ledger.fill();
  std::string const id =
      *parsed(
           run_tally({"ledger", "cat", "--data", ledger.data(), "--from", "3", "--limit", "1"}).out)
           .find("decision_id")
           ->string();
  Ran const ran = run_tally({"replay", "--decision-id", id, "--data", ledger.data(), "--json"});
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  json::Value const decision = parsed(ran.out).find("decisions")->array()->at(0);
  EXPECT_EQ(*decision.find("command"), json::Value("budget.grant"));
  EXPECT_EQ(*decision.find("verdict"), json::Value("same"));
}

TEST(Replay, AnUnknownIdIsOne) {
  LedgerFixture ledger;
  ledger.fill();
  Ran const ran =
      run_tally({"replay", "--decision-id", "dec_0123456789abcdef", "--data", ledger.data()});
  EXPECT_EQ(ran.code, ExitCode::no);
  EXPECT_EQ(ran.out, "");
}

}  // namespace tally::cli
