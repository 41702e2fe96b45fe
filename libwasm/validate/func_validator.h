// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The validation algorithm of the specification's appendix [algo-valid], with its names, as a
// visitor of instructions; the side table is a by-product. Rules are in rules_*.cc by chapter of
// the specification; what a row's signature says is applied by VisitSimple.
//
// One FuncValidator validates one body after another and keeps its memory. To compose it with
// another consumer, call Begin, then ReadInstruction with a visitor that forwards to the validator
// first and then looks at it: is_reachable, TypeAt, LabelTypes, depth.

#ifndef TRENAIL_LIBWASM_VALIDATE_FUNC_VALIDATOR_H_
#define TRENAIL_LIBWASM_VALIDATE_FUNC_VALIDATOR_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "libwasm/opcodes/visit.h"
#include "libwasm/support/reader.h"
#include "libwasm/types/types.h"
#include "libwasm/validate/errors.h"
#include "libwasm/validate/module_context.h"
#include "libwasm/validate/side_table.h"

namespace wasm::validate {

// "i16x8.extract_lane_s" has 8 lanes.
constexpr uint32_t NumLanes(std::string_view text) {
  uint32_t lanes = 0;
  for (size_t i = text.find('x') + 1; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i)
    lanes = lanes * 10 + static_cast<uint32_t>(text[i] - '0');
  return lanes;
}

class FuncValidator {
 public:
  explicit FuncValidator(const ModuleContext& context);

  // Validates the body of a defined function. Null with the error in the sink.
  std::unique_ptr<CodeInfo> ValidateBody(FuncIdx index, ErrorSink* sink);
  // The same without its product. False with the error in the sink.
  bool CheckBody(FuncIdx index, ErrorSink* sink);

  // Validates the constant expression [valid-constant] at the front of `expr`, which must have
  // `type`. Globals below `num_globals` are in its context. Functions that it names are marked in
  // `declared` if given. Returns where it ends, null with the error in the sink.
  const uint8_t* ValidateConst(ByteRange expr, ValType type, uint32_t num_globals,
                               std::vector<uint8_t>* declared, ErrorSink* sink);

  // ---- step by step, for composition ----

  // To call once before: no side table is wanted, so nothing makes a body start over.
  void WithoutSideTable() { wide_ = legacy_ = true; }
  // Reads the locals; the reader, over the bytes of the body, then stands at the first instruction.
  bool Begin(FuncIdx index, CheckedReader* reader);
  // Decodes one instruction, checks that it may stand here and visits it with `visitor`.
  template <typename Visitor>
  bool ReadInstruction(Visitor& visitor);
  // True once the final `end` was visited.
  bool done() const { return num_frames_ == 0; }

  enum class FrameKind : uint8_t {
    kFunc,
    kBlock,
    kLoop,
    kIf,
    kElse,
    kTryTable,
    kLegacyTry,
    kLegacyCatch,
    kLegacyCatchAll,
  };
  struct CtrlFrame {
    FrameKind kind = FrameKind::kBlock;
    bool unreachable = false;
    ValType value;  // if `type` is null: the result, kBot for none
    const FuncType* type = nullptr;
    uint32_t height = 0;  // operands below
    uint32_t extra = 0;   // how many of them are v128, which take a second slot
    uint32_t init_height = 0;
    uint32_t try_number = SideTableBuilder::kNone;
    uint32_t begin_pc = 0;        // loop: its target; try: where the protected code begins
    uint32_t begin_position = 0;  // loop: the position at its target; if: its entry
    uint32_t end_pc = 0;          // legacy try: where the protected code ended
    uint32_t first_clause = 0;    // try_table
    uint32_t num_clauses = 0;
    SideTableBuilder::Chain chain;  // what waits for the end

    bool is_catch() const {
      return kind == FrameKind::kLegacyCatch || kind == FrameKind::kLegacyCatchAll;
    }
    std::span<const ValType> params() const {
      return type != nullptr ? std::span<const ValType>(type->params) : std::span<const ValType>();
    }
    std::span<const ValType> results() const {
      if (type != nullptr) return type->results;
      return {&value, value.is_bot() ? size_t{0} : size_t{1}};
    }
    std::span<const ValType> label_types() const {
      return kind == FrameKind::kLoop ? params() : results();
    }
  };

