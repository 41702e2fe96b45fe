// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The values that a script passes to functions, and the patterns it compares results with.

#ifndef TRENAIL_LIBWASM_TEXT_WAST_VALUES_H_
#define TRENAIL_LIBWASM_TEXT_WAST_VALUES_H_

#include "libwasm/text/cursor.h"
#include "libwasm/text/wast_script.h"

namespace wasm::text {

// Both stand at an opening parenthesis.
bool ParseScriptValue(Cursor& in, ScriptValue* value);
bool ParseResultPattern(Cursor& in, ResultPattern* pattern);

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_WAST_VALUES_H_
