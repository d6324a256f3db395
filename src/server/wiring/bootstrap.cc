#include "server/wiring/bootstrap.h"

#include "base/closed_words.h"
#include "domain/system_tenant.h"
#include "server/wiring/port_words.h"

namespace tally::wiring {

namespace directory = domain::directory;

namespace {

constexpr std::string_view kServer = "server";  // who makes what the server needs for itself

}  // namespace

std::vector<domain::Command> open_commands(FreshLedger const& fresh) {
  PersonId const person{std::string(kFirstPerson)};
  PlanName const plan{std::string(kUnlimitedPlan)};
  TenantId const tenant{std::string(kDefaultTenant)};
  directory::CreateKey key;
  key.owner = person;
  key.person = person;
  key.scopes = {kWords<KeyScope>.begin(), kWords<KeyScope>.end()};
  key.secret_sha256 = fresh.operator_key_sha256;
  key.tenant = tenant;
  std::vector<domain::Command> commands{
      domain::system::Commands(domain::system::Opened{.format = domain::system::kLedgerFormat,
                                                      .id_key = fresh.id_key,
                                                      .ledger = fresh.ledger,
                                                      .origin = fresh.origin,
                                                      .vkey = fresh.vkey}),
      domain::directory::Commands(directory::SetPlan{.person = person, .plan = plan, .row = {}}),
      domain::directory::Commands(
          directory::AddPerson{.name = "Operator",
                               .person = person,
                               .subject = person,
                               .roles = {std::string(name_of(Role::admin))}}),
      domain::directory::Commands(
          directory::CreateTenant{.person = person, .plan = plan, .tenant = tenant}),
      domain::directory::Commands(std::move(key))};
  if (fresh.grant.value() > 0) {
    commands.emplace_back(domain::budget::Commands(
        domain::budget::Grant{.amount = fresh.grant, .person = person, .tenant = tenant}));
  }
  return commands;
}

domain::Command halt_command(std::string reason) {
  return domain::mode::Commands(domain::mode::Set{.mode = domain::mode::Mode::halt,
                                                  .person = PersonId(std::string(kServer)),
                                                  .reason = std::move(reason),
                                                  .scope = {}});
}

domain::run::JobKind to_job_kind(ports::JobSpec const& spec) {
  domain::run::JobKind job;
  job.attempts_max = std::int64_t{spec.retries} + 1;
  job.deterministic = spec.deterministic;
  job.hash = ContentRef(spec.hash);
  job.name = spec.name;
  job.output_bytes_max = static_cast<std::int64_t>(spec.limits.output_bytes_max);
  job.price = {.fixed = spec.price.fixed,
               .minimum_fee = {},
               .per_second = spec.price.per_second,
               .reported = spec.price.reported};
  if (spec.minimum_fee) {
    constexpr std::int64_t kPpmPerPercent = 10'000;
    job.price.minimum_fee = {.cap = spec.minimum_fee->cap,
                             .floor = spec.minimum_fee->floor,
                             .ppm = spec.minimum_fee->percent * kPpmPerPercent};
  }
  job.queue_deadline = spec.queue_deadline;
  job.runner = to_domain(spec.runner);
  job.timeout = spec.timeout;
  job.version = spec.version;
  return job;
}

namespace {

domain::SettingValues with_guard(domain::SettingValues values, domain::SettingGuard guard) {
  std::erase_if(values, [&](domain::SettingValue const& one) {
    return domain::find_setting(one.name)->guard != guard;
  });
  return values;
}

}  // namespace

domain::SettingValues differing(domain::SettingValues const& asked,
                                domain::Settings const& settings) {
  domain::SettingValues values = asked;
  std::erase_if(values, [&](domain::SettingValue const& one) {
    return settings.of(*domain::find_setting(one.name)) == one.value;
  });
  return values;
}

bool may_set_schedules(domain::State const& state, std::vector<ports::JobSpec> const& jobs) {
  bool there = state.tenants.find(TenantId(std::string(domain::kSystemTenant))) != nullptr;
  for (ports::JobSpec const& job : jobs)
    there = there && (!domain::is_system(job.name) || state.jobs.find(job.name) != nullptr);
  domain::mode::Row const* everything = state.modes.find({});
  return there || everything == nullptr || everything->mode < domain::mode::Mode::halt;
}

Duration heartbeat_within(Duration wished, domain::SettingValues const& asked,
                          domain::Settings const& settings) {
  domain::Settings later = settings;
  for (domain::SettingValue const& one : asked) later.set(one.name, one.value);
  Duration const lease =
      std::min(settings.period(domain::setting::kLease), later.period(domain::setting::kLease));
  return std::min(wished, Duration(lease.value() / 2));
}

std::vector<domain::Command> start_commands(StartNote const& note) {
  domain::system::ServerStarted started;
  started.build = note.build;
  for (domain::EngineType const& engine : domain::Engines::kTypes)
    started.engines.push_back(text_of(engine));
  started.epoch = static_cast<std::int64_t>(note.epoch);
  started.tail_cut_bytes = static_cast<std::int64_t>(note.tail_cut_bytes);
  started.version = note.version;
  std::vector<domain::Command> commands{domain::system::Commands(std::move(started))};
  for (domain::SettingGuard guard : {domain::SettingGuard::open, domain::SettingGuard::guarded}) {
    domain::SettingValues values = with_guard(note.settings, guard);
    if (!values.empty())
      commands.emplace_back(
          domain::system::Commands(domain::system::ChangeSettings{.asked_with = {},
                                                                  .person = {},
                                                                  .reason = "configuration file",
                                                                  .values = std::move(values)}));
  }
  if (!note.system_tenant)
    commands.emplace_back(domain::directory::Commands(
        directory::CreateTenant{.person = PersonId(std::string(kServer)),
                                .plan = PlanName(std::string(kUnlimitedPlan)),
                                .tenant = TenantId(std::string(domain::kSystemTenant))}));
  for (ports::JobSpec const& spec : note.jobs)
    commands.emplace_back(domain::directory::Commands(directory::RegisterJob{to_job_kind(spec)}));
  return commands;
}

}  // namespace tally::wiring
