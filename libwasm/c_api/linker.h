// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a trenail_linker_t is, for libraries that define things in one.

#ifndef TRENAIL_LIBWASM_C_API_LINKER_H_
#define TRENAIL_LIBWASM_C_API_LINKER_H_

#include "libwasm/c_api/handles.h"

struct trenail_linker_t {
  explicit trenail_linker_t(wasm_store_t* s) : store(s), linker(s->store) {}

  const trenail::c_api::StoreRef store;
  trenail::Linker linker;
};

#endif  // TRENAIL_LIBWASM_C_API_LINKER_H_
