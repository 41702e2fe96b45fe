// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constant expressions read nothing that changes and write nothing, so evaluating a segment late
// gives what [exec-instantiation] gives by doing it first.

#include "libwasm/runtime/elem_segment.h"

#include <memory>
#include <new>
#include <utility>

#include "libwasm/runtime/const_eval.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/ops_call.h"
#include "libwasm/support/reader.h"

namespace wasm::runtime {

Trap EvalElements(Instance& instance, ElemIdx elem, Ref* out) {
  const Module& module = instance.data->module();
  const ElemSegment& segment = module.elems[elem.value];
  TrustedReader reader(module.at(segment.items.begin));
  if (!segment.uses_exprs) {
    for (uint32_t i = 0; i < segment.count; ++i)
      out[i] = rt::ToRef(rt::FuncRef(instance, FuncIdx(reader.ReadU32())));
    return Trap::kNone;
  }
  ConstEvaluator evaluator(instance);
  for (uint32_t i = 0; i < segment.count; ++i) {
    Slot value[2];
    if (const Trap trap = evaluator.Eval(reader, value); trap != Trap::kNone) return trap;
    out[i] = value[0];
  }
  return Trap::kNone;
}

OrTrap<const Ref*> ElementsOf(Instance& instance, ElemIdx elem) {
  ElemInst& segment = instance.data->elem(elem);
  if (!segment.ready) {
    const uint32_t count = instance.data->module().elems[elem.value].count;
    segment.refs.reset(new (std::nothrow) Ref[count]());
    if (segment.refs == nullptr) return Trap::kOutOfMemory;
    if (const Trap trap = EvalElements(instance, elem, segment.refs.get()); trap != Trap::kNone) {
      segment.refs.reset();
      return trap;
    }
    segment.ready = true;
  }
  return segment.refs.get();
}

}  // namespace wasm::runtime
