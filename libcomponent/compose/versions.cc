// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/compose/versions.h"

namespace component::compose {

VersionedName VersionedName::Of(std::string_view name) {
  VersionedName out{.base = name, .version = std::nullopt};
  const size_t at = name.find('@');
  if (at == std::string_view::npos || name.find('/') == std::string_view::npos) return out;
  out.version = wit::SemVer::Parse(name.substr(at + 1));
  if (out.version) out.base = name.substr(0, at);
  return out;
}

std::string_view VersionedName::interface() const {
  const size_t slash = base.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : base.substr(slash + 1);
}

std::string FullName(const ExternName& name) {
  return name.version_suffix ? name.name + *name.version_suffix : name.name;
}

std::string CompatibilityKey(std::string_view name) {
  const VersionedName parts = VersionedName::Of(name);
  if (!parts.version || !parts.version->pre.empty()) return std::string(name);
  return std::string(parts.base) + "@" + parts.version->CanonVersion();
}

bool SameInterface(std::string_view a, std::string_view b) {
  return VersionedName::Of(a).base == VersionedName::Of(b).base;
}

bool IsNewer(std::string_view a, std::string_view b) {
  const VersionedName x = VersionedName::Of(a), y = VersionedName::Of(b);
  return x.version && (!y.version || x.version->Compare(*y.version) > 0);
}

}  // namespace component::compose
