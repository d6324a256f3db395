#include "base/error_class.h"

#include <gtest/gtest.h>

namespace tally {
namespace {

template <Layer layer, ErrorClass error_class>
concept Constructible = requires { Classification::of<layer, error_class>(); };

// What must not compile does not.
static_assert(Constructible<Layer::L5, ErrorClass::infra_timeout>);
static_assert(Constructible<Layer::L2, ErrorClass::system_internal>);
static_assert(Constructible<Layer::L4, ErrorClass::domain_budget_exceeded>);
static_assert(!Constructible<Layer::L4, ErrorClass::infra_storage>);
static_assert(!Constructible<Layer::L2, ErrorClass::domain_validation>);
static_assert(!Constructible<Layer::L3, ErrorClass::domain_not_found>);
static_assert(!Constructible<Layer::L5, ErrorClass::domain_rate_limit>);
static_assert(!Constructible<Layer::L6, ErrorClass::domain_constraint>);

TEST(ErrorClass, NamesItsFamilyFirst) {
  for (ErrorClass const error_class : all_of(ErrorClass{})) {
    auto const name = name_of(error_class);
    auto const family = name.substr(0, name.find('.'));
    EXPECT_EQ(family, family_of(error_class) == ErrorFamily::infra    ? "infra"
                      : family_of(error_class) == ErrorFamily::domain ? "domain"
                                                                      : "system");
  }
}

TEST(ErrorClass, IsLockedToLayersAsTheTableSays) {
  for (Layer const layer : all_of(Layer{})) {
    for (ErrorClass const error_class : all_of(ErrorClass{})) {
      bool const decides = layer == Layer::L4;
      auto const family = family_of(error_class);
      bool const wanted = family == ErrorFamily::system ||
                          (decides ? family == ErrorFamily::domain : family == ErrorFamily::infra);
      EXPECT_EQ(may_emit(layer, error_class), wanted)
          << name_of(layer) << " " << name_of(error_class);
    }
  }
}

}  // namespace
}  // namespace tally
