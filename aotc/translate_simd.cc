// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vector instructions [exec-vec] as LLVM vectors. A v128 is <2 x i64> between instructions.

#include "aotc/function_translator.h"

namespace wasm::aotc {

bool FunctionTranslator::EmitVector(Opcode) { return false; }
bool FunctionTranslator::EmitVectorLane(Opcode, unsigned) { return false; }
bool FunctionTranslator::EmitVectorAccess(Opcode, const imm::MemArg&, unsigned) { return false; }

}  // namespace wasm::aotc