  bool is_reachable() const { return !frames_[num_frames_ - 1].unreachable; }
  // Number of open blocks, the function's own included.
  size_t depth() const { return num_frames_; }
  // `label` counts from the innermost frame and must be below depth().
  const CtrlFrame& Frame(uint32_t label) const { return frames_[num_frames_ - 1 - label]; }
  std::span<const ValType> LabelTypes(uint32_t label) const { return Frame(label).label_types(); }
  size_t num_operands() const { return static_cast<size_t>(top_ - stack_.get()); }
  // The operand `i` from the top; there must be as many.
  ValType TypeAt(size_t i) const { return top_[-1 - static_cast<ptrdiff_t>(i)]; }
  std::span<const ValType> locals() const { return locals_; }
  const ModuleContext& context() const { return c_; }
  uint32_t instruction_offset() const { return static_cast<uint32_t>(r_->OffsetOf(at_)); }

  // ---- the visitor ----

#define SPECIAL(Name, prefix, code, text, Imm, Feature, flags) \
  bool Visit(Op<Opcode::Name>, const imm::Imm& imm);
#include "libwasm/opcodes/instructions.def"

  template <typename Imm>
  bool VisitSimple(Opcode op, const Imm& imm) {
    return CheckImmediate(op, imm) && ApplySignature(Info(op).signature);
  }

 private:
  // Stands below the payload of a legacy catch: the slot that holds the exception.
  static constexpr ValType kHiddenExn = ValType::Ref(HeapType::kBot, true);

  // Begins and runs the body; the reader then stands behind it.
  bool RunBody(FuncIdx index, CheckedReader* reader);
  bool Run();
  // Visits instructions that need no more than a glance; stops in front of any other. False if the
  // body must start over.
  bool RunFast();
  bool BeginFrame(const FuncType* type);
  void FinishBody(CodeInfo* info);

  // ---- failing; all return false ----
  [[gnu::cold, gnu::noinline]] bool Fail(std::string message) {
    return r_->sink().Invalid(instruction_offset(), std::move(message));
  }
  [[gnu::cold, gnu::noinline]] bool FailUnknown(std::string_view what, uint64_t index) {
    return Fail(errors::Unknown(what, index));
  }
  [[gnu::cold, gnu::noinline]] bool FailOperands(std::span<const ValType> required,
                                                 const ValType* original_top);
  [[gnu::cold, gnu::noinline]] bool FailSpecial(Opcode op);
  [[gnu::cold, gnu::noinline]] bool Malformed(std::string message) {
    return r_->sink().Malformed(instruction_offset(), std::move(message));
  }

  // ---- the operand stack ----
  CtrlFrame& frame() { return frames_[num_frames_ - 1]; }
  uint32_t slots() const { return static_cast<uint32_t>(top_ - stack_.get() + extra_); }

  bool PushVal(ValType type) {
    *top_++ = type;
    if (type == ValType(ValType::kV128)) [[unlikely]] {
      ++extra_;
      if (!wide_) return Restart(&wide_);
    }
    if (top_ + extra_ > high_) [[unlikely]]
      return RaiseHigh();
    return true;
  }
  bool PopVal(ValType expected) { return TryPop(expected) || FailOperands({&expected, 1}, top_); }
  // Without an error; the operand stays if it does not match.
  bool TryPop(ValType expected) {
    if (top_ > floor_ && top_[-1] == expected) [[likely]] {
      --top_;
      if (expected == ValType(ValType::kV128)) [[unlikely]]
        --extra_;
      return true;
    }
    return TryPopSlow(expected);
  }
  bool TryPopSlow(ValType expected);
  // Pops whatever is there.
  bool PopVal(ValType* actual);
  // Pops a reference of any type; kBot becomes (ref bot).
  bool PopRef(ValType* actual);
  bool PushVals(std::span<const ValType> types);
  bool PopVals(std::span<const ValType> types);
  // Whether the top of the stack matches; it keeps its types.
  bool CheckOperands(std::span<const ValType> types);
  // The same, but then it has exactly these types.
  bool PopPushVals(std::span<const ValType> types);
  bool ApplySignature(const Signature& signature);
  bool RaiseHigh();
  // Starts the body over with *mode set.
  bool Restart(bool* mode);

