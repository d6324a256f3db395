#include "projections/error_block.h"

#include <algorithm>

#include "base/check.h"

namespace tally::projections {

namespace {

constexpr std::size_t kRowBytes = 56;
constexpr std::size_t kWordBytesMax = 65'535;
// Buckets of each dimension, as powers of two: classes and families have one each.
constexpr std::array<unsigned, 6> kBucketBits{5, 2, 10, 12, 16, 16};

// Multiplicative hashing (Knuth, TAOCP 6.4), from the top bits.
std::size_t bucket_at(std::uint64_t key, unsigned bits) {
  return (key * 0x9E3779B97F4A7C15u) >> (64 - bits);
}

std::uint64_t key_of(CorrelationId const& correlation) {
  auto const* bytes = correlation.value().data();
  return get_u64(bytes) ^ get_u64(bytes + 8);
}

tl::unexpected<Error> damaged() {
  return fail("damaged", "the saved index of errors cannot be read");
}

// Takes integers and texts from the front of bytes; after what is not there, everything is zero.
class Taker {
 public:
  explicit Taker(ByteView& from) : from_(from) {}
  std::uint64_t u64() {
    auto const bytes = take(8);
    return bytes.empty() ? 0 : get_u64(bytes.data());
  }
  std::uint32_t u32() {
    auto const bytes = take(4);
    return bytes.empty() ? 0 : get_u32(bytes.data());
  }
  ByteView take(std::size_t count) {
    good_ = good_ && from_.size() >= count;
    if (!good_) return {};
    auto const taken = from_.first(count);
    from_ = from_.subspan(count);
    return taken;
  }
  bool good() const { return good_; }

