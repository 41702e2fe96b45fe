// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Variable, table, reference and aggregate instructions [exec-variable] [exec-table] [exec-ref]
// [exec-aggr]. What only reads or writes one place is inline; what allocates or copies is the
// runtime's.

#include <llvm/IR/InlineAsm.h>

#include "aotc/function_translator.h"
#include "libwasm/runtime/gc/heap.h"

namespace wasm::aotc {

using llvm::BasicBlock;
using llvm::Value;
using native::Builtin;
using runtime::Instance;
using runtime::VMTable;
using runtime::gc::Object;

// ---- variables ---------------------------------------------------------------------------------

void FunctionTranslator::Emit(Op<Opcode::LocalGet>, const imm::LocalIdx& imm) {
  llvm::AllocaInst* local = locals_[imm.local.value];
  Push(b_.CreateLoad(local->getAllocatedType(), local));
}
void FunctionTranslator::Emit(Op<Opcode::LocalSet>, const imm::LocalIdx& imm) {
  Value* value = Pop();
  b_.CreateStore(value, locals_[imm.local.value]);
  if (llvm::AllocaInst* root = local_roots_[imm.local.value]) b_.CreateStore(value, root, true);
}
void FunctionTranslator::Emit(Op<Opcode::LocalTee>, const imm::LocalIdx& imm) {
  Value* value = stack_.back().value;
  b_.CreateStore(value, locals_[imm.local.value]);
  if (llvm::AllocaInst* root = local_roots_[imm.local.value]) b_.CreateStore(value, root, true);
  stack_.back().type = v_.TypeAt(0);
}

void FunctionTranslator::Emit(Op<Opcode::GlobalGet>, const imm::GlobalIdx& imm) {
  const GlobalType& type = module().globals[imm.global.value].type;
  llvm::LoadInst* load = Load(t().Of(type.type), GlobalAt(imm.global.value), Place::kGlobal, 8);
  if (!type.is_mutable) load->setMetadata(llvm::LLVMContext::MD_invariant_load, p_.empty_node());
  Push(load);
}
// What an adapter writes are flags, which say after a trap where it happened: no access to a
// memory, which may trap, changes sides with them when the adapter and its callee are inlined.
void FunctionTranslator::KeepOrder() {
  if (!plan_.is_adapter) return;
  b_.CreateCall(llvm::InlineAsm::get(llvm::FunctionType::get(t().void_type, false), "", "~{memory}",
                                     /*hasSideEffects=*/true));
}

void FunctionTranslator::Emit(Op<Opcode::GlobalSet>, const imm::GlobalIdx& imm) {
  KeepOrder();
  SetGlobal(imm.global.value);
  KeepOrder();
}

void FunctionTranslator::SetGlobal(uint32_t global) {
  Value* value = Pop();
  if (value->getType()->isFloatTy()) value = b_.CreateBitCast(value, t().i32);
  if (value->getType()->isIntegerTy(32)) {
    // A global is a slot: the upper half is zero and stays so.
    Store(value, GlobalAt(global), Place::kGlobal, 8);
    return;
  }
  Store(value, GlobalAt(global), Place::kGlobal, 8);
}

// ---- tables ------------------------------------------------------------------------------------

Value* FunctionTranslator::Element(uint32_t table_index, Value* index) {
  if (index->getType() != t().i64) index = b_.CreateZExt(index, t().i64);
  Value* table = TableAt(table_index);
  Value* size = Field(table, offsetof(VMTable, size), t().i64, false, Place::kSize);
  TrapIf(b_.CreateICmpUGE(index, size), Trap::kTableOutOfBounds);
  Value* elements = Field(table, offsetof(VMTable, elements), t().ptr, false, Place::kSize);
  return b_.CreateInBoundsGEP(t().i64, elements, index);
}

void FunctionTranslator::Emit(Op<Opcode::TableGet>, const imm::TableIdx& imm) {
  Value* at = Element(imm.table.value, Pop());
  Push(Load(t().i64, at, Place::kTable, 8));
}
void FunctionTranslator::Emit(Op<Opcode::TableSet>, const imm::TableIdx& imm) {
  Value* ref = Pop();
  Value* at = Element(imm.table.value, Pop());
  Store(ref, at, Place::kTable, 8);
}
void FunctionTranslator::Emit(Op<Opcode::TableSize>, const imm::TableIdx& imm) {
  Value* size =
      Field(TableAt(imm.table.value), offsetof(VMTable, size), t().i64, false, Place::kSize);
  const bool is64 = module().tables[imm.table.value].type.addr_type == AddrType::kI64;
  Push(is64 ? size : b_.CreateTrunc(size, t().i32));
}
void FunctionTranslator::Emit(Op<Opcode::TableInit>, const imm::TableInit& imm) {
  EmitGeneric(Opcode::TableInit, 3, 0, imm.elem.value, imm.table.value);
}
void FunctionTranslator::Emit(Op<Opcode::ElemDrop>, const imm::ElemIdx& imm) {
  EmitGeneric(Opcode::ElemDrop, 0, 0, imm.elem.value, 0);
}
void FunctionTranslator::Emit(Op<Opcode::TableCopy>, const imm::TableCopy& imm) {
  EmitGeneric(Opcode::TableCopy, 3, 0, imm.dst.value, imm.src.value);
}
void FunctionTranslator::Emit(Op<Opcode::TableGrow>, const imm::TableIdx& imm) {
  EmitGeneric(Opcode::TableGrow, 2, 1, imm.table.value, 0);
}
void FunctionTranslator::Emit(Op<Opcode::TableFill>, const imm::TableIdx& imm) {
  EmitGeneric(Opcode::TableFill, 3, 0, imm.table.value, 0);
}

// ---- references --------------------------------------------------------------------------------

void FunctionTranslator::Emit(Op<Opcode::RefNull>, const imm::HeapType&) {
  Push(b_.getInt64(runtime::kNullRef));
}
void FunctionTranslator::Emit(Op<Opcode::RefIsNull>, const imm::None&) { PushBool(IsNull(Pop())); }

// The FuncInst is made on first use; afterwards the instance knows it.
void FunctionTranslator::Emit(Op<Opcode::RefFunc>, const imm::FuncIdx& imm) {
  Value* functions = InstanceField(offsetof(Instance, functions), t().ptr, true);
  Value* known = Field(functions, 8 * uint64_t{imm.func.value}, t().ptr, false);
  BasicBlock* make = NewBlock();
  BasicBlock* end = NewBlock();
  BasicBlock* before = b_.GetInsertBlock();
  b_.CreateCondBr(b_.CreateIsNull(known), make, end, p_.unlikely());
  b_.SetInsertPoint(make);
  Value* made = CallBuiltin(Builtin::kFuncRef, {b_.getInt32(imm.func.value)});
  BasicBlock* after = b_.GetInsertBlock();
  b_.CreateBr(end);
  b_.SetInsertPoint(end);
  llvm::PHINode* func = b_.CreatePHI(t().ptr, 2);
  func->addIncoming(known, before);
  func->addIncoming(made, after);
  Push(b_.CreatePtrToInt(func, t().i64));
}

void FunctionTranslator::Emit(Op<Opcode::RefAsNonNull>, const imm::None&) {
  TrapIf(IsNull(stack_.back().value), Trap::kNullReference);
  stack_.back().type = v_.TypeAt(0);
}
void FunctionTranslator::Emit(Op<Opcode::AnyConvertExtern>, const imm::None&) {
  stack_.back().type = v_.TypeAt(0);
}
void FunctionTranslator::Emit(Op<Opcode::ExternConvertAny>, const imm::None&) {
  stack_.back().type = v_.TypeAt(0);
}

bool FunctionTranslator::EmitReferenceSimple(Opcode op) {
  switch (op) {
    case Opcode::RefEq: {
      Value* b = Pop();
      PushBool(b_.CreateICmpEQ(Pop(), b));
      return true;
    }
    case Opcode::RefI31: {
      Value* bits = b_.CreateZExt(b_.CreateAnd(Pop(), 0x7fffffff), t().i64);
      Push(b_.CreateOr(b_.CreateShl(bits, 1), 1));
      return true;
    }
    case Opcode::I31GetS:
    case Opcode::I31GetU: {
      Value* ref = Pop();
      TrapIf(IsNull(ref), Trap::kNullI31Reference);
      Value* low = b_.CreateTrunc(ref, t().i32);
      // The value lies in bits 1 to 31 of the low half.
      Push(op == Opcode::I31GetS ? b_.CreateAShr(low, 1) : b_.CreateLShr(low, 1));
      return true;
    }
    case Opcode::ArrayLen: {
      Value* ref = Pop();
      TrapIf(IsNull(ref), Trap::kNullArrayReference);
      Push(ArrayLength(ref));
      return true;
    }
    default:
      return false;
  }
}

// Whether `ref`, of type `source`, matches `target`, a type as the module writes it
// [exec-ref.test].
Value* FunctionTranslator::RefTest(Value* ref, ValType target, ValType source) {
  Value* null_result = b_.getInt1(target.is_nullable());
  if (!source.is_nullable()) null_result = nullptr;
  const HeapType heap = target.heap_type();
  if (!heap.is_concrete()) {
    switch (heap.abstract()) {  // what the bits say, or nothing but null
      case HeapType::kNone:
      case HeapType::kNoFunc:
      case HeapType::kNoExtern:
      case HeapType::kNoExn:
        return target.is_nullable() ? IsNull(ref) : b_.getFalse();
      case HeapType::kFunc:
      case HeapType::kExtern:
      case HeapType::kAny:
      case HeapType::kExn:
        return null_result == nullptr || target.is_nullable() ? b_.getTrue()
                                                              : b_.CreateNot(IsNull(ref));
      case HeapType::kI31: {
        Value* odd = b_.CreateTrunc(ref, t().i1);
        return target.is_nullable() ? b_.CreateOr(odd, IsNull(ref)) : odd;
      }
      default:
        break;
    }
  }
  BasicBlock* before = b_.GetInsertBlock();
  BasicBlock* not_null = NewBlock();
  BasicBlock* end = NewBlock();
  llvm::PHINode* result = llvm::PHINode::Create(t().i1, 2, "", end);
  result->setDebugLoc(b_.getCurrentDebugLocation());
  b_.CreateCondBr(IsNull(ref), end, not_null);
  result->addIncoming(b_.getInt1(target.is_nullable()), before);
  b_.SetInsertPoint(not_null);
  const CanonType* type = heap.is_concrete() ? c().types[heap.concrete()] : nullptr;
  if (type != nullptr) {
    // The type of the object itself is the common case; a final type has no other.
    const bool is_func = type->type.comp.kind == CompType::Kind::kFunc;
    if (!is_func) {  // an i31 is no object
      BasicBlock* object = NewBlock();
      b_.CreateCondBr(b_.CreateTrunc(ref, t().i1), end, object);
      result->addIncoming(b_.getFalse(), not_null);
      b_.SetInsertPoint(object);
    }
    Value* at = b_.CreateIntToPtr(ref, t().ptr);
    Value* actual = is_func ? Field(at, offsetof(runtime::FuncInst, type_id), t().i32, true)
                            : Load(t().i32, at, Place::kHeap, 4);
    Value* same = b_.CreateICmpEQ(actual, TypeIdAt(heap.concrete()));
    if (type->type.is_final) {
      result->addIncoming(same, b_.GetInsertBlock());
      b_.CreateBr(end);
      b_.SetInsertPoint(end);
      return result;
    }
    BasicBlock* other = NewBlock();
    result->addIncoming(b_.getTrue(), b_.GetInsertBlock());
    b_.CreateCondBr(same, end, other);
    b_.SetInsertPoint(other);
  }
  Value* slow = CallBuiltin(Builtin::kRefTest, {ref, b_.getInt64(heap.bits())});
  result->addIncoming(b_.CreateICmpNE(slow, b_.getInt32(0)), b_.GetInsertBlock());
  b_.CreateBr(end);
  b_.SetInsertPoint(end);
  return result;
}

void FunctionTranslator::EmitRefTest(HeapType type, bool nullable) {
  const Operand ref = stack_.back();
  stack_.pop_back();
  PushBool(RefTest(ref.value, ValType::Ref(type, nullable), ref.type));
}
void FunctionTranslator::EmitRefCast(HeapType type, bool nullable) {
  const Operand ref = stack_.back();
  TrapIf(b_.CreateNot(RefTest(ref.value, ValType::Ref(type, nullable), ref.type)),
         Trap::kCastFailure);
  stack_.back().type = v_.TypeAt(0);
}
void FunctionTranslator::Emit(Op<Opcode::RefTest>, const imm::HeapType& imm) {
  EmitRefTest(imm.heap_type, false);
}
void FunctionTranslator::Emit(Op<Opcode::RefTestNull>, const imm::HeapType& imm) {
  EmitRefTest(imm.heap_type, true);
}
void FunctionTranslator::Emit(Op<Opcode::RefCast>, const imm::HeapType& imm) {
  EmitRefCast(imm.heap_type, false);
}
void FunctionTranslator::Emit(Op<Opcode::RefCastNull>, const imm::HeapType& imm) {
  EmitRefCast(imm.heap_type, true);
}

// ---- aggregates --------------------------------------------------------------------------------

Value* FunctionTranslator::ArrayLength(Value* ref) {
  Value* object = b_.CreateIntToPtr(ref, t().ptr);
  // The length of an array never changes, but the place may become another object.
  return Load(t().i32, b_.CreateConstInBoundsGEP1_64(t().i8, object, offsetof(Object, length)),
              Place::kHeap, 4);
}

llvm::Type* FunctionTranslator::StorageType(ValType type) const {
  if (type.code() == ValType::kI8) return t().i8;
  if (type.code() == ValType::kI16) return t().i16;
  return t().Of(type);
}

Value* FunctionTranslator::LoadField(Value* at, ValType storage, bool is_signed) {
  Value* value = Load(StorageType(storage), at, Place::kHeap, 1);
  if (!storage.is_packed()) return value;
  return is_signed ? b_.CreateSExt(value, t().i32) : b_.CreateZExt(value, t().i32);
}
void FunctionTranslator::StoreField(Value* value, Value* at, ValType storage) {
  if (storage.is_packed()) value = b_.CreateTrunc(value, StorageType(storage));
  Store(value, at, Place::kHeap, 1);
}

Value* FunctionTranslator::FieldAt(Value* ref, const imm::TypeField& imm, ValType* storage) {
  TrapIf(IsNull(ref), Trap::kNullStructureReference);
  const auto& layout = c().types[imm.type.value]->layout[imm.field.value];
  *storage = layout.type;
  return b_.CreateConstInBoundsGEP1_64(t().i8, b_.CreateIntToPtr(ref, t().ptr),
                                       sizeof(Object) + layout.offset);
}

Value* FunctionTranslator::ElementAt(Value* ref, Value* index, uint32_t type, ValType* storage) {
  TrapIf(IsNull(ref), Trap::kNullArrayReference);
  TrapIf(b_.CreateICmpUGE(index, ArrayLength(ref)), Trap::kArrayOutOfBounds);
  const auto& layout = c().types[type]->layout[0];
  *storage = layout.type;
  Value* payload =
      b_.CreateConstInBoundsGEP1_64(t().i8, b_.CreateIntToPtr(ref, t().ptr), sizeof(Object));
  return b_.CreateInBoundsGEP(StorageType(layout.type), payload, b_.CreateZExt(index, t().i64));
}

void FunctionTranslator::EmitStructGet(const imm::TypeField& imm, bool is_signed) {
  ValType storage;
  Value* at = FieldAt(Pop(), imm, &storage);
  Push(LoadField(at, storage, is_signed));
}
void FunctionTranslator::Emit(Op<Opcode::StructGet>, const imm::TypeField& imm) {
  EmitStructGet(imm, false);
}
void FunctionTranslator::Emit(Op<Opcode::StructGetS>, const imm::TypeField& imm) {
  EmitStructGet(imm, true);
}
void FunctionTranslator::Emit(Op<Opcode::StructGetU>, const imm::TypeField& imm) {
  EmitStructGet(imm, false);
}
void FunctionTranslator::Emit(Op<Opcode::StructSet>, const imm::TypeField& imm) {
  Value* value = Pop();
  ValType storage;
  Value* at = FieldAt(Pop(), imm, &storage);
  StoreField(value, at, storage);
}

void FunctionTranslator::EmitArrayGet(uint32_t type, bool is_signed) {
  Value* index = Pop();
  ValType storage;
  Value* at = ElementAt(Pop(), index, type, &storage);
  Push(LoadField(at, storage, is_signed));
}
void FunctionTranslator::Emit(Op<Opcode::ArrayGet>, const imm::TypeIdx& imm) {
  EmitArrayGet(imm.type.value, false);
}
void FunctionTranslator::Emit(Op<Opcode::ArrayGetS>, const imm::TypeIdx& imm) {
  EmitArrayGet(imm.type.value, true);
}
void FunctionTranslator::Emit(Op<Opcode::ArrayGetU>, const imm::TypeIdx& imm) {
  EmitArrayGet(imm.type.value, false);
}
void FunctionTranslator::Emit(Op<Opcode::ArraySet>, const imm::TypeIdx& imm) {
  Value* value = Pop();
  Value* index = Pop();
  ValType storage;
  Value* at = ElementAt(Pop(), index, imm.type.value, &storage);
  StoreField(value, at, storage);
}

// The new object comes with its fields zero; nothing collects before they are written.
void FunctionTranslator::Emit(Op<Opcode::StructNew>, const imm::TypeIdx& imm) {
  const CanonType& type = *c().types[imm.type.value];
  KeepRootsAlive();
  Value* ref = CallBuiltin(Builtin::kNewDefault, {b_.getInt32(imm.type.value), b_.getInt32(0)});
  Value* object = b_.CreateIntToPtr(ref, t().ptr);
  const Values fields = PopN(type.layout.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    Value* at =
        b_.CreateConstInBoundsGEP1_64(t().i8, object, sizeof(Object) + type.layout[i].offset);
    StoreField(fields[i], at, type.layout[i].type);
  }
  Push(ref);
}
void FunctionTranslator::Emit(Op<Opcode::StructNewDefault>, const imm::TypeIdx& imm) {
  KeepRootsAlive();
  Push(CallBuiltin(Builtin::kNewDefault, {b_.getInt32(imm.type.value), b_.getInt32(0)}));
}
void FunctionTranslator::Emit(Op<Opcode::ArrayNewDefault>, const imm::TypeIdx& imm) {
  KeepRootsAlive();
  Value* length = Pop();
  Push(CallBuiltin(Builtin::kNewDefault, {b_.getInt32(imm.type.value), length}));
}
void FunctionTranslator::Emit(Op<Opcode::ArrayNew>, const imm::TypeIdx& imm) {
  EmitGeneric(Opcode::ArrayNew, 2, 1, imm.type.value, 0);
}
void FunctionTranslator::Emit(Op<Opcode::ArrayNewFixed>, const imm::TypeLen& imm) {
  EmitGeneric(Opcode::ArrayNewFixed, imm.length, 1, imm.type.value, imm.length);
}
void FunctionTranslator::Emit(Op<Opcode::ArrayNewData>, const imm::TypeData& imm) {
  EmitGeneric(Opcode::ArrayNewData, 2, 1, imm.type.value, imm.data.value);
}
void FunctionTranslator::Emit(Op<Opcode::ArrayNewElem>, const imm::TypeElem& imm) {
  EmitGeneric(Opcode::ArrayNewElem, 2, 1, imm.type.value, imm.elem.value);
}
void FunctionTranslator::Emit(Op<Opcode::ArrayFill>, const imm::TypeIdx& imm) {
  EmitGeneric(Opcode::ArrayFill, 4, 0, imm.type.value, 0);
}
void FunctionTranslator::Emit(Op<Opcode::ArrayCopy>, const imm::TypeType& imm) {
  EmitGeneric(Opcode::ArrayCopy, 5, 0, imm.dst.value, imm.src.value);
}
void FunctionTranslator::Emit(Op<Opcode::ArrayInitData>, const imm::TypeData& imm) {
  EmitGeneric(Opcode::ArrayInitData, 4, 0, imm.type.value, imm.data.value);
}
void FunctionTranslator::Emit(Op<Opcode::ArrayInitElem>, const imm::TypeElem& imm) {
  EmitGeneric(Opcode::ArrayInitElem, 4, 0, imm.type.value, imm.elem.value);
}

}  // namespace wasm::aotc
