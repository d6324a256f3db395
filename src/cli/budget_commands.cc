// tally budget show.

#include <fmt/ostream.h>

#include "cli/commands.h"
#include "cli/online.h"

namespace tally::cli {

namespace {

void show_budget(std::ostream& out, wire::Budget const& budget) {
  fmt::print(out, "tenant {}, rate plan {} (USD)\n", budget.tenant.value(), budget.plan.value());
  fmt::print(out, "  granted    {}\n", format_usd(budget.granted_usd));
  fmt::print(out, "  available  {}\n", format_usd(budget.available_usd));
  fmt::print(out, "  held       {} by {} open runs\n", format_usd(budget.held_usd),
             budget.runs_live);
  fmt::print(out, "  spent      {}\n", format_usd(budget.spent_usd));
  if (budget.overrun_usd.value() != 0)
    fmt::print(out, "  owed       {} above what was held; no run is accepted until it is paid\n",
               format_usd(budget.overrun_usd));
}

Action declare_show(Arguments& arguments) {
  auto tenant = std::make_shared<std::optional<TenantId>>();
  arguments.option("tenant,--tenant", *tenant, "Another tenant's budget, for administrators");
  return [tenant](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return present(call, client.budget(*tenant), show_budget);
    });
  };
}

}  // namespace

std::span<Command const> budget_commands() {
  static constexpr std::array<Command, 1> kRows{{
      {"budget show", "Shows what is available, held and spent", "tally budget show", Reach::server,
       declare_show},
  }};
  return kRows;
}

}  // namespace tally::cli
