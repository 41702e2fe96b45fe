// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of interfaces with versions: which of two may stand for the other [Explainer: Canonical
// Interface Name], and which is the newer one.

#ifndef TRENAIL_LIBCOMPONENT_COMPOSE_VERSIONS_H_
#define TRENAIL_LIBCOMPONENT_COMPOSE_VERSIONS_H_

#include <optional>
#include <string>
#include <string_view>

#include "libcomponent/syntax/component.h"
#include "libcomponent/wit/names.h"

namespace component::compose {

struct VersionedName {
  std::string_view base;  // without the version: "wasi:http/types"
  std::optional<wit::SemVer> version;

  static VersionedName Of(std::string_view name);
  // Behind the last slash: "types"; empty for a name that is no interface's.
  std::string_view interface() const;
};

// The name with its whole version, which may stand in two parts.
std::string FullName(const ExternName& name);

// Equal for names that may stand for each other: the versions are left out as far as they may
// differ. Versions before a release stand for nothing but themselves.
std::string CompatibilityKey(std::string_view name);
// The same interface, whatever its version.
bool SameInterface(std::string_view a, std::string_view b);
bool IsNewer(std::string_view a, std::string_view b);

}  // namespace component::compose

#endif  // TRENAIL_LIBCOMPONENT_COMPOSE_VERSIONS_H_
