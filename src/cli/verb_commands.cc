// The commands that are derived from operations: each asks its operation and prints the answer.

#include <fmt/ostream.h>

#include <algorithm>
#include <deque>

#include "cli/commands.h"
#include "cli/printed.h"
#include "cli/proposals.h"
#include "cli/verb.h"
#include "wire/endpoints.h"
#include "wire/for_people.h"

namespace tally::cli {

namespace {

constexpr std::ptrdiff_t kPageRows = 2;  // completion, manual: the end of the table

Reach reach_of(wire::Endpoint const& operation) {
  return operation.keyed == wire::Keyed::no ? Reach::server : Reach::changes;
}

std::string_view group_of(std::string_view path) { return path.substr(0, path.find(' ')); }

// The schema of the answer's body.
json::Value schema_of(wire::Endpoint const& operation, int status, wire::Schemas& schemas) {
  for (wire::Reply const& reply : operation.replies)
    if (reply.status == status && reply.schema != nullptr) return reply.schema(schemas);
  return {};
}

// That the answer is a repetition was said before it, once.
json::Value without_mark(json::Value const& document) {
  if (document.object() == nullptr) return document;
  json::Object members = *document.object();
  std::erase_if(members, [](json::Member const& one) { return one.first == "idempotent_replay"; });
  return json::Value(std::move(members));
}

void print_answer(Call& call, wire::Endpoint const& operation, int status,
                  std::string const& body) {
  auto const document = json::parse(body);
  if (!document) {
    call.console.out() << body;
    return;
  }
  auto const shown = wire::for_people(call.repeated ? without_mark(*document) : *document);
  wire::Schemas schemas;
  json::Value const schema = schema_of(operation, status, schemas);
  print_document(call.console, shown, schema, schemas);
}

// The approval for which the answer says that it waits.
std::optional<ApprovalId> awaited(json::Value const& document) {
  auto const* outcome = document.find("outcome");
  auto const* id = document.find("approval_id");
  if (outcome == nullptr || *outcome != json::Value("needs_approval")) return std::nullopt;
  if (id == nullptr || id->string() == nullptr) return ApprovalId{};
  return parse_id<ApprovalId>(*id->string()).value_or(ApprovalId{});
}

ExitCode ask(Call& call, client::TallyClient& client, wire::Endpoint const& operation,
             client::AnyRequest const& request) {
  auto const asked = client.ask(operation, request);
  if (!asked) return report(call, asked.error());
  if (call.json) write_json(call, asked->body);
  if (auto const document = json::parse(asked->body)) {
    if (auto const approval = awaited(*document)) {
      auto const shown = wire::for_people(*document);
      auto const* what = shown.find("what");
      bool const said = what != nullptr && what->string() != nullptr;
      return say_waiting(call, *approval, said ? std::optional(*what->string()) : std::nullopt);
    }
  }
  if (!call.json) print_answer(call, operation, asked->message, asked->body);
  return ExitCode::yes;
}

void declare_argument(Arguments& arguments, Given& given) {
  VerbArgument const& one = given.argument;
  std::string const names = one.positional ? one.name : "--" + one.name;
  if (one.value == ValueKind::flag) return arguments.flag(names, given.flag, one.about);
  bool const many = one.value == ValueKind::list;
  Argument added = many ? arguments.option(names, given.texts, one.about).comma_separated()
                        : arguments.option(names, given.text, one.about);
  added.kind(one.kind);
  if (one.required) added.required();
}

}  // namespace

Action declare_verb(Command const& command, Arguments& arguments) {
  wire::Endpoint const& operation = *command.operation;
  auto given = std::make_shared<std::vector<Given>>();
  for (VerbArgument& one : arguments_of(operation)) given->push_back({.argument = std::move(one)});
  for (Given& one : *given) declare_argument(arguments, one);
  return [&operation, given, path = command.path](Call& call) {
    auto const request = request_of(call.console, operation, *given);
    if (!request) {
      call.console.complain(fmt::format("{}: {}", path, request.error().detail),
                            fmt::format("tally {} --help shows an example", path));
      return ExitCode::usage;
    }
    auto const work = [&](client::TallyClient& client) {
      return ask(call, client, operation, *request);
    };
    return operation.scopes.empty() ? without_key(call, work) : online(call, work);
  };
}

void add_verbs(std::vector<Command>& rows) {
  static std::deque<std::string> examples;  // rows hold views of them
  for (wire::Endpoint const* operation : wire::endpoints()) {
    std::string_view const path = command_of(operation->verb);
    if (path.empty() || std::ranges::find(rows, path, &Command::path) != rows.end()) continue;
    auto const same_group = [&](Command const& row) {
      return group_of(row.path) == group_of(path);
    };
    auto const last = std::ranges::find_if(rows.rbegin(), rows.rend(), same_group).base();
    auto const place = last == rows.begin() ? rows.end() - kPageRows : last;
    examples.push_back(example_of(*operation));
    rows.insert(place, {.path = path,
                        .summary = operation->summary,
                        .example = examples.back(),
                        .reach = reach_of(*operation),
                        .declare = nullptr,
                        .operation = operation});
  }
}

}  // namespace tally::cli
