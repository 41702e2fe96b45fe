// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The canonical options of one definition, checked [cabi:canonopt Validation].

#ifndef TRENAIL_LIBCOMPONENT_VALIDATE_CANON_OPTIONS_H_
#define TRENAIL_LIBCOMPONENT_VALIDATE_CANON_OPTIONS_H_

#include <optional>

#include "libcomponent/types/types.h"
#include "libcomponent/validate/rules.h"

namespace component {

struct Rules::CanonOptions {
  std::optional<CanonOpt::Kind> encoding;
  bool memory = false;
  PtrType ptr = PtrType::kI32;  // of the memory; without one: kI32
  std::optional<uint32_t> realloc;
  std::optional<uint32_t> post_return;
  std::optional<uint32_t> callback;
  bool is_async = false;

  wasm::ValType ptr_type() const {
    return ptr == PtrType::kI64 ? wasm::ValType::kI64 : wasm::ValType::kI32;
  }
};

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_VALIDATE_CANON_OPTIONS_H_
