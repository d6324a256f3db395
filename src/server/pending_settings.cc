#include "server/pending_settings.h"

#include <fmt/format.h>

namespace tally::server {

void report_pending(Log& log, domain::SettingValues const& asked,
                    domain::Settings const& settings) {
  for (domain::SettingValue const& one : asked) {
    domain::Setting const& setting = *domain::find_setting(one.name);
    if (settings.of(setting) == one.value) continue;
    log.write_now({.severity = Severity::warning,
                   .message = "a setting of the configuration file is not in force",
                   .detail = fmt::format("{} is {}, not {}: people agree to it first, see tally "
                                         "approvals",
                                         one.name, setting_text(setting, settings.of(setting)),
                                         setting_text(setting, one.value))});
  }
}

}  // namespace tally::server