  // ---- the control stack ----
  bool CheckBlockType(const imm::BlockType& imm, CtrlFrame* frame);
  // The memory of the next frame, to be filled in before PushCtrl opens it.
  CtrlFrame& NextFrame() {
    if (num_frames_ == frames_.size()) [[unlikely]]
      frames_.resize(2 * num_frames_ + 16);
    CtrlFrame& next = frames_[num_frames_];
    next = CtrlFrame();
    return next;
  }
  bool PushCtrl(FrameKind kind);
  // Pops the results of the innermost block, after which nothing may be left.
  bool PopResults();
  void PopCtrl() {
    --num_frames_;
    SetFloor();
  }
  void SetFloor() {
    if (num_frames_ == 0) {
      floor_ = stack_.get();
      return;
    }
    const CtrlFrame& f = frames_[num_frames_ - 1];
    floor_ = stack_.get() + f.height + (f.is_catch() ? 1 : 0);
  }
  void Unreachable();
  bool CheckLabel(LabelIdx label) {
    return label.value < num_frames_ || FailUnknown("label", label.value);
  }

  // ---- the side table ----
  uint32_t pc() const { return static_cast<uint32_t>(at_ - code_begin_); }
  uint32_t next_pc() const { return static_cast<uint32_t>(r_->position() - code_begin_); }
  uint32_t SlotsOf(std::span<const ValType> types) const;
  // The entry of a branch to `label` that is taken with the operands as they are now.
  void AddBranch(uint32_t label);
  void ResolveEnd(SideTableBuilder::Chain* chain);

  // ---- rules shared by several files ----
  bool CheckCall(const FuncType& type) { return PopVals(type.params) && PushVals(type.results); }
  bool CheckTailCall(const FuncType& type);
  bool CheckCallIndirect(const imm::CallIndirect& imm, const CanonType** type);
  bool CheckFuncType(TypeIdx index, const CanonType** type);
  bool CheckTypeIdx(TypeIdx index, CompType::Kind kind, const CanonType** type);
  bool CheckLocal(LocalIdx index) {
    return index.value < locals_.size() || FailUnknown("local", index.value);
  }
  bool CheckGlobal(GlobalIdx index);
  bool CheckTable(TableIdx index) {
    return index.value < c_.tables.size() || FailUnknown("table", index.value);
  }
  bool CheckElem(ElemIdx index) {
    return index.value < c_.elems.size() || FailUnknown("elem segment", index.value);
  }
  // [valid-constant]; arithmetic came with extended-const.
  bool IsConst(const OpcodeInfo& info) const {
    return info.is_const &&
           (info.instr_class != InstrClass::kSimple || info.signature.num_params != 2 ||
            c_.features.Has(Feature::kExtendedConst));
  }
  bool CheckData(DataIdx index);
  bool CheckTag(TagIdx index) {
    return index.value < c_.tags.size() || FailUnknown("tag", index.value);
  }
  bool CheckMemory(MemIdx index) {
    if (index.value >= c_.module.memories.size()) [[unlikely]]
      return FailUnknown("memory", index.value);
    sig_types_[static_cast<size_t>(SigType::kAddr)] =
        AddrValType(c_.module.memories[index.value].type.addr_type);
    return true;
  }
  ValType TableAddr(TableIdx index) const {
    return AddrValType(c_.module.tables[index.value].type.addr_type);
  }
  bool CheckMemArg(Opcode op, const imm::MemArg& memarg);
  bool SetInitialized(LocalIdx index);
  void ResetInits(uint32_t height) {
    if (inits_.size() > height) [[unlikely]]
      ResetInitsSlow(height);
  }
  void ResetInitsSlow(uint32_t height);
  bool CheckCast(HeapType syntax, bool nullable, ValType* top, ValType* target);
  bool CheckBrOnCast(const imm::BrOnCast& imm, bool on_fail);
  bool PopBranchRef(LabelIdx label, ValType branch_type);
  bool CheckSelectable(ValType type);
  bool CheckStruct(TypeIdx index, const CanonType** type);
  bool CheckField(const imm::TypeField& imm, const CanonType** type, FieldType* field);
  bool CheckStructGet(Opcode op, const imm::TypeField& imm);
  bool CheckArray(TypeIdx index, const CanonType** type, FieldType* element);
  bool CheckMutableArray(TypeIdx index, const CanonType** type, FieldType* element);
  bool CheckArrayGet(Opcode op, const imm::TypeIdx& imm);
  bool CheckDefaultable(const FieldType& field);
  bool CheckGet(Opcode op, const FieldType& field, ValType* type);
  bool CheckNumericArray(const FieldType& element);
  bool CheckElemMatches(ElemIdx index, const FieldType& element);
  bool AddCatch(const imm::Catch& clause);
  void EndTry(const CtrlFrame& f);
  bool BeginCatch(FrameKind kind, CatchClause::Kind clause_kind, uint32_t tag,
                  std::span<const ValType> payload);

