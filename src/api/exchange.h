#pragma once

// One request on its way to one answer. Whatever answers, the answer carries the trace, the rate
// fields and, if it is no success, a problem. Kept alive by the handlers' callbacks.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/auth.h"
#include "api/correlation.h"
#include "api/query.h"
#include "api/services.h"
#include "wire/from_json.h"
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
  Route const* route = nullptr;
  std::vector<std::string> path;    // what stood in the braces of the route's pattern
  Query query;                      // only the names that the route knows
  std::optional<Caller> known;      // after authentication
  std::optional<RateVerdict> rate;  // where the plan has a rate

  Caller const& caller() const { return *known; }
  bool gone() const { return responder_.gone(); }

  // Answers; each exchange answers once, later calls do nothing.
  template <class T>
  void json(int status, T const& message, ports::HttpHeaders extra = {}) {
    text(status, "application/json", wire::to_json(message), std::move(extra));
  }
  // What `extra` names takes the place of a field of ours.
  void text(int status, std::string_view media_type, std::string body,
            ports::HttpHeaders extra = {});
  void problem(wire::Problem problem, ports::HttpHeaders extra = {});
  void problem(std::string_view code, std::string detail = {}, ports::HttpHeaders extra = {});
  void invalid(std::vector<wire::FieldError> errors);
  void refuse(domain::Refusal const& refusal);
  void fate(ledger::Fate fate);
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
  std::optional<T> read(json::Value const& document) {
    auto message = wire::from_json<T>(document, wire::Strictness::strict);
    if (message) return std::move(*message);
    invalid(std::move(message).error());
    return std::nullopt;
  }
  template <wire::Message T>
  std::optional<T> body() {
    auto from = document();
    return from ? read<T>(*from) : std::nullopt;
  }
  // False after answering what is wrong with the query.
  bool query_is_good();

  // Asks the loop. Refusals and fates other than decided are answered here; `done` gets the rest,
  // on the loop's thread.
  void post(ledger::Lane lane, domain::Command command, Bytes enclosure,
            std::function<void(ledger::Answer)> done);
  ledger::Origin origin() const;
  // Counts an answer that changed nothing; post() does it for what the loop answered.
  void count_unchanged(ledger::Answer const& answer);

 private:
  void add_common(ports::HttpHeaders& headers) const;
  void send(int status, ports::HttpHeaders headers, std::string body);
  void count_refusal(wire::Problem const& problem);
  ports::ErrorReport about_this(ports::ErrorReport report) const;
  ports::Responder responder_;
};

using ExchangePtr = std::shared_ptr<Exchange>;

}  // namespace tally::api
