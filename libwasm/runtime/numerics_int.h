// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integer instructions [int-ops] and the wide arithmetic proposal. Operands are unsigned, so that
// wrap-around is defined; a signed interpretation [aux-signed] is a cast inside.

#ifndef TRENAIL_LIBWASM_RUNTIME_NUMERICS_INT_H_
#define TRENAIL_LIBWASM_RUNTIME_NUMERICS_INT_H_

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "libwasm/runtime/trap.h"

namespace wasm::num {

namespace internal {

template <typename U>
constexpr std::make_signed_t<U> Signed(U value) {
  return static_cast<std::make_signed_t<U>>(value);
}

// [op-idiv]
template <typename U>
constexpr OrTrap<U> DivS(U a, U b) {
  if (b == 0) return Trap::kIntegerDivideByZero;
  if (Signed(a) == std::numeric_limits<std::make_signed_t<U>>::min() && Signed(b) == -1) {
    return Trap::kIntegerOverflow;
  }
  return static_cast<U>(Signed(a) / Signed(b));
}

template <typename U>
constexpr OrTrap<U> DivU(U a, U b) {
  if (b == 0) return Trap::kIntegerDivideByZero;
  return a / b;
}

// [op-irem] The smallest value divided by -1 leaves 0, and no trap; processors (and C++) disagree.
template <typename U>
constexpr OrTrap<U> RemS(U a, U b) {
  if (b == 0) return Trap::kIntegerDivideByZero;
  if (Signed(b) == -1) return U{0};
  return static_cast<U>(Signed(a) % Signed(b));
}

template <typename U>
constexpr OrTrap<U> RemU(U a, U b) {
  if (b == 0) return Trap::kIntegerDivideByZero;
  return a % b;
}

}  // namespace internal

// i32: unary operators [op-iclz] [op-ictz] [op-ipopcnt] [op-iextendn].
constexpr uint32_t I32Clz(uint32_t a) { return static_cast<uint32_t>(std::countl_zero(a)); }
constexpr uint32_t I32Ctz(uint32_t a) { return static_cast<uint32_t>(std::countr_zero(a)); }
constexpr uint32_t I32Popcnt(uint32_t a) { return static_cast<uint32_t>(std::popcount(a)); }
constexpr uint32_t I32Extend8S(uint32_t a) { return static_cast<uint32_t>(static_cast<int8_t>(a)); }
constexpr uint32_t I32Extend16S(uint32_t a) {
  return static_cast<uint32_t>(static_cast<int16_t>(a));
}

// i32: binary operators [op-iadd] [op-isub] [op-imul] [op-idiv] [op-irem] [op-iand] [op-ior]
// [op-ixor] [op-ishl] [op-ishr] [op-irotl] [op-irotr]. Shift counts are taken modulo 32.
constexpr uint32_t I32Add(uint32_t a, uint32_t b) { return a + b; }
constexpr uint32_t I32Sub(uint32_t a, uint32_t b) { return a - b; }
constexpr uint32_t I32Mul(uint32_t a, uint32_t b) { return a * b; }
constexpr OrTrap<uint32_t> I32DivS(uint32_t a, uint32_t b) { return internal::DivS(a, b); }
constexpr OrTrap<uint32_t> I32DivU(uint32_t a, uint32_t b) { return internal::DivU(a, b); }
constexpr OrTrap<uint32_t> I32RemS(uint32_t a, uint32_t b) { return internal::RemS(a, b); }
constexpr OrTrap<uint32_t> I32RemU(uint32_t a, uint32_t b) { return internal::RemU(a, b); }
constexpr uint32_t I32And(uint32_t a, uint32_t b) { return a & b; }
constexpr uint32_t I32Or(uint32_t a, uint32_t b) { return a | b; }
constexpr uint32_t I32Xor(uint32_t a, uint32_t b) { return a ^ b; }
constexpr uint32_t I32Shl(uint32_t a, uint32_t b) { return a << (b & 31); }
constexpr uint32_t I32ShrS(uint32_t a, uint32_t b) {
  return static_cast<uint32_t>(internal::Signed(a) >> (b & 31));
}
constexpr uint32_t I32ShrU(uint32_t a, uint32_t b) { return a >> (b & 31); }
constexpr uint32_t I32Rotl(uint32_t a, uint32_t b) {
  return std::rotl(a, static_cast<int>(b & 31));
}
constexpr uint32_t I32Rotr(uint32_t a, uint32_t b) {
  return std::rotr(a, static_cast<int>(b & 31));
}

// i32: tests and comparisons [op-ieqz] [op-ieq] [op-ine] [op-ilt] [op-igt] [op-ile] [op-ige].
constexpr uint32_t I32Eqz(uint32_t a) { return a == 0; }
constexpr uint32_t I32Eq(uint32_t a, uint32_t b) { return a == b; }
constexpr uint32_t I32Ne(uint32_t a, uint32_t b) { return a != b; }
constexpr uint32_t I32LtS(uint32_t a, uint32_t b) {
  return internal::Signed(a) < internal::Signed(b);
}
constexpr uint32_t I32LtU(uint32_t a, uint32_t b) { return a < b; }
constexpr uint32_t I32GtS(uint32_t a, uint32_t b) {
  return internal::Signed(a) > internal::Signed(b);
}
constexpr uint32_t I32GtU(uint32_t a, uint32_t b) { return a > b; }
constexpr uint32_t I32LeS(uint32_t a, uint32_t b) {
  return internal::Signed(a) <= internal::Signed(b);
}
constexpr uint32_t I32LeU(uint32_t a, uint32_t b) { return a <= b; }
constexpr uint32_t I32GeS(uint32_t a, uint32_t b) {
  return internal::Signed(a) >= internal::Signed(b);
}
constexpr uint32_t I32GeU(uint32_t a, uint32_t b) { return a >= b; }

// i64: unary operators [op-iclz] [op-ictz] [op-ipopcnt] [op-iextendn].
constexpr uint64_t I64Clz(uint64_t a) { return static_cast<uint64_t>(std::countl_zero(a)); }
constexpr uint64_t I64Ctz(uint64_t a) { return static_cast<uint64_t>(std::countr_zero(a)); }
constexpr uint64_t I64Popcnt(uint64_t a) { return static_cast<uint64_t>(std::popcount(a)); }
constexpr uint64_t I64Extend8S(uint64_t a) { return static_cast<uint64_t>(static_cast<int8_t>(a)); }
constexpr uint64_t I64Extend16S(uint64_t a) {
  return static_cast<uint64_t>(static_cast<int16_t>(a));
}
constexpr uint64_t I64Extend32S(uint64_t a) {
  return static_cast<uint64_t>(static_cast<int32_t>(a));
}

// i64: binary operators [op-iadd] [op-isub] [op-imul] [op-idiv] [op-irem] [op-iand] [op-ior]
// [op-ixor] [op-ishl] [op-ishr] [op-irotl] [op-irotr]. Shift counts are taken modulo 64.
constexpr uint64_t I64Add(uint64_t a, uint64_t b) { return a + b; }
constexpr uint64_t I64Sub(uint64_t a, uint64_t b) { return a - b; }
constexpr uint64_t I64Mul(uint64_t a, uint64_t b) { return a * b; }
constexpr OrTrap<uint64_t> I64DivS(uint64_t a, uint64_t b) { return internal::DivS(a, b); }
constexpr OrTrap<uint64_t> I64DivU(uint64_t a, uint64_t b) { return internal::DivU(a, b); }
constexpr OrTrap<uint64_t> I64RemS(uint64_t a, uint64_t b) { return internal::RemS(a, b); }
constexpr OrTrap<uint64_t> I64RemU(uint64_t a, uint64_t b) { return internal::RemU(a, b); }
constexpr uint64_t I64And(uint64_t a, uint64_t b) { return a & b; }
constexpr uint64_t I64Or(uint64_t a, uint64_t b) { return a | b; }
constexpr uint64_t I64Xor(uint64_t a, uint64_t b) { return a ^ b; }
constexpr uint64_t I64Shl(uint64_t a, uint64_t b) { return a << (b & 63); }
constexpr uint64_t I64ShrS(uint64_t a, uint64_t b) {
  return static_cast<uint64_t>(internal::Signed(a) >> (b & 63));
}
constexpr uint64_t I64ShrU(uint64_t a, uint64_t b) { return a >> (b & 63); }
constexpr uint64_t I64Rotl(uint64_t a, uint64_t b) {
  return std::rotl(a, static_cast<int>(b & 63));
}
constexpr uint64_t I64Rotr(uint64_t a, uint64_t b) {
  return std::rotr(a, static_cast<int>(b & 63));
}

// i64: tests and comparisons [op-ieqz] [op-ieq] [op-ine] [op-ilt] [op-igt] [op-ile] [op-ige].
constexpr uint32_t I64Eqz(uint64_t a) { return a == 0; }
constexpr uint32_t I64Eq(uint64_t a, uint64_t b) { return a == b; }
constexpr uint32_t I64Ne(uint64_t a, uint64_t b) { return a != b; }
constexpr uint32_t I64LtS(uint64_t a, uint64_t b) {
  return internal::Signed(a) < internal::Signed(b);
}
constexpr uint32_t I64LtU(uint64_t a, uint64_t b) { return a < b; }
constexpr uint32_t I64GtS(uint64_t a, uint64_t b) {
  return internal::Signed(a) > internal::Signed(b);
}
constexpr uint32_t I64GtU(uint64_t a, uint64_t b) { return a > b; }
constexpr uint32_t I64LeS(uint64_t a, uint64_t b) {
  return internal::Signed(a) <= internal::Signed(b);
}
constexpr uint32_t I64LeU(uint64_t a, uint64_t b) { return a <= b; }
constexpr uint32_t I64GeS(uint64_t a, uint64_t b) {
  return internal::Signed(a) >= internal::Signed(b);
}
constexpr uint32_t I64GeU(uint64_t a, uint64_t b) { return a >= b; }

// The wide arithmetic proposal: 128-bit values as two i64, low half first.
struct U64Pair {
  uint64_t low = 0;
  uint64_t high = 0;
  friend constexpr bool operator==(const U64Pair&, const U64Pair&) = default;
};

namespace internal {

__extension__ typedef unsigned __int128 Uint128;
__extension__ typedef __int128 Int128;

constexpr Uint128 Join(uint64_t low, uint64_t high) { return Uint128{high} << 64 | low; }
constexpr U64Pair Split(Uint128 value) {
  return {static_cast<uint64_t>(value), static_cast<uint64_t>(value >> 64)};
}

}  // namespace internal

constexpr U64Pair I64Add128(uint64_t low_a, uint64_t high_a, uint64_t low_b, uint64_t high_b) {
  return internal::Split(internal::Join(low_a, high_a) + internal::Join(low_b, high_b));
}
constexpr U64Pair I64Sub128(uint64_t low_a, uint64_t high_a, uint64_t low_b, uint64_t high_b) {
  return internal::Split(internal::Join(low_a, high_a) - internal::Join(low_b, high_b));
}
constexpr U64Pair I64MulWideS(uint64_t a, uint64_t b) {
  return internal::Split(static_cast<internal::Uint128>(internal::Int128{internal::Signed(a)} *
                                                        internal::Int128{internal::Signed(b)}));
}
constexpr U64Pair I64MulWideU(uint64_t a, uint64_t b) {
  return internal::Split(internal::Uint128{a} * internal::Uint128{b});
}

}  // namespace wasm::num

#endif  // TRENAIL_LIBWASM_RUNTIME_NUMERICS_INT_H_
