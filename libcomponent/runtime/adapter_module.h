// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Adapters: core modules that we write ourselves, for calls from one component to another that
// need nothing of the host. An adapter has one function, which does in WebAssembly what [cabi:canon
// lower] of [cabi:canon lift] does if both are synchronous and all values are scalars: it checks
// and sets the flags of the instances, which are globals, and turns scalars into what they are on
// the other side.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_ADAPTER_MODULE_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_ADAPTER_MODULE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libcomponent/types/types.h"

namespace component::runtime {

// What an adapter is made for. Its imports, in order: the function that makes a trap (kind and two
// numbers; it does not return), the callee, its post-return if there is one; then the flags, i32
// globals that are 0 or 1: may_leave of the caller, with a post-return may_leave of the callee, and
// may_enter of the `entering` instances that the call enters [cabi:entering_set].
struct AdapterShape {
  struct Slot {  // one core value
    ValKind kind = ValKind::kBool;
    uint32_t count = 0;  // kFlags: the mask; kEnum: the number of cases
    friend bool operator==(const Slot&, const Slot&) = default;
  };
  std::vector<Slot> params;
  std::vector<Slot> results;  // at most one
  bool post_return = false;
  uint32_t entering = 1;

  // Names the shape, and nothing else does.
  std::string Key() const;
};

// Traps of adapters: the first argument of the function that makes them.
enum class AdapterTrap : uint32_t {
  kCannotLeave,
  kCannotEnter,
  kBadChar,
  kBadDiscriminant,  // and the discriminant, and the number of cases
  kUncaughtException,
};

// How many instances a call may enter.
inline constexpr uint32_t kMaxEntering = 3;

// Nothing if a value of the type is not made of scalars, or does not fit into core values.
std::optional<AdapterShape> ShapeOf(const FuncType& type);

// `exceptions`: whether code may throw them at all.
std::vector<uint8_t> AdapterModule(const AdapterShape& shape, bool exceptions);

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_ADAPTER_MODULE_H_
