// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generic builtins of the rows whose execution is written by hand. Null: compiled code has its
// own way, always.

#ifndef TRENAIL_LIBWASM_NATIVE_BUILTINS_BY_HAND_H_
#define TRENAIL_LIBWASM_NATIVE_BUILTINS_BY_HAND_H_

#include <cstdint>

#include "libwasm/native/builtins.h"
#include "libwasm/opcodes/opcode.h"
#include "libwasm/types/types.h"

namespace wasm::native {

// HeapType::bits() of a syntactic type, back.
inline HeapType HeapTypeOf(uint64_t bits) {
  constexpr uint32_t kConcrete = HeapType::Concrete(0).bits();
  const auto low = static_cast<uint32_t>(bits);
  return (low & kConcrete) != 0 ? HeapType::Concrete(low & ~kConcrete)
                                : HeapType(static_cast<HeapType::Abstract>(low));
}

namespace by_hand {

// The rows that have one; their functions are in builtins_by_hand.cc.
// clang-format off
#define WASM_NATIVE_BY_HAND(X)                                                                   \
  X(GlobalGet) X(GlobalSet) X(TableGet) X(TableSet) X(TableInit) X(ElemDrop) X(TableCopy)        \
  X(TableGrow) X(TableSize) X(TableFill) X(MemorySize) X(MemoryGrow) X(MemoryInit) X(DataDrop)   \
  X(MemoryCopy) X(MemoryFill) X(I64Add128) X(I64Sub128) X(I64MulWideS) X(I64MulWideU) X(RefNull) \
  X(RefIsNull) X(RefFunc) X(RefEq) X(RefAsNonNull) X(StructNew) X(StructNewDefault) X(StructGet) \
  X(StructGetS) X(StructGetU) X(StructSet) X(ArrayNew) X(ArrayNewDefault) X(ArrayNewFixed)       \
  X(ArrayNewData) X(ArrayNewElem) X(ArrayGet) X(ArrayGetS) X(ArrayGetU) X(ArraySet) X(ArrayLen)  \
  X(ArrayFill) X(ArrayCopy) X(ArrayInitData) X(ArrayInitElem) X(RefTest) X(RefTestNull)          \
  X(RefCast) X(RefCastNull) X(AnyConvertExtern) X(ExternConvertAny) X(RefI31) X(I31GetS)         \
  X(I31GetU) X(I8x16Shuffle) X(MemoryAtomicNotify) X(MemoryAtomicWait32) X(MemoryAtomicWait64)   \
  X(AtomicFence)
// clang-format on

#define X(Name) GenericBuiltin Name;
WASM_NATIVE_BY_HAND(X)
#undef X

template <Opcode op>
inline constexpr GenericBuiltin* kEntry = nullptr;
#define X(Name) \
  template <>   \
  inline constexpr GenericBuiltin* kEntry<Opcode::Name> = &by_hand::Name;
WASM_NATIVE_BY_HAND(X)
#undef X

}  // namespace by_hand
}  // namespace wasm::native

#endif  // TRENAIL_LIBWASM_NATIVE_BUILTINS_BY_HAND_H_
