// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls [exec-call]. Functions of the module are called directly. Others are called through their
// FuncInst: by its native entry if it has one, through an array of slots otherwise. A tail call is
// guaranteed between functions that make tail calls; any other callee ends the chain, so an
// ordinary call followed by a return takes bounded space as well.

#include <algorithm>

#include "aotc/function_translator.h"

namespace wasm::aotc {

using llvm::BasicBlock;
using llvm::Value;
using native::Builtin;
using runtime::FuncInst;
using runtime::Instance;
using runtime::VMTable;

llvm::CallBase* FunctionTranslator::Call(llvm::FunctionType* type, Value* callee,
                                         std::span<Value* const> args, llvm::CallingConv::ID cc,
                                         bool may_throw) {
  has_calls_ = true;
  const llvm::ArrayRef<Value*> list(args.data(), args.size());
  BasicBlock* unwind = may_throw ? UnwindDest() : nullptr;
  llvm::CallBase* call;
  if (unwind != nullptr) {
    BasicBlock* next = NewBlock();
    call = b_.CreateInvoke(type, callee, next, unwind, list);
    b_.SetInsertPoint(next);
  } else {
    call = b_.CreateCall(type, callee, list);
  }
  call->setCallingConv(cc);
  // Of several copies of a body each is a place of its own.
  if (inlined_ != nullptr) call->addFnAttr(llvm::Attribute::NoMerge);
  return call;
}

Value* FunctionTranslator::ResultBuffer(const FuncType& type) {
  if (result_buffer_ == nullptr) {
    result_buffer_ = entry_.CreateAlloca(t().v128, entry_.getInt32(1));
    result_buffer_->setAlignment(llvm::Align(16));
  }
  result_buffer_size_ = std::max(result_buffer_size_, type.results.size());
  return result_buffer_;
}

// `type` is that of the callee, whose second parameter may be one more than natively: what the
// outlined functions of the partition take.
FunctionTranslator::Values FunctionTranslator::CallNative(llvm::FunctionType* type, Value* callee,
                                                          Value* context, const FuncType& func_type,
                                                          std::span<Value* const> args,
                                                          llvm::CallingConv::ID cc) {
  Values all{context};
  all.append(args.begin(), args.end());
  Value* buffer = nullptr;
  if (func_type.results.size() > 1) {
    buffer = ResultBuffer(func_type);
    all.insert(all.end() - static_cast<ptrdiff_t>(func_type.params.size()), buffer);
  }
  llvm::CallBase* call = Call(type, callee, all, cc, true);
  call->addParamAttr(0, llvm::Attribute::SwiftSelf);
  Values results;
  if (func_type.results.size() == 1) {
    results.push_back(call);
  } else {
    for (size_t i = 0; i < func_type.results.size(); ++i) {
      Value* at = b_.CreateConstInBoundsGEP1_64(t().i8, buffer, kResultStride * i);
      results.push_back(Load(t().Of(func_type.results[i]), at, Place::kSlots, 16));
    }
  }
  return results;
}

namespace {

// Joins the results of two ways to the same call.
class Join {
 public:
  Join(llvm::IRBuilderBase& b, BasicBlock* end) : b_(b), end_(end) {}
  void Add(llvm::ArrayRef<Value*> values) {
    if (phis_.empty()) {
      for (Value* value : values)
        phis_.push_back(llvm::PHINode::Create(value->getType(), 2, "", end_));
    }
    for (size_t i = 0; i < values.size(); ++i) {
      phis_[i]->addIncoming(values[i], b_.GetInsertBlock());
      phis_[i]->setDebugLoc(b_.getCurrentDebugLocation());
    }
    b_.CreateBr(end_);
  }
  llvm::ArrayRef<llvm::PHINode*> phis() const { return phis_; }

