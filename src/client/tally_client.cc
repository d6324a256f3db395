#include "client/tally_client.h"

#include <fmt/format.h>

#include "wire/endpoints.h"
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
  return {.error = {.code = "malformed", .detail = std::move(detail), .internal = {}},
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
  return {.error = {.code = problem->code, .detail = problem->detail, .internal = {}},
          .problem = *problem,
          .body = reply.body};
}

// What an operation is asked with.
template <class Parameters, class Body, class Answer>
ClientCall call_of(wire::Operation<Parameters, Body, Answer> const& operation,
                   Parameters const& parameters = {}, Body const& body = {}) {
  ClientCall call{.method = operation.method,
                  .target = wire::target_of(operation.pattern, parameters),
                  .keyed = operation.keyed != wire::Keyed::no};
  if constexpr (!std::is_same_v<Body, wire::Nothing>) call.body = wire::to_json(body);
  return call;
}

// JSON where an operation has it.
std::string_view media_type_of(wire::Endpoint const& operation) {
  for (wire::Reply const& reply : operation.replies)
    if (reply.status != 0 && reply.media_type == wire::kJson) return wire::kJson;
  return operation.replies[0].media_type;
}

}  // namespace

ports::OutboundResult TallyClient::exchange(ClientCall const& call) {
  ports::OutboundRequest request{.method = std::string(call.method),
                                 .url = url_.text + call.target,
                                 .headers = {{"Accept", std::string(call.accept)}},
                                 .body = call.body,
                                 .timeout = kAnswerTimeout + seconds(call.wait_s),
                                 .connect_timeout = kConnectTimeout};
  if (!key_.empty()) request.headers.emplace_back("Authorization", "Bearer " + key_);
  if (!call.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  std::string idempotency_key(call.idempotency_key);
  if (idempotency_key.empty() && call.keyed && make_idempotency_key_)
    idempotency_key = make_idempotency_key_();
  if (!idempotency_key.empty())
    request.headers.emplace_back("Idempotency-Key", wire::idempotency_key_field(idempotency_key));
  return outbound_.exchange(request);
}

tl::expected<ports::OutboundReply, Failure> TallyClient::ask(ClientCall const& call) {
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
ClientResult<T> TallyClient::ask_for(ClientCall const& call) {
  auto reply = ask(call);
  if (!reply) return tl::unexpected(reply.error());
  auto message = read_message<T>(reply->body, texts_);
  if (!message) return tl::unexpected(unintelligible(message.error(), reply->body));
  return Answer<T>{.message = std::move(*message), .body = std::move(reply->body)};
}

template <class T>
ClientResult<Proposed<T>> TallyClient::propose(ClientCall const& call) {
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

ClientResult<int> TallyClient::ask(wire::Endpoint const& operation, AnyRequest const& request) {
  auto usual = request.parameters;
  for (auto& one : usual) one.text.clear();
  auto reply =
      ask(ClientCall{.method = operation.method,
                     .target = wire::target_of(operation.pattern, request.parameters, usual),
                     .keyed = operation.keyed != wire::Keyed::no,
                     .body = request.body,
                     .wait_s = request.wait_s,
                     .accept = media_type_of(operation)});
  if (!reply) return tl::unexpected(reply.error());
  return Answer<int>{.message = reply->status, .body = std::move(reply->body)};
}

ClientResult<wire::SubmitAnswer> TallyClient::submit(wire::SubmitRequest const& request,
                                                     std::string_view idempotency_key) {
  auto call = call_of(wire::kSubmitRun, {}, request);
  call.idempotency_key = idempotency_key;
  return ask_for<wire::SubmitAnswer>(call);
}

ClientResult<wire::DryRunAnswer> TallyClient::try_submit(wire::SubmitRequest const& request,
                                                         std::string_view idempotency_key) {
  auto call = call_of(wire::kSubmitRun, {.dry_run = true}, request);
  call.idempotency_key = idempotency_key;
  return ask_for<wire::DryRunAnswer>(call);
}

ClientResult<wire::Run> TallyClient::run(RunId run, std::int64_t wait_s) {
  auto call = call_of(wire::kGetRun, {.id = run, .wait_s = wait_s});
  call.wait_s = wait_s;
  return ask_for<wire::Run>(call);
}

ClientResult<wire::RunList> TallyClient::runs(wire::RunListParameters const& query) {
  return ask_for<wire::RunList>(call_of(wire::kListRuns, query));
}

ClientResult<std::string> TallyClient::result(RunId run) {
  auto reply = ask(call_of(wire::kGetRunResult, {.id = run}));
  if (!reply) return tl::unexpected(reply.error());
  return Answer<std::string>{.message = reply->body, .body = reply->body};
}

ClientResult<wire::Budget> TallyClient::budget(std::optional<TenantId> const& tenant) {
  return ask_for<wire::Budget>(tenant ? call_of(wire::kGetTenantBudget, {.tenant = *tenant})
                                      : call_of(wire::kGetBudget));
}

ClientResult<Proposed<wire::Key>> TallyClient::create_key(wire::KeyRequest const& request) {
  return propose<wire::Key>(call_of(wire::kCreateKey, {}, request));
}

ClientResult<wire::ClaimCode> TallyClient::claim_code(KeyId key) {
  return ask_for<wire::ClaimCode>(call_of(wire::kShowClaimCode, {.key = key}));
}

ClientResult<wire::Key> TallyClient::claim(wire::ClaimRequest const& request) {
  return ask_for<wire::Key>(call_of(wire::kClaimKey, {}, request));
}

ClientResult<wire::ErrorList> TallyClient::errors(wire::ErrorListParameters const& query) {
  return ask_for<wire::ErrorList>(call_of(wire::kListErrors, query));
}

ClientResult<wire::Timeline> TallyClient::timeline(CorrelationId correlation) {
  return ask_for<wire::Timeline>(call_of(wire::kGetTimeline, {.correlation_id = correlation}));
}

ClientResult<wire::Why> TallyClient::why(wire::WhyParameters const& query) {
  return ask_for<wire::Why>(call_of(wire::kGetExplanation, query));
}

ClientResult<wire::ApprovalAnswer> TallyClient::resolve(RunId run,
                                                        wire::ResolutionRequest const& request) {
  return ask_for<wire::ApprovalAnswer>(call_of(wire::kResolveRun, {.id = run}, request));
}

ClientResult<wire::ModeReport> TallyClient::modes() {
  return ask_for<wire::ModeReport>(call_of(wire::kGetMode));
}

ClientResult<wire::ApprovalAnswer> TallyClient::set_mode(wire::ModeRequest const& request) {
  return ask_for<wire::ApprovalAnswer>(call_of(wire::kSetMode, {}, request));
}

}  // namespace tally::client
