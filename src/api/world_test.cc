#include <gtest/gtest.h>

#include <sstream>

#include "api/auth.h"
#include "api/test_document.h"
#include "api/test_world.h"
#include "base/check.h"
#include "ledger/loop_start.h"

namespace tally::api {

namespace {

constexpr int kStepsMax = 1000;
constexpr int kQuietSteps = 8;

ledger::Loop::World world_of(World& world) {
  return {.clock = world.clock,
          .entropy = world.entropy,
          .store = world.log,
          .index = world.index,
          .wake = [] {},
          .order =
              [&world](ledger::Order const& order) {
                if (auto const* waits = std::get_if<ledger::WorkWaits>(&order))
                  if (world.api) world.api->work_available(waits->job);
              },
          .on_failure = [](std::string const&) {}};
}

projections::ProjectorWorld projector_world(World& world) {
  return {.disk = world.derived,
          .clock = world.clock,
          .ledger = LedgerId(1),
          .each = [&world](std::int64_t from,
                           auto const& take) { return world.reader.each(from, take); },
          .size = [&world] { return world.index.size(); },
          .wake = {},
          .fault = {}};
}

}  // namespace

void Sent::send(ports::HttpResponse response) {
  ++answers;
  answer = std::move(response);
  EXPECT_EQ(not_as_described(method, path, answer), "");
}

namespace {

class SentStream final : public ports::ResponseStream::Sink {
 public:
  explicit SentStream(std::shared_ptr<Sent> sent) : sent_(std::move(sent)) {}
  ~SentStream() override { sent_->is_cut = !sent_->is_whole; }
  SentStream(SentStream const&) = delete;
  SentStream& operator=(SentStream const&) = delete;

  std::size_t write(std::string_view piece) override {
    if (gone() || room() == 0) return 0;
    sent_->answer.body += piece;
    sent_->waiting += piece.size();
    return room();
  }
  void when_room(std::function<void()> resume) override {
    if (gone() || room() > 0) return resume();
    sent_->resume = std::move(resume);
  }
  void end() override {
    sent_->is_whole = true;
    EXPECT_EQ(not_as_described(sent_->method, sent_->path, sent_->answer), "");
  }
  bool gone() const override { return sent_->hung_up; }

