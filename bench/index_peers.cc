#include "bench/index_peers.h"

#include <array>

#if TALLY_BENCH_HAS_SQLITE
#include <sqlite3.h>
#endif

#if TALLY_BENCH_HAS_ROCKSDB
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/version.h>
#include <unistd.h>
#endif

namespace tally::bench {

namespace {

using Sequences = std::vector<std::int64_t>;
using OpenPeer = Result<std::unique_ptr<Peer>> (*)(std::string const& directory);

#if TALLY_BENCH_HAS_SQLITE || TALLY_BENCH_HAS_ROCKSDB

// Big endian, so that keys sort as their numbers do.
void put_big(std::uint8_t* at, std::uint64_t number) {
  for (std::size_t i = 0; i < 8; ++i) at[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
}

#endif

#if TALLY_BENCH_HAS_SQLITE

constexpr char kTables[] =
    "pragma journal_mode = wal;"
    "pragma synchronous = normal;"
    "pragma cache_size = -262144;"  // 256 MB; the default of 2 MB would be no comparison
    "create table if not exists marks (kind integer not null, key blob not null,"
    " seq integer not null, primary key (kind, key, seq)) without rowid";

class Sqlite final : public Peer {
 public:
  static Result<std::unique_ptr<Peer>> open(std::string const& directory) {
    std::unique_ptr<Sqlite> peer(new Sqlite);
    TRY_VOID(peer->check(sqlite3_open((directory + "/marks.db").c_str(), &peer->db_)));
    TRY_VOID(peer->execute(kTables));
    TRY_VOID(peer->prepare("insert into marks values (?1, ?2, ?3)", peer->insert_));
    TRY_VOID(peer->prepare("select seq from marks where kind = ?1 and key = ?2 order by seq",
                           peer->select_));
    return std::unique_ptr<Peer>(std::move(peer));
  }
  ~Sqlite() override {
    sqlite3_finalize(insert_);
    sqlite3_finalize(select_);
    sqlite3_close(db_);
  }
  Sqlite(Sqlite const&) = delete;
  Sqlite& operator=(Sqlite const&) = delete;

  Result<void> add(std::span<marks::Mark const> marks) override {
    TRY_VOID(execute("begin"));
    for (marks::Mark const& mark : marks) {
      bind(insert_, mark.key());
      sqlite3_bind_int64(insert_, 3, mark.seq());
      int const stepped = sqlite3_step(insert_);
      sqlite3_reset(insert_);
      if (stepped != SQLITE_DONE) return check(stepped);
    }
    return execute("commit");
  }

  Result<void> settle() override { return execute("pragma wal_checkpoint(truncate)"); }

  Result<Sequences> find(marks::MarkKey const& key) override {
    bind(select_, key);
    Sequences found;
    int stepped = SQLITE_ROW;
    while ((stepped = sqlite3_step(select_)) == SQLITE_ROW)
      found.push_back(sqlite3_column_int64(select_, 0));
    sqlite3_reset(select_);
    if (stepped != SQLITE_DONE) TRY_VOID(check(stepped));
    return found;
  }

 private:
  Sqlite() = default;
  Result<void> check(int result) const {
    if (result == SQLITE_OK) return {};
    return fail("peer", sqlite3_errmsg(db_));
  }
  Result<void> execute(char const* sql) {
    return check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr));
  }
  Result<void> prepare(char const* sql, sqlite3_stmt*& statement) {
    return check(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr));
  }
  // The bytes stay here while the statement runs.
  void bind(sqlite3_stmt* statement, marks::MarkKey const& key) {
    put_big(key_.data(), key.high);
    put_big(&key_[8], key.low);
    sqlite3_bind_int64(statement, 1, static_cast<std::int64_t>(key.kind));
    sqlite3_bind_blob(statement, 2, key_.data(), static_cast<int>(key_.size()), nullptr);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* select_ = nullptr;
  std::array<std::uint8_t, 16> key_{};
};

std::string sqlite_name() { return std::string("SQLite ") + sqlite3_libversion(); }
constexpr OpenPeer kOpenSqlite = Sqlite::open;

#else

std::string sqlite_name() { return "SQLite"; }
constexpr OpenPeer kOpenSqlite = nullptr;

#endif

#if TALLY_BENCH_HAS_ROCKSDB

constexpr std::size_t kPrefixBytes = 17;  // kind and key
constexpr unsigned kPollUs = 1'000;

using RocksKey = std::array<char, kPrefixBytes + 8>;

RocksKey rocks_key(marks::Mark const& mark) {
  std::array<std::uint8_t, kPrefixBytes + 8> bytes{};
  marks::MarkKey const key = mark.key();
  bytes[0] = static_cast<std::uint8_t>(key.kind);
  put_big(&bytes[1], key.high);
  put_big(&bytes[9], key.low);
  put_big(&bytes[kPrefixBytes], static_cast<std::uint64_t>(mark.seq()));
  return std::bit_cast<RocksKey>(bytes);
}

std::int64_t seq_in(rocksdb::Slice key) {
  std::uint64_t seq = 0;
  for (char const byte : key.ToStringView().substr(kPrefixBytes))
    seq = seq << 8 | static_cast<std::uint8_t>(byte);
  return static_cast<std::int64_t>(seq);
}

Result<void> check(rocksdb::Status const& status) {
  if (status.ok()) return {};
  return fail("peer", status.ToString());
}

// What is asked for is always a whole prefix, so the filters are of prefixes.
rocksdb::Options rocks_options() {
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = false;
  rocksdb::Options options;
  options.create_if_missing = true;
  options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kPrefixBytes));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

