#include "domain/settings.h"

#include <algorithm>

namespace tally::domain {

static_assert(std::ranges::is_sorted(kSettings, {}, &Setting::name));
static_assert(std::ranges::all_of(kSettings, [](Setting const& one) {
  return one.min <= one.standard && one.standard <= one.max;
}));

void Settings::reset(std::string_view name) {
  std::erase_if(changed, [&](SettingValue const& one) { return one.name == name; });
}

void Settings::set(std::string_view name, std::int64_t value) {
  reset(name);
  changed.insert({.name = std::string(name), .value = value});
}

std::string setting_text(Setting const& setting, std::int64_t value) {
  if (setting.unit != SettingUnit::seconds) return std::to_string(value);
  if (value != 0 && value % setting::kDay == 0) return std::to_string(value / setting::kDay) + " d";
  if (value != 0 && value % 3600 == 0) return std::to_string(value / 3600) + " h";
  return std::to_string(value) + " s";
}

}  // namespace tally::domain
