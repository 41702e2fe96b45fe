// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Indices as distinct types: a table index handed in where a memory index belongs does not compile.

#ifndef TRENAIL_LIBWASM_SUPPORT_INDEX_H_
#define TRENAIL_LIBWASM_SUPPORT_INDEX_H_

#include <compare>
#include <cstdint>

namespace wasm {

template <typename Tag>
struct Index {
  uint32_t value = 0;

  constexpr Index() = default;
  constexpr explicit Index(uint32_t v) : value(v) {}
  friend constexpr auto operator<=>(const Index&, const Index&) = default;
};

// [syntax-index]
using TypeIdx = Index<struct TypeIdxTag>;
using FuncIdx = Index<struct FuncIdxTag>;
using TableIdx = Index<struct TableIdxTag>;
using MemIdx = Index<struct MemIdxTag>;
using GlobalIdx = Index<struct GlobalIdxTag>;
using TagIdx = Index<struct TagIdxTag>;
using ElemIdx = Index<struct ElemIdxTag>;
using DataIdx = Index<struct DataIdxTag>;
using LocalIdx = Index<struct LocalIdxTag>;
using LabelIdx = Index<struct LabelIdxTag>;
using FieldIdx = Index<struct FieldIdxTag>;

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_SUPPORT_INDEX_H_
