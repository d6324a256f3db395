#include "codec/state_tables.h"

namespace tally::codec {

namespace {

// [table,key,row] with this table's name: its key and row.
template <class Key, class Row>
bool read_row(Reader& reader, Key& key, Row& row) {
  return (reader.take(',') || reader.refuse("must have a key")) && reader.read(key) &&
         (reader.take(',') || reader.refuse("must have a row")) && reader.read(row) &&
         ((reader.take(']') && reader.rest().empty()) || reader.refuse("must end here"));
}

// Whether the line is of this table; if so, `ok` says whether its row was put there.
template <class Key, class Row>
bool read_into(domain::Table<Key, Row>& table, std::string_view name, Reader& reader, bool& ok) {
  if (!reader.take_text(name)) return false;
  Key key{};
  Row row;
  ok = read_row(reader, key, row);
  if (ok) table.put(key, std::move(row));
  return true;
}

template <class Row>
bool read_into(Row& row, std::string_view name, Reader& reader, bool& ok) {
  if (!reader.take_text(name)) return false;
  std::string key;
  ok = read_row(reader, key, row);
  return true;
}

}  // namespace

Result<void> read_line(domain::State& state, std::string_view line) {
  Reader reader(line);
  bool known = false;
  bool ok = reader.take('[') || reader.refuse("must be an array");
  if (ok) {
    each_table([&](std::string_view name, auto table) {
      known = known || read_into(state.*table, name, reader, ok);
    });
    known = known || read_into(state.ledger, kLedgerRow, reader, ok) ||
            read_into(state.settings, kSettingsRow, reader, ok);
  }
  if (ok && !known) ok = reader.refuse("is of no table");
  if (ok) return {};
  return fail("malformed_row", "a row of the state cannot be read: " + reader.error().detail);
}

}  // namespace tally::codec
