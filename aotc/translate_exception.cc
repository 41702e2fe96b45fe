// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions [exec-throw] [exec-try_table], and the legacy instructions. Nothing is executed for a
// try that sees no exception: calls inside it are invokes. A landing pad asks the runtime for the
// exception and goes to the dispatch block of its try, which tests the clauses in order and hands
// what none of them wants to the dispatch block of the next try outside, or back to the runtime.

#include "aotc/function_translator.h"
#include "libwasm/opcodes/immediates.h"
#include "libwasm/runtime/gc/heap.h"

namespace wasm::aotc {

using llvm::BasicBlock;
using llvm::Value;
using native::Builtin;
using runtime::gc::ExceptionPayload;
using runtime::gc::Object;

BasicBlock* FunctionTranslator::UnwindDest() {
  for (size_t i = frames_.size(); i-- > 0;) {
    Frame& f = frames_[i];
    if (!f.is_try) continue;
    if (f.landing_pad != nullptr) return f.landing_pad;
    if (!f_->hasPersonalityFn()) f_->setPersonalityFn(p_.Personality());
    BasicBlock* dispatch = DispatchOf(f);
    const auto at = b_.saveIP();
    f.landing_pad = NewBlock("landing");
    b_.SetInsertPoint(f.landing_pad);
    llvm::LandingPadInst* pad = b_.CreateLandingPad(llvm::StructType::get(t().ptr, t().i32), 1);
    pad->addClause(llvm::ConstantPointerNull::get(t().ptr));  // all of them
    BasicBlock* const pad_block = f.landing_pad;
    Value* exception = CallBuiltin(Builtin::kBeginCatch, {});
    f.exception->addIncoming(exception, b_.GetInsertBlock());
    b_.CreateBr(dispatch);
    b_.restoreIP(at);
    return pad_block;
  }
  return nullptr;
}

// The block that decides about exceptions from inside `f`, which is one of frames_.
BasicBlock* FunctionTranslator::DispatchOf(Frame& f) {
  if (f.dispatch != nullptr) return f.dispatch;
  f.dispatch = NewBlock("dispatch");
  f.exception = llvm::PHINode::Create(t().i64, 2, "", f.dispatch);
  f.exception->setDebugLoc(b_.getCurrentDebugLocation());
  if (f.kind != FrameKind::kTryTable) {
    f.cursor = f.dispatch;
    return f.dispatch;
  }
  const size_t outside = static_cast<size_t>(&f - frames_.data());
  const auto at = b_.saveIP();
  b_.SetInsertPoint(f.dispatch);
  TrustedReader reader(f.catches);
  bool catches_all = false;
  for (uint32_t i = 0; i < f.num_catches && !catches_all; ++i) {
    const imm::Catch clause = imm::ReadCatch(reader);
    Frame& target = frames_[outside - 1 - clause.label.value];
    const bool has_tag =
        clause.kind == imm::Catch::Kind::kCatch || clause.kind == imm::Catch::Kind::kCatchRef;
    BasicBlock* next = nullptr;
    Values values;
    if (has_tag) {
      BasicBlock* matching = NewBlock();
      next = NewBlock();
      b_.CreateCondBr(TagMatches(f.exception, clause.tag.value), matching, next);
      b_.SetInsertPoint(matching);
      values = ExceptionArgs(f.exception, clause.tag.value);
    }
    catches_all = !has_tag;
    if (clause.kind == imm::Catch::Kind::kCatchRef || clause.kind == imm::Catch::Kind::kCatchAllRef)
      values.push_back(f.exception);
    AddEdge(target, values);
    b_.CreateBr(target.target);
    if (next != nullptr) b_.SetInsertPoint(next);
  }
  if (!catches_all) ForwardException(f.exception, outside);
  b_.restoreIP(at);
  return f.dispatch;
}

// Hands the exception to the innermost try among the outer `outer_frames` frames.
void FunctionTranslator::ForwardException(Value* exception, size_t outer_frames) {
  for (size_t i = outer_frames; i-- > 0;) {
    Frame& f = frames_[i];
    if (!f.is_try) continue;
    BasicBlock* dispatch = DispatchOf(f);
    f.exception->addIncoming(exception, b_.GetInsertBlock());
    b_.CreateBr(dispatch);
    return;
  }
  // No try of this function is left: the call leaves it.
  CallBuiltin(Builtin::kThrowRef, {exception});
  b_.CreateUnreachable();
}

Value* FunctionTranslator::TagMatches(Value* exception, uint32_t tag) {
  Value* object = b_.CreateIntToPtr(exception, t().ptr);
  Value* actual =
      Field(object, sizeof(Object) + offsetof(ExceptionPayload, tag), t().ptr, false, Place::kHeap);
  Value* tags = InstanceField(offsetof(runtime::Instance, tags), t().ptr, true);
  return b_.CreateICmpEQ(actual, Field(tags, 8 * uint64_t{tag}, t().ptr, true));
}

FunctionTranslator::Values FunctionTranslator::ExceptionArgs(Value* exception, uint32_t tag) {
  Value* object = b_.CreateIntToPtr(exception, t().ptr);
  Values values;
  size_t offset = sizeof(Object) + offsetof(ExceptionPayload, args);
  for (ValType type : c().tags[tag]->type.comp.func.params) {
    Value* at = b_.CreateConstInBoundsGEP1_64(t().i8, object, offset);
    values.push_back(Load(t().Of(type), at, Place::kHeap, 8));
    offset += 8 * type.slots();
  }
  return values;
}

void FunctionTranslator::Emit(Op<Opcode::TryTable>, const imm::TryTable& imm) {
  OpenFrame(FrameKind::kTryTable);
  Frame& f = frames_.back();
  f.is_try = !f.dead && imm.count != 0;
  f.catches = imm.catches;
  f.num_catches = imm.count;
}

void FunctionTranslator::Emit(Op<Opcode::Throw>, const imm::TagIdx& imm) {
  KeepRootsAlive();
  const Values values = PopN(c().tags[imm.tag.value]->type.comp.func.params.size());
  size_t slots = 1;
  for (Value* value : values) slots += value->getType() == t().v128 ? 2 : 1;
  Value* array = Slots(slots);
  StoreSlots(values, array);
  CallBuiltin(Builtin::kThrow, {array, b_.getInt32(imm.tag.value)}, true);
  b_.CreateUnreachable();
  SetUnreachable();
}

void FunctionTranslator::Emit(Op<Opcode::ThrowRef>, const imm::None&) {
  CallBuiltin(Builtin::kThrowRef, {Pop()}, true);
  b_.CreateUnreachable();
  SetUnreachable();
}

// ---- legacy ------------------------------------------------------------------------------------

void FunctionTranslator::Emit(Op<Opcode::LegacyTry>, const imm::BlockType&) {
  OpenFrame(FrameKind::kLegacyTry);
  frames_.back().is_try = !frames_.back().dead;
}

void FunctionTranslator::BeginLegacyCatch(FrameKind kind, const uint32_t* tag) {
  Frame& f = frames_.back();
  if (f.dead) return;
  if (reachable_) {
    AddEdge(f, Top(f.results.size()));
    b_.CreateBr(f.end);
  }
  f.kind = kind;
  f.is_try = false;
  stack_.resize(f.height);
  if (f.cursor == nullptr) {  // nothing in the body throws
    reachable_ = false;
    return;
  }
  f.caught = f.exception;
  BasicBlock* body = NewBlock("catch");
  b_.SetInsertPoint(f.cursor);
  if (tag == nullptr) {
    b_.CreateBr(body);
    f.cursor = nullptr;
    SetReachable(body);
    return;
  }
  f.cursor = NewBlock();
  b_.CreateCondBr(TagMatches(f.exception, *tag), body, f.cursor);
  SetReachable(body);
  const auto& params = c().tags[*tag]->type.comp.func.params;
  const Values values = ExceptionArgs(f.exception, *tag);
  for (size_t i = 0; i < values.size(); ++i) Push(values[i], params[i]);
}

void FunctionTranslator::Emit(Op<Opcode::LegacyCatch>, const imm::TagIdx& imm) {
  BeginLegacyCatch(FrameKind::kLegacyCatch, &imm.tag.value);
}
void FunctionTranslator::Emit(Op<Opcode::LegacyCatchAll>, const imm::None&) {
  BeginLegacyCatch(FrameKind::kLegacyCatchAll, nullptr);
}

void FunctionTranslator::Emit(Op<Opcode::LegacyRethrow>, const imm::LabelIdx& imm) {
  CallBuiltin(Builtin::kThrowRef, {frame(imm.label.value).caught}, true);
  b_.CreateUnreachable();
  SetUnreachable();
}

void FunctionTranslator::Emit(Op<Opcode::LegacyDelegate>, const imm::LabelIdx& imm) {
  Frame& f = frames_.back();
  if (!f.dead && f.cursor != nullptr) {
    const auto at = b_.saveIP();
    b_.SetInsertPoint(f.cursor);
    f.is_try = false;
    // The label counts from outside of this try.
    ForwardException(f.exception, frames_.size() - 1 - imm.label.value);
    f.cursor = nullptr;
    b_.restoreIP(at);
  }
  EndFrame();
}

}  // namespace wasm::aotc
