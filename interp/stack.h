// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operand stack seen through the cached registers: pushes and pops whose depth is known at
// compile time, and the application of a C++ function to the top of the stack. At depth 1 the top
// is r0; at depth 2 it is r1, above r0; what lies deeper is in memory below sp.

#ifndef TRENAIL_INTERP_STACK_H_
#define TRENAIL_INTERP_STACK_H_

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "interp/dispatch.h"
#include "libwasm/runtime/trap.h"
#include "libwasm/types/v128.h"

namespace wasm::interp {

constexpr int AfterPop(int depth, int count = 1) { return depth > count ? depth - count : 0; }
constexpr int AfterPush(int depth) { return depth < 2 ? depth + 1 : 2; }

// The slot `distance` below the top.
template <int depth, int distance>
[[gnu::always_inline]] inline uint64_t Peek(const Slot* sp, uint64_t r0, uint64_t r1) {
  if constexpr (distance >= depth)
    return sp[-(distance - depth) - 1];
  else if constexpr (depth == 2 && distance == 0)
    return r1;
  else
    return r0;
}
template <int depth, int count = 1>
[[gnu::always_inline]] inline void Pop(Slot*& sp) {
  if constexpr (count > depth) sp -= count - depth;
}
template <int depth>
[[gnu::always_inline]] inline void Push(Slot*& sp, uint64_t& r0, uint64_t& r1, uint64_t value) {
  if constexpr (depth == 0) {
    r0 = value;
  } else if constexpr (depth == 1) {
    r1 = value;
  } else {
    *sp++ = r0;
    r0 = r1;
    r1 = value;
  }
}

// Inside handlers, where sp, r0 and r1 are parameters.
#define PEEK(depth, distance) (Peek<(depth), (distance)>(sp, r0, r1))
#define POP(depth, count) (Pop<(depth), (count)>(sp))
#define PUSH(depth, value) (Push<(depth)>(sp, r0, r1, (value)))

// ---- C++ values and slots ----------------------------------------------------------------------

template <typename T>
inline constexpr int kSlots = std::is_same_v<T, V128> ? 2 : 1;

template <typename T>
[[gnu::always_inline]] inline T FromSlot(uint64_t slot) {
  if constexpr (std::is_same_v<T, float>)
    return std::bit_cast<float>(static_cast<uint32_t>(slot));
  else if constexpr (std::is_same_v<T, double>)
    return std::bit_cast<double>(slot);
  else
    return static_cast<T>(slot);
}
template <typename T>
[[gnu::always_inline]] inline uint64_t ToSlot(T value) {
  if constexpr (std::is_same_v<T, float>)
    return std::bit_cast<uint32_t>(value);
  else if constexpr (std::is_same_v<T, double>)
    return std::bit_cast<uint64_t>(value);
  else if constexpr (sizeof(T) <= 4)
    return static_cast<uint32_t>(value);
  else
    return static_cast<uint64_t>(value);
}
[[gnu::always_inline]] inline V128 ReadV128(const Slot* at) { return LoadBytes<V128>(at); }
[[gnu::always_inline]] inline void WriteV128(Slot* at, const V128& value) {
  std::memcpy(at, &value, sizeof(value));
}

template <typename T>
struct ResultOf {
  using Type = T;
  static constexpr bool kTraps = false;
};
template <typename T>
struct ResultOf<OrTrap<T>> {
  using Type = T;
  static constexpr bool kTraps = true;
};

// Pushes a result of any type; only at depth 0 for vectors, which stay in memory.
template <int depth, typename T>
[[gnu::always_inline]] inline void PushValue(Slot*& sp, uint64_t& r0, uint64_t& r1,
                                             const T& value) {
  if constexpr (std::is_same_v<T, V128>) {
    static_assert(depth == 0);
    WriteV128(sp, value);
    sp += 2;
  } else {
    Push<depth>(sp, r0, r1, ToSlot(value));
  }
}

// A pure function as an operator on the stack.
template <auto fn>
struct Operator;
template <typename R, typename... A, R (*fn)(A...)>
struct Operator<fn> {
  using Result = typename ResultOf<R>::Type;
  static constexpr int kPopped = (kSlots<std::remove_cvref_t<A>> + ... + 0);
  static constexpr bool kTraps = ResultOf<R>::kTraps;
  static constexpr int After(int depth) {
    return kSlots<Result> == 2 ? 0 : AfterPush(AfterPop(depth, kPopped));
  }

  template <int depth, size_t i>
  [[gnu::always_inline]] static auto Argument(const Slot* sp, uint64_t r0, uint64_t r1) {
    constexpr std::array<int, sizeof...(A)> kSizes{kSlots<std::remove_cvref_t<A>>...};
    constexpr int kAbove = [&] {
      int above = 0;
      for (size_t j = i + 1; j < kSizes.size(); ++j) above += kSizes[j];
      return above;
    }();
    using T = std::remove_cvref_t<std::tuple_element_t<i, std::tuple<A...>>>;
    if constexpr (std::is_same_v<T, V128>) {
      static_assert(depth == 0);
      return ReadV128(sp - kAbove - 2);
    } else {
      return FromSlot<T>(Peek<depth, kAbove>(sp, r0, r1));
    }
  }
  template <int depth, size_t... i>
  [[gnu::always_inline]] static R Call(const Slot* sp, uint64_t r0, uint64_t r1,
                                       std::index_sequence<i...>) {
    return fn(Argument<depth, i>(sp, r0, r1)...);
  }
  // The function's value; the operands stay.
  template <int depth>
  [[gnu::always_inline]] static R Evaluate(const Slot* sp, uint64_t r0, uint64_t r1) {
    return Call<depth>(sp, r0, r1, std::index_sequence_for<A...>());
  }
  // Operands to result; what remains is of depth After(depth), unless it traps.
  template <int depth>
  [[gnu::always_inline]] static Trap Apply(Slot*& sp, uint64_t& r0, uint64_t& r1) {
    const R result = Evaluate<depth>(sp, r0, r1);
    if constexpr (kTraps) {
      if (!result.ok()) [[unlikely]]
        return result.trap;
      Pop<depth, kPopped>(sp);
      PushValue<AfterPop(depth, kPopped)>(sp, r0, r1, result.value);
    } else {
      Pop<depth, kPopped>(sp);
      PushValue<AfterPop(depth, kPopped)>(sp, r0, r1, result);
    }
    return Trap::kNone;
  }
};

}  // namespace wasm::interp

#endif  // TRENAIL_INTERP_STACK_H_
