// SPDX-License-Identifier: EUPL-1.2
#include "pipeline/forms/form.h"

#include <algorithm>
#include <array>

namespace postkamer::forms {
namespace {

struct TypeName {
  FieldType type;
  std::string_view name;
};

// In the order of the enumeration: name_of indexes it.
constexpr std::array kTypes{
    TypeName{FieldType::digits, "digits"},     TypeName{FieldType::number, "number"},
    TypeName{FieldType::capitals, "capitals"}, TypeName{FieldType::alphanumeric, "alphanumeric"},
    TypeName{FieldType::text, "text"},         TypeName{FieldType::date, "date"},
    TypeName{FieldType::time, "time"},         TypeName{FieldType::amount, "amount"},
    TypeName{FieldType::bsn, "bsn"},           TypeName{FieldType::rsin, "rsin"},
    TypeName{FieldType::kvk, "kvk"},           TypeName{FieldType::iban, "iban"},
    TypeName{FieldType::postcode, "postcode"}, TypeName{FieldType::licence_plate, "licence_plate"},
    TypeName{FieldType::phone, "phone"},       TypeName{FieldType::email, "email"},
    TypeName{FieldType::checkbox, "checkbox"}, TypeName{FieldType::choice, "choice"},
    TypeName{FieldType::choices, "choices"},   TypeName{FieldType::signature, "signature"},
    TypeName{FieldType::barcode, "barcode"},
};

constexpr std::array kTypeOrder = [] {
  std::array<FieldType, kTypes.size()> order{};
  for (std::size_t i = 0; i < kTypes.size(); ++i) order[i] = kTypes[i].type;
  return order;
}();

constexpr std::array<std::string_view, 4> kVerifyNames{"never", "doubt", "always", "twice"};

}  // namespace

std::string_view name_of(FieldType type) { return kTypes.at(static_cast<std::size_t>(type)).name; }

std::optional<FieldType> field_type_named(std::string_view name) {
  const auto* found = std::find_if(kTypes.begin(), kTypes.end(),
                                   [&](const TypeName& row) { return row.name == name; });
  if (found == kTypes.end()) return std::nullopt;
  return found->type;
}

std::span<const FieldType> field_types() { return kTypeOrder; }

std::string_view name_of(Verify verify) {
  return kVerifyNames.at(static_cast<std::size_t>(verify));
}

std::optional<Verify> verify_named(std::string_view name) {
  const auto* found = std::find(kVerifyNames.begin(), kVerifyNames.end(), name);
  if (found == kVerifyNames.end()) return std::nullopt;
  return static_cast<Verify>(found - kVerifyNames.begin());
}

const Field* find_field(const Form& form, std::string_view name) {
  const auto found = std::find_if(form.fields.begin(), form.fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  return found == form.fields.end() ? nullptr : &*found;
}

}  // namespace postkamer::forms
