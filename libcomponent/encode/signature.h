// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the canonical ABI asks of core functions that stand for functions of WIT: their types
// [cabi:flatten_functype], and the canonical options that calls need [explainer:canonopt]. Computed
// from WIT itself: a module is held against its world before there is any component.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_SIGNATURE_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_SIGNATURE_H_

#include <optional>
#include <string>
#include <vector>

#include "libcomponent/wit/resolve.h"
#include "libwasm/types/types.h"

namespace component::encode {

enum class Abi : uint8_t {
  kImport,          // lowered
  kImportAsync,     // lowered with `async`
  kExport,          // lifted
  kExportAsync,     // lifted with `async` and a callback
  kExportStackful,  // lifted with `async` alone
};

struct FlatFunction {  // [cabi:flatten_functype]
  wasm::FuncType type;
  bool params_in_memory = false;
  bool result_in_memory = false;
};
FlatFunction Flatten(const wit::Resolve& resolve, const wit::Function& function, Abi abi);
// The core values that a value is flattened to; nothing: more than any function takes.
std::optional<std::vector<wasm::ValType>> FlatTypes(const wit::Resolve& resolve,
                                                    const wit::Type& type);

// The type of the core function.
wasm::FuncType CoreTypeOf(const wit::Resolve& resolve, const wit::Function& function, Abi abi);
// Of the core function `task.return` for it.
wasm::FuncType CoreTypeOfTaskReturn(const wit::Resolve& resolve, const wit::Function& function);

// The options without which a canonical definition would be invalid.
struct Needs {
  bool memory = false;
  bool realloc = false;
  bool encoding = false;
  bool is_async = false;

  void Add(const Needs& other) {
    memory |= other.memory;
    realloc |= other.realloc;
    encoding |= other.encoding;
    is_async |= other.is_async;
  }
};

Needs NeedsOf(const wit::Resolve& resolve, const wit::Function& function, Abi abi);
// Its options must be those of the lifted function [cabi:canon_task_return].
Needs NeedsOfTaskReturn(const wit::Resolve& resolve, const wit::Function& function);
// Of reading or writing a stream or future; `element` is what it carries.
Needs NeedsOfCopy(const wit::Resolve& resolve, const std::optional<wit::Type>& element,
                  bool is_read, bool is_async);

// The types of streams and futures in the function's type, in the order in which names of
// built-ins count them.
std::vector<wit::TypeId> StreamsAndFutures(const wit::Resolve& resolve,
                                           const wit::Function& function);

// For messages: `(param i32 i32) (result i32)`.
std::string Print(const wasm::FuncType& type);

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_SIGNATURE_H_
