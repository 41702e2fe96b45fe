// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// References, casts and the branches on them [valid-instr-ref].

#include "libwasm/validate/func_validator.h"

namespace wasm::validate {

bool FuncValidator::Visit(Op<Opcode::RefNull>, const imm::HeapType& imm) {
  HeapType type;
  return c_.CheckHeapType(imm.heap_type, instruction_offset(), &r_->sink(), &type) &&
         PushVal(ValType::Ref(type, true));
}

bool FuncValidator::Visit(Op<Opcode::RefIsNull>, const imm::None&) {
  ValType type;
  return PopRef(&type) && PushVal(ValType::kI32);
}

bool FuncValidator::Visit(Op<Opcode::RefFunc>, const imm::FuncIdx& imm) {
  const uint32_t index = imm.func.value;
  if (index >= c_.functions.size()) return FailUnknown("function", index);
  if (declare_ != nullptr)
    (*declare_)[index] = 1;
  else if (!is_const_ && !c_.declared[index])
    return Fail("undeclared function reference " + std::to_string(index));
  return PushVal(ValType::Ref(HeapType::Concrete(c_.functions[index]->id), false));
}

bool FuncValidator::Visit(Op<Opcode::RefAsNonNull>, const imm::None&) {
  ValType type;
  return PopRef(&type) && PushVal(type.AsNonNull());
}

bool FuncValidator::Visit(Op<Opcode::BrOnNull>, const imm::LabelIdx& imm) {
  ValType type;
  if (!CheckLabel(imm.label) || !PopRef(&type)) return false;
  AddBranch(imm.label.value);
  return PopPushVals(LabelTypes(imm.label.value)) && PushVal(type.AsNonNull());
}

// The label takes its operands with the reference on top, which then is gone or has another type.
bool FuncValidator::PopBranchRef(LabelIdx label, ValType branch_type) {
  const std::span<const ValType> types = LabelTypes(label.value);
  if (types.empty() || !types.back().is_ref())
    return Fail("type mismatch: the label does not end in a reference");
  if (!PushVal(branch_type)) return false;
  AddBranch(label.value);
  ValType popped;
  return PopPushVals(types) && PopVal(&popped);
}

bool FuncValidator::Visit(Op<Opcode::BrOnNonNull>, const imm::LabelIdx& imm) {
  ValType type;
  return CheckLabel(imm.label) && PopRef(&type) && PopBranchRef(imm.label, type.AsNonNull());
}

// The operand of a cast is anything of the target's hierarchy.
bool FuncValidator::CheckCast(HeapType syntax, bool nullable, ValType* top, ValType* target) {
  HeapType type;
  if (!c_.CheckHeapType(syntax, instruction_offset(), &r_->sink(), &type)) return false;
  *target = ValType::Ref(type, nullable);
  *top = ValType::Ref(c_.store.TopOf(type), true);
  return true;
}

bool FuncValidator::Visit(Op<Opcode::RefTest>, const imm::HeapType& imm) {
  ValType top, target;
  return CheckCast(imm.heap_type, false, &top, &target) && PopVal(top) && PushVal(ValType::kI32);
}

bool FuncValidator::Visit(Op<Opcode::RefTestNull>, const imm::HeapType& imm) {
  ValType top, target;
  return CheckCast(imm.heap_type, true, &top, &target) && PopVal(top) && PushVal(ValType::kI32);
}

bool FuncValidator::Visit(Op<Opcode::RefCast>, const imm::HeapType& imm) {
  ValType top, target;
  return CheckCast(imm.heap_type, false, &top, &target) && PopVal(top) && PushVal(target);
}

bool FuncValidator::Visit(Op<Opcode::RefCastNull>, const imm::HeapType& imm) {
  ValType top, target;
  return CheckCast(imm.heap_type, true, &top, &target) && PopVal(top) && PushVal(target);
}

bool FuncValidator::CheckBrOnCast(const imm::BrOnCast& imm, bool on_fail) {
  ValType source, target;
  if (!CheckLabel(imm.label) ||
      !c_.CheckValType(imm.source, instruction_offset(), &r_->sink(), &source) ||
      !c_.CheckValType(imm.target, instruction_offset(), &r_->sink(), &target))
    return false;
  if (!c_.store.Matches(target, source))
    return Fail(errors::NotASubtype(TypePrinter(c_.vm.type_ids), target, source));
  // What is left of the source if the cast fails [aux-reftypediff].
  const ValType rest = target.is_nullable() ? source.AsNonNull() : source;
  return PopVal(source) && PopBranchRef(imm.label, on_fail ? rest : target) &&
         PushVal(on_fail ? target : rest);
}

bool FuncValidator::Visit(Op<Opcode::BrOnCast>, const imm::BrOnCast& imm) {
  return CheckBrOnCast(imm, false);
}

bool FuncValidator::Visit(Op<Opcode::BrOnCastFail>, const imm::BrOnCast& imm) {
  return CheckBrOnCast(imm, true);
}

}  // namespace wasm::validate
