#pragma once

// What every request passes before its handler: key, rate, right, forms, query. Each step answers
// the problem itself and says whether to go on.

#include "api/exchange.h"

namespace tally::api {

bool admit(Exchange& x);

// Of a route that has lines besides: whether Accept names them, and JSON not.
bool asks_for_lines(Exchange const& x);

// Asked again after a wait: the key may have been revoked or have expired meanwhile, or may have
// lost its scope. Answers the problem then; no work and no payload may follow.
bool is_still_admitted(Exchange& x);

// For requests that no route takes. Answers 429 where the address has asked too much.
bool admit_stray(Exchange& x);

}  // namespace tally::api
