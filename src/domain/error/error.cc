#include <algorithm>

#include "domain/error/decide.h"

namespace tally::domain::error {

namespace {

bool fits(std::string const& text) { return text.size() <= kTextBytesMax; }

// What is too much, if anything.
std::optional<std::string_view> excess(Recorded const& command) {
  if (command.chain.size() > kCausesMax) return "/chain";
  if (command.context.size() > kContextMax) return "/context";
  if (!fits(command.message)) return "/message";
  if (!fits(command.component) || command.component.empty()) return "/component";
  if (!fits(command.exception_type)) return "/exception_type";
  bool const short_causes = std::ranges::all_of(
      command.chain, [](Cause const& cause) { return fits(cause.message) && fits(cause.type); });
  if (!short_causes) return "/chain";
  bool const short_context = std::ranges::all_of(
      command.context, [](auto const& pair) { return fits(pair.first) && fits(pair.second); });
  if (!short_context) return "/context";
  return std::nullopt;
}

Outcome invalid(std::string_view pointer, std::string detail) {
  return refuse(Refusal{.code = RefusalCode::validation_error,
                        .detail = std::move(detail),
                        .pointer = std::string(pointer),
                        .shortage = {},
                        .retry_after = {}});
}

}  // namespace

Facts gather(State const& state, Recorded const& command, Moment const&) {
  return {.known_subject = command.subject && state.tenants.find(*command.subject) != nullptr};
}

Outcome decide(Instant, Recorded const& command, Facts const& facts) {
  if (!may_emit(command.layer, command.error_class))
    return invalid("/error_class", "a layer may not speak of errors of this class");
  if (auto const pointer = excess(command))
    return invalid(*pointer, "more than an error's record holds");
  std::optional<TenantId> tenant;
  if (facts.known_subject) tenant = command.subject;
  return {.events = {error::Events(command)},
          .reply = Done{},
          .run = command.run,
          .tenant = std::move(tenant)};
}

void apply(State&, Header const&, Recorded const&) {}

}  // namespace tally::domain::error