class Rocks final : public Peer {
 public:
  static Result<std::unique_ptr<Peer>> open(std::string const& directory) {
    rocksdb::DB* opened = nullptr;
    TRY_VOID(check(rocksdb::DB::Open(rocks_options(), directory, &opened)));
    return std::unique_ptr<Peer>(new Rocks(opened));
  }

  // Without a log of its own, as the index's files are derived too.
  Result<void> add(std::span<marks::Mark const> marks) override {
    rocksdb::WriteBatch batch;
    for (marks::Mark const& mark : marks) {
      RocksKey const key = rocks_key(mark);
      TRY_VOID(check(batch.Put({key.data(), key.size()}, {})));
    }
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    return check(db_->Write(options, &batch));
  }

  Result<void> settle() override {
    TRY_VOID(check(db_->Flush({})));
    while (is_busy()) usleep(kPollUs);
    return {};
  }

  Result<Sequences> find(marks::MarkKey const& key) override {
    RocksKey const first = rocks_key({key, 0});
    rocksdb::ReadOptions options;
    options.prefix_same_as_start = true;
    std::unique_ptr<rocksdb::Iterator> const at(db_->NewIterator(options));
    Sequences found;
    for (at->Seek({first.data(), first.size()}); at->Valid(); at->Next())
      found.push_back(seq_in(at->key()));
    TRY_VOID(check(at->status()));
    return found;
  }

 private:
  explicit Rocks(rocksdb::DB* db) : db_(db) {}
  bool is_busy() const {
    for (char const* work : {"rocksdb.num-running-flushes", "rocksdb.num-running-compactions",
                             "rocksdb.mem-table-flush-pending", "rocksdb.compaction-pending"}) {
      std::uint64_t count = 0;
      if (db_->GetIntProperty(work, &count) && count > 0) return true;
    }
    return false;
  }

  std::unique_ptr<rocksdb::DB> db_;
};

std::string rocks_name() { return "RocksDB " + rocksdb::GetRocksVersionAsString(); }
constexpr OpenPeer kOpenRocks = Rocks::open;

#else

std::string rocks_name() { return "RocksDB"; }
constexpr OpenPeer kOpenRocks = nullptr;

#endif

}  // namespace

std::vector<PeerKind> peer_kinds() {
  return {{.name = rocks_name(), .package = "librocksdb-dev", .open = kOpenRocks},
          {.name = sqlite_name(), .package = "libsqlite3-dev", .open = kOpenSqlite}};
}

}  // namespace tally::bench
