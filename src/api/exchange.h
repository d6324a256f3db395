#pragma once

// One request on its way to one answer. Whatever answers, the answer carries the trace, the rate
// fields and, if it is no success, a problem. Kept alive by the handlers' callbacks.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/auth.h"
#include "api/correlation.h"
#include "api/retry_fields.h"
#include "api/services.h"
#include "wire/by_value.h"
#include "wire/from_json.h"
#include "wire/parameters.h"
#include "wire/problem.h"
#include "wire/to_json.h"

namespace tally::api {

struct Route;

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(Services& services, ports::HttpRequest request, ports::Responder responder);

  Services& services;
  ports::HttpRequest const request;
  Trace const trace;
  Instant const started_at;
  views::ProblemTypes const types;  // as absolute addresses, where the caller's is known
  Route const* route = nullptr;
  std::vector<std::string> path;    // what stood in the braces of the route's pattern
  std::optional<Caller> known;      // after authentication
  std::optional<RateVerdict> rate;  // of the bucket that it was taken from, if there is one
  // What the caller repeats to get the same answer again; none where it sent none.
  std::optional<std::string> idempotency_key;
  Duration rest = {};  // see ports::HttpResponse

  Caller const& caller() const { return *known; }
  bool gone() const { return responder_.gone(); }
  // The connection is the caller's tenant's from here on; false if that has too many.
  bool take_connection() { return responder_.owned_by(caller().tenant.value()); }
  // Leaves `run` to a thread that may block, in the turn of the caller's tenant or address; a read
  // of who hung up in one turn of all those. Where too many wait it answers 503: nothing was done.
  void later(TaskLane lane, std::function<void()> run);
  // The same for what is decided and must still be told. Where too many wait, the 503 says that the
  // outcome is not known: the same request once more finds it out.
  void tell(std::function<void()> run);

  // True when the answer is one that its idempotency key got before.
  bool replayed() const { return replayed_; }

  // Answers; each exchange answers once, later calls do nothing. An answer that was given before
  // says so, in its head and in its body.
  template <class T>
  void json(int status, T const& message, ports::HttpHeaders extra = {}) {
    std::string body = wire::to_json(message);
    constexpr bool says_it_itself = requires { message.idempotent_replay; };
    if (replayed_ && !says_it_itself) mark_replay(body);
    text(status, "application/json", std::move(body), std::move(extra));
  }
  // What `extra` names takes the place of a field of ours.
  void text(int status, std::string_view media_type, std::string body,
            ports::HttpHeaders extra = {});
  // The head of an answer whose body follows in pieces.
  ports::ResponseStream stream(std::string_view media_type, ports::HttpHeaders extra = {});
  void problem(wire::Problem problem, ports::HttpHeaders extra = {});
  void problem(std::string_view code, std::string detail = {}, ports::HttpHeaders extra = {});
  void invalid(std::vector<wire::FieldError> errors);
  void refuse(domain::Refusal const& refusal);
  // Of a mode that forbids it, with what may come after that mode.
  wire::Problem problem_of(domain::Refusal const& refusal) const;
  void fate(ledger::PostStatus fate);
  // What reading the ledger or opening a payload failed with.
  void storage_failed(Error const& error);
  // The same where the answer goes on without it.
  void note_storage(Error const& error) const;
  // Something of ours is not as it must be; `what` is for the error memory, not for the caller.
  void broken(std::string what);
  // A library threw; only the type is ours to keep.
  void threw(std::string type);

  // The body as JSON; answers the problem otherwise.
  std::optional<json::Value> document();
  template <wire::Message T>
  std::optional<T> body() {
    auto from = document();
    if (!from) return std::nullopt;
    auto message = wire::from_json<T>(*from, wire::Strictness::strict);
    if (message) {
      if (!idempotency_key) return std::move(*message);
      wire::by_value(*from, *message);
      keep_asked(*from);
      return std::move(*message);
    }
    invalid(std::move(message).error());
    return std::nullopt;
  }
  // What stands in the path and the query; answers the problem otherwise.
  template <wire::Message T>
  std::optional<T> parameters() {
    T message{};
    wire::ParameterReader reader(pattern(), path, request.query);
    T::fields(message, reader);
    auto errors = reader.take();
    if (errors.empty() && reader.is_there()) return message;
    if (!errors.empty()) {
      invalid(std::move(errors));
    } else if constexpr (requires { T::kNoSuchCode; }) {
      problem(T::kNoSuchCode, std::string(T::kNoSuch));
    } else if constexpr (requires { T::kNoSuch; }) {
      problem("not_found", std::string(T::kNoSuch));
    }
    return std::nullopt;
  }
  // What is wrong with a parameter and only its handler can tell.
  void invalid_parameter(std::string_view name, std::string_view detail);

  // Asks the loop, under the request's idempotency key where it has one. Refusals and fates other
  // than decided are answered here; `done` gets the rest, on the loop's thread. A repeated key
  // comes to `done` with the first event of the decision that answered it, and with what that came
  // to; `done` makes its answer from the event, so that the same one goes out again. `refused` gets
  // the refusals instead, where it is given.
  void post(ledger::Lane lane, domain::Command command, Bytes enclosure,
            std::function<void(ledger::Answer)> done,
            std::function<void(domain::Refusal const&)> refused = {});
  ledger::Origin origin() const;
  // Counts an answer that changed nothing; post() does it for what the loop answered.
  void count_unchanged(ledger::Answer const& answer);

 private:
  std::string owner() const;  // of its tasks
  std::optional<domain::IdempotencyKey> idempotency() const;
  void keep_asked(json::Value const& document);
  void replay(std::int64_t seq, std::function<void(ledger::Answer)> done);
  static void mark_replay(std::string& body);
  std::string_view pattern() const;
  void add_common(ports::HttpHeaders& headers) const;
  ports::HttpHeaders head(std::string_view media_type, ports::HttpHeaders extra) const;
  void send(int status, ports::HttpHeaders headers, std::string body);
  void count_answer(int status) const;
  void count_refusal(wire::Problem const& problem);
  ports::ErrorReport about_this(ports::ErrorReport report) const;
  ports::Responder responder_;
  Duration began_at_;  // monotonic
  std::string asked_;  // the body in its canonical form, amounts by value; kept for a key only
  bool replayed_ = false;
  bool streams_ = false;                   // the head has left; nothing else is the answer any more
  std::optional<Instant> answered_at_;     // when a repeated key got its answer
  std::optional<Instant> key_expires_at_;  // when the answer to the key may be forgotten
};

using ExchangePtr = std::shared_ptr<Exchange>;

}  // namespace tally::api
