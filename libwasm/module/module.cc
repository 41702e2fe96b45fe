// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/module/module.h"

#include <algorithm>

namespace wasm {

std::string_view NameMap::Find(uint32_t index) const {
  const auto at = std::lower_bound(
      names.begin(), names.end(), index,
      [](const std::pair<uint32_t, std::string_view>& name, uint32_t i) { return name.first < i; });
  return at != names.end() && at->first == index ? at->second : std::string_view();
}

}  // namespace wasm
