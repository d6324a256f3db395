#pragma once

// Every answer that is not a success: RFC 9457, application/problem+json.

#include "wire/run_messages.h"

namespace tally::wire {

inline constexpr std::string_view kProblemMediaType = "application/problem+json";

// What a refusal for money adds: every amount that the caller needs to react.
struct MoneyDetails {
  std::string scope;
  Micros limit_usd;
  Micros spent_usd;
  Micros held_usd;
  Micros available_usd;
  Micros asked_usd;
  Micros owed_usd;
  bool operator==(MoneyDetails const&) const = default;
};

// What `halted` adds: why the mode in force forbids it, and who has to act.
struct HaltDetails {
  std::string mode;
  std::string scope;
  std::string reason;
  Instant since;
  std::optional<RunId> run_id;  // the run that the scope or the reason names
  bool ends_by_itself = false;
  std::optional<std::string> next_mode =
      {};                                  // the lowest that may be set now; none: no lower one may
  std::optional<Instant> safe_until = {};  // after a halt: normal mode not before
  bool operator==(HaltDetails const&) const = default;
};

struct Problem {
  std::string type;
  std::string title;
  std::int64_t status = 500;
  std::string detail;
  std::string code;
  CorrelationId correlation_id;
  std::vector<FieldError> errors;
  std::optional<MoneyDetails> money;
  std::optional<HaltDetails> halt;  // never beside `money`: both have a scope
  std::optional<std::int64_t> retry_after_s;
  std::optional<Evidence> evidence;
  std::optional<bool> idempotent_replay;
  bool operator==(Problem const&) const = default;
  static constexpr std::string_view kName = "Problem";

  // Lists the wire members; `money`, `halt` and `errors` are left out when there are none.
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("type", self.type, Rule{.says = "resolves to a page of help on this server"});
    visit("title", self.title);
    visit("status", self.status);
    visit("detail", self.detail);
    visit("code", self.code);
    visit("correlation_id", self.correlation_id);
    visit_errors(self, visit);
    visit_money(self, visit);
    visit_halt(self, visit);
    visit("retry_after_s", self.retry_after_s);
    visit("evidence", self.evidence);
    visit("idempotent_replay", self.idempotent_replay);
  }

 private:
  template <class Self, class Visit>
  static void visit_errors(Self& self, Visit&& visit) {
    std::optional<std::vector<FieldError>> errors;
    if (!self.errors.empty()) errors = self.errors;
    visit("errors", errors);
    if constexpr (!std::is_const_v<Self>) {
      if (errors) self.errors = std::move(*errors);
    }
  }
  template <class Self, class Visit>
  static void visit_money(Self& self, Visit&& visit) {
    std::optional<std::string> scope;
    std::array<std::optional<Micros>, 6> amounts;
    if (self.halt) scope = self.halt->scope;
    if (self.money) {
      scope = self.money->scope;
      amounts = {self.money->limit_usd,     self.money->spent_usd, self.money->held_usd,
                 self.money->available_usd, self.money->asked_usd, self.money->owed_usd};
    }
    visit("scope", scope);
    visit("limit_usd", amounts[0]);
    visit("spent_usd", amounts[1]);
    visit("held_usd", amounts[2]);
    visit("available_usd", amounts[3]);
    visit("asked_usd", amounts[4]);
    visit("owed_usd", amounts[5]);
    if constexpr (!std::is_const_v<Self>) {
      if (!scope) return;
      self.halt.emplace().scope = *scope;  // which of the two it is, the other members say
      if (!amounts[0]) return;
      self.halt.reset();
      auto const amount = [&](std::size_t i) { return amounts[i].value_or(Micros(0)); };
      self.money =
          MoneyDetails{*scope, amount(0), amount(1), amount(2), amount(3), amount(4), amount(5)};
    }
  }
  template <class Self, class Visit>
  static void visit_halt(Self& self, Visit&& visit) {
    std::optional<std::string> mode;
    std::optional<std::string> reason;
    std::optional<Instant> since;
    std::optional<RunId> run;
    std::optional<bool> ends_by_itself;
    std::optional<std::string> next_mode;
    std::optional<Instant> safe_until;
    if (self.halt) {
      mode = self.halt->mode;
      reason = self.halt->reason;
      since = self.halt->since;
      run = self.halt->run_id;
      ends_by_itself = self.halt->ends_by_itself;
      next_mode = self.halt->next_mode;
      safe_until = self.halt->safe_until;
    }
    visit("mode", mode);
    visit("reason", reason);
    visit("since", since);
    visit("run_id", run);
    visit("ends_by_itself", ends_by_itself);
    visit("next_mode", next_mode,
          Rule{.says = "the lowest mode that may be set now; absent: no lower one may"});
    visit("safe_until", safe_until, Rule{.says = "after a halt: normal mode not before"});
    if constexpr (!std::is_const_v<Self>) {
      if (!self.halt) return;
      self.halt = HaltDetails{.mode = mode.value_or(""),
                              .scope = self.halt->scope,
                              .reason = reason.value_or(""),
                              .since = since.value_or(Instant(0)),
                              .run_id = run,
                              .ends_by_itself = ends_by_itself.value_or(false),
                              .next_mode = next_mode,
                              .safe_until = safe_until};
    }
  }
};

// What a submit would have come to.
struct DryRunAnswer {
  bool would_accept = false;
  std::optional<Problem> refusal;
  Balance budget;
  CorrelationId correlation_id;
  bool operator==(DryRunAnswer const&) const = default;
  static constexpr std::string_view kName = "DryRunAnswer";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("would_accept", self.would_accept);
    visit("refusal", self.refusal, Rule{.null_when_none = true});
    visit("budget", self.budget);
    visit("correlation_id", self.correlation_id);
  }
};

}  // namespace tally::wire
