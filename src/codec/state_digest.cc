#include "codec/state_digest.h"

#include <algorithm>

#include "codec/fields_json.h"

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

template <StrongText Name>
std::string key_text(Name const& name) {
  return name.value();
}
template <PrefixedId Id>
std::string key_text(Id const& id) {
  return to_text(id);
}
std::string key_text(Digest const& digest) { return digest.hex(); }
std::string key_text(domain::mode::Scope const& scope) {
  return std::string(name_of(scope.kind)) + ':' + scope.id;
}

// Table name, zero byte, key: what a row is called here, and the front of what is hashed.
std::string row_name(std::string_view table, std::string_view key) {
  std::string name;
  name.reserve(table.size() + 1 + key.size());
  name.append(table).push_back('\0');
  name.append(key);
  return name;
}

Digest row_hash(std::string_view name, std::string_view json) {
  constexpr std::array<std::uint8_t, 1> kZero{};
  return sha256({as_bytes(name), kZero, as_bytes(json)});
}

template <class Row>
Digest row_hash(std::string_view name, Row const& row) {
  thread_local Buffer json;
  json.clear();
  write_value(json, row);
  return row_hash(name, json.text());
}

// Takes the row apart, so that a member added to it does not compile until it is written here.
void write_ledger_row(Buffer& json, domain::LedgerRow const& row) {
  auto const& [approvals, at, checkpoint_size, epoch, id_key, keys, leases, ledger, origin, runs,
               seq_next, vkey, work_clock] = row;
  json.put('{');
  MemberWriter const members{json};
  members("approvals", approvals);
  members("at", at);
  members("checkpoint_size", checkpoint_size);
  members("epoch", epoch);
  write_name(json, "id_key");  // 64 bits do not fit a JSON integer
  write_id(json, {}, id_key);
  members("keys", keys);
  members("leases", leases);
  members("ledger", ledger);
  members("origin", origin);
  members("runs", runs);
  members("seq_next", seq_next);
  members("vkey", vkey);
  members("work_clock", work_clock);
  json.put('}');
}

// Calls visit(name, hash) for the two rows that exist once; every event changes the first.
template <class Visit>
void each_single(State const& state, Visit visit) {
  std::string const ledger = row_name("ledger", "row");
  Buffer json;
  write_ledger_row(json, state.ledger);
  visit(ledger, row_hash(ledger, json.text()));
  std::string const settings = row_name("ledger", "settings");
  visit(settings, row_hash(settings, state.settings));
}

// Calls visit(name, table) for each table.
template <class S, class Visit>
void each_table(S& state, Visit visit) {
  visit("answered", state.answered);
  visit("approvals", state.approvals);
  visit("jobs", state.jobs);
  visit("keys", state.keys);
  visit("modes", state.modes);
  visit("people", state.people);
  visit("plans", state.plans);
  visit("runs", state.runs);
  visit("tenants", state.tenants);
}

// The digest while it is brought up to date.
struct Sum {
  Digest& total;
  std::map<std::string, Digest>& rows;

  void put(std::string const& name, Digest const& hash) {
    auto const [at, fresh] = rows.try_emplace(name, hash);
    if (!fresh) subtract(total, std::exchange(at->second, hash));
    add(total, hash);
  }
  void drop(std::string const& name) {
    auto const at = rows.find(name);
    if (at == rows.end()) return;  // came and went between two updates
    subtract(total, at->second);
    rows.erase(at);
  }
};

template <class Key, class Row>
void take_in(Sum& sum, std::string_view name, domain::Table<Key, Row>& table) {
  std::vector<Key> touched = table.take_touched();
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (Key const& key : touched) {
    std::string const full_name = row_name(name, key_text(key));
    if (Row const* row = table.find(key)) {
      sum.put(full_name, row_hash(full_name, *row));
    } else {
      sum.drop(full_name);
    }
  }
}

}  // namespace

Digest StateDigest::update(State& state) {
  Sum sum{sum_, rows_};
  each_table(state, [&](std::string_view name, auto& table) { take_in(sum, name, table); });
  each_single(state, [&](std::string const& name, Digest const& hash) { sum.put(name, hash); });
  return sum_;
}

Digest StateDigest::of(State const& state) {
  Digest sum;
  each_table(state, [&](std::string_view name, auto const& table) {
    for (auto const& [key, row] : table) add(sum, row_hash(row_name(name, key_text(key)), row));
  });
  each_single(state, [&](std::string const&, Digest const& hash) { add(sum, hash); });
  return sum;
}

}  // namespace tally::codec
