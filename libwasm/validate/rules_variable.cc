// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Local and global variables [valid-instr-variable].

#include "libwasm/validate/func_validator.h"

namespace wasm::validate {

bool FuncValidator::Visit(Op<Opcode::LocalGet>, const imm::LocalIdx& imm) {
  if (!CheckLocal(imm.local)) return false;
  const ValType type = locals_[imm.local.value];
  if (!type.is_defaultable() && imm.local.value >= num_params_ && !initialized_[imm.local.value])
      [[unlikely]]
    return Fail("uninitialized local " + std::to_string(imm.local.value));
  return PushVal(type);
}

bool FuncValidator::SetInitialized(LocalIdx index) {
  if (index.value >= num_params_ && !initialized_[index.value]) {
    initialized_[index.value] = 1;
    inits_.push_back(index.value);
  }
  return true;
}

void FuncValidator::ResetInitsSlow(uint32_t height) {
  while (inits_.size() > height) {
    initialized_[inits_.back()] = 0;
    inits_.pop_back();
  }
}

bool FuncValidator::Visit(Op<Opcode::LocalSet>, const imm::LocalIdx& imm) {
  if (!CheckLocal(imm.local)) return false;
  const ValType type = locals_[imm.local.value];
  return PopVal(type) && (type.is_defaultable() || SetInitialized(imm.local));
}

bool FuncValidator::Visit(Op<Opcode::LocalTee>, const imm::LocalIdx& imm) {
  if (!CheckLocal(imm.local)) return false;
  const ValType type = locals_[imm.local.value];
  return PopVal(type) && PushVal(type) && (type.is_defaultable() || SetInitialized(imm.local));
}

bool FuncValidator::CheckGlobal(GlobalIdx index) {
  const size_t known = is_const_ ? num_const_globals_ : c_.globals.size();
  return index.value < known || FailUnknown("global", index.value);
}

bool FuncValidator::Visit(Op<Opcode::GlobalGet>, const imm::GlobalIdx& imm) {
  if (!CheckGlobal(imm.global)) return false;
  if (is_const_ && c_.module.globals[imm.global.value].type.is_mutable)
    return Fail("constant expression required: global " + std::to_string(imm.global.value) +
                " is mutable");
  return PushVal(c_.globals[imm.global.value]);
}

bool FuncValidator::Visit(Op<Opcode::GlobalSet>, const imm::GlobalIdx& imm) {
  if (!CheckGlobal(imm.global)) return false;
  if (!c_.module.globals[imm.global.value].type.is_mutable)
    return Fail("immutable global " + std::to_string(imm.global.value));
  return PopVal(c_.globals[imm.global.value]);
}

}  // namespace wasm::validate
