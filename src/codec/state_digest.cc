#include "codec/state_digest.h"

#include <algorithm>
#include <unordered_map>

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
void write_key(Buffer& out, Name const& name) {
  out.put(name.value());
}
template <PrefixedId Id>
void write_key(Buffer& out, Id const& id) {
  out.put(IdPrefix<Id>::text);
  write_digits(out, id.value());
}
void write_key(Buffer& out, std::string_view name) { out.put(name); }
void write_key(Buffer& out, Digest const& digest) { write_digits(out, digest.bytes); }
void write_key(Buffer& out, domain::mode::Scope const& scope) {
  out.put(name_of(scope.kind));
  out.put(':');
  out.put(scope.id);
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

template <class Row>
void write_row(Buffer& out, Row const& row) {
  write_value(out, row);
}

// Takes the row apart, so that a member added to it does not compile until it is written here.
void write_row(Buffer& json, domain::LedgerRow const& row) {
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

// Of a row's table, key and members, with a zero byte behind each but the last.
template <class Key, class Row>
Digest row_hash(std::string_view table, Key const& key, Row const& row) {
  thread_local Buffer text;
  text.clear();
  text.put(table);
  text.put('\0');
  write_key(text, key);
  text.put('\0');
  write_row(text, row);
  return sha256(as_bytes(text.text()));
}

// The two rows that exist once; every event changes the first.
Digest ledger_hash(State const& state) {
  return row_hash("ledger", std::string_view("row"), state.ledger);
}
Digest settings_hash(State const& state) {
  return row_hash("ledger", std::string_view("settings"), state.settings);
}

}  // namespace

struct StateDigest::Rows {
  Hashes<Digest> answered;
  Hashes<ApprovalId> approvals;
  Hashes<JobName> jobs;
  Hashes<KeyId> keys;
  Hashes<domain::mode::Scope> modes;
  Hashes<PersonId> people;
  Hashes<PlanName> plans;
  Hashes<RunId> runs;
  Hashes<TenantId> tenants;
  Digest ledger;  // zero until it is seen
  Digest settings;

  // Calls visit(name, table, hashes) for each table, by members of State and of this.
  template <class Visit>
  static void each_table(Visit visit) {
    visit("answered", &State::answered, &Rows::answered);
    visit("approvals", &State::approvals, &Rows::approvals);
    visit("jobs", &State::jobs, &Rows::jobs);
    visit("keys", &State::keys, &Rows::keys);
    visit("modes", &State::modes, &Rows::modes);
    visit("people", &State::people, &Rows::people);
    visit("plans", &State::plans, &Rows::plans);
    visit("runs", &State::runs, &Rows::runs);
    visit("tenants", &State::tenants, &Rows::tenants);
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

}  // namespace

StateDigest::StateDigest() : rows_(std::make_unique<Rows>()) {}
StateDigest::~StateDigest() = default;

Digest StateDigest::update(State& state) {
  Rows::each_table([&](std::string_view name, auto table, auto hashes) {
    take_in(sum_, name, state.*table, (*rows_).*hashes);
  });
  replace(sum_, rows_->ledger, ledger_hash(state));
  replace(sum_, rows_->settings, settings_hash(state));
  return sum_;
}

Digest StateDigest::of(State const& state) {
  Digest sum;
  Rows::each_table([&](std::string_view name, auto table, auto) {
    for (auto const& [key, row] : state.*table) add(sum, row_hash(name, key, row));
  });
  add(sum, ledger_hash(state));
  add(sum, settings_hash(state));
  return sum;
}

}  // namespace tally::codec
