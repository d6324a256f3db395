#pragma once

// Some ten thousand errors in a row, and how they are found.
//
// A row is what a query asks about, and nothing else. For each dimension a row knows the row before
// it in the same bucket of keys; a bucket knows its newest row and how many there are:
//
//     bucket "infra.storage"  newest ──► row 97 ──► row 64 ──► row 12 ──► (itself: the end)
//
// A query walks the shortest of the chains that it may walk, from the newest on, and compares each
// row with everything that was asked: keys that share a bucket cost time and never a wrong answer.
// Rows are ascending by sequence and by time, so a cursor and a range of time are binary searches.

#include <array>
#include <map>
#include <vector>

#include "projections/error_index.h"

namespace tally::projections {

// A word is a number in its block's list of words.
using Word = std::uint32_t;

struct ErrorRow {
  std::int64_t seq = 0;
  Instant at;
  CorrelationId correlation;
  RunId run;
  Word component = 0;
  Word tenant = 0;
  ErrorClass error_class = ErrorClass::system_internal;
  Layer layer = Layer::L4;
  Severity severity = Severity::error;
  bool has_correlation = false;
  bool has_run = false;
  bool has_tenant = false;
};

class ErrorBlock {
 public:
  static constexpr std::size_t kRowsMax = 65'536;

  ErrorBlock() = default;
  ErrorBlock(ErrorBlock const&) = delete;  // words_ points into numbers_
  ErrorBlock& operator=(ErrorBlock const&) = delete;

  // Of an error behind all that are here; there are fewer than kRowsMax.
  void add(ErrorRow row, std::string_view component, std::string_view tenant);
  std::size_t size() const { return rows_.size(); }
  std::int64_t first_seq() const { return rows_.front().seq; }

  // Appends what fits, newest first, until the page has `limit`, and takes from `left` one for each
  // row looked at. Where either ends, page.next says where to go on, and the answer is false.
  bool find(ErrorQuery const& query, ErrorPage& page, std::size_t& left) const;

  void save(Bytes& to) const;
  // From the front of `from`, which is cut. Error "damaged".
  Result<void> load(ByteView& from);

 private:
  enum Dimension { by_class, by_family, by_component, by_tenant, by_correlation, by_run };
  static constexpr std::size_t kDimensions = 6;
  struct Bucket {
    std::uint32_t newest = 0;
    std::uint32_t rows = 0;
  };
  struct Chains {
    std::vector<Bucket> buckets;
    std::vector<std::uint16_t> earlier;  // of each row; itself: it is the first
  };
  // What a query means in this block's words; absent: nothing here fits.
  struct Filter;
  std::optional<Filter> asked(ErrorQuery const& query) const;
  bool fits(ErrorRow const& row, Filter const& asked) const;
  // The shortest chain that holds everything that fits; null: all rows.
  Chains const* shortest(Filter const& asked, Bucket& bucket) const;
  Bucket& bucket_of(Dimension dimension, std::uint64_t key);
  Word word_of(std::string_view text);
  std::optional<Word> known_word(std::string_view text) const;
  void link(ErrorRow const& row);

  std::vector<ErrorRow> rows_;
  std::array<Chains, kDimensions> chains_;
  std::map<std::string, Word, std::less<>> numbers_;
  std::vector<std::string_view> words_;  // the keys of numbers_
};

}  // namespace tally::projections
