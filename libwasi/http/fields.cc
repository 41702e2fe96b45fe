// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A list that is searched from its beginning: the bound of its size is the bound of the search.

#include "libwasi/http/fields.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "libwasi/http/rules.h"

namespace trenail::wasi::http {
namespace {

uint64_t SizeOf(std::string_view name, std::string_view value) {
  return name.size() + value.size() + Fields::kFieldOverhead;
}

auto Named(std::string_view name) {
  return [name](const auto& field) { return SameName(field.first, name); };
}

}  // namespace

FieldsResult<std::shared_ptr<Fields>> Fields::FromGuest(std::shared_ptr<Budget> budget,
                                                        FieldList list) {
  auto fields = std::make_shared<Fields>(std::move(budget));
  for (auto& [name, value] : list) {
    if (auto appended = fields->Append(name, std::move(value)); !appended)
      return std::unexpected(appended.error());
  }
  return fields;
}

FieldsResult<std::shared_ptr<Fields>> Fields::FromWire(std::shared_ptr<Budget> budget,
                                                       FieldList list) {
  auto fields = std::make_shared<Fields>(std::move(budget));
  std::erase_if(list, [](const auto& field) { return IsForbiddenField(field.first); });
  uint64_t size = 0;
  for (const auto& [name, value] : list) size += SizeOf(name, value);
  if (auto charged = fields->Charge(size); !charged) return std::unexpected(charged.error());
  fields->list_ = std::move(list);
  fields->frozen_ = true;
  return fields;
}

FieldsResult<std::shared_ptr<Fields>> Fields::Clone() const {
  auto fields = std::make_shared<Fields>(charge_.budget());
  if (auto charged = fields->Charge(charge_.bytes()); !charged)
    return std::unexpected(charged.error());
  fields->list_ = list_;
  return fields;
}

std::vector<std::string> Fields::Get(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& field : list_)
    if (Named(name)(field)) values.push_back(field.second);
  return values;
}

bool Fields::Has(std::string_view name) const { return std::ranges::any_of(list_, Named(name)); }

FieldsResult<void> Fields::Set(const std::string& name, std::vector<std::string> values) {
  if (auto checked = CheckChange(name, /*sets=*/true); !checked) return checked;
  uint64_t size = 0;
  for (const std::string& value : values) {
    if (!IsValidValue(value)) return std::unexpected(FieldsError::kInvalidSyntax);
    size += SizeOf(name, value);
  }
  // Before the old ones go, so that a failure changes nothing.
  const uint64_t total = charge_.bytes() - SizeOfNamed(name) + size;
  if (total > kMaxSize || !charge_.Resize(total))
    return std::unexpected(FieldsError::kSizeExceeded);
  std::erase_if(list_, Named(name));
  for (std::string& value : values) list_.emplace_back(name, std::move(value));
  return {};
}

FieldsResult<void> Fields::Append(const std::string& name, std::string value) {
  if (auto checked = CheckChange(name, /*sets=*/true); !checked) return checked;
  if (!IsValidValue(value)) return std::unexpected(FieldsError::kInvalidSyntax);
  if (auto charged = Charge(SizeOf(name, value)); !charged) return charged;
  // [wasi:http/types.fields] "should use that original casing"
  const auto first = std::ranges::find_if(list_, Named(name));
  std::string casing = first != list_.end() ? first->first : name;
  list_.emplace_back(std::move(casing), std::move(value));
  return {};
}

FieldsResult<std::vector<std::string>> Fields::Delete(std::string_view name) {
  if (auto checked = CheckChange(name, /*sets=*/false); !checked)
    return std::unexpected(checked.error());
  std::vector<std::string> values = Get(name);
  charge_.Resize(charge_.bytes() - SizeOfNamed(name));
  std::erase_if(list_, Named(name));
  return values;
}

FieldsResult<void> Fields::CheckChange(std::string_view name, bool sets) const {
  if (frozen_) return std::unexpected(FieldsError::kImmutable);
  if (!IsToken(name)) return std::unexpected(FieldsError::kInvalidSyntax);
  if (sets && IsForbiddenField(name)) return std::unexpected(FieldsError::kForbidden);
  return {};
}

FieldsResult<void> Fields::Charge(uint64_t more) {
  const uint64_t size = charge_.bytes() + more;
  if (size > kMaxSize || !charge_.Resize(size)) return std::unexpected(FieldsError::kSizeExceeded);
  return {};
}

uint64_t Fields::SizeOfNamed(std::string_view name) const {
  uint64_t size = 0;
  for (const auto& field : list_)
    if (Named(name)(field)) size += SizeOf(field.first, field.second);
  return size;
}

std::expected<std::optional<uint64_t>, ErrorCode> ContentLength(const Fields& fields) {
  std::optional<uint64_t> length;
  for (const std::string& value : fields.Get("content-length")) {
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || (length && *length != number))
      return std::unexpected(ErrorCode{.kind = ErrorKind::kHttpProtocolError});
    length = number;
  }
  return length;
}

}  // namespace trenail::wasi::http
