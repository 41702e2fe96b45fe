// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handles on modules and instances, for the other files.

#ifndef TRENAIL_LIBWASM_C_API_MODULE_H_
#define TRENAIL_LIBWASM_C_API_MODULE_H_

#include "libwasm/c_api/include/wasm.h"
#include "libwasm/libwasm.h"

namespace trenail::c_api {

wasm_module_t* NewModule(wasm_store_t* store, Module module);
wasm_instance_t* NewInstance(wasm_store_t* store, const Instance& instance);

}  // namespace trenail::c_api

#endif  // TRENAIL_LIBWASM_C_API_MODULE_H_
