// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A visitor that looks at nothing but nesting. Which blocks are open is a stack of bytes:
// deep nesting costs no recursion.

#include "libwasm/binary/expr_syntax.h"

#include <algorithm>
#include <vector>

#include "libwasm/opcodes/visit.h"

namespace wasm::binary {

namespace {

class SyntaxVisitor {
 public:
  SyntaxVisitor(CheckedReader& r, const FeatureSet& features) : r_(r), features_(features) {}

  bool Run() {
    while (!done_) {
      at_ = r_.position();
      if (!VisitInstruction(r_, *this)) return false;
    }
    return true;
  }

  template <Opcode op, typename Imm>
  bool Visit(Op<op>, const Imm&) {
    return Special(op);
  }
  template <typename Imm>
  bool VisitSimple(Opcode op, const Imm&) {
    return Gate(op);
  }

  bool uses_data_index = false;
  // Offsets of branches to be met, in order; those met are taken off.
  std::span<const uint32_t> branches;

 private:
  enum Open : uint8_t { kBlock, kIf, kTry };

  bool Gate(Opcode op) {
    const OpcodeInfo& info = Info(op);
    if (features_.Has(info.feature)) [[likely]]
      return true;
    return visit_internal::IllegalOpcode(r_, at_, info.prefix, info.code);
  }

  bool Special(Opcode op) {
    if (!Gate(op)) return false;
    if (!branches.empty() && (op == Opcode::If || op == Opcode::BrIf) &&
        r_.OffsetOf(at_) == branches.front())
      branches = branches.subspan(1);
    switch (op) {
      case Opcode::Block:
      case Opcode::Loop:
      case Opcode::TryTable:
        open_.push_back(kBlock);
        return true;
      case Opcode::If:
        open_.push_back(kIf);
        return true;
      case Opcode::LegacyTry:
        open_.push_back(kTry);
        return true;
      case Opcode::Else:
        if (open_.empty() || open_.back() != kIf) return EndExpected();
        open_.back() = kBlock;
        return true;
      case Opcode::LegacyCatch:
        return (!open_.empty() && open_.back() == kTry) || EndExpected();
      case Opcode::LegacyCatchAll:
        if (open_.empty() || open_.back() != kTry) return EndExpected();
        open_.back() = kBlock;
        return true;
      case Opcode::LegacyDelegate:
        if (open_.empty() || open_.back() != kTry) return EndExpected();
        open_.pop_back();
        return true;
      case Opcode::End:
        if (open_.empty())
          done_ = true;
        else
          open_.pop_back();
        return true;
      case Opcode::MemoryInit:
      case Opcode::DataDrop:
      case Opcode::ArrayNewData:
      case Opcode::ArrayInitData:
        uses_data_index = true;
        return true;
      default:
        return true;
    }
  }

  bool EndExpected() { return r_.MalformedAt(at_, "END opcode expected"); }

  CheckedReader& r_;
  const FeatureSet& features_;
  const uint8_t* at_ = nullptr;
  std::vector<uint8_t> open_;
  bool done_ = false;
};

}  // namespace

bool SkipExpr(CheckedReader& r, const FeatureSet& features) {
  return SyntaxVisitor(r, features).Run();
}

namespace {

bool CheckBodySyntax(const Module& module, const Function& function, ErrorSink* sink) {
  // Not fenced by the body's size, like the other sections.
  CheckedReader r(module.bytes.span().subspan(function.body.begin), function.body.begin, sink);
  if (!ReadLocals(r, [](uint32_t, ValType) {})) return false;
  SyntaxVisitor visitor(r, module.features);
  if (!visitor.Run()) return false;
  const uint8_t* end = module.at(function.body.end);
  if (r.position() != end)
    return r.MalformedAt(std::min(r.position(), end), "section size mismatch");
  if (visitor.uses_data_index && !module.data_count.has_value())
    return r.Malformed("data count section required");
  return true;
}

}  // namespace

bool AreHintTargets(const Module& module, const Function& function,
                    std::span<const uint32_t> offsets) {
  ErrorSink sink;
  CheckedReader r(module.Bytes(function.body), 0, &sink);
  if (!ReadLocals(r, [](uint32_t, ValType) {})) return false;
  SyntaxVisitor visitor(r, module.features);
  visitor.branches = offsets;
  return visitor.Run() && visitor.branches.empty();
}

bool CheckBodiesSyntax(const Module& module, ErrorSink* sink) {
  for (const Function& function : module.functions)
    if (function.body.begin != 0 && !CheckBodySyntax(module, function, sink)) return false;
  return true;
}

}  // namespace wasm::binary
