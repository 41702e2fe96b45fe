// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Index spaces only grow while a component is instantiated, so an index means later what it meant
// at its definition.

#include "libcomponent/runtime/canon_func.h"

#include <utility>

#include "libcomponent/runtime/store.h"
#include "libcomponent/types/type_arena.h"

namespace component::runtime {
namespace {

Builtin BuiltinOf(ComponentInstance& inst, const Canon& def, uint32_t core_index) {
  const ValidatedComponent& component = *inst.component;
  Builtin builtin{.kind = def.kind, .inst = &inst, .options = OptionsOf(inst, def)};
  builtin.is_async = def.is_async;
  builtin.cancellable = def.cancellable;
  builtin.slot = def.slot;
  builtin.num_params = static_cast<uint32_t>(component.core_funcs[core_index].params.size());
  switch (def.kind) {
    case CanonKind::kResourceNew:
    case CanonKind::kResourceDrop:
    case CanonKind::kResourceRep:
      builtin.resource = component.types[def.type].resource;
      break;
    case CanonKind::kTaskReturn:
      if (def.result && def.result->is_index)
        builtin.results.push_back(component.types[def.result->index].val);
      else if (def.result)
        builtin.results.push_back(component.arena->Prim(KindOf(def.result->prim)));
      break;
    case CanonKind::kThreadNewIndirect:
      builtin.table = inst.core_tables[def.table];
      builtin.thread_type.params = {component.core_funcs[core_index].params[1]};
      break;
    default:
      if (def.kind >= CanonKind::kStreamNew && def.kind <= CanonKind::kFutureDropWritable)
        builtin.element = component.types[def.type].val->element;
      break;
  }
  return builtin;
}

}  // namespace

CanonicalOptions OptionsOf(const ComponentInstance& inst, const Canon& def) {
  CanonicalOptions options;
  for (const CanonOpt& option : def.options) {
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
        options.memory = inst.core_memories[option.index];
        break;
      case CanonOpt::Kind::kRealloc:
        options.realloc = inst.core_funcs[option.index];
        break;
      case CanonOpt::Kind::kPostReturn:
        options.post_return = inst.core_funcs[option.index];
        break;
      case CanonOpt::Kind::kAsync:
        options.is_async = true;
        break;
      case CanonOpt::Kind::kCallback:
        options.callback = inst.core_funcs[option.index];
        break;
    }
  }
  if (def.kind == CanonKind::kWaitableSetWait || def.kind == CanonKind::kWaitableSetPoll)
    options.memory = inst.core_memories[def.memory];
  if (options.memory && options.memory->type().addr_type == wasm::AddrType::kI64)
    options.ptr = PtrType::kI64;
  return options;
}

trenail::Func CanonFunc::MakeFunc(uint32_t type_id) {
  return trenail::Func::HostRaw(inst_->store.core(), type_id, Run, this);
}

void CanonFunc::Prepare() {
  if (def_->kind == CanonKind::kLower) {
    lowered_ =
        LowerFunc(inst_->funcs[def_->func], *inst_->component->funcs[def_->func],
                  OptionsOf(*inst_, *def_), *inst_, inst_->component->core_funcs[core_index_]);
  } else {
    builtin_ = std::make_unique<const Builtin>(BuiltinOf(*inst_, *def_, core_index_));
    run_ = FuncOf(def_->kind);
  }
}

wasm::Result<void> CanonFunc::Run(void* data, uint64_t* slots) {
  CanonFunc& func = *static_cast<CanonFunc*>(data);
  if (func.lowered_ == nullptr && func.builtin_ == nullptr) [[unlikely]]
    func.Prepare();
  return func.lowered_ != nullptr ? CallLowered(func.lowered_, slots)
                                  : func.run_(*func.builtin_, slots);
}

}  // namespace component::runtime
