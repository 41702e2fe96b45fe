// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Limits of the implementation, as the core format has them (libwasm/binary/limits.h): what is
// larger is refused before memory is spent on it.

#ifndef TRENAIL_LIBCOMPONENT_BINARY_LIMITS_H_
#define TRENAIL_LIBCOMPONENT_BINARY_LIMITS_H_

#include <cstdint>

namespace component::limits {

inline constexpr uint64_t kComponentSize = uint64_t{1} << 30;
// Components in components, types in types.
inline constexpr uint32_t kNesting = 100;
// Definitions and declarators, over all nested components: each takes far more memory than bytes.
inline constexpr uint32_t kDefinitions = 1'000'000;
// Fields, cases, labels, parameters, arguments, options: per list.
inline constexpr uint32_t kListElements = 100'000;
inline constexpr uint32_t kStartArgs = 1'000;
inline constexpr uint32_t kStartResults = 1'000;

}  // namespace component::limits

#endif  // TRENAIL_LIBCOMPONENT_BINARY_LIMITS_H_
