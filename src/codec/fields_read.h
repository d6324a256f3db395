#pragma once

// The reading half of fields_json.h.
//
// The bytes are read in one pass, without a document: whoever reads knows from `fields` which
// member may come next, and there is one way to write each value. So the reader takes what the
// writer would have written and refuses everything else, and no second look at the bytes is needed.

#include "codec/reader.h"

namespace tally::codec {

inline constexpr std::string_view kNothing = "says nothing and should have been left out";

// Makes the value what an absent member stands for. False if this one is never absent, since it is
// or holds an enum.
template <class T>
bool clear(T& value) {
  bool may_be_absent = !AlwaysWritten<T>;
  if constexpr (domain::HasFields<T>) {
    value.fields(
        [&](std::string_view, auto& member) { may_be_absent = clear(member) && may_be_absent; });
  } else {
    value = T{};
  }
  return may_be_absent;
}

// Reads one object's members as `fields` lists them.
class MemberReader {
 public:
  // If no object begins here, nothing is read and `finish` is false.
  explicit MemberReader(Reader& reader);

  template <class T>
  void operator()(std::string_view name, T& to);
  // A member that is written even at zero.
  template <class T>
  void always(std::string_view name, T& to) {
    if (next(name)) ok_ = reader_.read(to) || reader_.within(name);
  }
  // A member with exactly this text.
  void always_text(std::string_view name, std::string_view text);

  // True if the member is the next one; its value is then to be read.
  bool take(std::string_view name);
  // The same for one that must be there.
  bool next(std::string_view name) { return take(name) || missing(name); }
  bool refuse(std::string_view what, std::string_view name);
  // True when all went well and no member is left.
  bool finish();

 protected:
  Reader& reader() { return reader_; }
  bool ok() const { return ok_; }
  void keep(bool ok) { ok_ = ok_ && ok; }

 private:
  template <class T>
  void value(std::string_view name, T& to);
  bool missing(std::string_view name);
  std::string next_name() const;

  Reader& reader_;
  bool first_ = true;
  bool ok_;
};

[[gnu::always_inline]] inline bool MemberReader::take(std::string_view name) {
  if (!ok_ || !reader_.take_name(name, !first_)) return false;
  first_ = false;
  return true;
}

template <class T>
[[gnu::always_inline]] inline void MemberReader::operator()(std::string_view name, T& to) {
  if (take(name)) {
    value(name, to);
  } else if (ok_ && !clear(to)) {
    missing(name);
  }
}

template <class T>
void MemberReader::value(std::string_view name, T& to) {
  [[maybe_unused]] bool const empty = reader_.rest().starts_with("{}");
  ok_ = reader_.read(to) || reader_.within(name);
  if constexpr (domain::HasFields<T>) {
    if (ok_ && empty) refuse(kNothing, name);
  } else {
    if (ok_ && is_left_out(to)) refuse(kNothing, name);
  }
}

template <class T>
bool Reader::read_object(T& to) {
  MemberReader members(*this);
  to.fields(members);
  return members.finish();
}

}  // namespace tally::codec
