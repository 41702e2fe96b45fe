// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Why execution stopped, as one byte, and a value that may be a trap instead: what hot functions
// return. No C++ exception ever crosses a WebAssembly frame.

#ifndef TRENAIL_LIBWASM_RUNTIME_TRAP_H_
#define TRENAIL_LIBWASM_RUNTIME_TRAP_H_

#include <cstdint>
#include <string_view>

#include "libwasm/support/error.h"

namespace wasm {

enum class Trap : uint8_t {
  kNone,
#define TRAP(name, message, kind) name,
#include "libwasm/runtime/traps.def"
#undef TRAP
};

constexpr std::string_view TrapMessage(Trap trap) {
  switch (trap) {
    case Trap::kNone:
      return "";
#define TRAP(name, message, kind) \
  case Trap::name:                \
    return message;
#include "libwasm/runtime/traps.def"
#undef TRAP
  }
  return "";
}

constexpr ErrorKind TrapErrorKind(Trap trap) {
  switch (trap) {
    case Trap::kNone:
      return ErrorKind::kTrap;
#define TRAP(name, message, kind) \
  case Trap::name:                \
    return ErrorKind::kind;
#include "libwasm/runtime/traps.def"
#undef TRAP
  }
  return ErrorKind::kTrap;
}

// A value, or the trap that came instead. `value` is unspecified when `trap` is set.
template <typename T>
struct [[nodiscard]] OrTrap {
  T value{};
  Trap trap = Trap::kNone;

  constexpr OrTrap(T v) : value(v) {}    // NOLINT: implicit on purpose, like std::expected
  constexpr OrTrap(Trap t) : trap(t) {}  // NOLINT
  constexpr bool ok() const { return trap == Trap::kNone; }
};

template <>
struct [[nodiscard]] OrTrap<void> {
  Trap trap = Trap::kNone;

  constexpr OrTrap() = default;
  constexpr OrTrap(Trap t) : trap(t) {}  // NOLINT
  constexpr bool ok() const { return trap == Trap::kNone; }
};

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_RUNTIME_TRAP_H_
