#include "codec/event_codec.h"

#include <gtest/gtest.h>

#include <limits>

#include "codec/fields_random.h"
#include "json/value.h"

namespace tally::codec {
namespace {

using domain::Event;
using domain::Recorded;

Bytes encoded(Recorded const& recorded) {
  Bytes leaf;
  encode(recorded, leaf);
  return leaf;
}

// Everything that must be true of any leaf; the leaf's text names the type when it is not.
void expect_lasting(Recorded const& recorded) {
  Bytes const leaf = encoded(recorded);
  std::string const text(as_text(leaf));
  auto const document = json::parse(text);
  ASSERT_TRUE(document) << document.error().detail << "\n" << text;
  EXPECT_EQ(json::canonical(*document), text) << "a list of fields is out of order";
  auto const again = decode(leaf);
  ASSERT_TRUE(again) << again.error().detail << "\n" << text;
  EXPECT_EQ(*again, recorded) << text;
  EXPECT_EQ(encoded(*again), leaf);
}

Recorded started() {
  domain::run::Started event;
  event.fence = 3;
  event.run = RunId(255);
  Recorded recorded{{}, domain::run::Events(event), {}};
  recorded.header.actor = "worker:w1";
  recorded.header.at = Instant(1'700'000'000'000'001);
  recorded.header.ledger = LedgerId(1);
  recorded.header.seq = 12;
  return recorded;
}

std::string const kStartedText =
    R"({"actor":"worker:w1","at":1700000000000001,"body":{"fence":3,"run":"run_00000000000000ff"},)"
    R"("ledger":"ldg_0000000000000001","salt":"00000000000000000000000000000000","seq":12,)"
    R"("type":"run.started","v":1})";

// The leaf of `started` with one part replaced; the part must be there.
std::string changed(std::string_view from, std::string_view to) {
  std::string text = kStartedText;
  auto const at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

// The error of decoding, as "code: detail".
std::string refusal(std::string_view text) {
  auto const result = decode(as_bytes(text));
  return result ? "decoded" : result.error().code + ": " + result.error().detail;
}

TEST(EventCodec, WritesTheBytesOfTheFormatToTheLetter) {
  EXPECT_EQ(as_text(encoded(started())), kStartedText);
}

TEST(EventCodec, WritesAWholeHeaderAndADecisionInOrder) {
  Recorded recorded = started();
  recorded.header.correlation = CorrelationId({0xab, 1});
  recorded.header.decision = DecisionId(2);
  recorded.header.run = RunId(255);
  recorded.header.span = SpanId({0xcd});
  recorded.header.tenant = TenantId("acme");
  domain::run::RunFacts facts{};
  recorded.snapshot = {domain::run::Commands(domain::run::Cancel{RunId(255), TenantId("acme")}),
                       facts};
  EXPECT_EQ(
      as_text(encoded(recorded)),
      R"({"actor":"worker:w1","at":1700000000000001,"body":{"fence":3,)"
      R"("run":"run_00000000000000ff"},"correlation_id":"ab010000000000000000000000000000",)"
      R"("decision":{"command":{"body":)"
      R"({"run":"run_00000000000000ff","tenant":"acme"},"type":"run.cancel"},"engine":"run@1",)"
      R"("facts":{"body":{},"kind":"run.run_facts"}},"decision_id":"dec_0000000000000002",)"
      R"("ledger":"ldg_0000000000000001","run_id":"run_00000000000000ff",)"
      R"("salt":"00000000000000000000000000000000","seq":12,"span_id":"cd00000000000000",)"
      R"("tenant":"acme","tenant_seq":0,"type":"run.started","v":1})");
  expect_lasting(recorded);
}

// The event that most ledgers hold most of, with no member left out; its golden leaf leaves some.
TEST(EventCodec, WritesAWholeSubmitInOrder) {
  domain::run::Submitted event;
  event.hold.amount = Micros(50'000);
  event.input = {.blob = {}, .bytes = 26, .digest = "d1", .salt = "5a"};
  event.job = JobName("log-patterns");
  event.key = KeyId(7);
  event.parent = RunId(6);
  event.postings = {{.account = domain::AccountKind::available,
                     .balance = Micros(950'000),
                     .delta = Micros(-50'000),
                     .scope = "tenant"}};
  event.queue_deadline = Instant(8);
  event.run = RunId(255);
  event.terms = {.attempts_max = 2,
                 .hash = ContentRef(sha256(as_bytes("folder"))),
                 .price = {.fixed = Micros(1'000), .minimum_fee = {}, .per_second = Micros(500)},
                 .queue_deadline = seconds(3),
                 .runner = domain::run::Runner::worker,
                 .timeout = seconds(2)};
  Recorded recorded = started();
  recorded.event = domain::run::Events(event);
  recorded.header.idempotency = {.expires_at = Instant(9),
                                 .fingerprint = sha256(as_bytes("body")),
                                 .key = sha256(as_bytes("key"))};
  std::string const text(as_text(encoded(recorded)));
  std::string const body =
      R"("body":{"hold":{"amount":50000,"scopes":["tenant"],"unit":"usd"},)"
      R"("input":{"bytes":26,"digest":"d1","salt":"5a"},)"
      R"("job":"log-patterns","key":"key_0000000000000007","order":"execute",)"
      R"("parent":"run_0000000000000006","postings":[{"account":"available","balance":950000,)"
      R"("delta":-50000,"scope":"tenant","unit":"usd"}],"queue_deadline":8,)"
      R"("run":"run_00000000000000ff","terms":{"attempts_max":2,"hash":"sha256:)" +
      event.terms.hash.digest().hex() +
      R"(","price":{"fixed":1000,"per_second":500},"queue_deadline":3000000,"runner":"worker",)"
      R"("timeout":2000000}},"idempotency":{"expires_at":9,"fingerprint":")" +
      sha256(as_bytes("body")).hex() + R"(","key":")" + sha256(as_bytes("key")).hex() +
      R"("},"ledger")";
  EXPECT_NE(text.find(body), std::string::npos) << text;
}

// No input reaches a broken assumption: the caller of encode hears that there is no leaf.
TEST(EventCodec, SaysOfWhatHasNoLeafWhyAndWritesNothing) {
  auto fit = [](auto change) {
    Recorded recorded = started();
    change(recorded.header);
    Bytes out;
    Fit const said = encode(recorded, out);
    EXPECT_EQ(out.empty(), said != Fit::fits);
    return said;
  };
  using domain::Header;
  EXPECT_EQ(fit([](Header&) {}), Fit::fits);
  EXPECT_EQ(fit([](Header& header) { header.at = kInstantMax; }), Fit::fits);
  EXPECT_EQ(fit([](Header& header) { header.at = kInstantMax + microseconds(1); }),
            Fit::unrecordable);
  EXPECT_EQ(fit([](Header& header) { header.at = Instant(-1) - (kInstantMax - Instant(0)); }),
            Fit::unrecordable);
  EXPECT_EQ(fit([](Header& header) { header.actor = "\xff"; }), Fit::unrecordable);
  std::size_t const room = kLeafBytesMax - kStartedText.size();
  EXPECT_EQ(fit([&](Header& header) { header.actor += std::string(room, 'x'); }), Fit::fits);
  EXPECT_EQ(fit([&](Header& header) { header.actor += std::string(room + 1, 'x'); }),
            Fit::too_large);
}

TEST(EventCodec, AppendsToWhatIsInTheBufferAlready) {
  Bytes out = to_bytes("before");
  encode(started(), out);
  EXPECT_EQ(as_text(out), "before" + kStartedText);
}

TEST(EventCodec, EveryEventWithRandomMembersComesBackAndIsCanonical) {
  Prng random(20'260'101);
  for (int round = 0; round < 60; ++round)
    for (Event& event : random_of_each<Event>(random))
      expect_lasting({random_header(random), std::move(event), {}});
}

TEST(EventCodec, EveryCommandAndItsFactsComeBackAndAreCanonical) {
  Prng random(20'260'102);
  for (int round = 0; round < 40; ++round) {
    auto const facts = random_of_each_facts(random);
    std::size_t next = random.below(facts.size());
    for (auto& command : random_of_each<domain::Command>(random)) {
      Recorded recorded{random_header(random), started().event, {}};
      recorded.header.decision = DecisionId(3);
      recorded.snapshot = {std::move(command), facts[next++ % facts.size()]};
      expect_lasting(recorded);
    }
  }
}

TEST(EventCodec, MembersAtZeroAreLeftOutWhateverTheirInitialiserSays) {
  domain::directory::Facts facts;
  clear(facts);
  EXPECT_NE(facts, domain::directory::Facts{});
  Recorded recorded = started();
  recorded.header.decision = DecisionId(3);
  recorded.snapshot = {domain::directory::Commands(domain::directory::CreateTenant{}), facts};
  EXPECT_NE(as_text(encoded(recorded)).find(R"("facts":{"body":{},"kind":"directory.facts"})"),
            std::string::npos);
  expect_lasting(recorded);
}

TEST(EventCodec, AnEngagedOptionalIsWrittenEvenAtZero) {
  Recorded recorded = started();
  recorded.header.decision = DecisionId(3);
  recorded.snapshot = {domain::run::Commands(domain::run::Lease{{}, TenantId(""), ""}),
                       domain::run::LeaseFacts{domain::run::Candidate{}, Duration(0), LeaseId(0)}};
  std::string const text(as_text(encoded(recorded)));
  EXPECT_NE(text.find(R"("command":{"body":{"tenant":""})"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("facts":{"body":{"candidate":{}})"), std::string::npos) << text;
  expect_lasting(recorded);
}

TEST(EventCodec, OrdersLabelsByUtf16AsTheStandardSays) {
  domain::run::Submit submit;
  submit.labels = {{"\U0001f600", "lead unit D83D"}, {"\ue000", "unit E000"}, {"a", ""}};
  Buffer out;
  write_value(out, submit.labels);
  EXPECT_EQ(out.text(), "{\"a\":\"\",\"\U0001f600\":\"lead unit D83D\",\"\ue000\":\"unit E000\"}");
}

TEST(EventCodec, RefusesWhatShouldHaveBeenLeftOut) {
  EXPECT_EQ(refusal(changed(R"("fence":3)", R"("fence":0)")),
            R"(malformed: at "/body/fence": says nothing and should have been left out)");
}

TEST(EventCodec, RefusesBytesThatAreNotCanonical) {
  for (auto const& [from, to] : std::initializer_list<std::pair<char const*, char const*>>{
           {R"("fence":3)", R"("fence": 3)"},
           {R"("worker:w1")", R"("worker:\u00771")"},
           {R"("v":1})", "\"v\":1}\n"},
           {R"("seq":12)", R"("seq":12.0)"},
           {R"("seq":12)", R"("seq":1.2e1)"},
           {R"("seq":12)", R"("seq":-0)"}}) {
    EXPECT_TRUE(refusal(changed(from, to)).starts_with("malformed: ")) << to;
  }
}

TEST(EventCodec, SaysWhatIsWrongWhere) {
  EXPECT_EQ(refusal(changed(R"("fence":3)", R"("fence":"3")")),
            R"(malformed: at "/body/fence": must be an integer)");
  EXPECT_EQ(refusal(changed(R"("fence":3,)", R"("fence":3,"flavour":1,)")),
            R"(malformed: at "/body/flavour": is not known here, or not in its place)");
  EXPECT_EQ(refusal(changed(R"("run_00000000000000ff")", R"("run_00000000000000FF")")),
            R"(malformed: at "/body/run": has a character that is no lower-case hex digit)");
  EXPECT_EQ(refusal(changed(R"("run_00000000000000ff")", R"("key_00000000000000ff")")),
            R"(malformed: at "/body/run": must be "run_" and 16 hex digits)");
  EXPECT_EQ(refusal(changed(R"("actor":"worker:w1",)", "")),
            R"(malformed: at "/actor": must be there)");
  EXPECT_EQ(refusal(changed(R"("seq":12)", R"("seq":12,"tenant_seq":1)")),
            R"(malformed: at "/tenant_seq": is not known here, or not in its place)");
  EXPECT_EQ(refusal(changed(R"("seq":12,"type")", R"("type":"run.started","seq":12,"x")")),
            "malformed: not in canonical form from byte 166 on");
  EXPECT_EQ(refusal("[]"), "malformed: the event type must be a string");
  EXPECT_TRUE(refusal("{").starts_with("malformed: ")) << refusal("{");
}

TEST(EventCodec, RefusesAWordThatTheEnumDoesNotHaveAndItsAbsence) {
  Recorded recorded = started();
  recorded.event = domain::run::Events(domain::run::CancelRequested{.run = RunId(1)});
  std::string const text(as_text(encoded(recorded)));
  auto const with = [&](std::string_view to) {
    std::string copy = text;
    std::string_view const order = R"("order":"stop",)";
    return copy.replace(copy.find(order), order.size(), to);
  };
  EXPECT_EQ(refusal(with(R"("order":"halt",)")),
            R"(malformed: at "/body/order": is none of the words that may stand here)");
  EXPECT_EQ(refusal(with("")), R"(malformed: at "/body/order": must be there)");
  recorded.event = domain::directory::Events(domain::directory::JobRegistered{});
  std::string const job(as_text(encoded(recorded)));
  auto const begin = job.find(R"("job":)");
  EXPECT_EQ(refusal(std::string(job).erase(begin, job.find("}}", begin) + 1 - begin)),
            R"(malformed: at "/body/job": must be there)");
}

TEST(EventCodec, CallsANewerTypeOrVersionUnknownAndNotMalformed) {
  EXPECT_EQ(refusal(changed("run.started", "run.teleported")),
            "unknown_event: this build does not know the event type \"run.teleported\"");
  EXPECT_EQ(refusal(changed(R"("v":1})", R"("v":2,"w":{}})")),
            "unknown_event: this build does not know the version of run.started \"2\"");
}

Recorded decided() {
  Recorded recorded = started();
  recorded.header.decision = DecisionId(3);
  recorded.snapshot = {domain::run::Commands(domain::run::Start{}), domain::run::RunFacts{}};
  return recorded;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  auto const at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(EventCodec, CallsANewerCommandOrKindOfFactsUnknown) {
  std::string const text(as_text(encoded(decided())));
  EXPECT_EQ(refusal(replaced(text, "run.start\"", "run.fly\"")),
            "unknown_event: this build does not know the command type \"run.fly\"");
  EXPECT_EQ(refusal(replaced(text, "run.run_facts", "run.fly_facts")),
            "unknown_event: this build does not know the kind of facts \"run.fly_facts\"");
  EXPECT_EQ(refusal(replaced(text, R"("type":"run.start"})", R"("type":"run.start","v":2})")),
            R"(malformed: at "/decision/command/v": is not known here)");
}

// Whatever another version decided on: its events are read, its snapshot is kept to the byte.
TEST(EventCodec, KeepsTheDecisionOfAnEngineVersionThatIsNotHere) {
  std::string const here(as_text(encoded(decided())));
  for (std::string_view engine : {"run@7", "teleport@1", "run@10"}) {
    std::string text = replaced(here, "run@1", engine);
    text = replaced(text, "run.run_facts", "run.far_facts");
    text = replaced(text, R"("type":"run.start"})", R"("type":"run.fly","v":3})");
    auto const recorded = decode(as_bytes(text));
    ASSERT_TRUE(recorded) << recorded.error().detail;
    EXPECT_EQ(recorded->event, started().event);
    EXPECT_EQ(recorded->snapshot, std::nullopt);
    ASSERT_TRUE(recorded->foreign);
    EXPECT_EQ(recorded->foreign->engine, engine);
    EXPECT_EQ(as_text(encoded(*recorded)), text);
  }
}

TEST(EventCodec, RefusesADecisionOfWhatIsNoEngineOrNotCanonical) {
  std::string const text(as_text(encoded(decided())));
  for (std::string_view engine : {"run@0", "run@", "@1", "run", "Run@2", "run@2 ", "run@1@2"})
    EXPECT_TRUE(refusal(replaced(text, "run@1", engine)).starts_with("unknown_event: "));
  std::string const other = replaced(text, "run@1", "run@7");
  EXPECT_NE(refusal(replaced(other, R"("decision":{)", R"("decision":{ )")), "decoded");
  EXPECT_NE(refusal(replaced(other, R"("engine":)", R"("a":1,"engine":)")), "decoded");
}

TEST(EventCodec, RefusesADecisionUnderAnotherEnginesName) {
  Recorded recorded = started();
  recorded.header.decision = DecisionId(3);
  recorded.snapshot = {domain::run::Commands(domain::run::Start{}), domain::run::RunFacts{}};
  std::string text(as_text(encoded(recorded)));
  text.replace(text.find("run@1"), 5, "mode@1");
  EXPECT_EQ(refusal(text), R"(malformed: at "/decision/engine": must be "run@1")");
}

TEST(EventCodec, RefusesADecisionWithoutAnIdWhateverIsReadOfIt) {
  Recorded recorded = started();
  recorded.snapshot = {domain::run::Commands(domain::run::Start{}), domain::run::RunFacts{}};
  Bytes const leaf = encoded(recorded);
  for (Part part : {Part::whole, Part::event}) {
    Recorded read;
    auto const refused = decode(leaf, read, part);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().detail, R"(at "/decision": is of a decision without an id)");
  }
}

// A look at what it says costs more than the event itself.
TEST(EventCodec, PassesOverASnapshotThatNobodyAskedFor) {
  Recorded recorded = started();
  recorded.header.decision = DecisionId(3);
  recorded.snapshot = {domain::run::Commands(domain::run::Start{}), domain::run::RunFacts{}};
  std::string text(as_text(encoded(recorded)));
  text.replace(text.find("run.start\""), 9, "run.nap!!");
  EXPECT_TRUE(refusal(text).starts_with("unknown_event: ")) << refusal(text);
  Recorded event;
  ASSERT_TRUE(decode(as_bytes(text), event, Part::event));
  recorded.snapshot.reset();
  EXPECT_EQ(event, recorded);
}

TEST(EventCodec, NeverStopsTheProcessOverADamagedLeaf) {
  Prng random(7);
  for (Event& event : random_of_each<Event>(random)) {
    Bytes const leaf = encoded({random_header(random), std::move(event), {}});
    for (int i = 0; i < 200; ++i) {
      Bytes damaged = leaf;
      damaged[random.below(leaf.size())] = static_cast<std::uint8_t>(random.next() >> 56);
      auto const result = decode(damaged);
      // What still decodes is another event, written in its own only way.
      if (result) {
        EXPECT_EQ(encoded(*result), damaged);
      }
      damaged.resize(random.below(leaf.size()));
      EXPECT_FALSE(decode(damaged));
    }
  }
}

}  // namespace
}  // namespace tally::codec
