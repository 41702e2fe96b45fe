// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules about names: kebab-case labels, keywords, when two names count as the same, package
// names and their versions [explainer:import-and-export-definitions], [wit:identifiers].

#ifndef TRENAIL_LIBCOMPONENT_WIT_NAMES_H_
#define TRENAIL_LIBCOMPONENT_WIT_NAMES_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace component::wit {

// A version as semver.org defines it.
struct SemVer {
  uint64_t major = 0;
  uint64_t minor = 0;
  uint64_t patch = 0;
  std::string pre;    // without `-`
  std::string build;  // without `+`

  // The longest version that `text` begins with, which is then shortened by it; a dot belongs to
  // the version only if more of it follows. Nothing, and `text` unchanged, if there is none.
  static std::optional<SemVer> ParsePrefix(std::string_view* text);
  static std::optional<SemVer> Parse(std::string_view text);

  std::string ToString() const;
  // The part that tells compatible versions apart from others, [explainer:canonversion].
  std::string CanonVersion() const;
  // What CanonVersion() leaves out.
  std::string VersionSuffix() const;
  // Precedence, in which build metadata does not count.
  std::strong_ordering Compare(const SemVer& other) const;
  // The same text.
  friend bool operator==(const SemVer&, const SemVer&) = default;
};

struct PackageName {
  std::string ns;    // nested ones with `:` between them
  std::string name;  // nested ones with `/` between them
  std::optional<SemVer> version;

  // `wasi:io@0.2.0`
  std::string ToString() const;
  // `wasi:io/streams@0.2.0`
  std::string InterfaceName(std::string_view interface) const;
  friend bool operator==(const PackageName&, const PackageName&) = default;
};

// [explainer:label]
bool IsLabel(std::string_view text);
// A label without upper-case letters, as namespaces and packages are named [explainer:words].
bool IsWords(std::string_view text);
bool IsKeyword(std::string_view text);

// Two plain names (`foo`, `[method]foo.bar`) of one scope clash if these are equal
// [explainer:name-uniqueness].
std::string CanonicalName(std::string_view name);

// The name as WIT text writes it: keywords are escaped.
std::string EscapedLabel(std::string_view name);

}  // namespace component::wit

#endif  // TRENAIL_LIBCOMPONENT_WIT_NAMES_H_
