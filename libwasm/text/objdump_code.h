// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The part of objdump that lists one function: its instructions beside their bytes, each with the
// entries of the side table it owns (module/side_table.h), then the table of exception handlers.

#ifndef TRENAIL_LIBWASM_TEXT_OBJDUMP_CODE_H_
#define TRENAIL_LIBWASM_TEXT_OBJDUMP_CODE_H_

#include <string>

#include "libwasm/text/objdump.h"
#include "libwasm/text/printer_names.h"

namespace wasm::text {

void DumpFunction(const Module& module, const ModuleIds& ids, uint32_t index,
                  const ObjdumpOptions& options, std::string& out);

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_OBJDUMP_CODE_H_
