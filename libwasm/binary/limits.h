// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Limits of the implementation [impl]: those of the JavaScript API, so that what runs in browsers
// runs here and what is larger is refused before memory is spent on it.

#ifndef TRENAIL_LIBWASM_BINARY_LIMITS_H_
#define TRENAIL_LIBWASM_BINARY_LIMITS_H_

#include <cstdint>

namespace wasm::limits {

inline constexpr uint64_t kModuleSize = uint64_t{1} << 30;
inline constexpr uint32_t kTypes = 1'000'000;
inline constexpr uint32_t kSubtypeDepth = 63;
inline constexpr uint32_t kParams = 1'000;
inline constexpr uint32_t kResults = 1'000;
inline constexpr uint32_t kStructFields = 10'000;
inline constexpr uint32_t kImports = 1'000'000;
inline constexpr uint32_t kFunctions = 1'000'000;
inline constexpr uint32_t kTables = 100'000;
inline constexpr uint32_t kMemories = 100'000;
inline constexpr uint32_t kGlobals = 1'000'000;
inline constexpr uint32_t kTags = 1'000'000;
inline constexpr uint32_t kExports = 1'000'000;
inline constexpr uint32_t kElemSegments = 10'000'000;
inline constexpr uint32_t kElemItems = 10'000'000;
inline constexpr uint32_t kDataSegments = 100'000;
inline constexpr uint32_t kNameSize = 100'000;
inline constexpr uint32_t kBodySize = 7'654'321;
inline constexpr uint32_t kLocals = 50'000;
inline constexpr uint32_t kBrTableLabels = 65'520;
inline constexpr uint32_t kArrayNewFixed = 10'000;

}  // namespace wasm::limits

#endif  // TRENAIL_LIBWASM_BINARY_LIMITS_H_
