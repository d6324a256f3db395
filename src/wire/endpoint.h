#pragma once

// What the API knows of one operation, said once. The server's routes, the client's requests, the
// command's arguments and help, the OpenAPI document and the page at /docs are made from it
// (wire/endpoints.h lists them all).

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/closed_words.h"
#include "wire/parameters.h"
#include "wire/problem_catalog.h"
#include "wire/schema.h"

namespace tally::wire {

inline constexpr std::string_view kJson = "application/json";

// Scopes of which a key needs one; none: open to all.
class AnyScope {
 public:
  constexpr AnyScope() = default;
  constexpr AnyScope(KeyScope scope) : AnyScope({scope}) {}
  constexpr AnyScope(std::initializer_list<KeyScope> scopes) {
    for (KeyScope const scope : scopes) bits_ = bits_ | bit(scope);
  }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool contains(KeyScope scope) const { return (bits_ & bit(scope)) != 0; }
  constexpr bool operator==(AnyScope const&) const = default;
  // "ops:read or runs:read"; empty for none.
  std::string text() const;

 private:
  static constexpr std::uint32_t bit(KeyScope scope) { return 1u << static_cast<unsigned>(scope); }
  std::uint32_t bits_ = 0;
};

// Whether a request may be named by an Idempotency-Key: `required` but for a dry run.
enum class Keyed : std::uint8_t { no, optional, required };

// What a head may say beside what every head says (wire/endpoint_fields.h).
enum class Field : std::uint8_t { none, location, retry_after, etag };

using SchemaMaker = json::Value (*)(Schemas&);
template <Message T>
json::Value schema_maker(Schemas& schemas) {
  return schema_of<T>(schemas);
}

// One of the answers: one that is no refusal, or a refusal that says more than a problem does.
struct Reply {
  int status = 0;  // 0: none
  std::string_view says;
  SchemaMaker schema = nullptr;  // of a JSON body; none: any, or no JSON
  std::string_view media_type = kJson;
  std::array<Field, 2> fields = {};
};

// All that is wrong with a document that is to be one message.
using FaultFinder = std::vector<FieldError> (*)(json::Value const&);
template <Message T>
std::vector<FieldError> faults_in(json::Value const& document) {
  auto const read = from_json<T>(document, Strictness::strict);
  return read ? std::vector<FieldError>{} : read.error();
}

struct Endpoint {
  std::string_view method;   // upper case; a GET answers HEAD too
  std::string_view pattern;  // "/v1/runs/{id}"; a last "{path...}" takes the rest
  std::string_view id;       // of the operation: verb and noun; public and fixed
  std::string_view tag;      // one of kTags
  AnyScope scopes = {};
  Keyed keyed = Keyed::no;
  std::string_view summary = {};  // one sentence, without its full stop
  // Of the command line, "budget grant TENANT AMOUNT": the words of the command, then in capitals
  // what stands there without a name of its own (cli/verb.h). Empty: no command asks this.
  std::string_view verb = {};
  // The first is the usual one; two of the same status are two forms of it, as Accept asks.
  std::array<Reply, 3> replies = {};
  // Codes of refusals beside those that follow from the rest; see problems_of.
  std::array<std::string_view, 6> problems = {};
  // Filled in by Operation.
  ParameterLister parameters = nullptr;
  SchemaMaker request = nullptr;  // none: no body is read
  FaultFinder parameter_faults = nullptr;
  FaultFinder request_faults = nullptr;
};

// An endpoint with the types that go in and come out: `Parameters` is what stands in its path and
// its query, `Body` its request, `Answer` its first reply; Nothing where there is none.
template <class ParametersType, class BodyType, class AnswerType>
struct Operation : Endpoint {
  using Parameters = ParametersType;
  using Body = BodyType;
  using Answer = AnswerType;

  constexpr explicit Operation(Endpoint endpoint) : Endpoint(endpoint) {
    parameters = list_parameters<Parameters>;
    parameter_faults = faults_in<Parameters>;
    if constexpr (!std::is_same_v<Body, Nothing>) {
      request = schema_maker<Body>;
      request_faults = faults_in<Body>;
    }
    if constexpr (!std::is_same_v<Answer, Nothing>) replies[0].schema = schema_maker<Answer>;
  }
};

// "POST /v1/runs": by this an idempotency key belongs to an operation, for ever.
std::string route_name(Endpoint const& endpoint);

// Every refusal that the operation itself may answer with: those that it names, and those that
// follow from its scopes, parameters, body and key. What is refused before it is known which
// operation was meant (a head that is too large, a method that is not allowed) is not among them.
std::vector<ProblemKind const*> problems_of(Endpoint const& endpoint);

struct Tag {
  std::string_view name;
  std::string_view says;
};
inline constexpr std::array<Tag, 7> kTags{{
    {"runs", "Submit runs, follow them, fetch what they came to"},
    {"work", "Lease runs, execute them, report what they came to and cost"},
    {"budgets", "What a tenant may spend, holds and has spent"},
    {"administration", "Tenants, people, keys and plans"},
    {"operation", "Stop, resume, and agree on what one person may not do alone"},
    {"evidence", "What happened, why, and the proof of it"},
    {"server", "The server about itself"},
}};

}  // namespace tally::wire
