// tally tenant create, list.

#include <fmt/ostream.h>

#include "cli/commands.h"
#include "cli/online.h"
#include "cli/table.h"

namespace tally::cli {

namespace {

Action declare_create(Arguments& arguments) {
  auto request = std::make_shared<wire::TenantRequest>();
  arguments.option("tenant", request->tenant, "Its name").required();
  arguments.option("--plan", request->plan, "Its rate plan [unlimited]");
  return [request](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      auto const asked = client.create_tenant(*request);
      auto const show = [&](std::ostream& out, wire::Tenant const& tenant) {
        fmt::print(out, "created {}, rate plan {}{}\n", tenant.tenant.value(), tenant.plan.value(),
                   if_repeated(call));
      };
      ExitCode const code = present(call, asked, show);
      if (asked && !call.json)
        call.console.note(
            fmt::format("  next: tally budget grant {0} 25.00, then tally key create "
                        "--tenant {0} --scope runs:read,runs:write,budget:read",
                        request->tenant.value()));
      return code;
    });
  };
}

Action declare_list(Arguments&) {
  return [](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return present(call, client.tenants(), [](Console& console, wire::TenantList const& list) {
        Table table({{.head = "TENANT"}, {.head = "RATE PLAN"}});
        for (wire::Tenant const& one : list.tenants)
          table.add({{.text = one.tenant.value()}, {.text = one.plan.value()}});
        table.print(console);
      });
    });
  };
}

}  // namespace

std::span<Command const> tenant_commands() {
  static constexpr std::array<Command, 2> kRows{{
      {"tenant create", "Makes a tenant, with a budget of its own and nothing in it",
       "tally tenant create acme", Reach::changes, declare_create},
      {"tenant list", "Lists tenants", "tally tenant list", Reach::server, declare_list},
  }};
  return kRows;
}

}  // namespace tally::cli
