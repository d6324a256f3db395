#include "client/tally_client.h"

#include <fmt/format.h>

#include "client/tally_client_paths.h"
#include "wire/for_people.h"
#include "wire/from_json.h"
#include "wire/idempotency_key.h"
#include "wire/to_json.h"

namespace tally::client {

namespace {

constexpr Duration kConnectTimeout = seconds(5);
// For an answer, on top of what the server was asked to wait.
constexpr Duration kAnswerTimeout = seconds(30);

Failure unintelligible(std::string detail, std::string body) {
  return {.error = {.code = "malformed", .detail = std::move(detail), .inside = {}},
          .problem = {},
          .body = std::move(body)};
}

template <class T>
tl::expected<T, std::string> read_message(std::string const& body, Texts texts) {
  auto document = json::parse(body);
  if (!document)
    return tl::unexpected("the server's answer is no JSON: " + document.error().detail);
  if (texts == Texts::for_people) document = wire::for_people(*document);
  auto message = wire::from_json<T>(*document, wire::Strictness::lenient);
  if (message) return std::move(*message);
  wire::FieldError const& first = message.error().front();
  return tl::unexpected(
      fmt::format("the server's answer is no {}: {} {}", T::kName, first.pointer, first.detail));
}

Failure failure_of(ports::OutboundReply const& reply, Texts texts) {
  auto problem = read_message<wire::Problem>(reply.body, texts);
  if (!problem) {
    return unintelligible(
        fmt::format("the server answered status {} without a problem document", reply.status),
        reply.body);
  }
  return {.error = {.code = problem->code, .detail = problem->detail, .inside = {}},
          .problem = *problem,
          .body = reply.body};
}

}  // namespace

ports::OutboundResult TallyClient::exchange(Call const& call) {
  ports::OutboundRequest request{.method = std::string(call.method),
                                 .url = url_.text + call.target,
                                 .headers = {{"Accept", "application/json"}},
                                 .body = call.body,
                                 .timeout = kAnswerTimeout + seconds(call.wait_s),
                                 .connect_timeout = kConnectTimeout};
  if (!key_.empty()) request.headers.emplace_back("Authorization", "Bearer " + key_);
  if (!call.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  std::string idempotency_key(call.idempotency_key);
  if (idempotency_key.empty() && call.method == "POST" && make_idempotency_key_)
    idempotency_key = make_idempotency_key_();
  if (!idempotency_key.empty())
    request.headers.emplace_back("Idempotency-Key", wire::idempotency_key_field(idempotency_key));
  return outbound_.exchange(request);
}

tl::expected<ports::OutboundReply, Failure> TallyClient::ask(Call const& call) {
  auto reply = exchange(call);
  if (!reply) {
    auto const& failed = reply.error();
    return tl::unexpected(
        Failure{.error = failed.error, .problem = {}, .body = {}, .fate = failed.fate});
  }
  if (on_repetition_ && reply->header("idempotent-replayed") == "true")
    on_repetition_({.answered_at = from_rfc3339(reply->header("idempotent-answered-at"))});
  if (reply->status < 200 || reply->status > 299) return tl::unexpected(failure_of(*reply, texts_));
  return std::move(*reply);
}

template <class T>
Asked<T> TallyClient::ask_for(Call const& call) {
  auto reply = ask(call);
  if (!reply) return tl::unexpected(reply.error());
  auto message = read_message<T>(reply->body, texts_);
  if (!message) return tl::unexpected(unintelligible(message.error(), reply->body));
  return Answer<T>{.message = std::move(*message), .body = std::move(reply->body)};
}

template <class T>
Asked<Proposed<T>> TallyClient::propose(Call const& call) {
  auto reply = ask(call);
  if (!reply) return tl::unexpected(reply.error());
  Answer<Proposed<T>> answer{.message = {}, .body = reply->body};
  if (reply->status == 202) {
    auto message = read_message<wire::ApprovalAnswer>(reply->body, texts_);
    if (!message) return tl::unexpected(unintelligible(message.error(), reply->body));
    answer.message.approval = message->approval_id.value_or(ApprovalId{});
    return answer;
  }
  auto message = read_message<T>(reply->body, texts_);
  if (!message) return tl::unexpected(unintelligible(message.error(), reply->body));
  answer.message.done = std::move(*message);
  return answer;
}

Asked<wire::SubmitAnswer> TallyClient::submit(wire::SubmitRequest const& request,
                                              std::string_view idempotency_key) {
  return ask_for<wire::SubmitAnswer>({.method = "POST",
                                      .target = std::string(kRunsPath),
                                      .body = wire::to_json(request),
                                      .idempotency_key = idempotency_key});
}

Asked<wire::DryRunAnswer> TallyClient::try_submit(wire::SubmitRequest const& request,
                                                  std::string_view idempotency_key) {
  return ask_for<wire::DryRunAnswer>({.method = "POST",
                                      .target = dry_run_path(),
                                      .body = wire::to_json(request),
                                      .idempotency_key = idempotency_key});
}

Asked<wire::Run> TallyClient::run(RunId run, std::int64_t wait_s) {
  return ask_for<wire::Run>({.method = "GET", .target = run_path(run, wait_s), .wait_s = wait_s});
}

Asked<wire::RunList> TallyClient::runs(RunQuery const& query) {
  std::string target = fmt::format("{}?limit={}", kRunsPath, query.limit);
  if (query.status) target += "&status=" + *query.status;
  if (query.label) target += "&label=" + percent_encoded(*query.label);
  if (query.cursor) target += "&cursor=" + percent_encoded(*query.cursor);
  return ask_for<wire::RunList>({.method = "GET", .target = target});
}

Asked<wire::Run> TallyClient::cancel(RunId run) {
  return ask_for<wire::Run>({.method = "POST", .target = cancel_path(run)});
}

Asked<std::string> TallyClient::result(RunId run) {
  auto reply = ask({.method = "GET", .target = result_path(run)});
  if (!reply) return tl::unexpected(reply.error());
  return Answer<std::string>{.message = reply->body, .body = reply->body};
}

Asked<wire::Budget> TallyClient::budget(std::optional<TenantId> const& tenant) {
  return ask_for<wire::Budget>(
      {.method = "GET", .target = tenant ? tenant_budget_path(*tenant) : std::string(kBudgetPath)});
}

Asked<wire::Budget> TallyClient::grant(TenantId const& tenant, wire::GrantRequest const& request) {
  return ask_for<wire::Budget>(
      {.method = "POST", .target = grants_path(tenant), .body = wire::to_json(request)});
}

Asked<wire::Tenant> TallyClient::create_tenant(wire::TenantRequest const& request) {
  return ask_for<wire::Tenant>(
      {.method = "POST", .target = std::string(kTenantsPath), .body = wire::to_json(request)});
}

Asked<wire::TenantList> TallyClient::tenants() {
  return ask_for<wire::TenantList>({.method = "GET", .target = std::string(kTenantsPath)});
}

Asked<Proposed<wire::Key>> TallyClient::create_key(wire::KeyRequest const& request) {
  return propose<wire::Key>(
      {.method = "POST", .target = std::string(kKeysPath), .body = wire::to_json(request)});
}

Asked<wire::KeyList> TallyClient::keys() {
  return ask_for<wire::KeyList>({.method = "GET", .target = std::string(kKeysPath)});
}

Asked<wire::Key> TallyClient::revoke_key(KeyId key) {
  return ask_for<wire::Key>({.method = "POST", .target = revoke_path(key)});
}

Asked<wire::ClaimCode> TallyClient::claim_code(KeyId key) {
  return ask_for<wire::ClaimCode>({.method = "POST", .target = claim_code_path(key)});
}

Asked<wire::Key> TallyClient::claim(wire::ClaimRequest const& request) {
  return ask_for<wire::Key>(
      {.method = "POST", .target = std::string(kClaimPath), .body = wire::to_json(request)});
}

Asked<Proposed<wire::Person>> TallyClient::add_person(wire::PersonRequest const& request) {
  return propose<wire::Person>(
      {.method = "POST", .target = std::string(kPeoplePath), .body = wire::to_json(request)});
}

Asked<wire::PersonList> TallyClient::people() {
  return ask_for<wire::PersonList>({.method = "GET", .target = std::string(kPeoplePath)});
}

Asked<wire::ApprovalAnswer> TallyClient::remove_person(PersonId const& person) {
  return ask_for<wire::ApprovalAnswer>({.method = "POST", .target = remove_path(person)});
}

Asked<wire::ApprovalAnswer> TallyClient::set_quorum(wire::QuorumRequest const& request) {
  return ask_for<wire::ApprovalAnswer>(
      {.method = "POST", .target = std::string(kQuorumPath), .body = wire::to_json(request)});
}

Asked<wire::ErrorList> TallyClient::errors(ErrorQuery const& query) {
  std::string target = fmt::format("{}?limit={}", kErrorsPath, query.limit);
  auto const add = [&target](std::string_view name, std::optional<std::string> const& value) {
    if (value) target += fmt::format("&{}={}", name, percent_encoded(*value));
  };
  add("class", query.error_class);
  add("component", query.component);
  add("severity", query.severity);
  add("layer", query.layer);
  add("correlation_id", query.correlation);
  if (query.run) add("run_id", to_text(*query.run));
  add("tenant", query.tenant);
  add("from", query.from);
  add("to", query.to);
  if (query.before) add("before", std::to_string(*query.before));
  if (query.after_seq) add("after_seq", std::to_string(*query.after_seq));
  return ask_for<wire::ErrorList>({.method = "GET", .target = target});
}

Asked<wire::Timeline> TallyClient::timeline(CorrelationId correlation) {
  return ask_for<wire::Timeline>({.method = "GET", .target = timeline_path(correlation)});
}

Asked<wire::Why> TallyClient::why(std::string_view parameter, std::string_view value) {
  return ask_for<wire::Why>({.method = "GET", .target = why_path(parameter, value)});
}

Asked<wire::ApprovalAnswer> TallyClient::resolve(RunId run,
                                                 wire::ResolutionRequest const& request) {
  return ask_for<wire::ApprovalAnswer>(
      {.method = "POST", .target = resolution_path(run), .body = wire::to_json(request)});
}

Asked<wire::ModeReport> TallyClient::modes() {
  return ask_for<wire::ModeReport>({.method = "GET", .target = std::string(kModePath)});
}

Asked<wire::ApprovalAnswer> TallyClient::set_mode(wire::ModeRequest const& request) {
  return ask_for<wire::ApprovalAnswer>(
      {.method = "POST", .target = std::string(kModePath), .body = wire::to_json(request)});
}

Asked<wire::ApprovalList> TallyClient::approvals() {
  return ask_for<wire::ApprovalList>({.method = "GET", .target = std::string(kApprovalsPath)});
}

Asked<wire::ApprovalAnswer> TallyClient::approve(ApprovalId approval) {
  return ask_for<wire::ApprovalAnswer>({.method = "POST", .target = sign_path(approval)});
}

Asked<wire::ApprovalAnswer> TallyClient::withdraw(ApprovalId approval) {
  return ask_for<wire::ApprovalAnswer>({.method = "POST", .target = withdraw_path(approval)});
}

}  // namespace tally::client
