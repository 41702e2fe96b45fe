// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linking by name: what the host offers, and what of it satisfies the imports of a component. Names
// of interfaces match if their versions are compatible: 0.2.3 takes any 0.2.x, 1.2.3 any 1.x.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_LINK_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_LINK_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libcomponent/runtime/extern.h"
#include "libcomponent/runtime/instantiate.h"
#include "libcomponent/validate/validated_component.h"
#include "libwasm/libwasm.h"

namespace component::runtime {

// Of "ns:pkg/iface@1.2.3".
struct VersionedName {
  std::string_view base;     // without the version
  std::string_view version;  // may be empty

  static VersionedName Of(std::string_view name);
};
// Negative, 0 or positive, by the precedence of semantic versions.
int CompareVersions(std::string_view a, std::string_view b);
bool CompatibleVersions(std::string_view a, std::string_view b);

// The name that fits best: the same one, or the highest compatible version; null: none.
template <typename Items, typename NameOf>
auto FindByName(const Items& items, std::string_view name, NameOf name_of)
    -> decltype(&*items.begin()) {
  decltype(&*items.begin()) best = nullptr;
  const VersionedName wanted = VersionedName::Of(name);
  for (const auto& item : items) {
    const std::string_view offered = name_of(item);
    if (offered == name) return &item;
    const VersionedName parts = VersionedName::Of(offered);
    if (wanted.version.empty() || parts.version.empty() || parts.base != wanted.base ||
        !CompatibleVersions(parts.version, wanted.version))
      continue;
    if (best == nullptr ||
        CompareVersions(VersionedName::Of(name_of(*best)).version, parts.version) < 0)
      best = &item;
  }
  return best;
}

// The name of an import with its whole version, which may stand in two parts.
std::string FullName(const ExternName& name);

// A value for each import of `component`, in order, from what `offered` has. Errors: kUnlinkable,
// which name what is missing or of another type.
wasm::Result<std::vector<Extern>> ResolveImports(const trenail::Engine& engine,
                                                 const ValidatedComponent& component,
                                                 const InstanceValue& offered);

// The same, to be used for any number of instances.
class PreparedImports {
 public:
  explicit PreparedImports(std::vector<Extern> values) : values_(std::move(values)) {}
  wasm::Result<Instantiated> Instantiate(
      Store& store, const std::shared_ptr<const ValidatedComponent>& component) const;

 private:
  std::vector<Extern> values_;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_LINK_H_
