// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fields of a module other than types [text-module]. Each is visited twice: Collect… binds
// identifiers and counts, so that later fields can be named by earlier ones; Parse… writes bytes.

#ifndef TRENAIL_LIBWASM_TEXT_PARSE_FIELDS_H_
#define TRENAIL_LIBWASM_TEXT_PARSE_FIELDS_H_

#include <string_view>

#include "libwasm/text/module_state.h"
#include "libwasm/types/types.h"

namespace wasm::text {

// Numbers of the next definitions while the fields are parsed for the second time.
struct FieldCounters {
  uint32_t funcs = 0;
  uint32_t tables = 0;
  uint32_t memories = 0;
  uint32_t globals = 0;
  uint32_t tags = 0;
};

// What a first pass over a field tells: whether it is an import, or a definition that no import
// may follow (and then its name for the message).
struct CollectedField {
  bool is_import = false;
  std::string_view defines;
};

// All stand at the field's opening parenthesis and leave it behind.
bool CollectField(ModuleState& m, CollectedField* field);
bool ParseField(ModuleState& m, FieldCounters& next);

// elem and data fields, and the short forms within tables and memories (parse_segments.cc).
bool ParseElemField(ModuleState& m);
bool ParseDataField(ModuleState& m);
// `(elem …)` behind a table's reference type.
bool ParseInlineElem(ModuleState& m, uint32_t table, TableType* type);
// `(data …)` within a memory.
bool ParseInlineData(ModuleState& m, uint32_t memory, MemType* type);

// Instructions up to the closing parenthesis, and `end`.
bool ParseConstExpr(ModuleState& m, std::vector<uint8_t>& out);

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_PARSE_FIELDS_H_