 private:
  ByteView& from_;
  bool good_ = true;
};

void put(Bytes& to, ErrorRow const& row) {
  std::size_t const at = to.size();
  to.resize(at + kRowBytes);
  put_u64(&to[at], static_cast<std::uint64_t>(row.seq));
  put_u64(&to[at + 8], static_cast<std::uint64_t>(row.at.value()));
  std::ranges::copy(row.correlation.value(), &to[at + 16]);
  put_u64(&to[at + 32], row.run.value());
  put_u32(&to[at + 40], row.component);
  put_u32(&to[at + 44], row.tenant);
  to[at + 48] = static_cast<std::uint8_t>(row.error_class);
  to[at + 49] = static_cast<std::uint8_t>(row.layer);
  to[at + 50] = static_cast<std::uint8_t>(row.severity);
  to[at + 51] = row.has_correlation ? 1 : 0;
  to[at + 52] = row.has_run ? 1 : 0;
  to[at + 53] = row.has_tenant ? 1 : 0;
}

template <class Word_>
bool take_word(std::uint8_t byte, Word_& word) {
  auto const all = all_of(Word_{});
  if (byte >= all.size()) return false;
  word = all[byte];
  return true;
}

bool take_row(ByteView bytes, std::size_t words, ErrorRow& row) {
  auto const* at = bytes.data();
  row.seq = static_cast<std::int64_t>(get_u64(at));
  row.at = Instant(static_cast<std::int64_t>(get_u64(at + 8)));
  std::array<std::uint8_t, 16> correlation{};
  std::copy_n(at + 16, correlation.size(), correlation.begin());
  row.correlation = CorrelationId(correlation);
  row.run = RunId(get_u64(at + 32));
  row.component = get_u32(at + 40);
  row.tenant = get_u32(at + 44);
  row.has_correlation = at[51] != 0;
  row.has_run = at[52] != 0;
  row.has_tenant = at[53] != 0;
  return row.component < words && (!row.has_tenant || row.tenant < words) &&
         take_word(at[48], row.error_class) && take_word(at[49], row.layer) &&
         take_word(at[50], row.severity);
}

}  // namespace

struct ErrorBlock::Filter {
  ErrorQuery const& query;
  std::optional<Word> component;
  std::optional<Word> tenant;
};

Word ErrorBlock::word_of(std::string_view text) {
  auto const [at, fresh] =
      numbers_.try_emplace(std::string(text), static_cast<Word>(words_.size()));
  if (fresh) words_.push_back(at->first);
  return at->second;
}

std::optional<Word> ErrorBlock::known_word(std::string_view text) const {
  auto const at = numbers_.find(text);
  if (at == numbers_.end()) return std::nullopt;
  return at->second;
}

ErrorBlock::Bucket& ErrorBlock::bucket_of(Dimension dimension, std::uint64_t key) {
  auto& buckets = chains_[dimension].buckets;
  unsigned const bits = kBucketBits[dimension];
  if (buckets.empty()) buckets.resize(std::size_t{1} << bits);
  return buckets[dimension < by_component ? key : bucket_at(key, bits)];
}

void ErrorBlock::link(ErrorRow const& row) {
  auto const number = static_cast<std::uint32_t>(rows_.size());
  auto const into = [&](Dimension dimension, bool has_key, std::uint64_t key) {
    std::uint32_t earlier = number;
    if (has_key) {
      Bucket& bucket = bucket_of(dimension, key);
      if (bucket.rows++ > 0) earlier = bucket.newest;
      bucket.newest = number;
    }
    chains_[dimension].earlier.push_back(static_cast<std::uint16_t>(earlier));
  };
  into(by_class, true, static_cast<std::uint64_t>(row.error_class));
  into(by_family, true, static_cast<std::uint64_t>(family_of(row.error_class)));
  into(by_component, true, row.component);
  into(by_tenant, row.has_tenant, row.tenant);
  into(by_correlation, row.has_correlation, key_of(row.correlation));
  into(by_run, row.has_run, row.run.value());
  rows_.push_back(row);
}

void ErrorBlock::add(ErrorRow row, std::string_view component, std::string_view tenant) {
  TALLY_CHECK(rows_.size() < kRowsMax, "a block that is full takes no more errors");
  row.component = word_of(component);
  if (row.has_tenant) row.tenant = word_of(tenant);
  link(row);
}

std::optional<ErrorBlock::Filter> ErrorBlock::asked(ErrorQuery const& query) const {
  Filter asked{.query = query, .component = {}, .tenant = {}};
  if (!query.component.empty()) {
    asked.component = known_word(query.component);
    if (!asked.component) return std::nullopt;
  }
  if (query.tenant) {
    asked.tenant = known_word(query.tenant->value());
    if (!asked.tenant) return std::nullopt;
  }
  return asked;
}

bool ErrorBlock::fits(ErrorRow const& row, Filter const& asked) const {
  ErrorQuery const& query = asked.query;
  return (!query.error_class || row.error_class == *query.error_class) &&
         (!query.family || family_of(row.error_class) == *query.family) &&
         (!asked.component || row.component == *asked.component) &&
         (!asked.tenant || (row.has_tenant && row.tenant == *asked.tenant)) &&
         (!query.correlation || (row.has_correlation && row.correlation == *query.correlation)) &&
         (!query.run || (row.has_run && row.run == *query.run)) &&
         (!query.layer || row.layer == *query.layer) && row.severity >= query.least;
}

ErrorBlock::Chains const* ErrorBlock::shortest(Filter const& asked, Bucket& bucket) const {
  Chains const* best = nullptr;
  bucket = {.newest = static_cast<std::uint32_t>(rows_.size()) - 1,
            .rows = static_cast<std::uint32_t>(rows_.size())};
  auto const look = [&](Dimension dimension, std::uint64_t key) {
    Chains const& chains = chains_[dimension];
    Bucket one;
    if (!chains.buckets.empty())
      one = chains.buckets[dimension < by_component ? key : bucket_at(key, kBucketBits[dimension])];
    if (one.rows >= bucket.rows) return;
    bucket = one;
    best = &chains;
  };
  ErrorQuery const& query = asked.query;
  if (query.error_class) look(by_class, static_cast<std::uint64_t>(*query.error_class));
  if (query.family) look(by_family, static_cast<std::uint64_t>(*query.family));
  if (asked.component) look(by_component, *asked.component);
  if (asked.tenant) look(by_tenant, *asked.tenant);
  if (query.correlation) look(by_correlation, key_of(*query.correlation));
  if (query.run) look(by_run, query.run->value());
  return best;
}

bool ErrorBlock::find(ErrorQuery const& query, ErrorPage& page, std::size_t& left) const {
  auto const asked_here = asked(query);
  if (!asked_here || rows_.empty()) return true;
  auto end = rows_.end();
  if (query.before) end = std::ranges::lower_bound(rows_, *query.before, {}, &ErrorRow::seq);
  if (query.to) end = std::min(end, std::ranges::lower_bound(rows_, *query.to, {}, &ErrorRow::at));
  auto const behind = static_cast<std::uint32_t>(end - rows_.begin());
  Bucket bucket;
  Chains const* const chains = shortest(*asked_here, bucket);
  if (bucket.rows == 0 || behind == 0) return true;
  auto const earlier = [&](std::uint32_t number) -> std::optional<std::uint32_t> {
    if (chains == nullptr) return number == 0 ? std::nullopt : std::optional(number - 1);
    std::uint32_t const other = chains->earlier[number];
    return other == number ? std::nullopt : std::optional(other);
  };
  std::optional<std::uint32_t> at =
      chains == nullptr ? std::min(bucket.newest, behind - 1) : bucket.newest;
  while (at && *at >= behind) at = earlier(*at);  // at most a block's rows
  for (; at; at = earlier(*at)) {
    ErrorRow const& row = rows_[*at];
    if (query.from && row.at < *query.from) return true;
    bool const fitting = fits(row, *asked_here);
    if (left == 0 || (fitting && page.seqs.size() == query.limit)) {
      page.next = row.seq + 1;
      return false;
    }
    --left;
    if (fitting) page.seqs.push_back(row.seq);
  }
  return true;
}

void ErrorBlock::save(Bytes& to) const {
  auto const u32 = [&](std::size_t value) {
    to.resize(to.size() + 4);
    put_u32(&to[to.size() - 4], static_cast<std::uint32_t>(value));
  };
  u32(words_.size());
  for (std::string_view const word : words_) {
    u32(word.size());
    to.insert(to.end(), word.begin(), word.end());
  }
  u32(rows_.size());
  for (ErrorRow const& row : rows_) put(to, row);
}

Result<void> ErrorBlock::load(ByteView& from) {
  Taker taker(from);
  std::uint32_t const words = taker.u32();
  for (std::uint32_t i = 0; i < words && taker.good(); ++i) {
    std::uint32_t const bytes = taker.u32();
    if (bytes > kWordBytesMax) return damaged();
    if (word_of(as_text(taker.take(bytes))) != i) return damaged();
  }
  std::uint32_t const rows = taker.u32();
  if (!taker.good() || rows == 0 || rows > kRowsMax) return damaged();
  for (std::uint32_t i = 0; i < rows; ++i) {
    auto const bytes = taker.take(kRowBytes);
    ErrorRow row;
    if (bytes.empty() || !take_row(bytes, words_.size(), row)) return damaged();
    if (!rows_.empty() && (row.seq <= rows_.back().seq || row.at < rows_.back().at))
      return damaged();
    link(row);
  }
  return {};
}

}  // namespace tally::projections
