// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The algorithm's frame: bodies, locals, the two stacks.

#include "libwasm/validate/func_validator.h"

#include <algorithm>
#include <cstring>

#include "libwasm/binary/expr_syntax.h"
#include "libwasm/binary/limits.h"

namespace wasm::validate {

namespace {
constexpr size_t kFirstCapacity = 256;
// Operands of one function: more than any stack can hold at run time.
constexpr size_t kMaxOperands = 1'000'000;
}  // namespace

FuncValidator::FuncValidator(const ModuleContext& context) : c_(context) {
  stack_ = std::make_unique<ValType[]>(kFirstCapacity);
  capacity_ = kFirstCapacity;
  has_plain_memory_ =
      !c_.module.memories.empty() && c_.module.memories[0].type.addr_type == AddrType::kI32;
  for (size_t i = 0; i < sig_types_.size(); ++i)
    sig_types_[i] = ToValType(static_cast<SigType>(i), AddrType::kI32);
}

bool FuncValidator::RunBody(FuncIdx index, CheckedReader* reader) {
  wide_ = legacy_ = no_fast_path_ = false;
  const uint8_t* const begin = reader->position();
  while (!Begin(index, reader) || !Run()) {
    if (!restart_) return false;
    reader->SetPosition(begin);
  }
  return reader->AtEnd() || reader->Malformed("section size mismatch");
}

std::unique_ptr<CodeInfo> FuncValidator::ValidateBody(FuncIdx index, ErrorSink* sink) {
  const ByteRange body = c_.module.functions[index.value].body;
  CheckedReader reader(c_.module.Bytes(body), body.begin, sink);
  if (!RunBody(index, &reader)) return nullptr;
  auto info = std::make_unique<CodeInfo>();
  FinishBody(info.get());
  return info;
}

bool FuncValidator::CheckBody(FuncIdx index, ErrorSink* sink) {
  const ByteRange body = c_.module.functions[index.value].body;
  CheckedReader reader(c_.module.Bytes(body), body.begin, sink);
  return RunBody(index, &reader);
}

bool FuncValidator::Begin(FuncIdx index, CheckedReader* reader) {
  r_ = reader;
  at_ = r_->position();
  is_const_ = false;
  check_special_ = !c_.all_features;
  const CanonType& type = *c_.functions[index.value];
  func_type_ = &type.type.comp.func;
  locals_.assign(func_type_->params.begin(), func_type_->params.end());
  num_params_ = static_cast<uint32_t>(locals_.size());
  bool all_defaultable = true;
  bool ok = true;
  const bool read = binary::ReadLocals(*r_, [&](uint32_t count, ValType syntax) {
    ValType local;
    ok = ok && c_.CheckValType(syntax, r_->offset(), &r_->sink(), &local);
    if (!ok) return;
    locals_.insert(locals_.end(), count, local);
    if (!local.is_defaultable()) all_defaultable = false;
    if (local.is_vec() && count != 0) wide_ = true;
  });
  if (!read || !ok) return false;
  for (ValType param : func_type_->params)
    if (param.is_vec()) wide_ = true;
  inits_.clear();
  initialized_.clear();
  if (!all_defaultable) initialized_.resize(locals_.size());
  code_begin_ = r_->position();
  return BeginFrame(func_type_);
}

bool FuncValidator::BeginFrame(const FuncType* type) {
  restart_ = false;
  table_.Reset();
  top_ = high_ = stack_.get();
  extra_ = 0;
  num_frames_ = 0;
  // The function's parameters are locals, not operands of its block.
  CtrlFrame& frame = NextFrame();
  frame.type = type;
  frame.kind = FrameKind::kFunc;
  ++num_frames_;
  SetFloor();
  return true;
}

bool FuncValidator::Run() {
  while (num_frames_ != 0) {
    if (!check_special_ && !no_fast_path_) [[likely]]
      if (!RunFast()) return false;
    if (!ReadInstruction(*this)) [[unlikely]]
      return false;
  }
  return true;
}

void FuncValidator::FinishBody(CodeInfo* info) {
  info->code = code_begin_;
  info->code_end = r_->position();
  info->param_slots = SlotsOf(func_type_->params);
  info->result_slots = SlotsOf(func_type_->results);
  info->local_slots = SlotsOf(locals_);
  info->max_stack_slots = static_cast<uint32_t>(high_ - stack_.get());
  info->uses_v128 = wide_;
  info->has_legacy_try = legacy_;
  if (wide_) {
    info->local_offsets.reserve(locals_.size() + 1);
    uint32_t offset = 0;
    for (ValType local : locals_) {
      info->local_offsets.push_back(offset);
      offset += local.slots();
    }
    info->local_offsets.push_back(offset);
  }
  table_.Finish(info);
}

const uint8_t* FuncValidator::ValidateConst(ByteRange expr, ValType type, uint32_t num_globals,
                                            std::vector<uint8_t>* declared, ErrorSink* sink) {
  // No entry of a constant expression's table is ever used, so neither is the wide mode entered.
  wide_ = true;
  legacy_ = false;
  is_const_ = check_special_ = true;
  num_const_globals_ = num_globals;
  declare_ = declared;
  CheckedReader reader(c_.module.Bytes(expr), expr.begin, sink);
  r_ = &reader;
  at_ = code_begin_ = reader.position();
  const_type_.results.assign(1, type);
  func_type_ = &const_type_;
  locals_.clear();
  initialized_.clear();
  inits_.clear();
  const bool ok = BeginFrame(&const_type_) && Run();
  declare_ = nullptr;
  return ok ? reader.position() : nullptr;
}

// ---- failing ---------------------------------------------------------------------------------

bool FuncValidator::FailOperands(std::span<const ValType> required, const ValType* original_top) {
  if (r_->sink().failed() || restart_) return false;
  // As many operands as are required, or as there are.
  const size_t present =
      std::min(required.size(), static_cast<size_t>(std::max<ptrdiff_t>(0, original_top - floor_)));
  return Fail(errors::OperandMismatch(TypePrinter(c_.vm.type_ids), required,
                                      {original_top - present, present}));
}

bool FuncValidator::FailSpecial(Opcode op) {
  const OpcodeInfo& info = Info(op);
  if (!c_.features.Has(info.feature))
    return visit_internal::IllegalOpcode(*r_, at_, info.prefix, info.code);
  return Fail("constant expression required: " + std::string(info.text) + " is not constant");
}

// ---- the operand stack -----------------------------------------------------------------------

bool FuncValidator::TryPopSlow(ValType expected) {
  if (top_ == floor_) {
    if (frame().unreachable) return true;
    return false;
  }
  const ValType actual = top_[-1];
  if (!c_.store.Matches(actual, expected)) return false;
  --top_;
  if (actual.is_vec()) --extra_;
  return true;
}

bool FuncValidator::PopVal(ValType* actual) {
  if (top_ == floor_) {
    *actual = ValType::kBot;
    return frame().unreachable ||
           Fail("type mismatch: instruction requires a value but the stack is empty");
  }
  *actual = *--top_;
  if (actual->is_vec()) --extra_;
  return true;
}

bool FuncValidator::PopRef(ValType* actual) {
  if (!PopVal(actual)) return false;
  if (actual->is_bot()) *actual = ValType::Ref(HeapType::kBot, false);
  return actual->is_ref() ||
         Fail("type mismatch: instruction requires a reference but stack has " +
              TypePrinter(c_.vm.type_ids).Print(std::span<const ValType>(actual, 1)));
}

bool FuncValidator::PushVals(std::span<const ValType> types) {
  for (ValType type : types)
    if (!PushVal(type)) return false;
  return true;
}

bool FuncValidator::PopVals(std::span<const ValType> types) {
  const ValType* const original_top = top_;
  for (size_t i = types.size(); i-- > 0;)
    if (!TryPop(types[i])) [[unlikely]]
      return FailOperands(types, original_top);
  return true;
}

bool FuncValidator::CheckOperands(std::span<const ValType> types) {
  const ValType* operand = top_;
  for (size_t i = types.size(); i-- > 0;) {
    if (operand == floor_) return frame().unreachable || FailOperands(types, top_);
    if (!c_.store.Matches(*--operand, types[i])) return FailOperands(types, top_);
  }
  return true;
}

bool FuncValidator::PopPushVals(std::span<const ValType> types) {
  return types.empty() || (PopVals(types) && PushVals(types));
}

bool FuncValidator::RaiseHigh() {
  high_ = top_ + extra_;
  const size_t needed = static_cast<size_t>(high_ - stack_.get()) + 1;
  if (needed <= capacity_) return true;
  if (needed > kMaxOperands) return Fail(errors::LimitExceeded("operands", kMaxOperands));
  const size_t capacity = capacity_ * 2;
  auto stack = std::make_unique<ValType[]>(capacity);
  std::copy(stack_.get(), top_, stack.get());
  const auto move = [&](ValType*& pointer) { pointer = stack.get() + (pointer - stack_.get()); };
  move(top_);
  move(floor_);
  move(high_);
  stack_ = std::move(stack);
  capacity_ = capacity;
  return true;
}

bool FuncValidator::Restart(bool* mode) {
  *mode = true;
  restart_ = true;
  return false;
}

// ---- the control stack -----------------------------------------------------------------------

bool FuncValidator::CheckBlockType(const imm::BlockType& imm, CtrlFrame* frame) {
  switch (imm.kind) {
    case imm::BlockType::Kind::kEmpty:
      return true;
    case imm::BlockType::Kind::kValue:
      return c_.CheckValType(imm.value, instruction_offset(), &r_->sink(), &frame->value);
    case imm::BlockType::Kind::kTypeIdx: {
      const CanonType* type;
      if (!CheckFuncType(imm.type, &type)) return false;
      frame->type = &type->type.comp.func;
      return true;
    }
  }
  return false;
}

bool FuncValidator::PushCtrl(FrameKind kind) {
  CtrlFrame& frame = frames_[num_frames_];
  if (frame.type != nullptr && !PopVals(frame.type->params)) return false;
  ++num_frames_;
  frame.kind = kind;
  frame.height = static_cast<uint32_t>(top_ - stack_.get());
  frame.extra = static_cast<uint32_t>(extra_);
  frame.init_height = static_cast<uint32_t>(inits_.size());
  floor_ = top_;
  return frame.type == nullptr || PushVals(frame.type->params);
}

bool FuncValidator::PopResults() {
  const std::span<const ValType> results = frame().results();
  if (!PopVals(results)) return false;
  if (top_ != floor_) [[unlikely]] {
    // What the block leaves, results included.
    const ValType* end = top_ + results.size();
    std::span<const ValType> present(floor_, static_cast<size_t>(end - floor_));
    if (frame().unreachable) present = {floor_, static_cast<size_t>(top_ - floor_)};
    return Fail(errors::BlockMismatch(TypePrinter(c_.vm.type_ids), results, present));
  }
  return true;
}

void FuncValidator::Unreachable() {
  top_ = floor_;
  extra_ = frame().extra;
  frame().unreachable = true;
}

// ---- the side table --------------------------------------------------------------------------

uint32_t FuncValidator::SlotsOf(std::span<const ValType> types) const {
  uint32_t slots = static_cast<uint32_t>(types.size());
  if (wide_)
    for (ValType type : types) slots += type.slots() - 1;
  return slots;
}

void FuncValidator::AddBranch(uint32_t label) {
  CtrlFrame& target = frames_[num_frames_ - 1 - label];
  const uint32_t keep = SlotsOf(target.label_types());
  // In unreachable code there may be fewer operands than are kept; nobody takes the branch.
  const uint32_t below = target.height + target.extra + keep;
  const uint32_t drop = slots() > below ? slots() - below : 0;
  if (target.kind == FrameKind::kLoop)
    table_.AddBackward(pc(), target.begin_pc, target.begin_position, keep, drop);
  else
    table_.AddForward(pc(), &target.chain, keep, drop);
}

// The innermost block, already popped, ends with the instruction just read.
void FuncValidator::ResolveEnd(SideTableBuilder::Chain* chain) {
  // An `end` that follows has nothing to do, so that one branch may skip them all.
  if (!legacy_ && num_frames_ > 1 && !r_->AtEnd() && r_->PeekByte() == 0x0b)
    SideTableBuilder::Concatenate(&table_, &frame().chain, *chain);
  else
    table_.Resolve(*chain, next_pc(), table_.position());
}

// ---- types and indices -----------------------------------------------------------------------

bool FuncValidator::CheckTypeIdx(TypeIdx index, CompType::Kind kind, const CanonType** type) {
  if (index.value >= c_.types.size()) return FailUnknown("type", index.value);
  *type = c_.types[index.value];
  if ((*type)->type.comp.kind == kind) return true;
  const char* name = kind == CompType::Kind::kFunc     ? "function"
                     : kind == CompType::Kind::kStruct ? "structure"
                                                       : "array";
  return Fail("type mismatch: type " + std::to_string(index.value) + " is no " + name + " type");
}

bool FuncValidator::CheckFuncType(TypeIdx index, const CanonType** type) {
  return CheckTypeIdx(index, CompType::Kind::kFunc, type);
}

bool FuncValidator::CheckData(DataIdx index) {
  if (!c_.module.data_count.has_value()) return Malformed("data count section required");
  return index.value < *c_.module.data_count || FailUnknown("data segment", index.value);
}

// ---- immediates of rows with a signature -----------------------------------------------------

bool FuncValidator::CheckImmediate(Opcode op, const imm::Lane& imm) {
  return imm.lane < NumLanes(Info(op).text) ||
         Fail("invalid lane index " + std::to_string(imm.lane));
}

bool FuncValidator::CheckImmediate(Opcode, const imm::Lanes16& imm) {
  for (uint8_t lane : imm.lanes)
    if (lane >= 32) return Fail("invalid lane index " + std::to_string(lane));
  return true;
}

bool FuncValidator::CheckImmediate(Opcode op, const imm::MemArgLane& imm) {
  if (!CheckMemArg(op, imm.memarg)) return false;
  return imm.lane < (16u >> Info(op).access_log2) ||
         Fail("invalid lane index " + std::to_string(imm.lane));
}

}  // namespace wasm::validate
