// SPDX-License-Identifier: EUPL-1.2
#include "workers/wire/model_json.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "workers/wire/model_members.h"
#include "workers/wire/utf8.h"

namespace postkamer::wire {

using Json = nlohmann::json;

namespace {

// Thrown and caught in this file only: where the JSON is not what it should be.
struct Malformed {
  std::string where;  // member names joined with '.'
  std::string what;
};

// ---- writing

Json written(bool value) { return value; }
Json written(int value) { return value; }
Json written(double value) { return value; }
Json written(const std::string& text) { return utf8(text); }
Json written(QuarterTurn turn) { return static_cast<int>(turn); }
Json written(const Rect& r) { return Json::array({r.x, r.y, r.width, r.height}); }
Json written(const Transform& transform) { return transform.m; }
Json written(const Word& w) {
  return Json::array(
      {utf8(w.text), w.box.x, w.box.y, w.box.width, w.box.height, w.confidence, w.block, w.line});
}
Json written(const Value& value) {
  if (const auto* mark = std::get_if<bool>(&value)) return *mark;
  if (const auto* text = std::get_if<std::string>(&value)) return utf8(*text);
  if (const auto* many = std::get_if<std::vector<std::string>>(&value)) {
    Json list = Json::array();
    for (const std::string& text : *many) list.push_back(utf8(text));
    return list;
  }
  return nullptr;
}

template <HasNames T>
Json written(T value) {
  for (const auto& [each, name] : Names<T>::kAll)
    if (each == value) return name;
  return Names<T>::kAll.front().second;
}

template <HasMembers T>
Json written(const T& object);
template <class T>
Json written(const std::vector<T>& list);
template <class T>
Json written(const std::optional<T>& value) {
  return value ? written(*value) : Json(nullptr);
}

template <class T>
Json written(const std::vector<T>& list) {
  Json out = Json::array();
  for (const T& each : list) out.push_back(written(each));
  return out;
}

struct Writer {
  Json json = Json::object();
  template <class T>
  void operator()(const char* name, const T& member) {
    json[name] = written(member);
  }
};

template <HasMembers T>
Json written(const T& object) {
  Writer writer;
  visit_members(Tag<T>{}, writer, object);
  return std::move(writer.json);
}

// ---- reading

void read(const Json& json, bool& out) {
  if (!json.is_boolean()) throw Malformed{"", "is no boolean"};
  out = json.get<bool>();
}

void read(const Json& json, double& out) {
  if (!json.is_number()) throw Malformed{"", "is no number"};
  out = json.get<double>();
  if (!std::isfinite(out)) throw Malformed{"", "is not finite"};
}

void read(const Json& json, int& out) {
  if (!json.is_number_integer()) throw Malformed{"", "is no integer"};
  const bool fits = json.is_number_unsigned()
                        ? json.get<std::uint64_t>() <= std::numeric_limits<int>::max()
                        : json.get<std::int64_t>() >= std::numeric_limits<int>::min();
  if (!fits) throw Malformed{"", "is out of range"};
  out = json.get<int>();
}

void read(const Json& json, std::string& out) {
  if (!json.is_string()) throw Malformed{"", "is no text"};
  out = json.get_ref<const std::string&>();
}

void read(const Json& json, QuarterTurn& out) {
  int turn = 0;
  read(json, turn);
  if (turn < 0 || turn > 3) throw Malformed{"", "is no quarter turn"};
  out = static_cast<QuarterTurn>(turn);
}

const Json& list_of(const Json& json, std::size_t size) {
  if (!json.is_array() || json.size() != size)
    throw Malformed{"", "is no list of " + std::to_string(size)};
  return json;
}

void read(const Json& json, Rect& out) {
  list_of(json, 4);
  read(json[0], out.x);
  read(json[1], out.y);
  read(json[2], out.width);
  read(json[3], out.height);
}

void read(const Json& json, Transform& out) {
  list_of(json, out.m.size());
  for (std::size_t i = 0; i < out.m.size(); ++i) read(json[i], out.m[i]);
}

void read(const Json& json, Word& out) {
  list_of(json, 8);
  read(json[0], out.text);
  read(json[1], out.box.x);
  read(json[2], out.box.y);
  read(json[3], out.box.width);
  read(json[4], out.box.height);
  read(json[5], out.confidence);
  read(json[6], out.block);
  read(json[7], out.line);
}

template <HasNames T>
void read(const Json& json, T& out) {
  std::string name;
  read(json, name);
  for (const auto& [each, its_name] : Names<T>::kAll) {
    if (name != its_name) continue;
    out = each;
    return;
  }
  throw Malformed{"", "is no known name"};
}

template <HasMembers T>
void read(const Json& json, T& out);
template <class T>
void read(const Json& json, std::vector<T>& out);

void read(const Json& json, Value& out) {
  if (json.is_null()) {
    out = std::monostate{};
  } else if (json.is_boolean()) {
    out = json.get<bool>();
  } else if (json.is_array()) {
    std::vector<std::string> many;
    read(json, many);
    out = std::move(many);
  } else {
    std::string text;
    read(json, text);
    out = std::move(text);
  }
}

template <class T>
void read(const Json& json, std::optional<T>& out) {
  if (json.is_null()) return;  // a new object's member is empty already
  T value{};
  read(json, value);
  out = std::move(value);
}

template <class T>
void read(const Json& json, std::vector<T>& out) {
  if (!json.is_array()) throw Malformed{"", "is no list"};
  out.clear();
  out.reserve(json.size());
  for (const Json& each : json) read(each, out.emplace_back());
}

struct Reader {
  const Json& json;
  template <class T>
  void operator()(const char* name, T& member) {
    const auto found = json.find(name);
    if (found == json.end()) throw Malformed{name, "is missing"};
    try {
      read(*found, member);
    } catch (Malformed& malformed) {
      malformed.where = malformed.where.empty() ? name : name + ("." + malformed.where);
      throw;
    }
  }
};

template <HasMembers T>
void read(const Json& json, T& out) {
  if (!json.is_object()) throw Malformed{"", "is no object"};
  Reader reader{json};
  visit_members(Tag<T>{}, reader, out);
}

}  // namespace

template <class T>
Result<T> from_json(const Json& json) {
  try {
    T out{};
    read(json, out);
    return out;
  } catch (const Malformed& malformed) {
    const std::string where = malformed.where.empty() ? "the whole" : malformed.where;
    return fail(ErrorCode::internal, "json_malformed",
                "while reading a message's body: " + where + " " + malformed.what);
  } catch (const std::exception&) {
    return fail(ErrorCode::internal, "json_malformed", "while reading a message's body");
  }
}

#define PK_BOTH_WAYS(Type)                                   \
  Json to_json(const Type& value) { return written(value); } \
  template Result<Type> from_json<Type>(const Json&)

PK_BOTH_WAYS(Picture);
PK_BOTH_WAYS(Code);
PK_BOTH_WAYS(Separator);
PK_BOTH_WAYS(SeparationRules);
PK_BOTH_WAYS(DecodedPage);
PK_BOTH_WAYS(PageQuality);
PK_BOTH_WAYS(UprightPage);
PK_BOTH_WAYS(FormCandidate);
PK_BOTH_WAYS(Classification);
PK_BOTH_WAYS(Word);
PK_BOTH_WAYS(std::vector<Word>);
PK_BOTH_WAYS(RecognisedPage);
PK_BOTH_WAYS(CharacterCell);
PK_BOTH_WAYS(Reading);
PK_BOTH_WAYS(std::vector<Reading>);
PK_BOTH_WAYS(Finding);
PK_BOTH_WAYS(Findings);
PK_BOTH_WAYS(Transform);
PK_BOTH_WAYS(Rect);
PK_BOTH_WAYS(Value);
PK_BOTH_WAYS(extract::Registration);

#undef PK_BOTH_WAYS

}  // namespace postkamer::wire
