#pragma once

// The server's API as calls: one function an endpoint, messages from wire/. It blocks; one thread
// at a time. Nothing that changes something is sent twice by itself: where the outcome of a request
// is unknown, the caller may send it again with the same idempotency key, and nothing happens
// twice.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "client/server_url.h"
#include "ports/outbound.h"
#include "wire/admin_messages.h"
#include "wire/budget_messages.h"
#include "wire/endpoint.h"
#include "wire/error_messages.h"
#include "wire/evidence_messages.h"
#include "wire/ops_messages.h"
#include "wire/parameter_messages.h"
#include "wire/problem.h"
#include "wire/why_messages.h"

namespace tally::client {

// Why there is no answer to use. With a `problem` the server refused; without one nothing that can
// be understood came back, and `error.code` is one of ports::OutboundFailure.
struct Failure {
  Error error;
  std::optional<wire::Problem> problem;
  std::string body;  // what the server sent, byte for byte
  // What may have happened at the server.
  ports::OutboundFate fate = ports::OutboundFate::answered;
};

template <class T>
struct Answer {
  T message;
  std::string body;  // what the server sent, byte for byte
};
template <class T>
using ClientResult = tl::expected<Answer<T>, Failure>;

// What a person asked for: done, or waiting for the approval of others.
template <class T>
struct Proposed {
  std::optional<T> done;
  std::optional<ApprovalId> approval;
};

// An operation that the caller knows by its description alone, with what goes into it.
struct AnyRequest {
  // Of path and query; empty texts are absent.
  std::vector<wire::ParameterTexts::One> parameters = {};
  std::string body = {};    // JSON; empty: none
  std::int64_t wait_s = 0;  // how long the server is asked to wait
};

// The server gave this answer before, to the same idempotency key, and did nothing again.
struct Repetition {
  std::optional<Instant> answered_at;
};

// Whether the texts of a message are as the server sent them, or as a terminal may show them
// (wire/for_people.h). An answer's `body` is always as it came.
enum class Texts { as_sent, for_people };

// One request: the operation's method and target, filled in.
struct ClientCall {
  std::string_view method;
  std::string target;
  bool keyed = false;  // may be named by an idempotency key
  std::string body = {};
  std::string_view idempotency_key = {};
  std::int64_t wait_s = 0;
  std::string_view accept = wire::kJson;
};

class TallyClient {
 public:
  // Makes the idempotency key of a POST that is given none; called once for each.
  using KeyMaker = std::function<std::string()>;
  // Hears of each answer that is a repetition, before the caller has it.
  using OnRepetition = std::function<void(Repetition const&)>;

  // `key` is the token, "tk_...". Connects with the first call, through `outbound`, which outlives
  // the client.
  TallyClient(ports::Outbound& outbound, ServerUrl url, std::string key,
              KeyMaker make_idempotency_key = {}, OnRepetition on_repetition = {},
              Texts texts = Texts::as_sent)
      : outbound_(outbound),
        url_(std::move(url)),
        key_(std::move(key)),
        make_idempotency_key_(std::move(make_idempotency_key)),
        on_repetition_(std::move(on_repetition)),
        texts_(texts) {}

  // Any operation: the message is the answer's status, and its body is read by nobody here.
  ClientResult<int> ask(wire::Endpoint const& operation, AnyRequest const& request);

  // An empty key is made, as for every other POST.
  ClientResult<wire::SubmitAnswer> submit(wire::SubmitRequest const& request,
                                          std::string_view idempotency_key = {});
  // Decides without holding money; takes no place in the idempotency table.
  ClientResult<wire::DryRunAnswer> try_submit(wire::SubmitRequest const& request,
                                              std::string_view idempotency_key);
  // Answers when the run is final, and after `wait` (at most wire::kRunWaitSecondsMax) at latest.
  ClientResult<wire::Run> run(RunId run, std::int64_t wait_s = 0);
  ClientResult<wire::RunList> runs(wire::RunListParameters const& query);
  // The message is the result itself.
  ClientResult<std::string> result(RunId run);

  // The caller's own, or that of a named tenant (for administrators).
  ClientResult<wire::Budget> budget(std::optional<TenantId> const& tenant = {});

  // `approval` where it waits for other people.
  ClientResult<Proposed<wire::Key>> create_key(wire::KeyRequest const& request);
  // Of a key that was approved; shown once, to its proposer.
  ClientResult<wire::ClaimCode> claim_code(KeyId key);
  // Needs no key of the caller's.
  ClientResult<wire::Key> claim(wire::ClaimRequest const& request);

  // Newest first; the key needs evidence:read.
  ClientResult<wire::ErrorList> errors(wire::ErrorListParameters const& query);

  ClientResult<wire::Timeline> timeline(CorrelationId correlation);
  ClientResult<wire::Why> why(wire::WhyParameters const& query);

  // Proposes what a run in audit_required is charged.
  ClientResult<wire::ApprovalAnswer> resolve(RunId run, wire::ResolutionRequest const& request);
  ClientResult<wire::ModeReport> modes();
  ClientResult<wire::ApprovalAnswer> set_mode(wire::ModeRequest const& request);

 private:
  // A reply of 2xx, or the failure.
  tl::expected<ports::OutboundReply, Failure> ask(ClientCall const& call);
  ports::OutboundResult exchange(ClientCall const& call);
  template <class T>
  ClientResult<T> ask_for(ClientCall const& call);
  template <class T>
  ClientResult<Proposed<T>> propose(ClientCall const& call);

  ports::Outbound& outbound_;
  ServerUrl url_;
  std::string key_;
  KeyMaker make_idempotency_key_;
  OnRepetition on_repetition_;
  Texts texts_;
};

}  // namespace tally::client
