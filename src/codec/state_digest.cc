#include "codec/state_digest.h"

#include <algorithm>
#include <unordered_map>

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

// Spreads keys over a hash table: ids and digests are as good as random already.
struct SpreadKey {
  std::size_t operator()(Digest const& digest) const { return get_u64(digest.bytes.data()); }
  template <PrefixedId Id>
  std::size_t operator()(Id const& id) const {
    return id.value();
  }
  template <StrongText Name>
  std::size_t operator()(Name const& name) const {
    return std::hash<std::string>{}(name.value());
  }
  std::size_t operator()(domain::mode::Scope const& scope) const {
    return std::hash<std::string>{}(scope.id);
  }
};

template <class Key>
using Hashes = std::unordered_map<Key, Digest, SpreadKey>;

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

template <class... Named>
std::tuple<Hashes<typename Named::Key>...> hashes_of(std::tuple<Named...> const&);

}  // namespace

struct StateDigest::Rows {
  decltype(hashes_of(kTables)) hashes;  // a table each
  Digest ledger;                        // zero until it is seen
  Digest settings;
  bool all_seen = false;

  // Calls visit(name, table, hashes) for each table of the state.
  template <class Visit>
  void each(Visit&& visit) {
    std::apply(
        [&](auto&... own) {
          std::apply([&](auto const&... named) { (visit(named.name, named.table, own), ...); },
                     kTables);
        },
        hashes);
  }
};

namespace {

void replace(Digest& sum, Digest& seen, Digest const& now) {
  subtract(sum, seen);
  add(sum, now);
  seen = now;
}

template <class Key, class Row>
void take_in(Digest& sum, std::string_view name, domain::Table<Key, Row>& table,
             Hashes<Key>& hashes) {
  std::vector<Key> touched = table.take_touched();
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (Key const& key : touched) {
    if (Row const* row = table.find(key)) {
      replace(sum, hashes[key], row_hash(name, key, *row));
    } else if (auto const at = hashes.find(key); at != hashes.end()) {
      subtract(sum, at->second);
      hashes.erase(at);
    }
  }
}

template <class Key, class Row>
void take_all(Digest& sum, std::string_view name, domain::Table<Key, Row>& table,
              Hashes<Key>& hashes) {
  table.take_touched();
  hashes.reserve(table.size());
  for (auto const& [key, row] : table) replace(sum, hashes[key], row_hash(name, key, row));
}

}  // namespace

StateDigest::StateDigest() : rows_(std::make_unique<Rows>()) {}
StateDigest::~StateDigest() = default;
StateDigest::StateDigest(StateDigest&&) noexcept = default;
StateDigest& StateDigest::operator=(StateDigest&&) noexcept = default;

Digest StateDigest::update(State& state) {
  rows_->each([&](std::string_view name, auto table, auto& hashes) {
    if (rows_->all_seen)
      take_in(sum_, name, state.*table, hashes);
    else
      take_all(sum_, name, state.*table, hashes);
  });
  rows_->all_seen = true;
  replace(sum_, rows_->ledger, ledger_hash(state));
  replace(sum_, rows_->settings, settings_hash(state));
  return sum_;
}

void StateDigest::skip(State& state) {
  if (rows_->all_seen) return;
  each_table([&](std::string_view, auto table) { (state.*table).take_touched(); });
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
