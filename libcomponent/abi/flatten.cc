// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/abi/flatten.h"

#include <algorithm>

#include "libcomponent/abi/memory.h"

namespace component::abi {

std::vector<const ValType*> ParamTypes(const FuncType& type) {
  std::vector<const ValType*> types;
  for (const ValType::Field& param : type.params) types.push_back(param.type);
  return types;
}

std::vector<const ValType*> ResultTypes(const FuncType& type) {
  if (type.result == nullptr) return {};
  return {type.result};
}

uint64_t FlatCount(Types types, PtrType ptr) {
  uint64_t count = 0;
  for (const ValType* type : types) count += type->layout(ptr).flat_count;
  return count;
}

TupleLayout LayoutOf(Types types, PtrType ptr) {
  TupleLayout tuple;
  for (const ValType* type : types) {
    const ValType::Layout& layout = type->layout(ptr);
    tuple.alignment = std::max(tuple.alignment, layout.alignment);
    tuple.size = AlignTo(tuple.size, layout.alignment) + layout.size;
  }
  tuple.size = AlignTo(tuple.size, tuple.alignment);
  return tuple;
}

wasm::FuncType FlattenFuncType(const FlattenOptions& options, const FuncType& type,
                               Direction direction) {
  const wasm::ValType pointer =
      options.ptr == PtrType::kI32 ? wasm::ValType::kI32 : wasm::ValType::kI64;
  const auto flatten = [&](Types types, uint64_t max_flat) {
    std::vector<wasm::ValType> flat;
    if (FlatCount(types, options.ptr) > max_flat) return std::vector{pointer};
    for (const ValType* one : types) {
      const auto& more = one->layout(options.ptr).flat;
      flat.insert(flat.end(), more.begin(), more.end());
    }
    return flat;
  };
  const std::vector<const ValType*> params = ParamTypes(type), results = ResultTypes(type);
  const bool lower = direction == Direction::kLower;
  wasm::FuncType flat;
  flat.params =
      flatten(params, options.is_async && lower ? kMaxFlatAsyncParams : uint64_t{kMaxFlatParams});
  if (!options.is_async) {
    flat.results = flatten(results, kMaxFlatResults);
    if (lower && FlatCount(results, options.ptr) > kMaxFlatResults) {
      flat.params.push_back(pointer);
      flat.results.clear();
    }
  } else if (lower) {
    if (!results.empty()) flat.params.push_back(pointer);
    flat.results = {wasm::ValType::kI32};
  } else if (options.has_callback) {
    flat.results = {wasm::ValType::kI32};
  }
  return flat;
}

}  // namespace component::abi
