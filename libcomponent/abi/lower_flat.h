// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [cabi:Flat Lowering]: core values out of Values, in slots of 64 bits (lift_flat.h).

#ifndef TRENAIL_LIBCOMPONENT_ABI_LOWER_FLAT_H_
#define TRENAIL_LIBCOMPONENT_ABI_LOWER_FLAT_H_

#include <cstdint>
#include <optional>
#include <span>

#include "libcomponent/abi/context.h"
#include "libcomponent/abi/flatten.h"

namespace component::abi {

// [cabi:lower_flat] into the first slots of `out`, as many as the type has; how many.
wasm::Result<uint32_t> LowerFlat(Context& cx, const Value& value, const ValType& type,
                                 std::span<uint64_t> out);

// [cabi:lower_flat_values]: into the first slots of `out`, or if they would be more than
// `max_flat`, into a tuple in memory: at `out_pointer`, or allocated and its address the only slot.
// The result is how many slots there are; `out` must have room for max(1, max_flat).
wasm::Result<uint32_t> LowerFlatValues(Context& cx, uint32_t max_flat,
                                       std::span<const Value> values, Types types,
                                       std::span<uint64_t> out,
                                       std::optional<uint64_t> out_pointer = std::nullopt);

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_LOWER_FLAT_H_
