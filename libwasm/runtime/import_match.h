// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Import matching [match-externtype], and external types in words for its messages.

#ifndef TRENAIL_LIBWASM_RUNTIME_IMPORT_MATCH_H_
#define TRENAIL_LIBWASM_RUNTIME_IMPORT_MATCH_H_

#include "libwasm/module/validated_module.h"
#include "libwasm/runtime/store.h"
#include "libwasm/support/error.h"

namespace wasm::runtime {

// kUnlinkable unless `offered` is what `import` asks for.
Result<void> MatchImport(const ValidatedModule& module, const Import& import,
                         const Extern& offered);
// The error for an import that nobody provides.
Error UnknownImport(const ValidatedModule& module, const Import& import);

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_IMPORT_MATCH_H_
