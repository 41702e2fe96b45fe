// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memories and data segments [valid-instr-memory]; loads, stores and atomics are typed by their
// rows.

#include "libwasm/validate/func_validator.h"

namespace wasm::validate {

bool FuncValidator::CheckMemArg(Opcode op, const imm::MemArg& memarg) {
  if (!CheckMemory(memarg.memory)) return false;
  const OpcodeInfo& info = Info(op);
  if (memarg.align_log2 > info.access_log2)
    return Fail("alignment must not be larger than natural");
  // Atomic accesses are always aligned (threads proposal).
  if (info.prefix == 0xfe && memarg.align_log2 != info.access_log2)
    return Fail("alignment must be equal to natural");
  if (memarg.offset > UINT32_MAX &&
      c_.module.memories[memarg.memory.value].type.addr_type == AddrType::kI32)
    return Fail("offset out of range");
  return true;
}

bool FuncValidator::Visit(Op<Opcode::MemoryInit>, const imm::MemoryInit& imm) {
  if (!CheckMemory(imm.memory) || !CheckData(imm.data)) return false;
  const ValType operands[] = {AddrValType(c_.module.memories[imm.memory.value].type.addr_type),
                              ValType::kI32, ValType::kI32};
  return PopVals(operands);
}

bool FuncValidator::Visit(Op<Opcode::DataDrop>, const imm::DataIdx& imm) {
  return CheckData(imm.data);
}

bool FuncValidator::Visit(Op<Opcode::MemoryCopy>, const imm::MemoryCopy& imm) {
  if (!CheckMemory(imm.dst) || !CheckMemory(imm.src)) return false;
  const ValType dst = AddrValType(c_.module.memories[imm.dst.value].type.addr_type);
  const ValType src = AddrValType(c_.module.memories[imm.src.value].type.addr_type);
  // The length has the smaller address type of the two.
  const ValType length = dst == src ? dst : ValType(ValType::kI32);
  const ValType operands[] = {dst, src, length};
  return PopVals(operands);
}

}  // namespace wasm::validate
