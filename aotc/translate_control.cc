// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Control and parametric instructions [exec-control] [exec-parametric]. A label is a block and a
// phi for each of its operands; a frame opened where control cannot come is only counted.

#include "aotc/function_translator.h"
#include "libwasm/opcodes/immediates.h"

namespace wasm::aotc {

using llvm::BasicBlock;
using llvm::Value;

void FunctionTranslator::SetReachable(BasicBlock* block) {
  b_.SetInsertPoint(block);
  reachable_ = true;
}

void FunctionTranslator::SetUnreachable() {
  reachable_ = false;
  stack_.resize(frames_.back().height);
}

void FunctionTranslator::OpenFrame(FrameKind kind) {
  Frame f;
  f.kind = kind;
  f.dead = !reachable_;
  if (!f.dead) {
    const auto& checked = v_.Frame(0);
    if (kind != FrameKind::kFunc) f.params.assign(checked.params().begin(), checked.params().end());
    f.results.assign(checked.results().begin(), checked.results().end());
    f.height = stack_.size() - f.params.size();
    f.end = f.target = NewBlock();
    for (ValType type : f.results) {
      f.phis.push_back(llvm::PHINode::Create(t().Of(type), 2, "", f.end));
      f.phis.back()->setDebugLoc(b_.getCurrentDebugLocation());
    }
  }
  frames_.push_back(std::move(f));
}

void FunctionTranslator::AddEdge(Frame& f, std::span<Value* const> values) {
  auto& phis = f.kind == FrameKind::kLoop ? f.loop_phis : f.phis;
  for (size_t i = 0; i < values.size(); ++i) phis[i]->addIncoming(values[i], b_.GetInsertBlock());
}

void FunctionTranslator::Return(std::span<Value* const> values) {
  if (values.size() == 1) {
    b_.CreateRet(values[0]);
    return;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    Store(values[i], b_.CreateConstInBoundsGEP1_64(t().i8, results_, kResultStride * i),
          Place::kSlots, 16);
  }
  b_.CreateRetVoid();
}

void FunctionTranslator::EndFrame() {
  Frame f = std::move(frames_.back());
  if (f.dead) {
    frames_.pop_back();
    reachable_ = false;
    return;
  }
  if (reachable_) {
    const Values values = Top(f.results.size());
    for (size_t i = 0; i < values.size(); ++i)
      f.phis[i]->addIncoming(values[i], b_.GetInsertBlock());
    b_.CreateBr(f.end);
  }
  if (f.otherwise != nullptr) {  // an if without else hands its parameters on
    b_.SetInsertPoint(f.otherwise);
    for (size_t i = 0; i < f.if_params.size(); ++i)
      f.phis[i]->addIncoming(f.if_params[i], f.otherwise);
    b_.CreateBr(f.end);
  }
  frames_.pop_back();
  if (f.cursor != nullptr) {  // a legacy try whose clauses did not match
    b_.SetInsertPoint(f.cursor);
    ForwardException(f.exception, frames_.size());
  }
  stack_.resize(f.height);
  if (llvm::pred_empty(f.end)) {
    f.end->eraseFromParent();
    reachable_ = false;
    return;
  }
  SetReachable(f.end);
  for (size_t i = 0; i < f.phis.size(); ++i) Push(f.phis[i], f.results[i]);
  if (f.kind == FrameKind::kFunc) {
    const Values values = Top(f.results.size());
    Return(values);
    reachable_ = false;
  }
}

void FunctionTranslator::BranchIf(Value* condition, uint32_t label) {
  Frame& f = frame(label);
  AddEdge(f, Top(LabelArity(f)));
  BasicBlock* next = NewBlock();
  b_.CreateCondBr(condition, f.target, next);
  b_.SetInsertPoint(next);
}

void FunctionTranslator::Emit(Op<Opcode::Unreachable>, const imm::None&) {
  EmitTrap(Trap::kUnreachable);
  SetUnreachable();
}

void FunctionTranslator::Emit(Op<Opcode::Block>, const imm::BlockType&) {
  OpenFrame(FrameKind::kBlock);
}

void FunctionTranslator::Emit(Op<Opcode::Loop>, const imm::BlockType&) {
  OpenFrame(FrameKind::kLoop);
  Frame& f = frames_.back();
  if (f.dead) return;
  BasicBlock* header = NewBlock("loop");
  BasicBlock* before = b_.GetInsertBlock();
  b_.CreateBr(header);
  b_.SetInsertPoint(header);
  for (size_t i = 0; i < f.params.size(); ++i) {
    Operand& operand = stack_[f.height + i];
    llvm::PHINode* phi = b_.CreatePHI(t().Of(f.params[i]), 2);
    phi->addIncoming(operand.value, before);
    operand = {phi, f.params[i]};
    f.loop_phis.push_back(phi);
  }
  f.target = header;
  if (plan_.options->interruptible) Poll();
}

void FunctionTranslator::Emit(Op<Opcode::If>, const imm::BlockType&) {
  if (!live_) {
    OpenFrame(FrameKind::kIf);
    return;
  }
  Value* condition = AsBool(Pop());
  OpenFrame(FrameKind::kIf);
  Frame& f = frames_.back();
  BasicBlock* then = NewBlock();
  f.otherwise = NewBlock();
  f.if_params = Top(f.params.size());
  b_.CreateCondBr(condition, then, f.otherwise);
  b_.SetInsertPoint(then);
}

void FunctionTranslator::Emit(Op<Opcode::Else>, const imm::None&) {
  Frame& f = frames_.back();
  if (f.dead) return;
  if (reachable_) {
    AddEdge(f, Top(f.results.size()));
    b_.CreateBr(f.end);
  }
  stack_.resize(f.height);
  SetReachable(f.otherwise);
  f.otherwise = nullptr;
  for (size_t i = 0; i < f.params.size(); ++i) Push(f.if_params[i], f.params[i]);
}

void FunctionTranslator::Emit(Op<Opcode::End>, const imm::None&) { EndFrame(); }

void FunctionTranslator::Emit(Op<Opcode::Br>, const imm::LabelIdx& imm) {
  Frame& f = frame(imm.label.value);
  AddEdge(f, Top(LabelArity(f)));
  b_.CreateBr(f.target);
  SetUnreachable();
}

void FunctionTranslator::Emit(Op<Opcode::BrIf>, const imm::LabelIdx& imm) {
  Value* condition = AsBool(Pop());
  BranchIf(condition, imm.label.value);
}

void FunctionTranslator::Emit(Op<Opcode::BrTable>, const imm::BrTable& imm) {
  Value* index = Pop();
  TrustedReader labels(imm.labels);
  std::vector<uint32_t> targets;
  for (uint32_t i = 0; i <= imm.count; ++i) targets.push_back(labels.ReadU32());
  Frame& last = frame(targets.back());
  const Values values = Top(LabelArity(last));
  AddEdge(last, values);
  llvm::SwitchInst* table = b_.CreateSwitch(index, last.target, imm.count);
  for (uint32_t i = 0; i < imm.count; ++i) {
    Frame& f = frame(targets[i]);
    if (f.target == last.target) continue;
    AddEdge(f, values);
    table->addCase(b_.getInt32(i), f.target);
  }
  SetUnreachable();
}

void FunctionTranslator::Emit(Op<Opcode::Return>, const imm::None&) {
  Return(Top(type_->results.size()));
  SetUnreachable();
}

void FunctionTranslator::Emit(Op<Opcode::BrOnNull>, const imm::LabelIdx& imm) {
  const Operand ref = stack_.back();
  stack_.pop_back();
  BranchIf(IsNull(ref.value), imm.label.value);
  Push(ref.value, v_.TypeAt(0));
}

void FunctionTranslator::Emit(Op<Opcode::BrOnNonNull>, const imm::LabelIdx& imm) {
  BranchIf(b_.CreateNot(IsNull(stack_.back().value)), imm.label.value);
  stack_.pop_back();
}

void FunctionTranslator::Emit(Op<Opcode::BrOnCast>, const imm::BrOnCast& imm) {
  Value* matches = RefTest(stack_.back().value, imm.target, stack_.back().type);
  BranchIf(matches, imm.label.value);
  stack_.back().type = v_.TypeAt(0);
}

void FunctionTranslator::Emit(Op<Opcode::BrOnCastFail>, const imm::BrOnCast& imm) {
  Value* matches = RefTest(stack_.back().value, imm.target, stack_.back().type);
  BranchIf(b_.CreateNot(matches), imm.label.value);
  stack_.back().type = v_.TypeAt(0);
}

void FunctionTranslator::Emit(Op<Opcode::Drop>, const imm::None&) { stack_.pop_back(); }

void FunctionTranslator::Emit(Op<Opcode::Select>, const imm::None&) {
  Value* condition = AsBool(Pop());
  Value* otherwise = Pop();
  Value* value = Pop();
  Push(b_.CreateSelect(condition, value, otherwise));
}
void FunctionTranslator::Emit(Op<Opcode::SelectTyped>, const imm::SelectTypes&) {
  Emit(Op<Opcode::Select>(), imm::None());
}

}  // namespace wasm::aotc
