// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instructions in the text format [text-instr], plain and folded in any mixture, to bytes. Open
// blocks and open parentheses are frames of one explicit stack: nesting costs heap, never native
// stack. A folded instruction waits as bytes until its operands are written.

#ifndef TRENAIL_LIBWASM_TEXT_PARSE_INSTR_H_
#define TRENAIL_LIBWASM_TEXT_PARSE_INSTR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libwasm/opcodes/opcode.h"
#include "libwasm/text/module_state.h"

namespace wasm::text {

class InstrParser {
 public:
  // Writes to `out`, whose beginning is where offsets of branch hints count from.
  InstrParser(ModuleState& m, std::vector<uint8_t>& out, const IndexSpace* locals)
      : m_(m), in_(m.in), out_(out), locals_(locals) {}

  // Instructions up to the parenthesis that closes what they stand in, which is left there, or up
  // to the end. No `end` is written.
  bool ParseSequence() { return Run(false); }
  // One folded instruction.
  bool ParseFolded() { return in_.At(TokenKind::kLeft) ? Run(true) : in_.Unexpected(); }

  std::vector<BranchHint> TakeHints() { return std::move(hints_); }
  std::vector<NameEntry> TakeLabelNames() { return std::move(label_names_); }

 private:
  struct Frame {
    enum class Kind : uint8_t {
      kOperands,     // (op … : folded operands only, then `op` itself
      kBlock,        // (block … : up to its parenthesis
      kIfCondition,  // (if … : folded operands, then (then …)
      kThen,
      kAfterThen,
      kElse,
      kAfterElse,
      kTry,      // (try … : before (do …)
      kTryBody,  // within (do …), (catch …) or (catch_all …)
      kAfterTryBody,
      kFlatBlock,  // block … end
      kFlatIf,
      kFlatElse,
      kFlatTry,
      kFlatCatch,
      kFlatCatchAll,
    };
    Kind kind;
    bool saw_catch = false;  // kTryBody, kAfterTryBody
    bool saw_catch_all = false;
    bool has_hint = false;
    bool hintable = false;  // a br_if or an if
    uint32_t waiting = 0;   // kOperands, kIfCondition: where its bytes begin in waiting_
    const Token* label = nullptr;
  };
  using Kind = Frame::Kind;

  bool Run(bool single);
  bool OpenForm();
  bool OpenFolded();
  bool Close();
  bool Flat();
  bool FlatElseOrCatch(Opcode op);
  bool FlatEnd();
  bool CheckEndLabel();
  bool Delegate();
  bool AllowsFlat() const;

  // Everything of a block's head behind its keyword; pushes the label.
  bool BlockHead(Opcode op, std::vector<uint8_t>& out, Frame* frame);
  void PushLabel(const Token* label);
  bool CatchClauses(std::vector<uint8_t>& out);

  bool Plain(Opcode op, std::vector<uint8_t>& out);
  bool Immediate(Opcode op, std::vector<uint8_t>& out);
  bool MemArg(Opcode op, std::vector<uint8_t>& out);
  bool Lane(std::vector<uint8_t>& out);
  bool Index(const IndexSpace& space, std::vector<uint8_t>& out);
  bool OptionalIndex(const IndexSpace& space, std::vector<uint8_t>& out);
  bool TwoOptionalIndices(const IndexSpace& space, std::vector<uint8_t>& out);
  bool SegmentThenSpace(const IndexSpace& segments, const IndexSpace& space,
                        std::vector<uint8_t>& out);
  bool Label(std::vector<uint8_t>& out);
  bool Field(std::vector<uint8_t>& out);

  bool TakeHint();
  // To be called right before a flat instruction, or a folded one's own bytes, are written.
  bool PlaceHint(bool has_hint, bool hintable);

  ModuleState& m_;
  Cursor& in_;
  std::vector<uint8_t>& out_;
  const IndexSpace* locals_;
  std::vector<Frame> frames_;
  std::vector<uint8_t> waiting_;
  std::vector<const Token*> label_stack_;  // null: no name
  uint32_t num_labels_ = 0;
  std::vector<NameEntry> label_names_;
  std::vector<BranchHint> hints_;
  std::vector<BranchHint> waiting_hints_;  // their offsets are not known yet
  const Token* hint_ = nullptr;            // before the next instruction
};

// A literal or a vector of them, as the constant instructions have it; used by scripts, too.
bool ParseIntLiteral(Cursor& in, int bits, uint64_t* value);
bool ParseFloatLiteral(Cursor& in, int bits, uint64_t* value);

// The shape of a vector literal: i8x16 … f64x2.
struct VecShape {
  uint8_t lanes = 0;
  uint8_t bits = 0;
  bool is_float = false;
};
bool ParseVecShape(Cursor& in, VecShape* shape);

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_PARSE_INSTR_H_
