// tally budget grant, show.

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
  arguments.option("--tenant", *tenant, "Another tenant's budget, for administrators");
  return [tenant](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return present(call, client.budget(*tenant), show_budget);
    });
  };
}

struct Grant {
  TenantId tenant;
  Micros amount;
};

// Says which tenants there are, as far as the key may know.
ExitCode no_such_tenant(Call& call, client::TallyClient& client, TenantId const& tenant) {
  constexpr std::size_t kShownMax = 20;
  std::string there_are;
  if (auto const list = client.tenants()) {
    auto const& tenants = list->message.tenants;
    for (std::size_t i = 0; i < std::min(tenants.size(), kShownMax); ++i)
      there_are += (i == 0 ? "; there are: " : ", ") + tenants[i].tenant.value();
    if (tenants.size() > kShownMax)
      there_are += fmt::format(" and {} more", tenants.size() - kShownMax);
  }
  call.console.complain(fmt::format("there is no tenant {}{}", tenant.value(), there_are),
                        fmt::format("tally tenant create {}, if it is a new one", tenant.value()));
  return ExitCode::no;
}

Action declare_grant(Arguments& arguments) {
  auto grant = std::make_shared<Grant>();
  arguments.option("tenant", grant->tenant, "Who gets the credits").required();
  arguments.option("amount", grant->amount, "How much, in USD").required();
  return [grant](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      auto const asked = client.grant(grant->tenant, {.amount_usd = grant->amount});
      if (!asked && asked.error().problem && asked.error().problem->code == "not_found")
        return no_such_tenant(call, client, grant->tenant);
      return present(call, asked, [&](std::ostream& out, wire::Budget const& budget) {
        fmt::print(out, "granted {} USD{}\n", format_usd(grant->amount), if_repeated(call));
        if (call.repeated) fmt::print(out, "the budget as it was then:\n");
        show_budget(out, budget);
      });
    });
  };
}

}  // namespace

std::span<Command const> budget_commands() {
  static constexpr std::array<Command, 2> kRows{{
      {"budget grant", "Gives credits to a tenant", "tally budget grant default 25.00",
       Reach::changes, declare_grant},
      {"budget show", "Shows what is available, held and spent", "tally budget show", Reach::server,
       declare_show},
  }};
  return kRows;
}

}  // namespace tally::cli
