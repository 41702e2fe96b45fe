// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions [valid-throw] [valid-try_table], and the legacy instructions (try, catch, rethrow,
// delegate), whose catch bodies keep the exception in a hidden slot below their operands.

#include "libwasm/validate/func_validator.h"

namespace wasm::validate {

bool FuncValidator::Visit(Op<Opcode::Throw>, const imm::TagIdx& imm) {
  if (!CheckTag(imm.tag) || !PopVals(c_.tags[imm.tag.value]->type.comp.func.params)) return false;
  Unreachable();
  return true;
}

bool FuncValidator::Visit(Op<Opcode::ThrowRef>, const imm::None&) {
  if (!PopVal(kExnRef)) return false;
  Unreachable();
  return true;
}

// ---- try_table -------------------------------------------------------------------------------

bool FuncValidator::AddCatch(const imm::Catch& clause) {
  using Kind = imm::Catch::Kind;
  if (!CheckLabel(clause.label)) return false;
  ResultType payload;
  if (clause.kind == Kind::kCatch || clause.kind == Kind::kCatchRef) {
    if (!CheckTag(clause.tag)) return false;
    payload = c_.tags[clause.tag.value]->type.comp.func.params;
  }
  if (clause.kind == Kind::kCatchRef || clause.kind == Kind::kCatchAllRef)
    payload.push_back(kExnRef.AsNonNull());
  CtrlFrame& target = frames_[num_frames_ - 1 - clause.label.value];
  const std::span<const ValType> types = target.label_types();
  bool matches = payload.size() == types.size();
  for (size_t i = 0; matches && i < types.size(); ++i)
    matches = c_.store.Matches(payload[i], types[i]);
  if (!matches) {
    const TypePrinter printer(c_.vm.type_ids);
    return Fail("type mismatch: the catch clause gives " + printer.Print(payload) +
                " but its label takes " + printer.Print(types));
  }
  CatchClause out{.kind = static_cast<CatchClause::Kind>(clause.kind),
                  .tag = clause.tag.value,
                  .height = target.height + target.extra};
  if (target.kind == FrameKind::kLoop) {
    out.target_pc = target.begin_pc;
    out.target_entry = target.begin_position;
    table_.AddClause(out);
  } else {
    table_.AddForwardClause(out, &target.chain);
  }
  return true;
}

bool FuncValidator::Visit(Op<Opcode::TryTable>, const imm::TryTable& imm) {
  CtrlFrame& block = NextFrame();
  if (!CheckBlockType(imm.block_type, &block)) return false;
  block.first_clause = table_.num_clauses();
  block.num_clauses = imm.count;
  TrustedReader catches(imm.catches);
  for (uint32_t i = 0; i < imm.count; ++i)
    if (!AddCatch(imm::ReadCatch(catches))) return false;
  block.try_number = table_.NewTry();
  block.begin_pc = next_pc();
  return PushCtrl(FrameKind::kTryTable);
}

// ---- the end of every kind of try ------------------------------------------------------------

void FuncValidator::EndTry(const CtrlFrame& f) {
  if (f.kind == FrameKind::kTryTable) {
    table_.AddRange(f.try_number, {.begin_pc = f.begin_pc,
                                   .end_pc = pc(),
                                   .first_clause = f.first_clause,
                                   .num_clauses = f.num_clauses});
    return;
  }
  const uint32_t first = table_.num_clauses();
  const uint32_t count = table_.TakePendingClauses(f.try_number);
  table_.AddRange(f.try_number, {.begin_pc = f.begin_pc,
                                 .end_pc = f.kind == FrameKind::kLegacyTry ? pc() : f.end_pc,
                                 .first_clause = first,
                                 .num_clauses = count});
}

// ---- legacy exceptions -----------------------------------------------------------------------

bool FuncValidator::Visit(Op<Opcode::LegacyTry>, const imm::BlockType& imm) {
  if (!legacy_) return Restart(&legacy_);
  CtrlFrame& block = NextFrame();
  if (!CheckBlockType(imm, &block)) return false;
  block.try_number = table_.NewTry();
  block.begin_pc = next_pc();
  return PushCtrl(FrameKind::kLegacyTry);
}

bool FuncValidator::BeginCatch(FrameKind kind, CatchClause::Kind clause_kind, uint32_t tag,
                               std::span<const ValType> payload) {
  if (frame().kind != FrameKind::kLegacyTry && frame().kind != FrameKind::kLegacyCatch)
    return Malformed("END opcode expected");
  if (!PopResults()) return false;
  CtrlFrame& f = frame();
  // Who falls through from the body above leaves for the end.
  table_.AddForward(pc(), &f.chain, SlotsOf(f.results()), f.is_catch() ? 1 : 0);
  if (f.kind == FrameKind::kLegacyTry) f.end_pc = pc();
  table_.AddPendingClause(f.try_number, {.kind = clause_kind,
                                         .tag = tag,
                                         .target_pc = next_pc(),
                                         .target_entry = table_.position(),
                                         .height = f.height + f.extra});
  f.kind = kind;
  f.unreachable = false;
  ResetInits(f.init_height);
  top_ = stack_.get() + f.height;
  if (!PushVal(kHiddenExn)) return false;
  SetFloor();
  return PushVals(payload);
}

bool FuncValidator::Visit(Op<Opcode::LegacyCatch>, const imm::TagIdx& imm) {
  if (!CheckTag(imm.tag)) return false;
  return BeginCatch(FrameKind::kLegacyCatch, CatchClause::Kind::kLegacyCatch, imm.tag.value,
                    c_.tags[imm.tag.value]->type.comp.func.params);
}

bool FuncValidator::Visit(Op<Opcode::LegacyCatchAll>, const imm::None&) {
  return BeginCatch(FrameKind::kLegacyCatchAll, CatchClause::Kind::kLegacyCatchAll, 0, {});
}

bool FuncValidator::Visit(Op<Opcode::LegacyRethrow>, const imm::LabelIdx& imm) {
  if (!CheckLabel(imm.label)) return false;
  const CtrlFrame& target = Frame(imm.label.value);
  if (!target.is_catch()) return Fail("invalid rethrow label " + std::to_string(imm.label.value));
  table_.AddPlain(static_cast<int32_t>(target.height + target.extra), 0);
  Unreachable();
  return true;
}

bool FuncValidator::Visit(Op<Opcode::LegacyDelegate>, const imm::LabelIdx& imm) {
  CtrlFrame& f = frame();
  if (f.kind != FrameKind::kLegacyTry) return Malformed("END opcode expected");
  // The label counts from the block around the try.
  if (imm.label.value >= num_frames_ - 1) return FailUnknown("label", imm.label.value);
  if (!PopResults()) return false;
  ResetInits(f.init_height);
  // The handlers to go on with: of the innermost try whose body holds the label's block, itself
  // included.
  uint32_t outer = 0;
  for (size_t i = num_frames_ - 1 - imm.label.value; i-- > 0;) {
    const CtrlFrame& candidate = frames_[i];
    if (candidate.kind == FrameKind::kTryTable || candidate.kind == FrameKind::kLegacyTry) {
      outer = candidate.try_number + 1;
      break;
    }
  }
  table_.AddPendingClause(f.try_number,
                          {.kind = CatchClause::Kind::kLegacyDelegate, .delegate_depth = outer});
  EndTry(f);
  PopCtrl();
  ResolveEnd(&f.chain);
  return PushVals(f.results());
}

}  // namespace wasm::validate
