// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What fields are about.

#include "libwasi/net/fields.h"

#include <algorithm>
#include <charconv>

namespace trenail::wasi::http {
namespace {

char LowerOf(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsTokenChar(char c) {
  const char lower = LowerOf(c);
  if ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// Calls `visit` with each member of a comma-separated list until it returns true.
template <typename Visit>
bool AnyOfList(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (visit(Trim(list.substr(0, comma)))) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, LowerOf, LowerOf);
}

std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), LowerOf);
  return lower;
}

const std::string* FindField(const FieldList& fields, std::string_view name) {
  for (const auto& [field, value] : fields)
    if (EqualsIgnoringCase(field, name)) return &value;
  return nullptr;
}

bool ListContains(std::string_view list, std::string_view token) {
  return AnyOfList(list,
                   [&](std::string_view member) { return EqualsIgnoringCase(member, token); });
}

std::optional<uint64_t> ParseLength(std::string_view text) {
  uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return length;
}

bool IsFieldName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, IsTokenChar);
}

bool IsFieldValue(std::string_view value) {
  return std::ranges::none_of(value, [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
  });
}

bool IsTarget(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool IsConnectionField(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "connection",          "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
      "proxy-authorization", "host",       "http2-settings"};
  return std::ranges::any_of(
      kNames, [&](std::string_view known) { return EqualsIgnoringCase(name, known); });
}

FieldList WithoutConnectionFields(FieldList fields) {
  std::string named;
  for (const auto& [name, value] : fields)
    if (EqualsIgnoringCase(name, "connection")) named += "," + value;
  std::erase_if(fields, [&](const auto& field) {
    return IsConnectionField(field.first) || (!named.empty() && ListContains(named, field.first));
  });
  return fields;
}

}  // namespace trenail::wasi::http
