// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lexical grammar of labels and of import and export names [Explainer: Import and Export
// Definitions], and when two of them are too much alike [Explainer: Name Uniqueness]. Beside the
// names of the current grammar those of an earlier one are still known in imports, as toolchains
// emit them: `url=<…>`, `integrity=<…>`, `locked-dep=<…>` and `unlocked-dep=<…>`.

#ifndef TRENAIL_LIBCOMPONENT_TYPES_NAMES_H_
#define TRENAIL_LIBCOMPONENT_TYPES_NAMES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libcomponent/feature_set.h"
#include "libcomponent/syntax/component.h"
#include "libwasm/support/error.h"

namespace component {

bool IsLabel(std::string_view text);  // [Explainer: label]
bool IsWords(std::string_view text);  // [Explainer: words]

struct ParsedName {
  enum class Kind : uint8_t {
    kLabel,
    kConstructor,
    kMethod,
    kStatic,
    kInterface,
    kUrl,
    kIntegrity,
    kLockedDep,
    kUnlockedDep,
  };
  Kind kind = Kind::kLabel;
  // All are parts of the name that was parsed.
  std::string_view resource;                // kConstructor, kMethod, kStatic
  std::string_view member;                  // kMethod, kStatic
  std::string_view package;                 // kInterface: "wasi:http"
  std::string_view projection;              // kInterface: "types"; nested: "a/b"
  std::optional<std::string_view> version;  // kInterface: behind '@'

  bool is_plain() const { return kind <= Kind::kStatic; }
};

// Errors are kInvalid and without an offset.
wasm::Result<ParsedName> ParseExternName(std::string_view name, const FeatureSet& features);

// The grammar and the rules for attributes that need no types [Binary: nameattributes].
wasm::Result<ParsedName> CheckExternName(const ExternName& name, const FeatureSet& features);

// Names are strongly-unique if these are unequal. For labels it is the lower-case label.
std::string UniquenessKey(std::string_view name);

wasm::Result<void> CheckSemver(std::string_view version);  // https://semver.org
bool IsCanonVersion(std::string_view version);             // [Explainer: canonversion]
// The canonversion of a valid semver and what was split off [Explainer: Canonical Interface Name].
std::string_view CanonVersion(std::string_view semver);

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_TYPES_NAMES_H_
