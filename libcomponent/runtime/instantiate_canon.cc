// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonical definitions, values and the start function of an instantiation.

#include <optional>
#include <utility>

#include "libcomponent/runtime/adapter.h"
#include "libcomponent/runtime/canon_lift.h"
#include "libcomponent/runtime/canon_lower.h"
#include "libcomponent/runtime/host_call.h"
#include "libcomponent/runtime/instantiation.h"
#include "libcomponent/types/type_arena.h"
#include "libcomponent/validate/value_decoder.h"

namespace component::runtime {

CanonicalOptions Instantiation::Options(const Canon& canon) const {
  CanonicalOptions options;
  for (const CanonOpt& option : canon.options) {
    switch (option.kind) {
      case CanonOpt::Kind::kUtf8:
        options.encoding = abi::StringEncoding::kUtf8;
        break;
      case CanonOpt::Kind::kUtf16:
        options.encoding = abi::StringEncoding::kUtf16;
        break;
      case CanonOpt::Kind::kLatin1Utf16:
        options.encoding = abi::StringEncoding::kLatin1Utf16;
        break;
      case CanonOpt::Kind::kMemory:
        options.memory = core_memories_[option.index];
        break;
      case CanonOpt::Kind::kRealloc:
        options.realloc = core_funcs_[option.index];
        break;
      case CanonOpt::Kind::kPostReturn:
        options.post_return = core_funcs_[option.index];
        break;
      case CanonOpt::Kind::kAsync:
        options.is_async = true;
        break;
      case CanonOpt::Kind::kCallback:
        options.callback = core_funcs_[option.index];
        break;
    }
  }
  if (canon.kind == CanonKind::kWaitableSetWait || canon.kind == CanonKind::kWaitableSetPoll)
    options.memory = core_memories_[canon.memory];
  if (options.memory && options.memory->type().addr_type == wasm::AddrType::kI64)
    options.ptr = PtrType::kI64;
  return options;
}

wasm::Result<Builtin> Instantiation::MakeBuiltinOf(const Canon& canon) const {
  Builtin builtin{.kind = canon.kind, .inst = &inst_, .options = Options(canon)};
  builtin.is_async = canon.is_async;
  builtin.cancellable = canon.cancellable;
  builtin.slot = canon.slot;
  switch (canon.kind) {
    case CanonKind::kResourceNew:
    case CanonKind::kResourceDrop:
    case CanonKind::kResourceRep:
      builtin.resource = component_.types[canon.type].resource;
      break;
    case CanonKind::kTaskReturn:
      if (canon.result && canon.result->is_index)
        builtin.results.push_back(component_.types[canon.result->index].val);
      else if (canon.result)
        builtin.results.push_back(component_.arena->Prim(KindOf(canon.result->prim)));
      break;
    case CanonKind::kThreadNewIndirect:
      builtin.table = core_tables_[canon.table];
      builtin.thread_type.params = {component_.core_funcs[core_funcs_.size()].params[1]};
      break;
    default:
      if (canon.kind >= CanonKind::kStreamNew && canon.kind <= CanonKind::kFutureDropWritable)
        builtin.element = component_.types[canon.type].val->element;
      break;
  }
  return builtin;
}

wasm::Result<void> Instantiation::Define(const Canon& def) {
  if (def.kind == CanonKind::kLift) {
    funcs_.push_back(std::make_shared<LiftedFunc>(
        core_funcs_[def.func], *component_.funcs[funcs_.size()], Options(def), inst_));
    return {};
  }
  const wasm::FuncType& core_type = component_.core_funcs[core_funcs_.size()];
  if (def.kind == CanonKind::kLower) {
    const FuncType& type = *component_.funcs[def.func];
    CanonicalOptions options = Options(def);
    std::optional<trenail::Func> func = LinkAdapter(*funcs_[def.func], type, options, inst_);
    if (!func) func = CanonLower(funcs_[def.func], type, std::move(options), inst_, core_type);
    core_funcs_.push_back(*func);
    return {};
  }
  core_funcs_.push_back(MakeBuiltin(TRY(MakeBuiltinOf(def)), core_type));
  return {};
}

wasm::Result<void> Instantiation::Define(const Start& def) {
  std::vector<Value> args;
  for (const uint32_t arg : def.args) args.push_back(values_[arg]);
  Value result = TRY(CallFromHost(inst_.store, *funcs_[def.func], std::move(args)));
  if (def.results != 0) values_.push_back(std::move(result));
  return {};
}

wasm::Result<void> Instantiation::Define(const ValueDef& def) {
  const ValType& type = *component_.values[values_.size()];
  values_.push_back(TRY(DecodeValue(type, def.bytes)));
  return {};
}

}  // namespace component::runtime
