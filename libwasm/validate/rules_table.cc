// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables and element segments [valid-instr-table].

#include "libwasm/validate/func_validator.h"

namespace wasm::validate {

bool FuncValidator::Visit(Op<Opcode::TableGet>, const imm::TableIdx& imm) {
  return CheckTable(imm.table) && PopVal(TableAddr(imm.table)) &&
         PushVal(c_.tables[imm.table.value]);
}

bool FuncValidator::Visit(Op<Opcode::TableSet>, const imm::TableIdx& imm) {
  if (!CheckTable(imm.table)) return false;
  const ValType operands[] = {TableAddr(imm.table), c_.tables[imm.table.value]};
  return PopVals(operands);
}

bool FuncValidator::Visit(Op<Opcode::TableInit>, const imm::TableInit& imm) {
  if (!CheckTable(imm.table) || !CheckElem(imm.elem)) return false;
  const ValType from = c_.elems[imm.elem.value], to = c_.tables[imm.table.value];
  if (!c_.store.Matches(from, to))
    return Fail(errors::NotASubtype(TypePrinter(c_.vm.type_ids), from, to));
  const ValType operands[] = {TableAddr(imm.table), ValType::kI32, ValType::kI32};
  return PopVals(operands);
}

bool FuncValidator::Visit(Op<Opcode::ElemDrop>, const imm::ElemIdx& imm) {
  return CheckElem(imm.elem);
}

bool FuncValidator::Visit(Op<Opcode::TableCopy>, const imm::TableCopy& imm) {
  if (!CheckTable(imm.dst) || !CheckTable(imm.src)) return false;
  const ValType from = c_.tables[imm.src.value], to = c_.tables[imm.dst.value];
  if (!c_.store.Matches(from, to))
    return Fail(errors::NotASubtype(TypePrinter(c_.vm.type_ids), from, to));
  const ValType dst = TableAddr(imm.dst), src = TableAddr(imm.src);
  // The length has the smaller address type of the two.
  const ValType length = dst == src ? dst : ValType(ValType::kI32);
  const ValType operands[] = {dst, src, length};
  return PopVals(operands);
}

bool FuncValidator::Visit(Op<Opcode::TableGrow>, const imm::TableIdx& imm) {
  if (!CheckTable(imm.table)) return false;
  const ValType operands[] = {c_.tables[imm.table.value], TableAddr(imm.table)};
  return PopVals(operands) && PushVal(TableAddr(imm.table));
}

bool FuncValidator::Visit(Op<Opcode::TableSize>, const imm::TableIdx& imm) {
  return CheckTable(imm.table) && PushVal(TableAddr(imm.table));
}

bool FuncValidator::Visit(Op<Opcode::TableFill>, const imm::TableIdx& imm) {
  if (!CheckTable(imm.table)) return false;
  const ValType addr = TableAddr(imm.table);
  const ValType operands[] = {addr, c_.tables[imm.table.value], addr};
  return PopVals(operands);
}

}  // namespace wasm::validate
