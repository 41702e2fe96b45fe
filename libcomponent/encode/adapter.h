// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Adapters are modules that implement an old interface, such as `wasi_snapshot_preview1`, by
// functions of the component model. What the main module does not use of one is taken out, so that
// the component does not import what only that needed; and it gets a stack of its own in the main
// module's memory.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_ADAPTER_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_ADAPTER_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "libwasm/module/module.h"
#include "libwasm/support/error.h"

namespace component::encode {

// The valid module with these exports alone and what they need. `realloc` is what the main module
// exports to allocate with; empty: the adapter grows the memory. Errors: kInvalid: it is no
// adapter.
wasm::Result<std::vector<uint8_t>> TrimAdapter(const wasm::Module& module,
                                               const std::set<std::string>& exports,
                                               const std::string& realloc);

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_ADAPTER_H_
