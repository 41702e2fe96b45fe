// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constant expressions [valid-constant] at run time: initial values of globals and tables, offsets
// of segments, elements.

#ifndef TRENAIL_LIBWASM_RUNTIME_CONST_EVAL_H_
#define TRENAIL_LIBWASM_RUNTIME_CONST_EVAL_H_

#include <cstdint>
#include <vector>

#include "libwasm/opcodes/immediates.h"
#include "libwasm/opcodes/opcode.h"
#include "libwasm/runtime/store_impl.h"
#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"
#include "libwasm/support/reader.h"

namespace wasm::runtime {

class ConstEvaluator {
 public:
  explicit ConstEvaluator(Instance& instance);

  // Evaluates the validated expression at the reader, which ends behind its `end`. The value is not
  // rooted any more when this returns.
  [[nodiscard]] Trap Eval(TrustedReader& reader, Slot value[2]);

  // ---- The visitor's methods; all return false to stop.
  bool VisitSimple(Opcode, const imm::ConstI32& imm) { return Push(imm.value); }
  bool VisitSimple(Opcode, const imm::ConstI64& imm) { return Push(imm.value); }
  bool VisitSimple(Opcode, const imm::ConstF32& imm) { return Push(imm.bits); }
  bool VisitSimple(Opcode, const imm::ConstF64& imm) { return Push(imm.bits); }
  bool VisitSimple(Opcode, const imm::ConstV128& imm);
  bool VisitSimple(Opcode opcode, const imm::None&);
  template <typename Imm>
  bool VisitSimple(Opcode, const Imm&) {
    return NotConstant();
  }
  bool Visit(Op<Opcode::End>, const imm::None&) { return false; }
  bool Visit(Op<Opcode::GlobalGet>, const imm::GlobalIdx& imm);
  bool Visit(Op<Opcode::RefNull>, const imm::HeapType&) { return Push(kNullRef); }
  bool Visit(Op<Opcode::RefFunc>, const imm::FuncIdx& imm);
  bool Visit(Op<Opcode::StructNew>, const imm::TypeIdx& imm);
  bool Visit(Op<Opcode::StructNewDefault>, const imm::TypeIdx& imm);
  bool Visit(Op<Opcode::ArrayNew>, const imm::TypeIdx& imm);
  bool Visit(Op<Opcode::ArrayNewDefault>, const imm::TypeIdx& imm);
  bool Visit(Op<Opcode::ArrayNewFixed>, const imm::TypeLen& imm);
  // Converted references keep their bits [exec-any.convert_extern].
  bool Visit(Op<Opcode::AnyConvertExtern>, const imm::None&) { return true; }
  bool Visit(Op<Opcode::ExternConvertAny>, const imm::None&) { return true; }
  template <Opcode op, typename Imm>
  bool Visit(Op<op>, const Imm&) {
    return NotConstant();
  }

 private:
  bool Push(Slot value) {
    stack_.push_back(value);
    return true;
  }
  Slot Pop() {
    const Slot value = stack_.back();
    stack_.pop_back();
    return value;
  }
  // Roots the operands for an operation that allocates.
  const Slot* RootOperands(uint32_t slots);
  // Replaces the operands by the result.
  bool Finish(uint32_t operand_slots, OrTrap<Ref> result);
  template <bool is_template>
  bool Numeric(Opcode opcode);
  bool NotConstant();

  Instance& instance_;
  std::vector<Slot> stack_;
  RootRange roots_;
  Trap trap_ = Trap::kNone;
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_CONST_EVAL_H_
