// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integer instructions at their boundaries, as constant expressions, and against other
// formulations: i32 division and remainder in 64 bits, wide multiplication from 32-bit halves.

#include "libwasm/runtime/numerics_int.h"

#include <catch2/catch_test_macros.hpp>

namespace wasm::num {
namespace {

constexpr uint32_t kMin32 = 0x80000000, kMax32 = 0x7fffffff, kMinus32 = 0xffffffff;
constexpr uint64_t kMin64 = 0x8000000000000000, kMax64 = 0x7fffffffffffffff,
                   kMinus64 = 0xffffffffffffffff;

// Wrap-around [op-iadd] [op-isub] [op-imul].
static_assert(I32Add(kMinus32, 1) == 0 && I32Add(kMax32, 1) == kMin32);
static_assert(I32Sub(0, 1) == kMinus32 && I32Sub(kMin32, 1) == kMax32);
static_assert(I32Mul(kMin32, kMinus32) == kMin32 && I32Mul(0x10000, 0x10000) == 0);
static_assert(I64Add(kMinus64, 1) == 0 && I64Add(kMax64, 1) == kMin64);
static_assert(I64Sub(0, 1) == kMinus64 && I64Sub(kMin64, 1) == kMax64);
static_assert(I64Mul(kMin64, kMinus64) == kMin64 && I64Mul(1ull << 32, 1ull << 32) == 0);

// [op-idiv] [op-irem]
static_assert(I32DivS(1, 0).trap == Trap::kIntegerDivideByZero);
static_assert(I32DivS(kMin32, 0).trap == Trap::kIntegerDivideByZero);
static_assert(I32DivS(kMin32, kMinus32).trap == Trap::kIntegerOverflow);
static_assert(I32DivS(kMin32, 2).value == 0xc0000000 && I32DivS(-7u, 2).value == -3u);
static_assert(I32DivU(1, 0).trap == Trap::kIntegerDivideByZero);
static_assert(I32DivU(kMin32, kMinus32).ok() && I32DivU(kMin32, kMinus32).value == 0);
static_assert(I32RemS(1, 0).trap == Trap::kIntegerDivideByZero);
static_assert(I32RemS(kMin32, kMinus32).ok() && I32RemS(kMin32, kMinus32).value == 0);
static_assert(I32RemS(-7u, 4).value == -3u && I32RemS(7, -4u).value == 3);
static_assert(I32RemU(1, 0).trap == Trap::kIntegerDivideByZero);
static_assert(I32RemU(-5u, 2).value == 1);
static_assert(I64DivS(1, 0).trap == Trap::kIntegerDivideByZero);
static_assert(I64DivS(kMin64, kMinus64).trap == Trap::kIntegerOverflow);
static_assert(I64DivS(kMin64, 2).value == 0xc000000000000000);
static_assert(I64DivU(1, 0).trap == Trap::kIntegerDivideByZero);
static_assert(I64DivU(kMin64, kMinus64).value == 0);
static_assert(I64RemS(1, 0).trap == Trap::kIntegerDivideByZero);
static_assert(I64RemS(kMin64, kMinus64).ok() && I64RemS(kMin64, kMinus64).value == 0);
static_assert(I64RemU(1, 0).trap == Trap::kIntegerDivideByZero);

// Counts are taken modulo the width [op-ishl] [op-ishr] [op-irotl] [op-irotr].
static_assert(I32Shl(1, 31) == kMin32 && I32Shl(1, 32) == 1 && I32Shl(1, 33) == 2);
static_assert(I32ShrS(kMin32, 31) == kMinus32 && I32ShrS(kMin32, 32) == kMin32);
static_assert(I32ShrU(kMin32, 31) == 1 && I32ShrU(kMinus32, kMinus32) == 1);
static_assert(I32Rotl(0xabcd9876, 1) == 0x579b30ed && I32Rotl(0xabcd9876, 32) == 0xabcd9876);
static_assert(I32Rotr(1, 1) == kMin32 && I32Rotr(0xb0c1d2e3, 0xff05) == 0x1d860e97);
static_assert(I64Shl(1, 63) == kMin64 && I64Shl(1, 64) == 1 && I64Shl(1, 65) == 2);
static_assert(I64ShrS(kMin64, 63) == kMinus64 && I64ShrU(kMin64, 63) == 1);
static_assert(I64ShrU(kMinus64, kMinus64) == 1 && I64Rotl(kMin64, 1) == 1);
static_assert(I64Rotr(1, 65) == kMin64 && I64Rotl(1, 1ull << 32) == 1);

// [op-iclz] [op-ictz] [op-ipopcnt]
static_assert(I32Clz(0) == 32 && I32Clz(1) == 31 && I32Clz(kMin32) == 0);
static_assert(I32Ctz(0) == 32 && I32Ctz(1) == 0 && I32Ctz(kMin32) == 31);
static_assert(I32Popcnt(0) == 0 && I32Popcnt(kMinus32) == 32 && I32Popcnt(0xdeadbeef) == 24);
static_assert(I64Clz(0) == 64 && I64Clz(1) == 63 && I64Clz(kMin64) == 0);
static_assert(I64Ctz(0) == 64 && I64Ctz(1) == 0 && I64Ctz(kMin64) == 63);
static_assert(I64Popcnt(0) == 0 && I64Popcnt(kMinus64) == 64);

// [op-iextendn]
static_assert(I32Extend8S(0x7f) == 0x7f && I32Extend8S(0x80) == 0xffffff80);
static_assert(I32Extend8S(0xfedcba80) == 0xffffff80 && I32Extend8S(0x01234500) == 0);
static_assert(I32Extend16S(0x7fff) == 0x7fff && I32Extend16S(0x12348000) == 0xffff8000);
static_assert(I64Extend8S(0x180) == 0xffffffffffffff80 && I64Extend8S(0x17f) == 0x7f);
static_assert(I64Extend16S(0x18000) == 0xffffffffffff8000);
static_assert(I64Extend32S(0x180000000) == 0xffffffff80000000 && I64Extend32S(kMax32) == kMax32);

// Signed and unsigned order differ where the signs do.
static_assert(I32Eqz(0) == 1 && I32Eqz(kMin32) == 0 && I64Eqz(0) == 1 && I64Eqz(1ull << 32) == 0);
static_assert(I32LtS(kMin32, 0) == 1 && I32LtU(kMin32, 0) == 0 && I32LtS(1, 1) == 0);
static_assert(I32GtS(kMin32, kMax32) == 0 && I32GtU(kMin32, kMax32) == 1);
static_assert(I32LeS(kMinus32, 0) == 1 && I32LeU(kMinus32, 0) == 0 && I32LeU(1, 1) == 1);
static_assert(I32GeS(kMinus32, 0) == 0 && I32GeU(kMinus32, 0) == 1 && I32GeS(1, 1) == 1);
static_assert(I64LtS(kMin64, 0) == 1 && I64LtU(kMin64, 0) == 0);
static_assert(I64GtS(kMin64, kMax64) == 0 && I64GtU(kMin64, kMax64) == 1);
static_assert(I64LeS(kMinus64, 0) == 1 && I64LeU(kMinus64, 0) == 0);
static_assert(I64GeS(kMinus64, 0) == 0 && I64GeU(kMinus64, 0) == 1);
static_assert(I32Eq(1, 1) == 1 && I32Ne(1, 1) == 0 && I64Eq(1, 1ull << 32) == 0 &&
              I64Ne(1, 2) == 1);

// Wide arithmetic: the carry, the borrow, both signs.
static_assert(I64Add128(kMinus64, 0, 1, 0) == U64Pair{0, 1});
static_assert(I64Add128(kMinus64, kMinus64, 1, 0) == U64Pair{0, 0});
static_assert(I64Sub128(0, 0, 1, 0) == U64Pair{kMinus64, kMinus64});
static_assert(I64Sub128(0, 1, 1, 0) == U64Pair{kMinus64, 0});
static_assert(I64MulWideU(kMinus64, kMinus64) == U64Pair{1, kMinus64 - 1});
static_assert(I64MulWideS(kMinus64, kMinus64) == U64Pair{1, 0});
static_assert(I64MulWideS(kMin64, kMin64) == U64Pair{0, 1ull << 62});
static_assert(I64MulWideS(kMin64, 1) == U64Pair{kMin64, kMinus64});

constexpr uint32_t kValues32[] = {0,          1,          2,          3,          7,
                                  31,         32,         33,         0xff,       0x8000,
                                  0x12345678, 0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001,
                                  0xdeadbeef, 0xfffffff9, 0xfffffffe, 0xffffffff};
constexpr uint64_t kValues64[] = {0,
                                  1,
                                  2,
                                  0xffffffff,
                                  0x100000000,
                                  0x123456789abcdef0,
                                  0x7fffffffffffffff,
                                  0x8000000000000000,
                                  0x8000000000000001,
                                  0xdeadbeefcafef00d,
                                  0xfffffffffffffffe,
                                  0xffffffffffffffff};

TEST_CASE("i32 division agrees with division in 64 bits") {
  for (const uint32_t a : kValues32) {
    for (const uint32_t b : kValues32) {
      if (b == 0) continue;
      const int64_t x = static_cast<int32_t>(a), y = static_cast<int32_t>(b);
      if (x / y == int64_t{1} << 31) {
        CHECK(I32DivS(a, b).trap == Trap::kIntegerOverflow);
      } else {
        CHECK(I32DivS(a, b).value == static_cast<uint32_t>(x / y));
      }
      CHECK(I32RemS(a, b).value == static_cast<uint32_t>(x % y));
      CHECK(I32DivU(a, b).value == static_cast<uint32_t>(uint64_t{a} / b));
      CHECK(I32RemU(a, b).value == static_cast<uint32_t>(uint64_t{a} % b));
    }
  }
}

TEST_CASE("i64 quotient and remainder rebuild the dividend") {
  for (const uint64_t a : kValues64) {
    for (const uint64_t b : kValues64) {
      if (b == 0) continue;
      CHECK(I64Add(I64Mul(I64DivU(a, b).value, b), I64RemU(a, b).value) == a);
      if (a == kMin64 && b == kMinus64) continue;
      CHECK(I64Add(I64Mul(I64DivS(a, b).value, b), I64RemS(a, b).value) == a);
    }
  }
}

TEST_CASE("rotations are two shifts") {
  for (const uint32_t a : kValues32) {
    for (uint32_t k = 1; k < 32; ++k) {
      CHECK(I32Rotl(a, k) == (I32Shl(a, k) | I32ShrU(a, 32 - k)));
      CHECK(I32Rotr(a, k) == I32Rotl(a, 32 - k));
    }
  }
  for (const uint64_t a : kValues64) {
    for (uint64_t k = 1; k < 64; ++k) {
      CHECK(I64Rotl(a, k) == (I64Shl(a, k) | I64ShrU(a, 64 - k)));
      CHECK(I64Rotr(a, k) == I64Rotl(a, 64 - k));
    }
  }
}

TEST_CASE("wide multiplication agrees with the school method") {
  for (const uint64_t a : kValues64) {
    for (const uint64_t b : kValues64) {
      const uint64_t a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
      const uint64_t middle = (a0 * b0 >> 32) + (a0 * b1 & 0xffffffff) + (a1 * b0 & 0xffffffff);
      const uint64_t high = a1 * b1 + (a0 * b1 >> 32) + (a1 * b0 >> 32) + (middle >> 32);
      CHECK(I64MulWideU(a, b) == U64Pair{a * b, high});
      // As signed numbers, a negative factor is 2^64 too large.
      const uint64_t excess = (a >> 63 ? b : 0) + (b >> 63 ? a : 0);
      CHECK(I64MulWideS(a, b) == U64Pair{a * b, high - excess});
      // Addition undoes subtraction.
      const U64Pair difference = I64Sub128(a, b, b, a);
      CHECK(I64Add128(difference.low, difference.high, b, a) == U64Pair{a, b});
    }
  }
}

}  // namespace
}  // namespace wasm::num
