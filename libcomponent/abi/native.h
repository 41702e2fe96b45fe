// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lifting and lowering of C++ objects (native_type.h), which fit their types: the same bytes, calls
// of realloc, errors and traps as by way of Values.

#ifndef TRENAIL_LIBCOMPONENT_ABI_NATIVE_H_
#define TRENAIL_LIBCOMPONENT_ABI_NATIVE_H_

#include <cstdint>
#include <optional>
#include <span>

#include "libcomponent/abi/context.h"
#include "libcomponent/abi/flatten.h"
#include "libcomponent/native_type.h"

namespace component::abi {

// LowerFlatValues (lower_flat.h).
wasm::Result<void> LowerNative(Context& cx, uint32_t max_flat, std::span<const NativeSource> values,
                               Types types, std::span<uint64_t> out,
                               std::optional<uint64_t> out_pointer = std::nullopt);
// LiftFlatValues (lift_flat.h).
wasm::Result<void> LiftNative(Context& cx, uint32_t max_flat, std::span<const uint64_t> flat,
                              Types types, std::span<const NativePlace> places);

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_NATIVE_H_
