# Nothing is checked after an event.
change(src/domain/invariants.cc
[==[  if (state.ledger.seq_next != header.seq + 1 || state.ledger.at != header.at)
    return "order_is_gapless";
]==]
[==[  return std::nullopt;
]==])
