#pragma once

// Test words: names that the tests share, commands and outcomes in short, and a job kind.

#include <map>

#include "domain/answers.h"
#include "domain/core.h"

namespace tally::domain::testing {

inline TenantId const kAcme("acme");
inline TenantId const kBeta("beta");
inline PersonId const kAnn("ann");           // admin, there from the beginning
inline PersonId const kBob("bob");           // approver, counts from the beginning
inline JobName const kFixed("fixed");        // command runner, 1000 micros and 10 a second
inline JobName const kReported("reported");  // worker runner, the work says what it cost
inline constexpr Micros kGrant{1'000'000};
inline constexpr Micros kHold{50'000};
inline constexpr Duration kQueueDeadline = seconds(3600);

// The variant that a command belongs to, around it.
template <class C>
Command to_command(C command) {
  if constexpr (std::is_constructible_v<run::Commands, C>) return run::Commands(std::move(command));
  if constexpr (std::is_constructible_v<budget::Commands, C>)
    return budget::Commands(std::move(command));
  if constexpr (std::is_constructible_v<directory::Commands, C>)
    return directory::Commands(std::move(command));
  if constexpr (std::is_constructible_v<mode::Commands, C>)
    return mode::Commands(std::move(command));
  if constexpr (std::is_constructible_v<approval::Commands, C>)
    return approval::Commands(std::move(command));
  if constexpr (std::is_constructible_v<system::Commands, C>)
    return system::Commands(std::move(command));
  if constexpr (std::is_constructible_v<error::Commands, C>)
    return error::Commands(std::move(command));
  if constexpr (std::is_constructible_v<schedule::Commands, C>)
    return schedule::Commands(std::move(command));
}

// A command that is asked for under an idempotency key.
template <class C>
struct Keyed : C {
  IdempotencyKey idempotency;
};
template <class C>
std::optional<IdempotencyKey> key_of(C const& command) {
  if constexpr (requires { command.idempotency; }) return command.idempotency;
  return std::nullopt;
}

// The event of type E at `index` of an outcome, or null pointer.
template <class Group, class E>
E const* event_in(Outcome const& outcome, std::size_t index = 0) {
  if (index >= outcome.events.size()) return nullptr;
  auto const* group = std::get_if<Group>(&outcome.events[index]);
  return group == nullptr ? nullptr : std::get_if<E>(group);
}

inline std::string text_of(Reply const& reply) {
  if (auto const* refusal = std::get_if<Refusal>(&reply))
    return std::string(name_of(refusal->code));
  constexpr std::array<std::string_view, 7> names{
      "done", "replayed", "dry_run", "no_work", "not_alone", "granted", "needs_approval"};
  return std::string(names.at(reply.index()));
}
// "run.settled", "approval.signed+run.settled", or the reply where nothing happened.
inline std::string text_of(Outcome const& outcome) {
  std::string text;
  for (Event const& event : outcome.events) {
    if (!text.empty()) text += '+';
    text += type_of(event).name;
  }
  return text.empty() ? text_of(outcome.reply) : text;
}

// What stands for the ciphertext of a payload.
inline std::string stored_bytes(std::string_view digest) { return "sealed " + std::string(digest); }
inline Document enclosure(std::string_view content) {
  std::string digest = sha256(as_bytes(content)).hex();
  return {.blob = {},
          .bytes = static_cast<std::int64_t>(content.size()),
          .digest = digest,
          .salt = "00",
          .stored = ContentRef(sha256(as_bytes(stored_bytes(digest))))};
}

// A key of acme's for another person, who claims it with `code`.
inline directory::CreateKey key_to_claim(PersonId const& owner, std::string_view code,
                                         PersonId const& by = kAnn,
                                         std::set<std::string> scopes = {"approve"}) {
  directory::CreateKey command;
  command.claim = directory::ClaimSeed{.code_sha256 = sha256(as_bytes(code)), .salt = {}};
  command.owner = owner;
  command.person = by;
  command.scopes = std::move(scopes);
  command.tenant = kAcme;
  return command;
}

inline run::JobKind job_kind(JobName const& name, run::Runner runner, bool reported) {
  run::JobKind job;
  job.attempts_max = 2;
  job.hash = ContentRef(sha256(as_bytes(name.value())));
  job.name = name;
  job.output_bytes_max = 1 << 20;
  job.price.reported = reported;
  if (!reported) job.price.fixed = Micros(1000);
  if (!reported) job.price.per_second = Micros(10);
  job.queue_deadline = kQueueDeadline;
  job.runner = runner;
  job.timeout = seconds(30);
  job.version = "1";
  return job;
}

}  // namespace tally::domain::testing
