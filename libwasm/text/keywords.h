// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The words of the text format: instructions come from the table of opcodes, the rest is a list
// that only serves to tell a misplaced word ("unexpected token") from a misspelt one ("unknown
// operator").

#ifndef TRENAIL_LIBWASM_TEXT_KEYWORDS_H_
#define TRENAIL_LIBWASM_TEXT_KEYWORDS_H_

#include <optional>
#include <string_view>

#include "libwasm/opcodes/opcode.h"
#include "libwasm/types/types.h"

namespace wasm::text {

// Of rows that share their text the first: select, ref.test, ref.cast.
std::optional<Opcode> FindInstruction(std::string_view text);

// [text-heaptype] as in `(ref any)`.
std::optional<HeapType> FindAbstractHeapType(std::string_view text);
// Number, vector and packed types, and references in one word such as `anyref`.
std::optional<ValType> FindSimpleType(std::string_view text);

bool IsKnownKeyword(std::string_view text);

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_KEYWORDS_H_
