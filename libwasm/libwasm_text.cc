// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text format behind the public interface; apart from libwasm.cc, so that programs that only
// run binaries do not link it.

#include "libwasm/libwasm.h"
#include "libwasm/text/parse_module.h"

namespace trenail {

Result<std::vector<uint8_t>> ParseText(std::string_view text) { return wasm::text::ParseWat(text); }

}  // namespace trenail
