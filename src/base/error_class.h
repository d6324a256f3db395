#pragma once

// What kinds of errors there are, and which layer may speak of which.
//
//            infra.*   domain.*   system.*
//   L2,3,5,6   yes        no         yes      they meet the world; a refusal is not theirs
//   L4         no         yes        yes      it decides; it never meets the world
//   L1, L7     as L2
//
// The rule is a type: a Classification that breaks it does not compile. What comes from outside
// is checked by may_emit, kept as it was sent, and flagged.

#include <array>
#include <cstdint>
#include <string_view>

namespace tally {

enum class Layer { L1, L2, L3, L4, L5, L6, L7 };
constexpr std::array<Layer, 7> all_of(Layer) {
  using enum Layer;
  return {L1, L2, L3, L4, L5, L6, L7};
}
constexpr std::string_view name_of(Layer layer) {
  constexpr std::array<std::string_view, 7> names{"L1", "L2", "L3", "L4", "L5", "L6", "L7"};
  return names[static_cast<std::size_t>(layer)];
}

// Closed: an error that fits none of these is system.internal.
enum class ErrorClass {
  infra_network,
  infra_connection,
  infra_database,
  infra_storage,
  infra_timeout,
  infra_dependency,
  infra_resource_exhausted,
  domain_validation,
  domain_authorization,
  domain_not_found,
  domain_rate_limit,
  domain_budget_exceeded,
  domain_policy_violation,
  domain_constraint,
  system_internal,
  system_configuration,
  system_recovery_failed,
  system_state_corruption,
  system_assertion,
};
constexpr std::array<ErrorClass, 19> all_of(ErrorClass) {
  std::array<ErrorClass, 19> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<ErrorClass>(i);
  return all;
}
constexpr std::string_view name_of(ErrorClass error_class) {
  constexpr std::array<std::string_view, 19> names{"infra.network",
                                                   "infra.connection",
                                                   "infra.database",
                                                   "infra.storage",
                                                   "infra.timeout",
                                                   "infra.dependency",
                                                   "infra.resource_exhausted",
                                                   "domain.validation",
                                                   "domain.authorization",
                                                   "domain.not_found",
                                                   "domain.rate_limit",
                                                   "domain.budget_exceeded",
                                                   "domain.policy_violation",
                                                   "domain.constraint",
                                                   "system.internal",
                                                   "system.configuration",
                                                   "system.recovery_failed",
                                                   "system.state_corruption",
                                                   "system.assertion"};
  return names[static_cast<std::size_t>(error_class)];
}

enum class ErrorFamily { infra, domain, system };
constexpr ErrorFamily family_of(ErrorClass error_class) {
  if (error_class < ErrorClass::domain_validation) return ErrorFamily::infra;
  return error_class < ErrorClass::system_internal ? ErrorFamily::domain : ErrorFamily::system;
}

constexpr bool may_emit(Layer layer, ErrorClass error_class) {
  switch (family_of(error_class)) {
    case ErrorFamily::infra:
      return layer != Layer::L4;
    case ErrorFamily::domain:
      return layer == Layer::L4;
    case ErrorFamily::system:
      return true;
  }
  return false;
}

enum class Severity { debug, info, warning, error, critical };
constexpr std::array<Severity, 5> all_of(Severity) {
  using enum Severity;
  return {debug, info, warning, error, critical};
}
constexpr std::string_view name_of(Severity severity) {
  constexpr std::array<std::string_view, 5> names{"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};
  return names[static_cast<std::size_t>(severity)];
}

// A layer and a class that it may emit.
class Classification {
 public:
  template <Layer layer, ErrorClass error_class>
    requires(may_emit(layer, error_class))
  static constexpr Classification of() {
    return Classification(layer, error_class);
  }
  constexpr Layer layer() const { return layer_; }
  constexpr ErrorClass error_class() const { return error_class_; }
  constexpr bool operator==(Classification const&) const = default;

 private:
  constexpr Classification(Layer layer, ErrorClass error_class)
      : layer_(layer), error_class_(error_class) {}
  Layer layer_;
  ErrorClass error_class_;
};

}  // namespace tally