 private:
  llvm::IRBuilderBase& b_;
  BasicBlock* end_;
  llvm::SmallVector<llvm::PHINode*, 2> phis_;
};

}  // namespace

void FunctionTranslator::CallFunction(uint32_t function) {
  const FuncType& type = plan_.TypeOf(function);
  const Values args = PopN(type.params.size());
  KeepRootsAlive();
  if (function < module().num_imported_functions) {
    Value* functions = InstanceField(offsetof(Instance, functions), t().ptr, true);
    CallFuncInst(Field(functions, 8 * uint64_t{function}, t().ptr, true), type, args,
                 InlinableBinding(function, t().Native(type)));
    return;
  }
  llvm::Function* callee = p_.Callee(plan_, function);
  const Values results = CallNative(callee->getFunctionType(), callee, instance_, type, args,
                                    callee->getCallingConv());
  for (size_t i = 0; i < results.size(); ++i) Push(results[i], type.results[i]);
}

namespace {

// Bodies up to this size take the place of calls of them; adapters always do: they are there for
// these calls alone.
constexpr uint32_t kSmallBody = 256;
// And up to so much of them in a function and in a partition.
constexpr uint64_t kInlinedPerFunction = 4 << 10;
constexpr uint64_t kInlinedPerPartition = 64 << 10;

// What a body takes that can be inlined; 0: it cannot.
uint32_t InlinableBytes(const ModulePlan& callee, uint32_t function) {
  const uint32_t size = callee.module().functions[function].body.size();
  if (!callee.is_adapter && size > kSmallBody) return 0;
  return callee.makes_tail_calls[function] != 0 ? 0 : size;
}

}  // namespace

const Binding* FunctionTranslator::InlinableBinding(uint32_t import, llvm::FunctionType* type) {
  if (plan_.options->opt_level == 0) return nullptr;
  // Inside of an inlined body only what is known about this one use of it counts.
  const std::vector<Binding>& known =
      inlined_ != nullptr ? inlined_->binding->inner : plan_.bindings;
  const auto binding = std::ranges::lower_bound(known, import, {}, &Binding::import);
  if (binding == known.end() || binding->import != import) return nullptr;
  const ModulePlan& callee = *plan_.modules[binding->module];
  uint64_t bytes = InlinableBytes(callee, binding->function);
  // A subtype may have other types of references, which are all alike here.
  if (bytes == 0 || t().Native(callee.TypeOf(binding->function)) != type) return nullptr;
  if (inlined_ != nullptr) return &*binding;  // paid for with the body that it is in
  for (const Binding& inner : binding->inner)
    bytes += InlinableBytes(*plan_.modules[inner.module], inner.function);
  if (inlined_bytes_ + bytes > kInlinedPerFunction ||
      p_.inlined_bytes() + bytes > kInlinedPerPartition)
    return nullptr;
  inlined_bytes_ += bytes;
  p_.inlined_bytes() += bytes;
  return &*binding;
}

// `func`: a FuncInst*, not null, of that type. `binding`: what it is most likely.
void FunctionTranslator::CallFuncInst(Value* func, const FuncType& type,
                                      std::span<Value* const> args, const Binding* binding) {
  Value* code = Field(func, offsetof(FuncInst, native), t().ptr, true);
  BasicBlock* direct = NewBlock();
  BasicBlock* array = NewBlock();
  BasicBlock* end = NewBlock();
  Join join(b_, end);
  Value* context = nullptr;
  if (binding != nullptr) {
    BasicBlock* bound = NewBlock();
    BasicBlock* other = NewBlock();
    context = Field(func, offsetof(FuncInst, native_context), t().ptr, true);
    llvm::Function* expected = p_.Entry(*plan_.modules[binding->module], binding->function);
    b_.CreateCondBr(b_.CreateICmpEQ(code, expected), bound, other, p_.likely());
    b_.SetInsertPoint(bound);
    join.Add(CallNative(t().Native(type), p_.Inlined(*binding), context, type, args,
                        llvm::CallingConv::C));
    b_.SetInsertPoint(other);
  }
  b_.CreateCondBr(b_.CreateIsNotNull(code), direct, array, p_.likely());
  b_.SetInsertPoint(direct);
  if (context == nullptr) context = Field(func, offsetof(FuncInst, native_context), t().ptr, true);
  join.Add(CallNative(t().Native(type), code, context, type, args, llvm::CallingConv::C));
  b_.SetInsertPoint(array);
  llvm::Function* array_call = p_.ArrayCall(type);
  Values with_func{func};
  with_func.append(args.begin(), args.end());
  join.Add(CallNative(array_call->getFunctionType(), array_call, instance_, type, with_func,
                      llvm::CallingConv::C));
  b_.SetInsertPoint(end);
  for (size_t i = 0; i < type.results.size(); ++i) Push(join.phis()[i], type.results[i]);
}

// [exec-call_indirect] One comparison says that the element has a native entry and the type.
void FunctionTranslator::CallIndirect(const imm::CallIndirect& imm, const FuncType& type) {
  Value* element = Pop();
  const Values args = PopN(type.params.size());
  KeepRootsAlive();
  if (element->getType() != t().i64) element = b_.CreateZExt(element, t().i64);
  Value* table = TableAt(imm.table.value);
  BasicBlock* in_bounds = NewBlock();
  BasicBlock* not_null = NewBlock();
  BasicBlock* direct = NewBlock();
  BasicBlock* slow = NewBlock();
  BasicBlock* end = NewBlock();
  Value* size = Field(table, offsetof(VMTable, size), t().i64, false, Place::kSize);
  b_.CreateCondBr(b_.CreateICmpULT(element, size), in_bounds, slow, p_.likely());
  b_.SetInsertPoint(in_bounds);
  Value* elements = Field(table, offsetof(VMTable, elements), t().ptr, false, Place::kSize);
  Value* func = Load(t().ptr, b_.CreateInBoundsGEP(t().ptr, elements, element), Place::kTable, 8);
  b_.CreateCondBr(b_.CreateIsNotNull(func), not_null, slow, p_.likely());
  b_.SetInsertPoint(not_null);
  Value* actual = Field(func, offsetof(FuncInst, native_type_id), t().i32, true);
  b_.CreateCondBr(b_.CreateICmpEQ(actual, TypeIdAt(imm.type.value)), direct, slow, p_.likely());
  Join join(b_, end);
  b_.SetInsertPoint(direct);
  Value* code = Field(func, offsetof(FuncInst, native), t().ptr, true);
  Value* context = Field(func, offsetof(FuncInst, native_context), t().ptr, true);
  join.Add(CallNative(t().Native(type), code, context, type, args, llvm::CallingConv::C));
  b_.SetInsertPoint(slow);
  llvm::Function* slow_call = p_.SlowIndirect(type);
  Values all{b_.getInt32(imm.type.value), b_.getInt32(imm.table.value), element};
  all.append(args.begin(), args.end());
  join.Add(CallNative(slow_call->getFunctionType(), slow_call, instance_, type, all,
                      llvm::CallingConv::C));
  b_.SetInsertPoint(end);
  for (size_t i = 0; i < type.results.size(); ++i) Push(join.phis()[i], type.results[i]);
}

void FunctionTranslator::Emit(Op<Opcode::Call>, const imm::FuncIdx& imm) {
  CallFunction(imm.func.value);
}
void FunctionTranslator::Emit(Op<Opcode::CallIndirect>, const imm::CallIndirect& imm) {
  CallIndirect(imm, c().types[imm.type.value]->type.comp.func);
}
void FunctionTranslator::Emit(Op<Opcode::CallRef>, const imm::TypeIdx& imm) {
  Value* ref = Pop();
  TrapIf(IsNull(ref), Trap::kNullFunctionReference);
  const FuncType& type = c().types[imm.type.value]->type.comp.func;
  const Values args = PopN(type.params.size());
  KeepRootsAlive();
  CallFuncInst(b_.CreateIntToPtr(ref, t().ptr), type, args);
}

// ---- tail calls --------------------------------------------------------------------------------

void FunctionTranslator::TailCall(uint32_t function) {
  if (function < module().num_imported_functions) {
    Value* functions = InstanceField(offsetof(Instance, functions), t().ptr, true);
    TailCallFuncInst(Field(functions, 8 * uint64_t{function}, t().ptr, true),
                     plan_.TypeOf(function));
    return;
  }
  Values args = PopN(plan_.TypeOf(function).params.size());
  if (results_ != nullptr) args.insert(args.begin(), results_);
  args.insert(args.begin(), instance_);
  llvm::Function* callee = p_.Callee(plan_, function);
  has_calls_ = true;
  llvm::CallInst* call = b_.CreateCall(callee, args);
  call->setCallingConv(callee->getCallingConv());
  call->addParamAttr(0, llvm::Attribute::SwiftSelf);
  if (callee->getCallingConv() == llvm::CallingConv::Tail)
    call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  if (call->getType()->isVoidTy()) {
    b_.CreateRetVoid();
  } else {
    b_.CreateRet(call);
  }
  SetUnreachable();
}

void FunctionTranslator::TailCallFuncInst(Value* func, const FuncType& type) {
  has_calls_ = true;
  Values args = PopN(type.params.size());
  if (results_ != nullptr) args.insert(args.begin(), results_);
  args.insert(args.begin(), nullptr);
  llvm::FunctionType* native = t().Native(type);
  auto finish = [&](llvm::CallInst* call, llvm::CallingConv::ID cc) {
    call->setCallingConv(cc);
    call->addParamAttr(0, llvm::Attribute::SwiftSelf);
    if (cc == llvm::CallingConv::Tail) call->setTailCallKind(llvm::CallInst::TCK_MustTail);
    if (call->getType()->isVoidTy()) {
      b_.CreateRetVoid();
    } else {
      b_.CreateRet(call);
    }
  };
  BasicBlock* tail = NewBlock();
  BasicBlock* other = NewBlock();
  BasicBlock* direct = NewBlock();
  BasicBlock* array = NewBlock();
  Value* context = Field(func, offsetof(FuncInst, native_context), t().ptr, true);
  Value* tail_code = Field(func, offsetof(FuncInst, native_tail), t().ptr, true);
  b_.CreateCondBr(b_.CreateIsNotNull(tail_code), tail, other, p_.likely());
  b_.SetInsertPoint(tail);
  args[0] = context;
  finish(b_.CreateCall(native, tail_code, args), llvm::CallingConv::Tail);
  b_.SetInsertPoint(other);
  Value* code = Field(func, offsetof(FuncInst, native), t().ptr, true);
  b_.CreateCondBr(b_.CreateIsNotNull(code), direct, array, p_.likely());
  b_.SetInsertPoint(direct);
  finish(b_.CreateCall(native, code, args), llvm::CallingConv::C);
  b_.SetInsertPoint(array);
  args[0] = instance_;
  args.insert(args.begin() + 1, func);
  finish(b_.CreateCall(p_.ArrayCall(type), args), llvm::CallingConv::C);
  SetUnreachable();
}

Value* FunctionTranslator::ResolveIndirect(const imm::CallIndirect& imm, Value* element) {
  if (element->getType() != t().i64) element = b_.CreateZExt(element, t().i64);
  return CallBuiltin(Builtin::kResolveIndirect,
                     {b_.getInt32(imm.type.value), b_.getInt32(imm.table.value), element});
}

void FunctionTranslator::Emit(Op<Opcode::ReturnCall>, const imm::FuncIdx& imm) {
  TailCall(imm.func.value);
}
void FunctionTranslator::Emit(Op<Opcode::ReturnCallIndirect>, const imm::CallIndirect& imm) {
  Value* func = ResolveIndirect(imm, Pop());
  TailCallFuncInst(func, c().types[imm.type.value]->type.comp.func);
}
void FunctionTranslator::Emit(Op<Opcode::ReturnCallRef>, const imm::TypeIdx& imm) {
  Value* ref = Pop();
  TrapIf(IsNull(ref), Trap::kNullFunctionReference);
  TailCallFuncInst(b_.CreateIntToPtr(ref, t().ptr), c().types[imm.type.value]->type.comp.func);
}

}  // namespace wasm::aotc
