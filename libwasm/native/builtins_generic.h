// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generic builtins by class of row: each executes an instruction on slots (abi.h), by calling
// the one definition of its meaning.

#ifndef TRENAIL_LIBWASM_NATIVE_BUILTINS_GENERIC_H_
#define TRENAIL_LIBWASM_NATIVE_BUILTINS_GENERIC_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>

#include "libwasm/native/activation.h"
#include "libwasm/opcodes/opcode.h"
#include "libwasm/runtime/ops_atomic.h"
#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/types/v128.h"

namespace wasm::native::generic {

using runtime::Instance;
using runtime::Slot;

// The names of value types in the rows of the table.
struct RowType {
  using i32 = uint32_t;
  using i64 = uint64_t;
  using f32 = uint32_t;  // floats travel as bits
  using f64 = uint64_t;
  using v128 = V128;
};
template <typename T>
using MemoryBits = std::conditional_t<std::is_same_v<T, float>, uint32_t,
                                      std::conditional_t<std::is_same_v<T, double>, uint64_t, T>>;

template <typename T>
inline constexpr int kSlots = std::is_same_v<T, V128> ? 2 : 1;

template <typename T>
T Read(const Slot* at) {
  if constexpr (std::is_same_v<T, V128>) {
    V128 value;
    std::memcpy(static_cast<void*>(&value), at, sizeof(value));
    return value;
  } else if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<float>(static_cast<uint32_t>(*at));
  } else if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<double>(*at);
  } else {
    return static_cast<T>(*at);
  }
}
template <typename T>
void Write(Slot* at, const T& value) {
  if constexpr (std::is_same_v<T, V128>) {
    std::memcpy(at, &value, sizeof(value));
  } else if constexpr (std::is_same_v<T, float>) {
    *at = std::bit_cast<uint32_t>(value);
  } else if constexpr (std::is_same_v<T, double>) {
    *at = std::bit_cast<uint64_t>(value);
  } else if constexpr (sizeof(T) <= 4) {
    *at = static_cast<uint32_t>(value);
  } else {
    *at = static_cast<uint64_t>(value);
  }
}

inline void Check(Instance* instance, Trap trap) {
  if (trap != Trap::kNone) [[unlikely]]
    Leave(instance->thread, trap);
}
template <typename T>
T Value(Instance* instance, const OrTrap<T>& result) {
  Check(instance, result.trap);
  return result.value;
}

// ---- NUMERIC, NUMERIC_LANE ---------------------------------------------------------------------

template <auto fn>
struct Numeric;
template <typename R, typename... A, R (*fn)(A...)>
struct Numeric<fn> {
  template <size_t i>
  static constexpr int Offset() {
    constexpr int kSizes[] = {kSlots<std::remove_cvref_t<A>>..., 0};
    int offset = 0;
    for (size_t j = 0; j < i; ++j) offset += kSizes[j];
    return offset;
  }
  template <size_t... i>
  static R Call(const Slot* operands, std::index_sequence<i...>) {
    return fn(Read<std::remove_cvref_t<A>>(operands + Offset<i>())...);
  }
  static void Run(Instance* instance, Slot* operands, uint64_t, uint64_t) {
    const R result = Call(operands, std::index_sequence_for<A...>());
    if constexpr (requires { result.trap; }) {
      Write(operands, Value(instance, result));
    } else {
      Write(operands, result);
    }
  }
};

template <auto fn>
struct NumericLane;
template <typename R, typename V, R (*fn)(V, uint8_t)>
struct NumericLane<fn> {
  static void Run(Instance*, Slot* operands, uint64_t lane, uint64_t) {
    Write(operands, fn(Read<V128>(operands), static_cast<uint8_t>(lane)));
  }
};
template <typename V, typename T, V128 (*fn)(V, uint8_t, T)>
struct NumericLane<fn> {
  static void Run(Instance*, Slot* operands, uint64_t lane, uint64_t) {
    Write(operands, fn(Read<V128>(operands), static_cast<uint8_t>(lane), Read<T>(operands + 2)));
  }
};

