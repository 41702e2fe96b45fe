// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [cabi:Flattening]: how many core values parameters and results take, and of which types. What a
// single type flattens to is part of its layout.

#ifndef TRENAIL_LIBCOMPONENT_ABI_FLATTEN_H_
#define TRENAIL_LIBCOMPONENT_ABI_FLATTEN_H_

#include <cstdint>
#include <span>
#include <vector>

#include "libcomponent/types/types.h"
#include "libwasm/libwasm.h"

namespace component::abi {

// The types of several values in a row, as one side of a function has them.
using Types = std::span<const ValType* const>;

std::vector<const ValType*> ParamTypes(const FuncType& type);
std::vector<const ValType*> ResultTypes(const FuncType& type);

uint64_t FlatCount(Types types, PtrType ptr);  // [cabi:flatten_types], counted only

// Of the tuple of `types`, which the memory holds if they are too many to be flat.
struct TupleLayout {
  uint32_t alignment = 1;
  uint64_t size = 0;
};
TupleLayout LayoutOf(Types types, PtrType ptr);

struct FlattenOptions {
  PtrType ptr = PtrType::kI32;
  bool is_async = false;
  bool has_callback = false;
};
enum class Direction : uint8_t { kLift, kLower };

// [cabi:flatten_functype]: the type of the core function that is lifted, or made by lowering.
wasm::FuncType FlattenFuncType(const FlattenOptions& options, const FuncType& type,
                               Direction direction);

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_FLATTEN_H_
