// The parts of the API that need no loop.

#include <gtest/gtest.h>

#include <set>

#include "api/admission.h"
#include "api/correlation.h"
#include "api/payloads.h"
#include "api/rate_limit.h"
#include "api/refusals.h"
#include "api/routes.h"
#include "api/test_store.h"
#include "api/work_waits.h"

namespace tally::api {
namespace {

domain::directory::Rate per_minute(std::int64_t requests) {
  return {.requests = requests, .window = seconds(60)};
}

std::string field(ports::HttpHeaders const& headers, std::string_view name) {
  for (auto const& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

TEST(RateLimiter, RefusesExactlyTheRequestAfterTheQuota) {
  RateLimiter limiter;
  for (std::int64_t i = 1; i <= 5; ++i) {
    auto const verdict = limiter.take(RateClass::submit, "t", "p", per_minute(5), seconds(10));
    EXPECT_TRUE(verdict.allowed) << i;
    EXPECT_EQ(verdict.remaining, 5 - i);
  }
  EXPECT_FALSE(limiter.take(RateClass::submit, "t", "p", per_minute(5), seconds(10)).allowed);
  EXPECT_TRUE(limiter.take(RateClass::submit, "other", "p", per_minute(5), seconds(10)).allowed);
}

TEST(RateLimiter, TellsTheTrueTimeUntilTheWindowEnds) {
  RateLimiter limiter;
  EXPECT_EQ(limiter.take(RateClass::submit, "t", "p", per_minute(1), seconds(100)).reset_s, 60);
  auto const late = limiter.take(RateClass::submit, "t", "p", per_minute(1), milliseconds(130'500));
  EXPECT_FALSE(late.allowed);
  EXPECT_EQ(late.reset_s, 30);  // 29.5 s, rounded up
  EXPECT_FALSE(
      limiter.take(RateClass::submit, "t", "p", per_minute(1), Duration(159'999'999)).allowed);
  auto const fresh = limiter.take(RateClass::submit, "t", "p", per_minute(1), seconds(160));
  EXPECT_TRUE(fresh.allowed);
  EXPECT_EQ(fresh.remaining, 0);
}

TEST(RateLimiter, TakesZeroForNone) {
  RateLimiter limiter;
  EXPECT_FALSE(limiter.take(RateClass::submit, "t", "p", per_minute(0), seconds(1)).allowed);
}

TEST(RateLimiter, RemembersABoundedNumberAndLimitsTheRestTogether) {
  RateLimiter limiter(3);
  for (int i = 0; i < 100; ++i)
    limiter.take(RateClass::submit, "peer" + std::to_string(i), "p", per_minute(50), seconds(1));
  EXPECT_LE(limiter.tracked(), 4u);
  EXPECT_FALSE(
      limiter.take(RateClass::submit, "peer1000", "p", per_minute(50), seconds(1)).allowed);
  EXPECT_TRUE(limiter.take(RateClass::submit, "peer0", "p", per_minute(50), seconds(1)).allowed);
}

TEST(RateFieldsOfDraft11, SayPolicyQuotaAndWait) {
  RateLimiter limiter;
  limiter.take(RateClass::submit, "t", "starter", per_minute(1), seconds(0));
  auto const verdict = limiter.take(RateClass::submit, "t", "starter", per_minute(1), seconds(17));
  ports::HttpHeaders headers;
  append_rate_fields(headers, verdict, RateFields::draft_11);
  EXPECT_EQ(field(headers, "ratelimit-policy"), "\"starter\";q=1;w=60");
  EXPECT_EQ(field(headers, "ratelimit"), "\"starter\";r=0;t=43");
  EXPECT_EQ(field(headers, "retry-after"), "43");
  ports::HttpHeaders off;
  append_rate_fields(off, verdict, RateFields::off);
  EXPECT_EQ(off.size(), 1u);
}

Trace trace_with(ports::HttpHeaders headers) {
  SeededEntropy entropy;
  ports::HttpRequest request;
  request.headers = std::move(headers);
  return trace_of(request, entropy);
}

constexpr char const* kParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

TEST(Correlation, TakesTraceparentBeforeTheOtherHeaders) {
  auto const trace = trace_with({{"x-trace-id", "ffffffffffffffffffffffffffffffff"},
                                 {"x-span-id", "00f067aa0ba902b7"},
                                 {"traceparent", kParent}});
  EXPECT_EQ(to_text(trace.id), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(to_text(*trace.parent), "b7ad6b7169203331");
  EXPECT_NE(to_text(trace.span), "b7ad6b7169203331");
  EXPECT_EQ(traceparent(trace.id, trace.span, trace.flags).substr(0, 36),
            std::string(kParent).substr(0, 36));
  EXPECT_TRUE(traceparent(trace.id, trace.span, trace.flags).ends_with("-00"));
}

TEST(Correlation, TakesTheOtherHeadersWhenThereIsNoTraceparent) {
  auto const trace = trace_with(
      {{"x-trace-id", "4bf92f3577b34da6a3ce929d0e0e4736"}, {"x-span-id", "00f067aa0ba902b7"}});
  EXPECT_EQ(to_text(trace.id), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(to_text(*trace.parent), "00f067aa0ba902b7");
}

TEST(Correlation, IgnoresWhatIsMalformedAndMakesItsOwn) {
  for (std::string_view bad : {"", "x", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                               "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                               "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                               "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                               "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                               "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"}) {
    auto const trace = trace_with({{"traceparent", std::string(bad)}});
    EXPECT_NE(to_text(trace.id), "0af7651916cd43dd8448eb211c80319c") << bad;
    EXPECT_NE(trace.id, CorrelationId()) << bad;
    EXPECT_FALSE(trace.parent.has_value()) << bad;
  }
}

TEST(Correlation, ReadsALaterVersionWithMoreFields) {
  auto const trace =
      trace_with({{"traceparent", "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"}});
  EXPECT_EQ(to_text(trace.id), "0af7651916cd43dd8448eb211c80319c");
}

TEST(Refusals, AreOneRowATenantCodeAndMinute) {
  Refusals refusals;
  Instant const start(120'000'000);
  for (int i = 0; i < 100'000; ++i) refusals.count(Refusals::nobody(), "auth_missing", start);
  refusals.count(TenantId("t"), "forbidden", start);
  EXPECT_TRUE(refusals.take(start + seconds(59), Refusals::Take::complete_minutes).empty());
  auto const rows = refusals.take(start + seconds(60), Refusals::Take::complete_minutes);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].count, 100'000);
  EXPECT_EQ(rows[0].minute, start);
  EXPECT_EQ(rows[1].subject, TenantId("t"));
  EXPECT_TRUE(refusals.take(start + seconds(600), Refusals::Take::everything).empty());
}

// The fault: a refusal was counted by another thread, with the time of a moment before.
TEST(Refusals, AreOneRowAMinuteAlsoWhenOneComesLate) {
  Refusals refusals;
  Instant const start(600'000'000);
  refusals.count(TenantId("t"), "forbidden", start);
  ASSERT_EQ(refusals.take(start + seconds(60), Refusals::Take::complete_minutes).size(), 1u);
  refusals.count(TenantId("t"), "forbidden", start + seconds(59));
  auto const late = refusals.take(start + seconds(120), Refusals::Take::complete_minutes);
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(late[0].minute, start + seconds(60));
  EXPECT_EQ(refusals.totals().at("forbidden"), 2);
}

TEST(Refusals, KeepTheirSumWhenTheRowsAreBounded) {
  Refusals refusals;
  for (int i = 0; i < 5000; ++i)
    refusals.count(TenantId("t" + std::to_string(i)), "forbidden", Instant(0));
  auto const rows = refusals.take(Instant(0), Refusals::Take::everything);
  EXPECT_LE(rows.size(), Refusals::kRowsMax + 1);
  std::int64_t sum = 0;
  for (auto const& row : rows) sum += row.count;
  EXPECT_EQ(sum, 5000);
  EXPECT_EQ(refusals.totals().at("forbidden"), 5000);
}

TEST(WorkWaits, WakeOneForEachWordAndLoseNone) {
  WorkWaits waits(2);
  int woken = 0;
  std::vector<JobName> const jobs{JobName("a")};
  auto const waiter = [&](char const* tenant) {
    return WorkWaiter{.tenant = TenantId(tenant),
                      .jobs = jobs,
                      .until = seconds(10),
                      .gone = [] { return false; },
                      .wake = [&] { ++woken; }};
  };
  auto const seen = waits.seen(jobs);
  EXPECT_EQ(waits.wait(seen, waiter("t")), WorkWaits::Wait::waiting);
  EXPECT_EQ(waits.wait(seen, waiter("u")), WorkWaits::Wait::waiting);
  EXPECT_EQ(waits.wait(seen, waiter("v")), WorkWaits::Wait::full);
  waits.available(JobName("b"));
  EXPECT_EQ(woken, 0);
  waits.available(JobName("a"));
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(waits.wait(seen, waiter("t")), WorkWaits::Wait::try_again);
  waits.tick(seconds(9));
  EXPECT_EQ(woken, 1);
  waits.tick(seconds(10));
  EXPECT_EQ(woken, 2);
  EXPECT_EQ(waits.size(), 0u);
}

TEST(WorkWaits, PassTheWordOverThoseWhoAreGone) {
  WorkWaits waits(16);
  std::vector<JobName> const jobs{JobName("a")};
  std::string woken;
  for (char name : {'x', 'y'}) {
    waits.wait(0, {.tenant = TenantId("t"),
                   .jobs = jobs,
                   .until = seconds(10),
                   .gone = [name] { return name == 'x'; },
                   .wake = [&woken, name] { woken.push_back(name); }});
  }
  waits.available(JobName("a"));
  EXPECT_EQ(woken, "y");
  EXPECT_EQ(waits.size(), 0u);
}

// A worker takes its own tenant's work only: another's must not keep the word to itself.
TEST(WorkWaits, PassTheWordOnToEachTenantOnce) {
  WorkWaits waits(80);
  std::vector<JobName> const jobs{JobName("j")};
  std::string woken;
  std::function<void(char)> wait = [&](char tenant) {
    auto const again = [&, tenant] {
      woken.push_back(tenant);
      if (tenant == 'v') return;  // finds its work
      wait(tenant);
      waits.pass_on(jobs, TenantId(std::string(1, tenant)));
    };
    waits.wait(waits.seen(jobs), {.tenant = TenantId(std::string(1, tenant)),
                                  .jobs = jobs,
                                  .until = seconds(10),
                                  .gone = [] { return false; },
                                  .wake = again});
  };
  for (char const tenant : {'g', 'g', 'h', 'g', 'v'}) wait(tenant);
  waits.available(JobName("j"));
  EXPECT_EQ(woken, "ghv");
  waits.available(JobName("j"));
  EXPECT_EQ(woken, "ghvgh") << "nobody is left to pass it on to";
}

TEST(WorkWaits, GiveAShareBackHoweverAWaitEnds) {
  WorkWaits waits(16);
  std::vector<JobName> const jobs{JobName("a")};
  bool gone = false;
  std::uint64_t seen = 0;
  auto const wait = [&](Duration until) {
    seen = waits.seen(jobs);
    return waits.wait(seen, {.tenant = TenantId("t"),
                             .jobs = jobs,
                             .until = until,
                             .gone = [&] { return gone; },
                             .wake = [] {}});
  };
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(wait(seconds(10)), WorkWaits::Wait::waiting) << round;
    EXPECT_EQ(wait(seconds(20)), WorkWaits::Wait::waiting) << round;
    EXPECT_EQ(wait(seconds(20)), WorkWaits::Wait::full) << round;
    if (round == 0) waits.available(JobName("a"));  // woken
    waits.tick(seconds(10));                        // over
    gone = round != 1;
    waits.tick(seconds(11));  // hung up
    gone = false;
    if (round == 1) waits.tick(seconds(20));
    EXPECT_EQ(waits.size(), 0u) << round;
  }
}

TEST(Payloads, RepeatTheDigestOfTheSameThingAndHideItsContent) {
  MemoryVault vault;
  MemoryBlobs blobs;
  HandClock clock;
  Payloads payloads(
      vault, blobs, [&] { return clock.wall(); }, Bytes(32, 1));
  TenantId const tenant("t");
  auto const a = payloads.seal(tenant, "input", "key", "secret");
  auto const b = payloads.seal(tenant, "input", "key", "secret");
  auto const other_key = payloads.seal(tenant, "input", "key2", "secret");
  auto const other_tenant = payloads.seal(TenantId("u"), "input", "key", "secret");
  EXPECT_EQ(a->enclosure.digest, b->enclosure.digest);
  EXPECT_EQ(a->enclosure.salt, b->enclosure.salt);
  EXPECT_NE(a->enclosure.digest, other_key->enclosure.digest);
  EXPECT_NE(a->enclosure.digest, other_tenant->enclosure.digest);
  EXPECT_NE(a->enclosure.digest, sha256(as_bytes("secret")).hex());
  EXPECT_EQ(*payloads.open(tenant, a->enclosure, a->inline_bytes), "secret");
  auto wrong = a->enclosure;
  wrong.digest = other_key->enclosure.digest;
  EXPECT_EQ(payloads.open(tenant, wrong, a->inline_bytes).error().code, "damaged");
}

TEST(Payloads, LieInTheFrameUpToTheLimitAndInABlobBeyond) {
  MemoryVault vault;
  MemoryBlobs blobs;
  HandClock clock;
  Payloads payloads(
      vault, blobs, [&] { return clock.wall(); }, Bytes(32, 1));
  auto const small = payloads.seal(TenantId("t"), "input", "k", std::string(kInlineBytesMax, 'x'));
  EXPECT_FALSE(small->enclosure.blob.has_value());
  EXPECT_EQ(small->enclosure.stored, ContentRef(sha256(small->inline_bytes)));
  std::string const content(kInlineBytesMax + 1, 'x');
  auto const large = payloads.seal(TenantId("t"), "input", "k", content);
  ASSERT_TRUE(large->enclosure.blob.has_value());
  EXPECT_TRUE(large->inline_bytes.empty());
  EXPECT_FALSE(large->enclosure.stored.has_value());  // the blob's name is its hash
  EXPECT_EQ(*payloads.open(TenantId("t"), large->enclosure, {}), content);
}

TEST(Routes, MatchPathsAndSayWhatIsAllowed) {
  auto const run = match_route("GET", "/v1/runs/run_1");
  ASSERT_NE(run.route, nullptr);
  EXPECT_EQ(run.route->pattern, "/v1/runs/{id}");
  EXPECT_EQ(run.parameters, std::vector<std::string>{"run_1"});
  EXPECT_EQ(match_route("DELETE", "/v1/runs").route, nullptr);
  EXPECT_EQ(match_route("DELETE", "/v1/runs").allow, "POST, GET, HEAD, OPTIONS");
  EXPECT_EQ(match_route("HEAD", "/health").route, match_route("GET", "/health").route);
  EXPECT_EQ(match_route("GET", "/ledger/tile/0/x001/067").parameters,
            std::vector<std::string>{"0/x001/067"});
  EXPECT_EQ(match_route("GET", "/ledger/tile/entries/000").route->pattern,
            "/ledger/tile/entries/{path...}");
  for (std::string_view none : {"", "//", "v1/runs", "/v1/runs/", "/v1/runs//cancel", "/v1/run"})
    EXPECT_EQ(match_route("GET", none).allow, "") << none;
}

TEST(Routes, NeedAScopeUnlessTheyAreOpenOnPurpose) {
  std::set<std::string_view> const open{"/",
                                        "/ledger/checkpoint",
                                        "/ledger/tile/{path...}",
                                        "/health",
                                        "/readyz",
                                        "/openapi.json",
                                        "/docs",
                                        "/docs/style.css",
                                        "/problems",
                                        "/problems/{code}",
                                        "/v1/keys/claim"};
  for (Route const& route : routes())
    EXPECT_EQ(route.scopes.empty(), open.contains(route.pattern)) << route.pattern;
}

}  // namespace
}  // namespace tally::api
