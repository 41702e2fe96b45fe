// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/bind/names.h"

#include <algorithm>
#include <array>

namespace component::bind {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Of C, of C++, and what headers of C libraries and compilers define as macros; and the namespaces
// that generated code names.
constexpr std::string_view kReserved[] = {
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "assert",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "complex",
    "concept",
    "const",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "environ",
    "errno",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "int16_t",
    "int32_t",
    "int64_t",
    "int8_t",
    "isfinite",
    "isinf",
    "isnan",
    "isnormal",
    "linux",
    "long",
    "main",
    "major",
    "makedev",
    "minor",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "noreturn",
    "not",
    "not_eq",
    "nullptr",
    "offsetof",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "restrict",
    "return",
    "setjmp",
    "short",
    "signbit",
    "signed",
    "size_t",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "std",
    "stderr",
    "stdin",
    "stdout",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "trenail",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "typeof",
    "uint16_t",
    "uint32_t",
    "uint64_t",
    "uint8_t",
    "uintptr_t",
    "union",
    "unix",
    "unsigned",
    "unreachable",
    "using",
    "va_arg",
    "va_copy",
    "va_end",
    "va_start",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
};

bool IsReserved(std::string_view name) {
  return std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved);
}

bool IsPrefix(const Path& prefix, const Path& path) {
  return prefix.size() <= path.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

}  // namespace

std::string CamelCase(std::string_view label) {
  std::string out;
  bool first = true;
  for (const char c : label) {
    if (c == '-' || c == '_' || c == ':' || c == '/' || c == '.') {
      first = true;
      continue;
    }
    // Two numbers must not become one.
    if (first && IsDigit(c) && !out.empty() && IsDigit(out.back())) out += '_';
    out += first ? Upper(c) : Lower(c);
    first = false;
  }
  return out;
}

std::string SnakeCase(std::string_view label) {
  std::string out;
  for (const char c : label)
    out += c == '-' || c == ':' || c == '/' || c == '.' || c == '+' ? '_' : Lower(c);
  if (IsReserved(out)) out += '_';
  return out;
}

std::string UpperCase(std::string_view label) {
  std::string out;
  for (const char c : label)
    out += c == '-' || c == ':' || c == '/' || c == '.' || c == '+' ? '_' : Upper(c);
  return out;
}

std::string UniqueNames::Add(std::string wanted) {
  if (taken_.insert(wanted).second) return wanted;
  // Not two underscores, which are not ours to use.
  if (!wanted.ends_with('_')) wanted += '_';
  if (taken_.insert(wanted).second) return wanted;
  for (int number = 2;; ++number)
    if (std::string other = wanted + std::to_string(number); taken_.insert(other).second)
      return other;
}

std::string Scopes::Declare(const Path& scope, std::string wanted) {
  return scopes_[scope].Add(std::move(wanted));
}

void Scopes::Open(const Path& scope, const std::string& name) {
  if (!scopes_[scope].Has(name)) scopes_[scope].Add(name);
}

bool Scopes::Has(const Path& scope, const std::string& name) const {
  const auto found = scopes_.find(scope);
  return found != scopes_.end() && found->second.Has(name);
}

std::string Scopes::Reference(const Path& from, const Path& target) const {
  for (size_t k = target.size(); k-- > 0;) {
    // Where the first of the names would be found.
    Path scope = from;
    while (!scope.empty() && !Has(scope, target[k])) scope.pop_back();
    if (!Has(scope, target[k])) continue;
    if (scope.size() == k && IsPrefix(scope, target))
      return Join(Path(target.begin() + static_cast<ptrdiff_t>(k), target.end()), "::");
  }
  return "::" + Join(target, "::");
}

std::string Join(const Path& path, std::string_view separator) {
  std::string out;
  for (const std::string& name : path) {
    if (!out.empty()) out += separator;
    out += name;
  }
  return out;
}

}  // namespace component::bind
