// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonical definitions, values and the start function of an instantiation.

#include <optional>
#include <utility>

#include "libcomponent/runtime/adapter.h"
#include "libcomponent/runtime/canon_func.h"
#include "libcomponent/runtime/canon_lift.h"
#include "libcomponent/runtime/host_call.h"
#include "libcomponent/runtime/instantiation.h"
#include "libcomponent/validate/value_decoder.h"

namespace component::runtime {

wasm::Result<void> Instantiation::Define(const Canon& def) {
  if (def.kind == CanonKind::kLift) {
    inst_.funcs.push_back(std::make_shared<LiftedFunc>(inst_.core_funcs[def.func],
                                                       *component_.funcs[inst_.funcs.size()],
                                                       OptionsOf(inst_, def), inst_));
    return {};
  }
  const uint32_t type_id = plan_.core_type_ids[inst_.canon_funcs.size()];
  // Its place is taken in any case.
  CanonFunc& func =
      inst_.canon_funcs.emplace_back(inst_, def, static_cast<uint32_t>(inst_.core_funcs.size()));
  if (def.kind == CanonKind::kLower && inst_.funcs[def.func]->AsLifted() != nullptr) {
    const std::optional<trenail::Func> adapter = LinkAdapter(
        *inst_.funcs[def.func], *component_.funcs[def.func], OptionsOf(inst_, def), inst_);
    if (adapter) {
      inst_.core_funcs.push_back(*adapter);
      return {};
    }
  }
  inst_.core_funcs.push_back(func.MakeFunc(type_id));
  return {};
}

wasm::Result<void> Instantiation::Define(const Start& def) {
  std::vector<Value> args;
  for (const uint32_t arg : def.args) args.push_back(values_[arg]);
  Value result = TRY(CallFromHost(inst_.store, *inst_.funcs[def.func], std::move(args)));
  if (def.results != 0) values_.push_back(std::move(result));
  return {};
}

wasm::Result<void> Instantiation::Define(const ValueDef& def) {
  const ValType& type = *component_.values[values_.size()];
  values_.push_back(TRY(DecodeValue(type, def.bytes)));
  return {};
}

}  // namespace component::runtime
