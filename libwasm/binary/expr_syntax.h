// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The grammar of expressions without their types [binary-expr]: finds where a constant expression
// ends, and tells a body that is no instruction sequence at all from one that is merely invalid.

#ifndef TRENAIL_LIBWASM_BINARY_EXPR_SYNTAX_H_
#define TRENAIL_LIBWASM_BINARY_EXPR_SYNTAX_H_

#include <span>

#include "libwasm/module/module.h"
#include "libwasm/support/reader.h"
#include "libwasm/types/features.h"

namespace wasm::binary {

// Reads instructions up to and including the `end` that closes the expression.
bool SkipExpr(CheckedReader& r, const FeatureSet& features);

// Reads all bodies of the module, locals and instructions, without types. False with the first
// error in the sink.
bool CheckBodiesSyntax(const Module& module, ErrorSink* sink);

// True if at each of `offsets`, ascending and counted from the start of the body, stands an `if` or
// a `br_if`. The body must be well-formed.
bool AreHintTargets(const Module& module, const Function& function,
                    std::span<const uint32_t> offsets);

// Reads the local declarations at the front of a body and hands each run to `add(count, type)`.
// False with the error in the reader's sink.
template <typename Add>
bool ReadLocals(CheckedReader& r, Add add);

}  // namespace wasm::binary

#include "libwasm/binary/limits.h"
#include "libwasm/opcodes/immediates.h"

namespace wasm::binary {

template <typename Add>
bool ReadLocals(CheckedReader& r, Add add) {
  const uint8_t* at = r.position();
  const uint32_t runs = r.ReadU32();
  if (runs > r.remaining()) return r.ok() && r.MalformedAt(at, "length out of bounds");
  uint64_t total = 0;
  for (uint32_t i = 0; i < runs; ++i) {
    const uint32_t count = r.ReadU32();
    const ValType type = imm::ReadValType(r);
    total += count;
    // One text for the format's limit of 2^32 - 1 and for ours.
    if (total > limits::kLocals) return r.ok() && r.MalformedAt(at, "too many locals");
    if (!r.ok()) return false;
    add(count, type);
  }
  return r.ok();
}

}  // namespace wasm::binary

#endif  // TRENAIL_LIBWASM_BINARY_EXPR_SYNTAX_H_