// ---- memory: a is the memory, and above 32 bits the lane; b the offset -------------------------

inline uint8_t* Place(Instance* instance, uint64_t a, uint64_t index, uint64_t offset,
                      uint32_t size) {
  const runtime::VMMemory& memory = *instance->memories[static_cast<uint32_t>(a)];
  uint64_t address;
  const bool overflow = __builtin_add_overflow(index, offset, &address);
  const uint64_t bytes = memory.size.load(std::memory_order_relaxed);
  if (overflow || size > bytes || address > bytes - size) [[unlikely]]
    Leave(instance->thread, Trap::kMemoryOutOfBounds);
  return memory.base + address;
}
template <typename T>
T Load(const uint8_t* at) {
  T value;
  std::memcpy(static_cast<void*>(&value), at, sizeof(value));
  return value;
}
constexpr uint8_t LaneOf(uint64_t a) { return static_cast<uint8_t>(a >> 32); }
inline MemIdx MemoryOf(uint64_t a) { return MemIdx(static_cast<uint32_t>(a)); }

template <typename Type, typename MemType>
void RunLoad(Instance* instance, Slot* operands, uint64_t a, uint64_t b) {
  const uint8_t* at = Place(instance, a, operands[0], b, sizeof(MemType));
  Write(operands, static_cast<Type>(Load<MemoryBits<MemType>>(at)));
}
template <typename MemType>
void RunStore(Instance* instance, Slot* operands, uint64_t a, uint64_t b) {
  uint8_t* at = Place(instance, a, operands[0], b, sizeof(MemType));
  std::memcpy(at, operands + 1, sizeof(MemType));  // little-endian: the low bytes come first
}
template <typename Raw, auto fn>
void RunLoadVec(Instance* instance, Slot* operands, uint64_t a, uint64_t b) {
  Write(operands, fn(Load<Raw>(Place(instance, a, operands[0], b, sizeof(Raw)))));
}
template <typename Raw, auto fn>
void RunLoadLane(Instance* instance, Slot* operands, uint64_t a, uint64_t b) {
  const Raw raw = Load<Raw>(Place(instance, a, operands[0], b, sizeof(Raw)));
  Write(operands, fn(Read<V128>(operands + 1), LaneOf(a), raw));
}
template <typename Raw, auto fn>
void RunStoreLane(Instance* instance, Slot* operands, uint64_t a, uint64_t b) {
  uint8_t* at = Place(instance, a, operands[0], b, sizeof(Raw));
  const Raw raw = fn(Read<V128>(operands + 1), LaneOf(a));
  std::memcpy(at, &raw, sizeof(raw));
}

template <typename T>
void RunAtomicLoad(Instance* instance, Slot* s, uint64_t a, uint64_t b) {
  s[0] = Value(instance, rt::AtomicLoad<T>(*instance, MemoryOf(a), s[0], b));
}
template <typename T>
void RunAtomicStore(Instance* instance, Slot* s, uint64_t a, uint64_t b) {
  Check(instance, rt::AtomicStore<T>(*instance, MemoryOf(a), s[0], b, static_cast<T>(s[1])));
}
template <typename T, typename Operator>
void RunAtomicRmw(Instance* instance, Slot* s, uint64_t a, uint64_t b) {
  s[0] = Value(instance,
               rt::AtomicRmw<T, Operator>(*instance, MemoryOf(a), s[0], b, static_cast<T>(s[1])));
}
template <typename T, typename Type>
void RunAtomicCmpxchg(Instance* instance, Slot* s, uint64_t a, uint64_t b) {
  s[0] =
      Value(instance, rt::AtomicCmpxchg<T, Type>(*instance, MemoryOf(a), s[0], b,
                                                 static_cast<Type>(s[1]), static_cast<Type>(s[2])));
}

}  // namespace wasm::native::generic

#endif  // TRENAIL_LIBWASM_NATIVE_BUILTINS_GENERIC_H_
