// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which packages of WASI a component needs, by its imports: packages.def.

#ifndef TRENAIL_LIBWASI_PACKAGES_H_
#define TRENAIL_LIBWASI_PACKAGES_H_

#include <algorithm>
#include <string_view>

#include "libcomponent/libcomponent.h"

namespace trenail::wasi {

// Whether `name`, of an import, begins with `names` and is of WASI 0.`version`, or of none.
inline bool IsOfPackage(std::string_view name, std::string_view names, int version) {
  if (!name.starts_with(names)) return false;
  const size_t at = name.find('@');
  if (at == std::string_view::npos) return true;
  name.remove_prefix(at + 1);
  return name.starts_with("0.") && name.substr(2).starts_with(static_cast<char>('0' + version));
}

inline bool IsOfPackage(const component::NamedExtern& import, std::string_view names, int version) {
  return IsOfPackage(import.name.name, names, version) ||
         (import.name.implements && IsOfPackage(*import.name.implements, names, version));
}

inline bool IsImported(const Component& component, std::string_view names, int version) {
  return std::ranges::any_of(component.imports(), [&](const component::NamedExtern& import) {
    return IsOfPackage(import, names, version);
  });
}

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_PACKAGES_H_
