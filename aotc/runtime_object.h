// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The runtime that standalone executables contain: per target one relocatable file, linked before
// with the C library into it, which wants nothing but the symbol `trenail_module`.

#ifndef TRENAIL_AOTC_RUNTIME_OBJECT_H_
#define TRENAIL_AOTC_RUNTIME_OBJECT_H_

#include <string>

#include "libwasm/support/error.h"

namespace wasm::aotc {

// `target` is a triple of ResolveTarget. Errors: kHost where this installation has none for it.
// Those of components have a `name` and want `trenail_component` instead.
Result<std::string> RuntimeObject(const std::string& target, const std::string& name = "");

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_RUNTIME_OBJECT_H_
