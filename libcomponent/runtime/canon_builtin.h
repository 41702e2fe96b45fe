// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The canonical built-ins [cabi:Canonical Definitions] but lift and lower: core functions for one
// component instance.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_CANON_BUILTIN_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_CANON_BUILTIN_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "libcomponent/runtime/component_instance.h"
#include "libcomponent/runtime/options.h"
#include "libcomponent/syntax/component.h"
#include "libcomponent/types/types.h"
#include "libwasm/libwasm.h"

namespace component::runtime {

// A definition with what its indices mean.
struct Builtin {
  CanonKind kind;
  ComponentInstance* inst;
  CanonicalOptions options;
  bool is_async = false;     // subtask.cancel, *.cancel-*
  bool cancellable = false;  // waitable-set.wait and poll, thread.*
  uint32_t slot = 0;         // context.*
  ResourceId resource = kNoResource;
  const ValType* element = nullptr;     // stream.*, future.*; null: none
  std::vector<const ValType*> results;  // task.return
  std::optional<trenail::Table> table;  // thread.new-indirect
  wasm::FuncType thread_type;
  uint32_t num_params = 0;
};

// Whether the built-in, or a lowered function, can block its caller or make threads.
bool NeedsFibers(const Canon& canon, const ValidatedComponent& component);

// One each: arguments in, results out in `slots`.
using BuiltinFunc = wasm::Result<void> (*)(const Builtin& builtin, uint64_t* slots);
// Null of what is no built-in.
BuiltinFunc FuncOf(CanonKind kind);
#define CANON(Name, code, text) wasm::Result<void> Canon##Name(const Builtin&, uint64_t* slots);
#include "libcomponent/syntax/canon.def"
#undef CANON

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_CANON_BUILTIN_H_
