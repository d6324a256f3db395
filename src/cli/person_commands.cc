// tally person add, list, remove.

#include <fmt/ostream.h>

#include "base/printable.h"
#include "cli/commands.h"
#include "cli/proposals.h"

namespace tally::cli {

namespace {

void show_person(std::ostream& out, wire::Person const& person) {
  fmt::print(out, "{}  {}  {}", person.person.value(), in_quotes(person.name),
             fmt::join(person.roles, ","));
  if (person.removed_at)
    fmt::print(out, "  removed {}", to_rfc3339(*person.removed_at));
  else if (person.counts_from)
    fmt::print(out, "  counts from {}", to_rfc3339(*person.counts_from));
  fmt::print(out, "\n");
}

Action declare_add(Arguments& arguments) {
  auto request = std::make_shared<wire::PersonRequest>();
  arguments.option("person", request->person, "The id, given once: bob").required();
  arguments.option("--name", request->name, "The name for people").required();
  arguments.option("--role", request->roles, "Several, or comma-separated")
      .required()
      .comma_separated()
      .one_of(kWords<Role>);
  return [request](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return present_proposed(call, client.add_person(*request), [&](wire::Person const& person) {
        fmt::print(call.console.out(), "added {}{}\n", person.person.value(), if_repeated(call));
        call.console.note(
            fmt::format("  next: tally key create --tenant TENANT --person {} --scope ...",
                        person.person.value()));
      });
    });
  };
}

Action declare_list(Arguments&) {
  return [](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return present(call, client.people(), [](std::ostream& out, wire::PersonList const& list) {
        for (wire::Person const& person : list.people) show_person(out, person);
      });
    });
  };
}

Action declare_remove(Arguments& arguments) {
  auto person = std::make_shared<PersonId>();
  arguments.option("person", *person, "Whose keys are to open nothing any more").required();
  return [person](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return answer_proposal(call, client.remove_person(*person), "removed " + person->value());
    });
  };
}

}  // namespace

std::span<Command const> person_commands() {
  static constexpr std::array<Command, 3> kRows{{
      {"person add", "Registers a person; an approver or admin by approval",
       "tally person add bob --name \"Bob B.\" --role approver", Reach::changes, declare_add},
      {"person list", "Lists people, and from when they count in approvals", "tally person list",
       Reach::server, declare_list},
      {"person remove", "Removes a person and all keys of theirs", "tally person remove bob",
       Reach::changes, declare_remove},
  }};
  return kRows;
}

}  // namespace tally::cli
