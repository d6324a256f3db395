#include "server/start_checks.h"

#include <fmt/format.h>

#include "platform/http_listener.h"

namespace tally::server {

Result<void> check_clock(Instant wall) {
  if (wall >= Instant{} && wall < kWallMax) return {};
  return fail("configuration",
              fmt::format("this machine's clock says {}; a ledger keeps times from 1970 to {}: set "
                          "the clock",
                          to_rfc3339(wall), to_rfc3339(kWallMax)));
}

Result<void> check_port(Listen const& listen) {
  TRY_VOID(platform::listen_on(listen.host, listen.port, 1));
  return {};
}

}  // namespace tally::server
