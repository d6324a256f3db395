#include "codec/state_digest.h"

#include "codec/state_tables.h"

namespace tally::codec {

namespace {

using domain::State;

// A digest read as a number of 256 bits, least significant byte first.
using Limbs = std::array<std::uint64_t, 4>;

Limbs limbs_of(Digest const& digest) {
  Limbs limbs{};
  for (std::size_t i = 0; i < limbs.size(); ++i) limbs[i] = get_u64(&digest.bytes[8 * i]);
  return limbs;
}

Digest digest_of(Limbs const& limbs) {
  Digest digest;
  for (std::size_t i = 0; i < limbs.size(); ++i) put_u64(&digest.bytes[8 * i], limbs[i]);
  return digest;
}

// Modulo 2^256: the last carry is dropped.
void add(Digest& sum, Digest const& term) {
  Limbs limbs = limbs_of(sum);
  Limbs const others = limbs_of(term);
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < limbs.size(); ++i) {
    std::uint64_t const with_carry = limbs[i] + carry;
    carry = with_carry < carry ? 1 : 0;
    limbs[i] = with_carry + others[i];
    if (limbs[i] < others[i]) carry = 1;
  }
  sum = digest_of(limbs);
}

void subtract(Digest& sum, Digest const& term) {
  Limbs limbs = limbs_of(sum);
  Limbs const others = limbs_of(term);
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < limbs.size(); ++i) {
    std::uint64_t const before = limbs[i];
    std::uint64_t const without = before - others[i];
    limbs[i] = without - borrow;
    borrow = (before < others[i] || without < borrow) ? 1 : 0;
  }
  sum = digest_of(limbs);
}

template <class Key, class Row>
Digest row_hash(std::string_view table, Key const& key, Row const& row) {
  thread_local Buffer line;
  line.clear();
  write_line(line, table, key, row);
  return sha256(as_bytes(line.text()));
}

// The two rows that exist once; every event changes the first.
Digest ledger_hash(State const& state) { return row_hash(kLedgerRow, std::string(), state.ledger); }
Digest settings_hash(State const& state) {
  return row_hash(kSettingsRow, std::string(), state.settings);
}

void replace(Digest& sum, Digest& seen, Digest const& now) {
  subtract(sum, seen);
  add(sum, now);
  seen = now;
}

template <class Key, class Row>
void take_touched(Digest& sum, std::string_view name, domain::Table<Key, Row>& table) {
  table.take_touched([&](Key const& key, Row const* row, Digest& seen) {
    if (row != nullptr)
      replace(sum, seen, row_hash(name, key, *row));
    else
      subtract(sum, seen);
  });
}

// Whatever somebody else noted.
template <class Key, class Row>
void take_all(Digest& sum, std::string_view name, domain::Table<Key, Row>& table) {
  table.take_all([&](Key const& key, Row const* row, Digest& seen) {
    seen = row_hash(name, key, *row);
    add(sum, seen);
  });
}

}  // namespace

Digest StateDigest::update(State& state) {
  each_table([&](std::string_view name, auto table) {
    if (all_seen_)
      take_touched(sum_, name, state.*table);
    else
      take_all(sum_, name, state.*table);
  });
  all_seen_ = true;
  replace(sum_, ledger_, ledger_hash(state));
  replace(sum_, settings_, settings_hash(state));
  return sum_;
}

void StateDigest::skip(State& state) {
  if (all_seen_) return;
  each_table([&](std::string_view, auto table) {
    (state.*table).take_touched([](auto const&, auto const*, Digest const&) {});
  });
}

Digest StateDigest::of(State const& state) {
  Digest sum;
  each_table([&](std::string_view name, auto table) {
    for (auto const& [key, row] : state.*table) add(sum, row_hash(name, key, row));
  });
  add(sum, ledger_hash(state));
  add(sum, settings_hash(state));
  return sum;
}

}  // namespace tally::codec
