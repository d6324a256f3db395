#pragma once

// What every request passes before its handler: key, rate, right, forms, query. Each step answers
// the problem itself and says whether to go on.

#include "api/exchange.h"

namespace tally::api {

bool admit(Exchange& x);

}  // namespace tally::api
