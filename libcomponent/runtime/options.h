// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The canonical options of a definition with what they name at run time [cabi:Canonical ABI
// Options].

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_OPTIONS_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_OPTIONS_H_

#include <optional>

#include "libcomponent/abi/context.h"
#include "libwasm/libwasm.h"

namespace component::runtime {

struct CanonicalOptions {
  abi::StringEncoding encoding = abi::StringEncoding::kUtf8;
  std::optional<trenail::Memory> memory;
  PtrType ptr = PtrType::kI32;  // of the memory
  std::optional<trenail::Func> realloc;
  std::optional<trenail::Func> post_return;
  bool is_async = false;
  std::optional<trenail::Func> callback;

  // [cabi:LiftOptions.equal], but that a lift without need of a memory may name none.
  bool LiftsAs(const CanonicalOptions& other) const {
    return encoding == other.encoding &&
           (!memory || (other.memory && memory->internal() == other.memory->internal()));
  }
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_OPTIONS_H_