 private:
  std::size_t room() const {
    return sent_->waiting < sent_->window ? sent_->window - sent_->waiting : 0;
  }
  std::shared_ptr<Sent> sent_;
};

}  // namespace

std::shared_ptr<ports::ResponseStream::Sink> Sent::begin(ports::HttpHead head) {
  ++answers;
  answer = {.status = head.status, .headers = std::move(head.headers), .body = {}};
  return std::make_shared<SentStream>(shared_from_this());
}

void Sent::take() {
  waiting = 0;
  if (auto const go_on = std::exchange(resume, nullptr)) go_on();
}

std::string Sent::header(std::string_view name) const {
  for (auto const& [key, value] : answer.headers) {
    if (key == name) return value;
  }
  return {};
}

json::Value const& Sent::body() const {
  if (read_of != answer.body) {
    auto value = json::parse(answer.body);
    read = value ? std::move(*value) : json::Value();
    read_of = answer.body;
  }
  return read;
}

std::string Sent::code() const {
  auto const* code = body().find("code");
  return code && code->string() ? *code->string() : std::string();
}

World::World(Options options) {
  loop =
      std::make_unique<ledger::Loop>(ledger::Loop::Start{}, world_of(*this), ledger::LoopOptions{});
  projector = std::make_unique<projections::Projector>(errors, projector_world(*this));
  options.error_search = {.index = &errors, .projector = projector.get()};
  if (options.pepper.empty()) options.pepper = Bytes(32, 0x11);
  api = std::make_unique<Api>(*loop, reader, clock, entropy, vault, blobs, executor,
                              std::move(options));
  domain::system::Opened opened;
  opened.id_key = IdKey(0x0123456789abcdef);
  opened.ledger = LedgerId(1);
  opened.origin = "test";
  post(domain::system::Commands(opened));
  domain::directory::AddPerson person;
  person.name = "Operator";
  person.person = PersonId("operator");
  person.subject = PersonId("operator");
  person.roles = {"admin", "approver"};
  post(domain::directory::Commands(person));
  tenant("default", "100");
  admin = key("default",
              "admin budget:read evidence:read metrics:read ops:read runs:read runs:write work");
  job("j");
}

void World::post(domain::Command command) {
  bool decided = false;
  loop->post(ledger::Lane::control,
             {.command = std::move(command),
              .enclosure = {},
              .origin = {.actor = "test",
                         .correlation = *parse_correlation_id("0123456789abcdef0123456789abcdef"),
                         .span = {},
                         .tenant = {}},
              .done = [&](ledger::Answer const& answer) {
                decided = answer.fate == ledger::PostStatus::decided &&
                          !std::holds_alternative<domain::Refusal>(answer.reply);
              }});
  pump();
  TALLY_CHECK(decided, "the test's own preparation was refused");
}

void World::tenant(std::string const& name, std::string const& grant_usd,
                   std::optional<domain::directory::Rate> rate) {
  domain::directory::SetPlan plan;
  plan.person = PersonId("operator");
  plan.plan = PlanName("plan-" + name);
  plan.row.rate = rate;
  post(domain::directory::Commands(plan));
  domain::directory::CreateTenant create;
  create.person = PersonId("operator");
  create.plan = PlanName("plan-" + name);
  create.tenant = TenantId(name);
  post(domain::directory::Commands(create));
  domain::budget::Grant grant;
  grant.amount = *parse_usd(grant_usd);
  grant.person = PersonId("operator");
  grant.tenant = TenantId(name);
  post(domain::budget::Commands(grant));
}

std::string World::key(std::string const& tenant, std::string const& scopes) {
  std::string const token = fresh_token(entropy);
  domain::directory::CreateKey create;
  create.owner = PersonId("operator");
  create.person = PersonId("operator");
  std::istringstream words(scopes);
  for (std::string word; words >> word;) create.scopes.insert(word);
  create.secret_sha256 = sha256(as_bytes(token));
  create.tenant = TenantId(tenant);
  post(domain::directory::Commands(create));
  return token;
}

void World::job(std::string const& name) {
  domain::run::JobKind kind;
  kind.hash = ContentRef(sha256(as_bytes(name)));
  kind.name = JobName(name);
  kind.output_bytes_max = 1 << 20;
  kind.price.reported = true;
  kind.queue_deadline = seconds(3600);
  kind.runner = domain::run::Runner::worker;
  kind.timeout = seconds(60);
  kind.version = "1";
  domain::directory::RegisterJob command;
  command.job = kind;
  post(domain::directory::Commands(command));
}

void World::pump() {
  std::size_t size = log.size();
  int quiet = 0;  // an answer may ask the next question, so one quiet step says little
  for (int step = 0; step < kStepsMax && quiet < kQuietSteps; ++step) {
    loop->step();
    if (projects) projector->step();
    bool const ran = !executor.held && executor.step();
    quiet = !ran && loop->idle() && log.size() == size ? quiet + 1 : 0;
    size = log.size();
  }
}

SentPtr World::begin(std::string method, std::string target, std::string const& token,
                     std::string body, ports::HttpHeaders headers) {
  auto const question = target.find('?');
  ports::HttpRequest request{
      .method = std::move(method),
      .path = target.substr(0, question),
      .query = question == std::string::npos ? std::string() : target.substr(question + 1),
      .headers = std::move(headers),
      .body = std::move(body),
      .peer = "192.0.2.1",
      .from_loopback = false};
  if (!token.empty()) request.headers.emplace_back("authorization", "Bearer " + token);
  if (!request.body.empty() && request.header("content-type").empty())
    request.headers.emplace_back("content-type", "application/json");
  auto const sent = std::make_shared<Sent>(request.method, request.path);
  api->handle(std::move(request), ports::Responder(sent));
  return sent;
}

SentPtr World::send(std::string method, std::string target, std::string const& token,
                    std::string body, ports::HttpHeaders headers) {
  auto const sent =
      begin(std::move(method), std::move(target), token, std::move(body), std::move(headers));
  pump();
  return sent;
}

TEST(TheTestWorld, StandsWithATenantAKeyAndAJob) {
  World world;
  auto const directory = world.loop->directory();
  EXPECT_TRUE(directory->tenants.contains(TenantId("default")));
  EXPECT_TRUE(directory->keys.contains(sha256(as_bytes(world.admin))));
  EXPECT_TRUE(directory->jobs.contains(JobName("j")));
}

SentPtr World::submit(std::string const& token, std::string const& key, std::string body) {
  return send("POST", "/v1/runs", token, std::move(body), {{"idempotency-key", key}});
}

std::string text_at(json::Value const& document, std::initializer_list<char const*> path) {
  json::Value const* at = &document;
  for (auto const* name : path) {
    at = at->find(name);
    if (!at) return "(absent)";
  }
  return at->string() ? *at->string() : json::write(*at);
}

std::string run_id(SentPtr const& sent) { return text_at(sent->body(), {"run_id"}); }

Leased lease_one(World& world) {
  auto const sent = world.send("POST", "/v1/work/lease", world.admin, R"({"jobs":["j"]})");
  auto const& work = *sent->body().find("work")->array();
  EXPECT_EQ(work.size(), 1u) << sent->answer.body;
  if (work.empty()) return {};
  return {text_at(work[0], {"lease_id"}), text_at(work[0], {"fence"})};
}

void execute(World& world, std::string const& result, std::string const& cost) {
  auto const lease = lease_one(world);
  auto const fence = "{\"fence\":" + lease.fence + "}";
  EXPECT_EQ(world.send("POST", lease.path("start"), world.admin, fence)->answer.status, 200);
  auto const done = world.send(
      "POST", lease.path("complete"), world.admin,
      "{\"fence\":" + lease.fence + ",\"result\":" + result + ",\"cost_usd\":\"" + cost + "\"}");
  EXPECT_EQ(done->answer.status, 200) << done->answer.body;
}

}  // namespace tally::api
