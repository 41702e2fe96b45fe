// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The structure of instruction sequences: blocks, folded forms, labels [text-instr-block]
// [text-foldedinstr]. Immediates are in parse_immediate.cc.

#include "libwasm/text/parse_instr.h"

#include <string>
#include <utility>

#include "libwasm/binary/module_encoder.h"
#include "libwasm/support/leb128.h"
#include "libwasm/text/keywords.h"
#include "libwasm/text/parse_types.h"

namespace wasm::text {
namespace {

void WriteOpcode(std::vector<uint8_t>& out, Opcode op) {
  const OpcodeInfo& info = Info(op);
  if (info.prefix == 0) {
    out.push_back(static_cast<uint8_t>(info.code));
    return;
  }
  out.push_back(info.prefix);
  WriteUnsignedLeb(out, info.code);
}

bool IsBlock(Opcode op) {
  return op == Opcode::Block || op == Opcode::Loop || op == Opcode::If || op == Opcode::LegacyTry ||
         op == Opcode::TryTable;
}

// Parts of other instructions, never one by themselves.
bool IsPart(Opcode op) {
  return op == Opcode::Else || op == Opcode::End || op == Opcode::LegacyCatch ||
         op == Opcode::LegacyCatchAll || op == Opcode::LegacyDelegate;
}

bool IsHintable(Opcode op) { return op == Opcode::If || op == Opcode::BrIf; }

}  // namespace

bool InstrParser::AllowsFlat() const {
  if (frames_.empty()) return true;
  switch (frames_.back().kind) {
    case Kind::kOperands:
      return m_.plain_operands;
    case Kind::kIfCondition:
    case Kind::kAfterThen:
    case Kind::kAfterElse:
    case Kind::kTry:
    case Kind::kAfterTryBody:
      return false;
    default:
      return true;
  }
}

bool InstrParser::Run(bool single) {
  for (;;) {
    switch (in_.Peek().kind) {
      case TokenKind::kLeft:
        if (!OpenForm()) return false;
        break;
      case TokenKind::kRight:
        if (hint_ != nullptr) return PlaceHint(true, false);
        if (frames_.empty()) return true;
        if (!Close()) return false;
        if (single && frames_.empty()) return true;
        break;
      case TokenKind::kKeyword:
        if (!AllowsFlat() || !Flat()) return in_.Unexpected();
        break;
      case TokenKind::kEnd:
        if (frames_.empty() && hint_ == nullptr) return true;
        return in_.Unexpected();
      case TokenKind::kAnnotation:
        if (!in_.AtAnnotation(AnnotationKind::kBranchHint)) return in_.Unexpected();
        if (!TakeHint()) return false;
        break;
      default:
        return in_.Unexpected();
    }
  }
}

// ---- labels ------------------------------------------------------------------------------------

void InstrParser::PushLabel(const Token* label) {
  label_stack_.push_back(label);
  // Labels are numbered in the order of their blocks' opcodes [binary-labelnamesec].
  if (label != nullptr) {
    std::string storage;
    const std::string_view text = in_.Text(*label);
    const std::string_view name = IdName(text, &storage);
    label_names_.push_back(
        {num_labels_, name.data() == storage.data() ? m_.arena.Keep(std::move(storage)) : name});
  }
  ++num_labels_;
}

bool InstrParser::Label(std::vector<uint8_t>& out) {
  if (in_.At(TokenKind::kId)) {
    const Token& token = in_.Take();
    std::string wanted_storage;
    const std::string_view wanted = IdName(in_.Text(token), &wanted_storage);
    for (size_t depth = 0; depth < label_stack_.size(); ++depth) {
      const Token* label = label_stack_[label_stack_.size() - 1 - depth];
      std::string storage;
      if (label != nullptr && IdName(in_.Text(*label), &storage) == wanted) {
        WriteUnsignedLeb(out, depth);
        return true;
      }
    }
    return in_.Fail(token, "unknown label " + std::string(in_.Text(token)));
  }
  uint64_t depth = 0;
  if (!in_.ExpectNat(32, &depth)) return false;
  WriteUnsignedLeb(out, depth);
  return true;
}

// The optional label behind `else` and `end` [text-label].
bool InstrParser::CheckEndLabel() {
  if (!in_.At(TokenKind::kId)) return true;
  const Token& token = in_.Take();
  const Token* label = frames_.back().label;
  std::string storage1;
  std::string storage2;
  if (label != nullptr && IdName(in_.Text(token), &storage1) == IdName(in_.Text(*label), &storage2))
    return true;
  return in_.Fail(token, "mismatching label " + std::string(in_.Text(token)));
}

// ---- blocks ------------------------------------------------------------------------------------

bool InstrParser::CatchClauses(std::vector<uint8_t>& out) {
  static constexpr std::string_view kClauses[] = {"catch", "catch_ref", "catch_all",
                                                  "catch_all_ref"};
  uint32_t count = 0;
  std::vector<uint8_t> clauses;
  for (;;) {
    uint8_t kind = 0;
    while (kind < 4 && !in_.AtForm(kClauses[kind])) ++kind;
    if (kind == 4) break;
    in_.TakeForm(kClauses[kind]);
    clauses.push_back(kind);
    if (kind < 2 && !Index(m_.tags, clauses)) return false;
    if (!Label(clauses) || !in_.ExpectRight()) return false;
    ++count;
  }
  WriteUnsignedLeb(out, count);
  out.insert(out.end(), clauses.begin(), clauses.end());
  return true;
}

bool InstrParser::BlockHead(Opcode op, std::vector<uint8_t>& out, Frame* frame) {
  if (in_.At(TokenKind::kId)) frame->label = &in_.Take();
  WriteOpcode(out, op);
  if (!ParseBlockType(m_, out)) return false;
  // The clauses' labels are those around the block [valid-try_table].
  return op != Opcode::TryTable || CatchClauses(out);
}

bool InstrParser::OpenForm() {
  const Kind kind = frames_.empty() ? Kind::kBlock : frames_.back().kind;
  switch (kind) {
    case Kind::kIfCondition: {
      if (!in_.TakeForm("then")) return OpenFolded();
      Frame& frame = frames_.back();
      if (!PlaceHint(frame.has_hint, true)) return false;
      out_.insert(out_.end(), waiting_.begin() + frame.waiting, waiting_.end());
      waiting_.resize(frame.waiting);
      PushLabel(frame.label);
      frame.kind = Kind::kThen;
      return true;
    }
    case Kind::kAfterThen:
      if (!in_.ExpectForm("else")) return false;
      WriteOpcode(out_, Opcode::Else);
      frames_.back().kind = Kind::kElse;
      return true;
    case Kind::kAfterElse:
      in_.Take();
      return in_.Unexpected();
    case Kind::kTry:
      if (!in_.ExpectForm("do")) return false;
      frames_.back().kind = Kind::kTryBody;
      return true;
    case Kind::kAfterTryBody: {
      Frame& frame = frames_.back();
      if (frame.saw_catch_all) {
        in_.Take();
        return in_.Unexpected();
      }
      if (!frame.saw_catch && in_.TakeForm("delegate")) {
        return Delegate() && in_.ExpectRight() && in_.ExpectRight();
      }
      if (in_.TakeForm("catch_all")) {
        frame.saw_catch_all = true;
        WriteOpcode(out_, Opcode::LegacyCatchAll);
      } else {
        if (!in_.ExpectForm("catch")) return false;
        WriteOpcode(out_, Opcode::LegacyCatch);
        if (!Index(m_.tags, out_)) return false;
      }
      frame.saw_catch = true;
      frame.kind = Kind::kTryBody;
      return true;
    }
    default:
      return OpenFolded();
  }
}

// Ends the try in the topmost frame; the label counts from outside of it [text-delegate].
bool InstrParser::Delegate() {
  label_stack_.pop_back();
  frames_.pop_back();
  WriteOpcode(out_, Opcode::LegacyDelegate);
  return Label(out_);
}

bool InstrParser::OpenFolded() {
  in_.Take();
  if (!in_.At(TokenKind::kKeyword)) return in_.Unexpected();
  const auto op = FindInstruction(in_.Text(in_.Peek()));
  if (!op || IsPart(*op)) return in_.Unexpected();
  in_.Take();
  Frame frame;
  frame.has_hint = std::exchange(hint_, nullptr) != nullptr;
  frame.hintable = IsHintable(*op);
  if (!IsBlock(*op) || *op == Opcode::If) {
    frame.kind = *op == Opcode::If ? Kind::kIfCondition : Kind::kOperands;
    frame.waiting = static_cast<uint32_t>(waiting_.size());
    if (*op == Opcode::If ? !BlockHead(*op, waiting_, &frame) : !Plain(*op, waiting_)) return false;
    frames_.push_back(frame);
    return true;
  }
  if (!PlaceHint(frame.has_hint, false)) return false;
  frame.kind = *op == Opcode::LegacyTry ? Kind::kTry : Kind::kBlock;
  if (!BlockHead(*op, out_, &frame)) return false;
  PushLabel(frame.label);
  frames_.push_back(frame);
  return true;
}

// A closing parenthesis.
bool InstrParser::Close() {
  Frame& frame = frames_.back();
  switch (frame.kind) {
    case Kind::kOperands:
      if (!PlaceHint(frame.has_hint, frame.hintable)) return false;
      out_.insert(out_.end(), waiting_.begin() + frame.waiting, waiting_.end());
      waiting_.resize(frame.waiting);
      frames_.pop_back();
      break;
    case Kind::kThen:
      frame.kind = Kind::kAfterThen;
      break;
    case Kind::kElse:
      frame.kind = Kind::kAfterElse;
      break;
    case Kind::kTryBody:
      frame.kind = Kind::kAfterTryBody;
      break;
    case Kind::kBlock:
    case Kind::kAfterThen:
    case Kind::kAfterElse:
    case Kind::kAfterTryBody:
      WriteOpcode(out_, Opcode::End);
      label_stack_.pop_back();
      frames_.pop_back();
      break;
    default:
      return in_.Unexpected();
  }
  in_.Take();
  return true;
}

bool InstrParser::FlatElseOrCatch(Opcode op) {
  Frame& frame = frames_.back();
  in_.Take();
  WriteOpcode(out_, op);
  switch (op) {
    case Opcode::Else:
      frame.kind = Kind::kFlatElse;
      return CheckEndLabel();
    case Opcode::LegacyCatch:
      frame.kind = Kind::kFlatCatch;
      return Index(m_.tags, out_);
    default:
      frame.kind = Kind::kFlatCatchAll;
      return true;
  }
}

bool InstrParser::FlatEnd() {
  in_.Take();
  if (!CheckEndLabel()) return false;
  WriteOpcode(out_, Opcode::End);
  label_stack_.pop_back();
  frames_.pop_back();
  return true;
}

// A keyword outside of parentheses. False without an error if it has no place here.
bool InstrParser::Flat() {
  const auto op = FindInstruction(in_.Text(in_.Peek()));
  if (!op) return false;
  const Kind kind = frames_.empty() ? Kind::kBlock : frames_.back().kind;
  if (IsPart(*op)) {
    if (hint_ != nullptr) return PlaceHint(true, false);
    const bool in_try = kind == Kind::kFlatTry || kind == Kind::kFlatCatch;
    switch (*op) {
      case Opcode::End:
        return kind >= Kind::kFlatBlock && FlatEnd();
      case Opcode::Else:
        return kind == Kind::kFlatIf && FlatElseOrCatch(*op);
      case Opcode::LegacyDelegate:
        if (kind != Kind::kFlatTry) return false;
        in_.Take();
        return Delegate();
      default:
        return in_try && FlatElseOrCatch(*op);
    }
  }
  in_.Take();
  if (!PlaceHint(std::exchange(hint_, nullptr) != nullptr, IsHintable(*op))) return false;
  if (!IsBlock(*op)) return Plain(*op, out_);
  Frame frame;
  frame.kind = *op == Opcode::If          ? Kind::kFlatIf
               : *op == Opcode::LegacyTry ? Kind::kFlatTry
                                          : Kind::kFlatBlock;
  if (!BlockHead(*op, out_, &frame)) return false;
  PushLabel(frame.label);
  frames_.push_back(frame);
  return true;
}

bool InstrParser::Plain(Opcode op, std::vector<uint8_t>& out) {
  // Pairs of opcodes that share their text are told apart by what follows.
  if (op == Opcode::Select && in_.AtForm("result")) op = Opcode::SelectTyped;
  if (op == Opcode::RefTest || op == Opcode::RefCast) {
    ValType type;
    if (!ParseRefType(m_, &type)) return false;
    if (type.is_nullable()) op = op == Opcode::RefTest ? Opcode::RefTestNull : Opcode::RefCastNull;
    WriteOpcode(out, op);
    binary::WriteHeapType(out, type.heap_type());
    return true;
  }
  WriteOpcode(out, op);
  return Immediate(op, out);
}

// ---- branch hints ------------------------------------------------------------------------------

bool InstrParser::TakeHint() {
  const Token& token = in_.Peek();
  if (hint_ != nullptr)
    return in_.Fail(token, "@metadata.code.branch_hint annotation: duplicate annotation");
  if (locals_ == nullptr) return in_.Unexpected();
  in_.Take();
  std::vector<Token> content;
  if (!AnnotationContent(m_, token, &content)) return false;
  if (content.size() != 1 || content[0].kind != TokenKind::kString)
    return in_.Fail(token, "@metadata.code.branch_hint annotation: unexpected token");
  BranchHint hint{token.begin, {}};
  AppendStringValue(in_.Text(content[0]), &hint.value);
  waiting_hints_.push_back(std::move(hint));
  hint_ = &token;
  return true;
}

bool InstrParser::PlaceHint(bool has_hint, bool hintable) {
  if (!has_hint) return true;
  if (!hintable)
    return in_.FailWith(
        Error(ErrorKind::kInvalid, "@metadata.code.branch_hint annotation: invalid target")
            .WithPosition(PositionAt(in_.source(), waiting_hints_.back().offset)));
  // Hints wait in the order in which their instructions open, so the innermost comes out first.
  hints_.push_back({static_cast<uint32_t>(out_.size()), std::move(waiting_hints_.back().value)});
  waiting_hints_.pop_back();
  return true;
}

}  // namespace wasm::text
