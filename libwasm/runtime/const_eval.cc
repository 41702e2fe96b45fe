// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small stack machine over the instruction walker; which numeric instructions it knows is said by
// the table, what they mean by num::.

#include "libwasm/runtime/const_eval.h"

#include "libwasm/opcodes/visit.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/numerics.h"
#include "libwasm/runtime/ops_aggregate.h"
#include "libwasm/runtime/ops_call.h"

namespace wasm::runtime {

namespace {

// Pops the operands of a function of the table and pushes its result.
template <typename R, typename... Args>
void Apply(std::vector<Slot>& stack, R (*function)(Args...)) {
  static_assert((std::is_integral_v<Args> && ...) && std::is_integral_v<R>);
  const Slot* operands = stack.data() + stack.size() - sizeof...(Args);
  const R result = [&]<size_t... i>(std::index_sequence<i...>) {
    return function(static_cast<Args>(operands[i])...);
  }(std::index_sequence_for<Args...>());
  stack.resize(stack.size() - sizeof...(Args));
  stack.push_back(result);
}

uint32_t SlotsOfFields(const CanonType& type) {
  uint32_t slots = 0;
  for (const CanonType::FieldLayout& field : type.layout) slots += field.type.slots();
  return slots;
}

}  // namespace

ConstEvaluator::ConstEvaluator(Instance& instance)
    : instance_(instance), roots_(instance.data->store(), nullptr, nullptr) {}

Trap ConstEvaluator::Eval(TrustedReader& reader, Slot value[2]) {
  stack_.clear();
  trap_ = Trap::kNone;
  while (VisitInstruction(reader, *this)) {
  }
  if (trap_ != Trap::kNone) return trap_;
  WASM_CHECK(stack_.size() == 1 || stack_.size() == 2);
  value[0] = stack_.front();
  value[1] = stack_.size() == 2 ? stack_.back() : 0;
  return Trap::kNone;
}

// Validation has refused every other instruction.
bool ConstEvaluator::NotConstant() { WASM_CHECK(false); }

bool ConstEvaluator::VisitSimple(Opcode, const imm::ConstV128& imm) {
  const auto lanes = imm.value.Lanes<uint64_t>();
  Push(lanes[0]);
  return Push(lanes[1]);
}

template <bool is_template>  // so that functions behind a false condition are not even referred to
bool ConstEvaluator::Numeric(Opcode opcode) {
  using opcode_internal::kConst;
  switch (opcode) {
#define NUMERIC(Name, prefix, code, text, sig, Feature, flags)        \
  case Opcode::Name:                                                  \
    if constexpr (((flags) & kConst) != 0) Apply(stack_, &num::Name); \
    return ((flags) & kConst) != 0 || NotConstant();
#include "libwasm/opcodes/instructions.def"
    default:
      return NotConstant();
  }
}

bool ConstEvaluator::VisitSimple(Opcode opcode, const imm::None&) {
  if (opcode == Opcode::RefI31) return Push(MakeI31(static_cast<uint32_t>(Pop())));
  return Numeric<true>(opcode);
}

bool ConstEvaluator::Visit(Op<Opcode::GlobalGet>, const imm::GlobalIdx& imm) {
  const GlobalInst& global = instance_.data->global(imm.global);
  Push(global.value[0]);
  return global.type().type.slots() == 1 || Push(global.value[1]);
}

bool ConstEvaluator::Visit(Op<Opcode::RefFunc>, const imm::FuncIdx& imm) {
  return Push(rt::ToRef(rt::FuncRef(instance_, imm.func)));
}

const Slot* ConstEvaluator::RootOperands(uint32_t slots) {
  roots_.Set(stack_.data(), stack_.data() + stack_.size());
  return stack_.data() + stack_.size() - slots;
}

bool ConstEvaluator::Finish(uint32_t operand_slots, OrTrap<Ref> result) {
  roots_.Set(nullptr, nullptr);
  if (!result.ok()) {
    trap_ = result.trap;
    return false;
  }
  stack_.resize(stack_.size() - operand_slots);
  return Push(result.value);
}

bool ConstEvaluator::Visit(Op<Opcode::StructNew>, const imm::TypeIdx& imm) {
  const uint32_t slots = SlotsOfFields(instance_.types->Get(instance_.type_ids[imm.type.value]));
  return Finish(slots, rt::StructNew(instance_, imm.type, RootOperands(slots)));
}

bool ConstEvaluator::Visit(Op<Opcode::StructNewDefault>, const imm::TypeIdx& imm) {
  RootOperands(0);
  return Finish(0, rt::StructNewDefault(instance_, imm.type));
}

bool ConstEvaluator::Visit(Op<Opcode::ArrayNew>, const imm::TypeIdx& imm) {
  const uint32_t slots =
      SlotsOfFields(instance_.types->Get(instance_.type_ids[imm.type.value])) + 1;
  const Slot* operands = RootOperands(slots);
  return Finish(slots, rt::ArrayNew(instance_, imm.type, operands,
                                    static_cast<uint32_t>(operands[slots - 1])));
}

bool ConstEvaluator::Visit(Op<Opcode::ArrayNewDefault>, const imm::TypeIdx& imm) {
  const Slot* operands = RootOperands(1);
  return Finish(1, rt::ArrayNewDefault(instance_, imm.type, static_cast<uint32_t>(*operands)));
}

bool ConstEvaluator::Visit(Op<Opcode::ArrayNewFixed>, const imm::TypeLen& imm) {
  const CanonType& type = instance_.types->Get(instance_.type_ids[imm.type.value]);
  const uint32_t slots = imm.length * type.layout[0].type.slots();
  return Finish(slots, rt::ArrayNewFixed(instance_, imm.type, RootOperands(slots), imm.length));
}

}  // namespace wasm::runtime
