#pragma once

// A command that is derived from an operation's description (wire/endpoint.h): what it takes, how
// that becomes a request, and an example. The operation's `verb` names the command; a word of it in
// capitals is an argument that stands there without a name; every other member of the path, the
// query and the body is an option.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "client/tally_client.h"
#include "wire/endpoint.h"

namespace tally::cli {

enum class Place { path, query, body };
enum class ValueKind { text, number, flag, list, document };

struct VerbArgument {
  std::string member = {};  // "amount_usd"
  std::string name = {};    // "amount": without what the kind of value says already
  std::string kind = {};    // for help: "USD", "a|b"; of a flag empty
  std::string about = {};
  std::string sample = {};  // a value as an example
  Place place = Place::body;
  ValueKind value = ValueKind::text;
  bool positional = false;
  bool required = false;
};

// What a person gave for one of them: nothing, one text, or, for a list, several.
struct Given {
  VerbArgument argument = {};
  std::optional<std::string> text = {};
  std::vector<std::string> texts = {};
  bool flag = false;
};

// "budget grant" of "budget grant TENANT AMOUNT".
std::string_view command_of(std::string_view verb);
// Positional ones first, as the verb has them; the others as their messages have them.
std::vector<VerbArgument> arguments_of(wire::Endpoint const& operation);
// "tally budget grant acme 25.00".
std::string example_of(wire::Endpoint const& operation);
// How a member is called on the command line: "runs live" of runs_live, "expires" of expires_at.
std::string shown_name(std::string_view member, char between_words);

// The request, or what is wrong with the first argument that cannot be: "amount: must be ...".
// A document may be a file: "@name", with the console's input as "@-".
Result<client::AnyRequest> request_of(Console& console, wire::Endpoint const& operation,
                                      std::vector<Given> const& given);

// The schema itself where this one only names it, or allows null besides.
json::Value const& resolved(json::Value const& schema, wire::Schemas const& schemas);

}  // namespace tally::cli
