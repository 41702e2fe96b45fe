// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Traps of the canonical ABI: errors of kind kTrap, as those of core code.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_TRAP_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_TRAP_H_

#include <expected>
#include <string>
#include <utility>

#include "libwasm/support/error.h"

namespace component::runtime {

[[gnu::cold]] inline std::unexpected<wasm::Error> Trap(std::string message) {
  return std::unexpected(wasm::Error(wasm::ErrorKind::kTrap, std::move(message)));
}

// What several built-ins say.
inline constexpr char kCannotEnter[] = "cannot enter component instance";
inline constexpr char kCannotLeave[] = "cannot leave component instance";
inline constexpr char kCannotBlock[] = "cannot block a synchronous task before returning";
inline constexpr char kWaitableInSet[] =
    "waitable cannot be used synchronously while added to a waitable set";
inline constexpr char kIntraComponent[] =
    "cannot read from and write to intra-component future/stream with non-numeric payload";
inline constexpr char kDeadlock[] = "deadlock detected: event loop cannot make further progress";

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_TRAP_H_
