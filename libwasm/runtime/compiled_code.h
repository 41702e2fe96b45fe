// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiled code of one module as the runtime sees it: what a function instance and an instance must
// know to run it. Implemented by libwasm/native, carried by ValidatedModule.

#ifndef TRENAIL_LIBWASM_RUNTIME_COMPILED_CODE_H_
#define TRENAIL_LIBWASM_RUNTIME_COMPILED_CODE_H_

#include <cstdint>

#include "libwasm/runtime/vm_layout.h"

namespace wasm::runtime {

class CompiledCode {
 public:
  struct Function {
    const void* code = nullptr;  // null: this one is not compiled
    const void* tail = nullptr;
    const void* array_thunk = nullptr;
  };

  virtual ~CompiledCode() = default;
  // Of the function's index among those the module defines. Thread-safe, as all of these.
  virtual Function function(uint32_t defined_index) const = 0;
  virtual ArrayEntry entry() const = 0;
  // For Instance::builtins.
  virtual const void* const* builtins() const = 0;
  // True if accesses to 32-bit memories of 64-KiB pages rely on their guard.
  virtual bool needs_guarded_memories() const = 0;
  // Where the function's body begins in the .wasm file; 0 if unknown.
  virtual uint32_t body(uint32_t) const { return 0; }
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_COMPILED_CODE_H_
