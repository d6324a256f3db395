// POST /v1/runs: one durable "yes" or "no" for each idempotency key.

#include "api/handlers.h"
#include "views/submit_view.h"
#include "wire/idempotency_key.h"

namespace tally::api {

namespace {

constexpr std::string_view kRouteName = "POST /v1/runs";

struct Submission {
  wire::SubmitRequest asked;
  json::Value document;
  std::string key;
  bool dry_run = false;
};

// SHA-256(tenant 0x00 route 0x00 key): the ledger never holds the key itself.
Digest key_digest(TenantId const& tenant, std::string_view key) {
  Bytes const zero{0};
  return sha256({as_bytes(tenant.value()), zero, as_bytes(kRouteName), zero, as_bytes(key)});
}

// A dry run consumes no key, so it needs none; a random one stands in.
std::optional<std::string> idempotency_key(Exchange& x, bool dry_run) {
  auto const field = x.request.header("idempotency-key");
  if (dry_run && field.empty()) return to_text(fresh_span(x.services.entropy));
  auto key = wire::parse_idempotency_key(field);
  if (key) return std::move(*key);
  x.problem(key.error().code, key.error().detail);
  return std::nullopt;
}

// When the key's answer is forgotten; from then on the key is a new one.
std::optional<Instant> expiry_of(domain::Event const& event) {
  auto const* group = std::get_if<domain::RunEvent>(&event);
  if (group == nullptr) return std::nullopt;
  if (auto const* submitted = std::get_if<domain::run::Submitted>(group))
    return submitted->idempotency_expires_at;
  auto const* refused = std::get_if<domain::run::Refused>(group);
  return refused != nullptr ? std::optional(refused->idempotency_expires_at) : std::nullopt;
}

void answer_accepted(Exchange& x, ledger::Entry const& entry, bool replay) {
  views::Asked const asked{.correlation = x.trace.id, .replay = replay};
  ports::HttpHeaders extra;
  if (replay) extra.emplace_back("idempotent-replayed", "true");
  if (auto const expiry = expiry_of(entry.recorded.event))
    extra.emplace_back("idempotency-key-expires", to_rfc3339(*expiry));
  if (auto const view = views::submit_view(entry.recorded, entry.leaf_hash, asked)) {
    extra.emplace_back("location", view->links.self_path);
    extra.emplace_back("retry-after", "1");
    return x.json(202, *view, std::move(extra));
  }
  if (auto problem = views::refused_view(entry.recorded, entry.leaf_hash, asked, x.services.types))
    return x.problem(std::move(*problem), std::move(extra));
  x.broken("an idempotency key leads to an event that answers nothing");
}

void answer_replay(ExchangePtr const& x, std::int64_t seq) {
  x->services.later([x, seq] {
    auto const entry = x->services.reader.entry(seq);
    if (!entry) return x->storage_failed(entry.error());
    answer_accepted(*x, *entry, true);
  });
}

void answer_dry_run(Exchange& x, domain::DryRun const& dry) {
  wire::DryRunAnswer view;
  view.would_accept = !dry.refusal.has_value();
  if (dry.refusal) view.refusal = views::refusal_view(x.services.types, *dry.refusal, x.trace.id);
  view.budget = views::balance_view(dry.balances);
  view.correlation_id = x.trace.id;
  x.json(200, view);
}

void answer(ExchangePtr const& x, ledger::Answer const& outcome) {
  if (auto const* replayed = std::get_if<domain::Replayed>(&outcome.reply))
    return answer_replay(x, replayed->seq);
  if (auto const* dry = std::get_if<domain::DryRun>(&outcome.reply))
    return answer_dry_run(*x, *dry);
  if (outcome.entry) return answer_accepted(*x, *outcome.entry, false);
  x->broken("a submit left neither event nor refusal");
}

void decide(ExchangePtr const& x, Submission submission) {
  auto const& tenant = x->caller().tenant;
  auto& payloads = x->services.payloads;
  auto sealed =
      payloads.seal(tenant, "input", submission.key, json::canonical(submission.asked.input));
  if (!sealed) return x->storage_failed(sealed.error());
  domain::run::Submit command;
  command.dry_run = submission.dry_run;
  command.idempotency = {
      .fingerprint = payloads.fingerprint(tenant, json::canonical(submission.document)),
      .key = key_digest(tenant, submission.key)};
  command.input = std::move(sealed->enclosure);
  command.job = submission.asked.job;
  command.key = x->caller().key;
  command.labels = std::move(submission.asked.labels);
  command.max_cost = submission.asked.max_cost_usd;
  command.parent = submission.asked.parent_run_id;
  command.tenant = tenant;
  if (submission.asked.timeout_s) command.timeout = seconds(*submission.asked.timeout_s);
  x->post(ledger::Lane::start, domain::RunCommand(std::move(command)), std::move(sealed->beside),
          [x](ledger::Answer const& outcome) { answer(x, outcome); });
}

}  // namespace

void submit_run(ExchangePtr x) {
  Submission submission;
  submission.dry_run = x->query.flag("dry_run");
  if (!x->query_is_good()) return;
  auto key = idempotency_key(*x, submission.dry_run);
  if (!key) return;
  submission.key = std::move(*key);
  auto document = x->document();
  if (!document) return;
  auto asked = x->read<wire::SubmitRequest>(*document);
  if (!asked) return;
  submission.asked = std::move(*asked);
  submission.document = std::move(*document);
  bool const may_block = x->request.body.size() > kInlineBytesMax;
  if (!may_block) return decide(x, std::move(submission));
  x->services.later(
      [x, submission = std::move(submission)]() mutable { decide(x, std::move(submission)); });
}

}  // namespace tally::api
