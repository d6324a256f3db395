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
  bool operator==(MoneyDetails const&) const = default;
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
  std::optional<std::int64_t> retry_after_s;
  std::optional<Evidence> evidence;
  std::optional<bool> idempotent_replay;
  bool operator==(Problem const&) const = default;
  static constexpr std::string_view kName = "Problem";

  // Lists the wire members; `money` and `errors` are left out when there are none.
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
    std::array<std::optional<Micros>, 5> amounts;
    if (self.money) {
      scope = self.money->scope;
      amounts = {self.money->limit_usd, self.money->spent_usd, self.money->held_usd,
                 self.money->available_usd, self.money->asked_usd};
    }
    visit("scope", scope);
    visit("limit_usd", amounts[0]);
    visit("spent_usd", amounts[1]);
    visit("held_usd", amounts[2]);
    visit("available_usd", amounts[3]);
    visit("asked_usd", amounts[4]);
    if constexpr (!std::is_const_v<Self>) {
      if (!scope) return;
      auto const amount = [&](std::size_t i) { return amounts[i].value_or(Micros(0)); };
      self.money = MoneyDetails{*scope, amount(0), amount(1), amount(2), amount(3), amount(4)};
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
