#pragma once

// Settings of the configuration file that people have not agreed to yet.

#include "domain/settings.h"
#include "server/log.h"

namespace tally::server {

// A line for each that is asked for and is not in force.
void report_pending(Log& log, domain::SettingValues const& asked, domain::Settings const& settings);

}  // namespace tally::server
