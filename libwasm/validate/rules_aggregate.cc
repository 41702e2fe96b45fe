// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structures, arrays and external references [valid-instr-struct] [valid-instr-array].

#include "libwasm/binary/limits.h"
#include "libwasm/validate/func_validator.h"

namespace wasm::validate {

namespace {

// [aux-unpack]
ValType Unpack(ValType storage) { return storage.is_packed() ? ValType(ValType::kI32) : storage; }

ValType RefTo(const CanonType* type) { return ValType::Ref(HeapType::Concrete(type->id), false); }
ValType RefNullTo(const CanonType* type) {
  return ValType::Ref(HeapType::Concrete(type->id), true);
}

}  // namespace

bool FuncValidator::CheckStruct(TypeIdx index, const CanonType** type) {
  return CheckTypeIdx(index, CompType::Kind::kStruct, type);
}

bool FuncValidator::CheckArray(TypeIdx index, const CanonType** type, FieldType* element) {
  if (!CheckTypeIdx(index, CompType::Kind::kArray, type)) return false;
  *element = (*type)->type.comp.fields[0];
  return true;
}

bool FuncValidator::CheckMutableArray(TypeIdx index, const CanonType** type, FieldType* element) {
  return CheckArray(index, type, element) &&
         (element->is_mutable || Fail("immutable array " + std::to_string(index.value)));
}

bool FuncValidator::CheckDefaultable(const FieldType& field) {
  return field.type.is_defaultable() ||
         Fail("type mismatch: " + TypePrinter(c_.vm.type_ids).Print(field.type) +
              " has no default value");
}

// Packed fields are read with get_s and get_u, others with get.
bool FuncValidator::CheckGet(Opcode op, const FieldType& field, ValType* type) {
  const bool extends = op == Opcode::StructGetS || op == Opcode::StructGetU ||
                       op == Opcode::ArrayGetS || op == Opcode::ArrayGetU;
  *type = Unpack(field.type);
  return extends == field.type.is_packed() ||
         Fail("type mismatch: " + std::string(Info(op).text) + " of a field of type " +
              TypePrinter(c_.vm.type_ids).Print(field.type));
}

// ---- structures ------------------------------------------------------------------------------

bool FuncValidator::Visit(Op<Opcode::StructNew>, const imm::TypeIdx& imm) {
  const CanonType* type;
  if (!CheckStruct(imm.type, &type)) return false;
  const std::vector<FieldType>& fields = type->type.comp.fields;
  for (size_t i = fields.size(); i-- > 0;)
    if (!PopVal(Unpack(fields[i].type))) return false;
  return PushVal(RefTo(type));
}

bool FuncValidator::Visit(Op<Opcode::StructNewDefault>, const imm::TypeIdx& imm) {
  const CanonType* type;
  if (!CheckStruct(imm.type, &type)) return false;
  for (const FieldType& field : type->type.comp.fields)
    if (!CheckDefaultable(field)) return false;
  return PushVal(RefTo(type));
}

bool FuncValidator::CheckField(const imm::TypeField& imm, const CanonType** type,
                               FieldType* field) {
  if (!CheckStruct(imm.type, type)) return false;
  if (imm.field.value >= (*type)->type.comp.fields.size())
    return FailUnknown("field", imm.field.value);
  *field = (*type)->type.comp.fields[imm.field.value];
  return true;
}

bool FuncValidator::CheckStructGet(Opcode op, const imm::TypeField& imm) {
  const CanonType* type;
  FieldType field;
  ValType result;
  return CheckField(imm, &type, &field) && CheckGet(op, field, &result) &&
         PopVal(RefNullTo(type)) && PushVal(result);
}

bool FuncValidator::Visit(Op<Opcode::StructGet> op, const imm::TypeField& imm) {
  return CheckStructGet(op.kOpcode, imm);
}
bool FuncValidator::Visit(Op<Opcode::StructGetS> op, const imm::TypeField& imm) {
  return CheckStructGet(op.kOpcode, imm);
}
bool FuncValidator::Visit(Op<Opcode::StructGetU> op, const imm::TypeField& imm) {
  return CheckStructGet(op.kOpcode, imm);
}

bool FuncValidator::Visit(Op<Opcode::StructSet>, const imm::TypeField& imm) {
  const CanonType* type;
  FieldType field;
  if (!CheckField(imm, &type, &field)) return false;
  if (!field.is_mutable) return Fail("immutable field " + std::to_string(imm.field.value));
  const ValType operands[] = {RefNullTo(type), Unpack(field.type)};
  return PopVals(operands);
}

// ---- arrays ----------------------------------------------------------------------------------

bool FuncValidator::Visit(Op<Opcode::ArrayNew>, const imm::TypeIdx& imm) {
  const CanonType* type;
  FieldType element;
  if (!CheckArray(imm.type, &type, &element)) return false;
  const ValType operands[] = {Unpack(element.type), ValType::kI32};
  return PopVals(operands) && PushVal(RefTo(type));
}

bool FuncValidator::Visit(Op<Opcode::ArrayNewDefault>, const imm::TypeIdx& imm) {
  const CanonType* type;
  FieldType element;
  return CheckArray(imm.type, &type, &element) && CheckDefaultable(element) &&
         PopVal(ValType::kI32) && PushVal(RefTo(type));
}

bool FuncValidator::Visit(Op<Opcode::ArrayNewFixed>, const imm::TypeLen& imm) {
  const CanonType* type;
  FieldType element;
  if (!CheckArray(imm.type, &type, &element)) return false;
  if (imm.length > limits::kArrayNewFixed)
    return Fail(errors::LimitExceeded("operands of array.new_fixed", limits::kArrayNewFixed));
  const ValType operand = Unpack(element.type);
  for (uint32_t i = 0; i < imm.length; ++i)
    if (!PopVal(operand)) return false;
  return PushVal(RefTo(type));
}

bool FuncValidator::CheckNumericArray(const FieldType& element) {
  return !element.type.is_ref() || Fail("array type is not numeric or vector");
}

bool FuncValidator::CheckElemMatches(ElemIdx index, const FieldType& element) {
  if (!CheckElem(index)) return false;
  const ValType from = c_.elems[index.value];
  return c_.store.Matches(from, element.type) ||
         Fail(errors::NotASubtype(TypePrinter(c_.vm.type_ids), from, element.type));
}

bool FuncValidator::Visit(Op<Opcode::ArrayNewData>, const imm::TypeData& imm) {
  const CanonType* type;
  FieldType element;
  const ValType operands[] = {ValType::kI32, ValType::kI32};
  return CheckArray(imm.type, &type, &element) && CheckNumericArray(element) &&
         CheckData(imm.data) && PopVals(operands) && PushVal(RefTo(type));
}

bool FuncValidator::Visit(Op<Opcode::ArrayNewElem>, const imm::TypeElem& imm) {
  const CanonType* type;
  FieldType element;
  const ValType operands[] = {ValType::kI32, ValType::kI32};
  return CheckArray(imm.type, &type, &element) && CheckElemMatches(imm.elem, element) &&
         PopVals(operands) && PushVal(RefTo(type));
}

bool FuncValidator::CheckArrayGet(Opcode op, const imm::TypeIdx& imm) {
  const CanonType* type;
  FieldType element;
  ValType result;
  if (!CheckArray(imm.type, &type, &element) || !CheckGet(op, element, &result)) return false;
  const ValType operands[] = {RefNullTo(type), ValType::kI32};
  return PopVals(operands) && PushVal(result);
}

bool FuncValidator::Visit(Op<Opcode::ArrayGet> op, const imm::TypeIdx& imm) {
  return CheckArrayGet(op.kOpcode, imm);
}
bool FuncValidator::Visit(Op<Opcode::ArrayGetS> op, const imm::TypeIdx& imm) {
  return CheckArrayGet(op.kOpcode, imm);
}
bool FuncValidator::Visit(Op<Opcode::ArrayGetU> op, const imm::TypeIdx& imm) {
  return CheckArrayGet(op.kOpcode, imm);
}

bool FuncValidator::Visit(Op<Opcode::ArraySet>, const imm::TypeIdx& imm) {
  const CanonType* type;
  FieldType element;
  if (!CheckMutableArray(imm.type, &type, &element)) return false;
  const ValType operands[] = {RefNullTo(type), ValType::kI32, Unpack(element.type)};
  return PopVals(operands);
}

bool FuncValidator::Visit(Op<Opcode::ArrayFill>, const imm::TypeIdx& imm) {
  const CanonType* type;
  FieldType element;
  if (!CheckMutableArray(imm.type, &type, &element)) return false;
  const ValType operands[] = {RefNullTo(type), ValType::kI32, Unpack(element.type), ValType::kI32};
  return PopVals(operands);
}

bool FuncValidator::Visit(Op<Opcode::ArrayCopy>, const imm::TypeType& imm) {
  const CanonType *dst, *src;
  FieldType to, from;
  if (!CheckMutableArray(imm.dst, &dst, &to) || !CheckArray(imm.src, &src, &from)) return false;
  if (!c_.store.Matches(from.type, to.type)) return Fail("array types do not match");
  const ValType operands[] = {RefNullTo(dst), ValType::kI32, RefNullTo(src), ValType::kI32,
                              ValType::kI32};
  return PopVals(operands);
}

bool FuncValidator::Visit(Op<Opcode::ArrayInitData>, const imm::TypeData& imm) {
  const CanonType* type;
  FieldType element;
  if (!CheckMutableArray(imm.type, &type, &element) || !CheckNumericArray(element) ||
      !CheckData(imm.data))
    return false;
  const ValType operands[] = {RefNullTo(type), ValType::kI32, ValType::kI32, ValType::kI32};
  return PopVals(operands);
}

bool FuncValidator::Visit(Op<Opcode::ArrayInitElem>, const imm::TypeElem& imm) {
  const CanonType* type;
  FieldType element;
  if (!CheckMutableArray(imm.type, &type, &element) || !CheckElemMatches(imm.elem, element))
    return false;
  const ValType operands[] = {RefNullTo(type), ValType::kI32, ValType::kI32, ValType::kI32};
  return PopVals(operands);
}

// ---- external references [valid-instr-extern] ------------------------------------------------

bool FuncValidator::Visit(Op<Opcode::AnyConvertExtern>, const imm::None&) {
  ValType type;
  if (top_ > floor_ && !top_[-1].is_bot() && !c_.store.Matches(top_[-1], kExternRef))
    return PopVal(kExternRef);
  return PopRef(&type) && PushVal(ValType::Ref(HeapType::kAny, type.is_nullable()));
}

bool FuncValidator::Visit(Op<Opcode::ExternConvertAny>, const imm::None&) {
  ValType type;
  if (top_ > floor_ && !top_[-1].is_bot() && !c_.store.Matches(top_[-1], kAnyRef))
    return PopVal(kAnyRef);
  return PopRef(&type) && PushVal(ValType::Ref(HeapType::kExtern, type.is_nullable()));
}

}  // namespace wasm::validate
