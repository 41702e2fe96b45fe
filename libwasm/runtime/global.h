// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A global instance [syntax-globalinst].

#ifndef TRENAIL_LIBWASM_RUNTIME_GLOBAL_H_
#define TRENAIL_LIBWASM_RUNTIME_GLOBAL_H_

#include "libwasm/runtime/vm_layout.h"
#include "libwasm/types/types.h"

namespace wasm::runtime {

class GlobalInst : public VMGlobal {
 public:
  // `type` is canonical.
  explicit GlobalInst(const GlobalType& type) : type_(type) {}
  const GlobalType& type() const { return type_; }

 private:
  GlobalType type_;
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_GLOBAL_H_
