// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types in the text format [text-type], and type uses, which may append types to the module.

#ifndef TRENAIL_LIBWASM_TEXT_PARSE_TYPES_H_
#define TRENAIL_LIBWASM_TEXT_PARSE_TYPES_H_

#include <cstdint>

#include "libwasm/text/module_state.h"
#include "libwasm/types/types.h"

namespace wasm::text {

bool ParseHeapType(ModuleState& m, HeapType* type);
bool ParseRefType(ModuleState& m, ValType* type);
bool ParseValType(ModuleState& m, ValType* type);
bool AtRefType(const Cursor& in);

// (param …)* (result …)*. With `locals` parameters may have names, which are bound there.
bool ParseParamsAndResults(ModuleState& m, FuncType* type, IndexSpace* locals);

// [text-typeuse]: the type's index. With `locals` the parameters take their places there.
bool ParseTypeUse(ModuleState& m, uint32_t* index, IndexSpace* locals);
// [text-blocktype], written in the binary format.
bool ParseBlockType(ModuleState& m, std::vector<uint8_t>& out);

AddrType ParseAddrType(Cursor& in);  // i32 if there is none
bool ParseTableType(ModuleState& m, TableType* type);
// Behind the address type.
bool ParseMemLimits(ModuleState& m, MemType* type);
bool ParsePageSize(ModuleState& m, MemType* type);  // optional (pagesize n)
bool ParseGlobalType(ModuleState& m, GlobalType* type);

// [text-subtype]; the names of fields go to `fields`.
bool ParseSubType(ModuleState& m, SubType* type, IndexSpace* fields);

// Binds the identifiers of a type or rec field, then, in a second pass, defines the types.
bool CollectTypeField(ModuleState& m);
bool ParseTypeField(ModuleState& m);

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_PARSE_TYPES_H_
