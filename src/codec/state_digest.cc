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

// Rows on their way into a sum. Some are hashed together, which costs half.
class Lines {
 public:
  explicit Lines(Digest& sum) : sum_(sum) {}
  ~Lines() { flush(); }
  Lines(Lines const&) = delete;
  Lines& operator=(Lines const&) = delete;

  // Replaces in the sum what was seen of the row before, if anybody saw it; `seen` is written when
  // the lines are hashed.
  template <class Key, class Row>
  void put(std::string_view table, Key const& key, Row const& row, Digest* seen) {
    write_line(text_, table, key, row);
    seen_[count_] = seen;
    ends_[count_] = text_.size();
    if (++count_ == kTogether) flush();
  }

 private:
  static constexpr std::size_t kTogether = 16;

  void flush() {
    std::array<ByteView, kTogether> lines;
    std::array<Digest, kTogether> hashes;
    ByteView const text = as_bytes(text_.text());
    for (std::size_t i = 0, begin = 0; i < count_; begin = ends_[i++])
      lines[i] = text.subspan(begin, ends_[i] - begin);
    sha256_each(std::span(lines).first(count_), std::span(hashes).first(count_));
    for (std::size_t i = 0; i < count_; ++i) {
      if (seen_[i] != nullptr)
        replace(sum_, *seen_[i], hashes[i]);
      else
        add(sum_, hashes[i]);
    }
    text_.clear();
    count_ = 0;
  }

  Digest& sum_;
  Buffer text_;
  std::array<Digest*, kTogether> seen_{};
  std::array<std::size_t, kTogether> ends_{};
  std::size_t count_ = 0;
};

template <class Key, class Row>
void take_touched(Digest& sum, std::string_view name, domain::Table<Key, Row>& table) {
  Lines lines(sum);
  table.take_touched([&](Key const& key, Row const* row, Digest& seen) {
    if (row != nullptr)
      lines.put(name, key, *row, &seen);
    else
      subtract(sum, seen);
  });
}

// Whatever somebody else noted.
template <class Key, class Row>
void take_half(Digest& sum, std::string_view name, domain::Table<Key, Row>& table,
               std::size_t half) {
  Lines lines(sum);
  table.each_of_part(half, 2, [&](Key const& key, Row const& row, Digest& seen) {
    seen = {};
    lines.put(name, key, row, &seen);
  });
}

}  // namespace

Digest StateDigest::of_half(State& state, std::size_t half) {
  Digest sum;
  each_table([&](std::string_view name, auto table) { take_half(sum, name, state.*table, half); });
  return sum;
}

Digest StateDigest::update(State& state, Both const& both) {
  if (all_seen_) {
    each_table([&](std::string_view name, auto table) { take_touched(sum_, name, state.*table); });
  } else {
    skip(state);
    std::array<Digest, 2> halves;
    both([&] { halves[0] = of_half(state, 0); }, [&] { halves[1] = of_half(state, 1); });
    for (Digest const& half : halves) add(sum_, half);
    all_seen_ = true;
  }
  replace(sum_, ledger_, ledger_hash(state));
  replace(sum_, settings_, settings_hash(state));
  return sum_;
}

void StateDigest::skip(State& state) {
  if (all_seen_) return;
  each_table([&](std::string_view, auto table) { (state.*table).forget_touched(); });
}

Digest StateDigest::of(State const& state) {
  Digest sum;
  each_table([&](std::string_view name, auto table) {
    Lines lines(sum);
    (state.*table).each([&](auto const& key, auto const& row) {
      lines.put(name, key, row, nullptr);
    });
  });
  add(sum, ledger_hash(state));
  add(sum, settings_hash(state));
  return sum;
}

}  // namespace tally::codec
