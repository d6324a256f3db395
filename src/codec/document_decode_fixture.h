#pragma once

// The format by its definition, for comparing the one-pass reader with: make a document of the
// bytes, take the members out of it by name, write the value again; the bytes are an event if and
// only if they are the same. Slow, and without a word on what is wrong.

#include <algorithm>

#include "codec/engine_texts.h"
#include "codec/event_codec.h"
#include "codec/fields_json.h"
#include "codec/leaf_members.h"
#include "json/value.h"

namespace tally::codec {

class DocumentReader {
 public:
  template <class T>
  bool read(json::Value const& from, T& to) {
    if constexpr (domain::HasFields<T>) {
      return read_object(from, to);
    } else if constexpr (domain::NamedEnum<T>) {
      return read_enum(from, to);
    } else if constexpr (std::same_as<T, domain::Command>) {
      return read_kind(from, "type", to,
                       []<class C>(std::type_identity<C>) { return C::kCommand.name; });
    } else if constexpr (kIsOptional<T>) {
      return read(from, to.emplace());
    } else if constexpr (kIsList<T>) {
      return read_list(from, to);
    } else if constexpr (PrefixedId<T>) {
      auto const id = from.string() ? parse_id<T>(*from.string()) : std::nullopt;
      return id && (to = *id, true);
    } else if constexpr (StrongType<T>) {
      typename T::Rep value{};
      return read(from, value) && (to = T(value), true);
    } else if constexpr (std::same_as<T, Digest>) {
      return read(from, to.bytes);
    } else if constexpr (std::same_as<T, ContentRef>) {
      auto const content = from.string() ? ContentRef::parse(*from.string()) : std::nullopt;
      return content && (to = *content, true);
    } else if constexpr (ByteArray<T>) {
      auto const bytes = from.string() ? from_hex(*from.string()) : std::nullopt;
      if (!bytes || bytes->size() != to.size()) return false;
      std::copy(bytes->begin(), bytes->end(), to.begin());
      return true;
    } else if constexpr (std::same_as<T, Labels>) {
      return read_labels(from, to);
    } else if constexpr (std::same_as<T, bool>) {
      return from.boolean() && (to = *from.boolean(), true);
    } else if constexpr (std::same_as<T, std::int64_t>) {
      return from.integer() && (to = *from.integer(), true);
    } else {
      return from.string() && (to = *from.string(), true);
    }
  }

  // {"body":...,"type":...} of a variant of variants.
  template <class Whole, class NameOf>
  bool read_kind(json::Value const& from, std::string_view name_member, Whole& to,
                 NameOf name_of_kind) {
    json::Value const* body = from.find("body");
    json::Value const* name = from.find(name_member);
    bool found = false;
    domain::for_each_kind<Whole>(
        [&]<class G, class E>(std::type_identity<G>, std::type_identity<E> kind) {
          if (body && name && *name == json::Value(name_of_kind(kind)))
            found = read(*body, to.template emplace<G>().template emplace<E>());
        });
    return found;
  }

 private:
  struct Members {
    DocumentReader& reader;
    json::Value const& object;
    bool ok = true;

    template <class T>
    void operator()(std::string_view name, T& to) {
      json::Value const* value = object.find(name);
      if (value == nullptr) {
        clear(to);
      } else {
        ok = reader.read(*value, to) && ok;
      }
    }
  };

  template <class T>
  bool read_object(json::Value const& from, T& to) {
    Members members{*this, from};
    to.fields(members);
    return members.ok && from.object() != nullptr;
  }
  template <class T>
  bool read_enum(json::Value const& from, T& to) {
    for (T each : all_of(T{}))
      if (from == json::Value(name_of(each))) return to = each, true;
    return false;
  }
  template <class T>
  bool read_list(json::Value const& from, T& to) {
    to.clear();
    if (from.array() == nullptr) return false;
    for (json::Value const& one : *from.array()) {
      typename T::value_type item{};
      if (!read(one, item)) return false;
      to.insert(to.end(), std::move(item));
    }
    return true;
  }
  bool read_labels(json::Value const& from, Labels& to) {
    to.clear();
    if (from.object() == nullptr) return false;
    for (auto const& [name, value] : *from.object())
      if (!read(value, to[name])) return false;
    return true;
  }
};

// The members of a leaf that need more than a name.
struct DocumentLeaf {
  DocumentReader& reader;
  json::Value const& leaf;
  bool ok = true;

  template <class T>
  void operator()(std::string_view name, T& to) {
    if (json::Value const* value = leaf.find(name)) ok = reader.read(*value, to) && ok;
  }
  template <class T>
  void always(std::string_view name, T& to) {
    (*this)(name, to);
  }
  void type() {}  // is compared when the value is written again

  void body(domain::Event& event) {
    read_kind(leaf, "type", event, []<class E>(std::type_identity<E>) { return E::kEvent.name; });
  }
  void decision(domain::Recorded& to) {
    json::Value const* decision = leaf.find("decision");
    if (decision == nullptr) return;
    json::Value const* engine = decision->find("engine");
    if (engine && engine->string() && is_engine_text(*engine->string()) &&
        !is_engine_here(*engine->string())) {
      to.foreign = {.engine = *engine->string(), .json = json::canonical(*decision)};
      return;
    }
    auto& snapshot = to.snapshot;
    snapshot.emplace();
    json::Value const nothing;
    json::Value const* command = decision->find("command");
    read_kind(command ? *command : nothing, "type", snapshot->command,
              []<class C>(std::type_identity<C>) { return C::kCommand.name; });
    json::Value const* facts = decision->find("facts");
    read_facts(facts ? *facts : nothing, snapshot->facts);
  }

 private:
  template <class Whole, class NameOf>
  void read_kind(json::Value const& from, std::string_view name_member, Whole& to,
                 NameOf name_of_kind) {
    ok = reader.read_kind(from, name_member, to, name_of_kind) && ok;
  }
  void read_facts(json::Value const& from, domain::Facts& to) {
    json::Value const* body = from.find("body");
    json::Value const* kind = from.find("kind");
    bool found = false;
    domain::Alternatives<domain::Facts>::each([&]<class F>(std::type_identity<F>) {
      if (body && kind && *kind == json::Value(F::kKind))
        found = reader.read(*body, to.template emplace<F>());
    });
    ok = ok && found;
  }
};

inline std::optional<domain::Recorded> decode_by_document(ByteView leaf) {
  auto const document = json::parse(as_text(leaf));
  if (!document) return std::nullopt;
  domain::Recorded recorded;
  DocumentReader reader;
  DocumentLeaf members{reader, *document};
  leaf_members(recorded, members);
  if (!members.ok || ((recorded.snapshot || recorded.foreign) && !recorded.header.decision))
    return std::nullopt;
  Bytes again;
  encode(recorded, again);
  return std::ranges::equal(leaf, again) ? std::optional(std::move(recorded)) : std::nullopt;
}

}  // namespace tally::codec