  // ---- immediates of rows with a signature ----
  bool CheckImmediate(Opcode op, const imm::MemArg& imm) { return CheckMemArg(op, imm); }
  bool CheckImmediate(Opcode op, const imm::MemArgLane& imm);
  bool CheckImmediate(Opcode op, const imm::Lane& imm);
  bool CheckImmediate(Opcode op, const imm::Lanes16& imm);
  bool CheckImmediate(Opcode, const imm::MemIdx& imm) { return CheckMemory(imm.memory); }
  template <typename Imm>
  bool CheckImmediate(Opcode, const Imm&) {
    return true;
  }

  const ModuleContext& c_;
  CheckedReader* r_ = nullptr;
  const uint8_t* at_ = nullptr;          // the instruction being visited
  const uint8_t* code_begin_ = nullptr;  // the first one
  bool has_plain_memory_ = false;        // memory 0 exists and is addressed by i32
  bool check_special_ = false;           // some instructions may not stand here
  bool is_const_ = false;
  uint32_t num_const_globals_ = 0;
  std::vector<uint8_t>* declare_ = nullptr;

  // FAST: operands as a flat array, walked by pointer; `high_` is the largest stack so far, v128
  // counted twice, and memory always reaches beyond it.
  std::unique_ptr<ValType[]> stack_;
  size_t capacity_ = 0;
  ValType* top_ = nullptr;
  ValType* floor_ = nullptr;  // the operands of the innermost block begin here
  ValType* high_ = nullptr;
  ptrdiff_t extra_ = 0;  // v128 on the stack

  std::vector<CtrlFrame> frames_;  // the first num_frames_ are open
  size_t num_frames_ = 0;
  std::vector<ValType> locals_;
  uint32_t num_params_ = 0;
  const FuncType* func_type_ = nullptr;

  // Locals without default value that have been set: which, and in which order.
  std::vector<uint8_t> initialized_;
  std::vector<uint32_t> inits_;

  // The body needs the longer side table of module/side_table.h.
  bool wide_ = false;
  bool legacy_ = false;
  bool restart_ = false;
  bool no_fast_path_ = false;
  SideTableBuilder table_;
  std::array<ValType, 10> sig_types_;
  FuncType const_type_;
};

template <typename Visitor>
bool FuncValidator::ReadInstruction(Visitor& visitor) {
  at_ = r_->position();
  Opcode op;
  if (!ReadOpcode(*r_, &op)) return false;
  if (check_special_) [[unlikely]] {
    const OpcodeInfo& info = Info(op);
    if (!c_.features.Has(info.feature) || (is_const_ && !IsConst(info))) return FailSpecial(op);
  }
  return visit_internal::VisitOpcode(*r_, visitor, op);
}

inline bool FuncValidator::ApplySignature(const Signature& signature) {
  // FAST: the common case is that the operands have exactly the types of the signature.
  const ValType* const original_top = top_;
  for (int i = signature.num_params - 1; i >= 0; --i) {
    if (!TryPop(sig_types_[static_cast<size_t>(signature.params[i])])) [[unlikely]] {
      std::array<ValType, 4> required;
      for (int j = 0; j < signature.num_params; ++j)
        required[j] = sig_types_[static_cast<size_t>(signature.params[j])];
      return FailOperands(std::span(required).first(signature.num_params), original_top);
    }
  }
  for (int i = 0; i < signature.num_results; ++i)
    if (!PushVal(sig_types_[static_cast<size_t>(signature.results[i])])) return false;
  return true;
}

}  // namespace wasm::validate

#endif  // TRENAIL_LIBWASM_VALIDATE_FUNC_VALIDATOR_H_
