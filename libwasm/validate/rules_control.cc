// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Control and parametric instructions [valid-instr-control] [valid-instr-parametric].

#include "libwasm/binary/limits.h"
#include "libwasm/validate/func_validator.h"

namespace wasm::validate {

#define RULE(Name, Imm) bool FuncValidator::Visit(Op<Opcode::Name>, const imm::Imm& imm)
#define RULE_WITHOUT(Name) bool FuncValidator::Visit(Op<Opcode::Name>, const imm::None&)

RULE_WITHOUT(Unreachable) {
  Unreachable();
  return true;
}

RULE(Block, BlockType) { return CheckBlockType(imm, &NextFrame()) && PushCtrl(FrameKind::kBlock); }

RULE(Loop, BlockType) {
  CtrlFrame& block = NextFrame();
  block.begin_pc = next_pc();
  block.begin_position = table_.position();
  return CheckBlockType(imm, &block) && PushCtrl(FrameKind::kLoop);
}

RULE(If, BlockType) {
  CtrlFrame& block = NextFrame();
  if (!CheckBlockType(imm, &block) || !PopVal(ValType::kI32)) return false;
  block.begin_position = table_.position();
  SideTableBuilder::Chain alone;
  table_.AddForward(pc(), &alone, 0, 0);
  return PushCtrl(FrameKind::kIf);
}

RULE_WITHOUT(Else) {
  if (frame().kind != FrameKind::kIf) return Malformed("END opcode expected");
  if (!PopResults()) return false;
  CtrlFrame& f = frame();
  table_.AddForward(pc(), &f.chain, 0, 0);
  table_.ResolveOne(f.begin_position, next_pc(), table_.position());
  f.kind = FrameKind::kElse;
  f.unreachable = false;
  ResetInits(f.init_height);
  return PushVals(f.params());
}

RULE_WITHOUT(End) {
  if (!PopResults()) return false;
  CtrlFrame& f = frame();
  ResetInits(f.init_height);
  if (num_frames_ == 1) {
    table_.Resolve(f.chain, pc(), table_.position());
    num_frames_ = 0;
    return true;
  }
  if (legacy_) [[unlikely]] {
    SideTableBuilder::Chain next;
    table_.AddForward(pc(), &next, SlotsOf(f.results()), f.is_catch() ? 1 : 0);
    table_.Resolve(next, next_pc(), table_.position());
    top_ = stack_.get() + f.height;  // without the hidden slot
  }
  switch (f.kind) {
    case FrameKind::kIf: {
      // Without else the parameters are the results.
      const std::span<const ValType> params = f.params(), results = f.results();
      if (params.size() != results.size())
        return Fail("type mismatch: an if without else must leave its parameters");
      for (size_t i = 0; i < params.size(); ++i)
        if (!c_.store.Matches(params[i], results[i]))
          return Fail(errors::NotASubtype(TypePrinter(c_.vm.type_ids), params[i], results[i]));
      // The if joins those who wait for the end.
      SideTableBuilder::Chain alone{.first_entry = f.begin_position,
                                    .last_entry = f.begin_position};
      SideTableBuilder::Concatenate(&table_, &f.chain, alone);
      break;
    }
    case FrameKind::kTryTable:
    case FrameKind::kLegacyTry:
    case FrameKind::kLegacyCatch:
    case FrameKind::kLegacyCatchAll:
      EndTry(f);
      break;
    default:
      break;
  }
  // The frame's memory stays as it is until another block opens.
  PopCtrl();
  ResolveEnd(&f.chain);
  return PushVals(f.results());
}

RULE(Br, LabelIdx) {
  if (!CheckLabel(imm.label)) return false;
  AddBranch(imm.label.value);
  if (!PopVals(LabelTypes(imm.label.value))) return false;
  Unreachable();
  return true;
}

RULE(BrIf, LabelIdx) {
  if (!PopVal(ValType::kI32) || !CheckLabel(imm.label)) return false;
  AddBranch(imm.label.value);
  return PopPushVals(LabelTypes(imm.label.value));
}

RULE(BrTable, BrTable) {
  if (imm.count > limits::kBrTableLabels)
    return Fail(errors::LimitExceeded("labels in a br_table", limits::kBrTableLabels));
  if (!PopVal(ValType::kI32)) return false;
  TrustedReader labels(imm.labels);
  const CtrlFrame* checked = nullptr;
  size_t arity = 0;
  for (uint32_t i = 0; i <= imm.count; ++i) {
    const wasm::LabelIdx label(labels.ReadU32());
    if (!CheckLabel(label)) return false;
    AddBranch(label.value);
    const CtrlFrame* target = &Frame(label.value);
    if (target == checked) continue;
    const std::span<const ValType> types = target->label_types();
    if (checked == nullptr) arity = types.size();
    if (types.size() != arity)
      return Fail("type mismatch: the labels of a br_table have different arities");
    checked = target;
    if (!CheckOperands(types)) return false;
  }
  Unreachable();
  return true;
}

RULE_WITHOUT(Return) {
  if (!PopVals(func_type_->results)) return false;
  Unreachable();
  return true;
}

RULE(Call, FuncIdx) {
  if (imm.func.value >= c_.functions.size()) return FailUnknown("function", imm.func.value);
  return CheckCall(c_.functions[imm.func.value]->type.comp.func);
}

bool FuncValidator::CheckCallIndirect(const imm::CallIndirect& imm, const CanonType** type) {
  if (!CheckTable(imm.table)) return false;
  if (!c_.store.Matches(c_.tables[imm.table.value], kFuncRef))
    return Fail(
        errors::NotASubtype(TypePrinter(c_.vm.type_ids), c_.tables[imm.table.value], kFuncRef));
  return CheckFuncType(imm.type, type) && PopVal(TableAddr(imm.table));
}

RULE(CallIndirect, CallIndirect) {
  const CanonType* type;
  return CheckCallIndirect(imm, &type) && CheckCall(type->type.comp.func);
}

RULE(CallRef, TypeIdx) {
  const CanonType* type;
  return CheckFuncType(imm.type, &type) &&
         PopVal(ValType::Ref(HeapType::Concrete(type->id), true)) &&
         CheckCall(type->type.comp.func);
}

bool FuncValidator::CheckTailCall(const FuncType& type) {
  const ResultType& results = func_type_->results;
  bool matches = type.results.size() == results.size();
  for (size_t i = 0; matches && i < results.size(); ++i)
    matches = c_.store.Matches(type.results[i], results[i]);
  if (!matches)
    return Fail("type mismatch: the callee returns " +
                TypePrinter(c_.vm.type_ids).Print(type.results) + " but the caller " +
                TypePrinter(c_.vm.type_ids).Print(results));
  if (!PopVals(type.params)) return false;
  Unreachable();
  return true;
}

RULE(ReturnCall, FuncIdx) {
  if (imm.func.value >= c_.functions.size()) return FailUnknown("function", imm.func.value);
  return CheckTailCall(c_.functions[imm.func.value]->type.comp.func);
}

RULE(ReturnCallIndirect, CallIndirect) {
  const CanonType* type;
  return CheckCallIndirect(imm, &type) && CheckTailCall(type->type.comp.func);
}

RULE(ReturnCallRef, TypeIdx) {
  const CanonType* type;
  return CheckFuncType(imm.type, &type) &&
         PopVal(ValType::Ref(HeapType::Concrete(type->id), true)) &&
         CheckTailCall(type->type.comp.func);
}

// ---- parametric ------------------------------------------------------------------------------

RULE_WITHOUT(Drop) {
  ValType type;
  if (!PopVal(&type)) return false;
  if (wide_) table_.AddPlain(0, type.slots());
  return true;
}

bool FuncValidator::CheckSelectable(ValType type) {
  return !type.is_ref() ||
         Fail("type mismatch: select without type requires numbers or vectors but stack has " +
              TypePrinter(c_.vm.type_ids).Print(std::span<const ValType>(&type, 1)));
}

RULE_WITHOUT(Select) {
  ValType second, first;
  if (!PopVal(ValType::kI32) || !PopVal(&second) || !CheckSelectable(second)) return false;
  if (second.is_bot()) {
    if (!PopVal(&first) || !CheckSelectable(first)) return false;
  } else {
    if (!PopVal(second)) return false;
    first = second;
  }
  if (wide_) table_.AddPlain(0, first.slots());
  return PushVal(first);
}

RULE(SelectTyped, SelectTypes) {
  if (imm.count != 1) return Fail("invalid result arity: select has one type");
  TrustedReader reader(imm.types);
  ValType type;
  if (!c_.CheckValType(imm::ReadValType(reader), instruction_offset(), &r_->sink(), &type))
    return false;
  if (!PopVal(ValType::kI32) || !PopVal(type) || !PopVal(type)) return false;
  if (wide_) table_.AddPlain(0, type.slots());
  return PushVal(type);
}

#undef RULE
#undef RULE_WITHOUT

}  // namespace wasm::validate
