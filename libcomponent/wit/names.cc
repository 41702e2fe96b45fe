// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/wit/names.h"

#include <algorithm>
#include <array>

namespace component::wit {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool IsVersionChar(char c) { return IsDigit(c) || IsLower(c) || IsUpper(c) || c == '-'; }

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (IsUpper(c)) c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool IsNumeric(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

// A number without leading zeros.
bool TakeNumber(std::string_view* text, uint64_t* out) {
  size_t length = 0;
  uint64_t value = 0;
  for (; length < text->size() && IsDigit((*text)[length]); ++length) {
    const uint64_t digit = static_cast<uint64_t>((*text)[length] - '0');
    if (value > (UINT64_MAX - digit) / 10) return false;
    value = value * 10 + digit;
  }
  if (length == 0 || (length > 1 && text->front() == '0')) return false;
  text->remove_prefix(length);
  *out = value;
  return true;
}

// Identifiers with dots between them.
bool TakeIdentifiers(std::string_view* text, bool leading_zeros, std::string* out) {
  size_t end = 0;
  for (;;) {
    const size_t begin = end;
    while (end < text->size() && IsVersionChar((*text)[end])) ++end;
    const std::string_view part = text->substr(begin, end - begin);
    if (part.empty()) return false;
    if (!leading_zeros && part.size() > 1 && part[0] == '0' && IsNumeric(part)) return false;
    if (end + 1 >= text->size() || (*text)[end] != '.' || !IsVersionChar((*text)[end + 1])) break;
    ++end;
  }
  *out = text->substr(0, end);
  text->remove_prefix(end);
  return true;
}

bool Take(std::string_view* text, char c) {
  if (!text->starts_with(c)) return false;
  text->remove_prefix(1);
  return true;
}

std::string_view TakePart(std::string_view* text) {
  const size_t dot = std::min(text->find('.'), text->size());
  const std::string_view part = text->substr(0, dot);
  text->remove_prefix(std::min(dot + 1, text->size()));
  return part;
}

std::strong_ordering ComparePart(std::string_view a, std::string_view b) {
  const bool a_numeric = IsNumeric(a);
  if (a_numeric != IsNumeric(b))
    return a_numeric ? std::strong_ordering::less : std::strong_ordering::greater;
  if (a_numeric && a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

// In the order of the alphabet, for the binary search.
constexpr std::array<std::string_view, 42> kKeywords = {
    "as",  "async",  "bool",   "borrow",  "char",   "constructor", "enum",    "export",    "f32",
    "f64", "flags",  "from",   "func",    "future", "import",      "include", "interface", "list",
    "map", "option", "own",    "package", "record", "resource",    "result",  "s16",       "s32",
    "s64", "s8",     "static", "stream",  "string", "tuple",       "type",    "u16",       "u32",
    "u64", "u8",     "use",    "variant", "with",   "world",
};
static_assert(std::is_sorted(kKeywords.begin(), kKeywords.end()));

}  // namespace

std::optional<SemVer> SemVer::ParsePrefix(std::string_view* text) {
  std::string_view rest = *text;
  SemVer version;
  if (!TakeNumber(&rest, &version.major) || !Take(&rest, '.') ||
      !TakeNumber(&rest, &version.minor) || !Take(&rest, '.') || !TakeNumber(&rest, &version.patch))
    return std::nullopt;
  if (Take(&rest, '-') && !TakeIdentifiers(&rest, false, &version.pre)) return std::nullopt;
  if (Take(&rest, '+') && !TakeIdentifiers(&rest, true, &version.build)) return std::nullopt;
  *text = rest;
  return version;
}

std::optional<SemVer> SemVer::Parse(std::string_view text) {
  auto version = ParsePrefix(&text);
  if (!text.empty()) return std::nullopt;
  return version;
}

std::string SemVer::ToString() const { return CanonVersion() + VersionSuffix(); }

std::string SemVer::CanonVersion() const {
  if (major > 0) return std::to_string(major);
  if (minor > 0) return "0." + std::to_string(minor);
  return "0.0." + std::to_string(patch);
}

std::string SemVer::VersionSuffix() const {
  std::string out;
  if (major > 0) out += "." + std::to_string(minor);
  if (major > 0 || minor > 0) out += "." + std::to_string(patch);
  if (!pre.empty()) out += "-" + pre;
  if (!build.empty()) out += "+" + build;
  return out;
}

std::strong_ordering SemVer::Compare(const SemVer& other) const {
  if (auto order = major <=> other.major; order != 0) return order;
  if (auto order = minor <=> other.minor; order != 0) return order;
  if (auto order = patch <=> other.patch; order != 0) return order;
  // A version before a release precedes it.
  if (pre.empty() || other.pre.empty()) return other.pre.size() <=> pre.size();
  std::string_view a = pre, b = other.pre;
  while (!a.empty() && !b.empty())
    if (auto order = ComparePart(TakePart(&a), TakePart(&b)); order != 0) return order;
  return a.size() <=> b.size();
}

std::string PackageName::ToString() const {
  return version ? ns + ":" + name + "@" + version->ToString() : ns + ":" + name;
}

std::string PackageName::InterfaceName(std::string_view interface) const {
  std::string out = ns + ":" + name + "/";
  out += interface;
  if (version) out += "@" + version->ToString();
  return out;
}

bool IsLabel(std::string_view text) {
  if (text.empty() || IsDigit(text[0])) return false;
  bool lower = false, upper = false, empty = true;
  for (char c : text) {
    if (c == '-') {
      if (empty) return false;
      lower = upper = false;
      empty = true;
      continue;
    }
    lower |= IsLower(c);
    upper |= IsUpper(c);
    if (!IsLower(c) && !IsUpper(c) && !IsDigit(c)) return false;
    if (lower && upper) return false;
    empty = false;
  }
  return !empty;
}

bool IsWords(std::string_view text) {
  return IsLabel(text) && std::none_of(text.begin(), text.end(), IsUpper);
}

bool IsKeyword(std::string_view text) {
  return std::binary_search(kKeywords.begin(), kKeywords.end(), text);
}

std::string CanonicalName(std::string_view name) {
  if (name.starts_with("[constructor]")) return Lower(name);
  if (name.starts_with('[')) name.remove_prefix(std::min(name.find(']') + 1, name.size()));
  std::string lower = Lower(name);
  const size_t dot = lower.find('.');
  if (dot != std::string::npos && lower.substr(0, dot) == lower.substr(dot + 1)) lower.resize(dot);
  return lower;
}

std::string EscapedLabel(std::string_view name) {
  return IsKeyword(name) ? "%" + std::string(name) : std::string(name);
}

}  // namespace component::wit
