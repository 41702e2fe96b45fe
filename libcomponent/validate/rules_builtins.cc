// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The types of the canonical built-ins [Explainer: Canonical built-ins] [cabi:Canonical
// Definitions], and which features they belong to.

#include <utility>

#include "libcomponent/validate/canon_options.h"
#include "libcomponent/validate/rules.h"

namespace component {

using wasm::Result;

namespace {

constexpr wasm::ValType kI32 = wasm::ValType::kI32;
constexpr wasm::ValType kI64 = wasm::ValType::kI64;

std::string_view CanonName(CanonKind kind) {
  switch (kind) {
#define CANON(Name, code, text) \
  case CanonKind::k##Name:      \
    return text;
#include "libcomponent/syntax/canon.def"
#undef CANON
  }
  return "?";
}

std::string Quoted(CanonKind kind) { return '`' + std::string(CanonName(kind)) + '`'; }

bool IsStream(CanonKind kind) {
  return kind >= CanonKind::kStreamNew && kind <= CanonKind::kStreamDropWritable;
}

// How many fields `context` has [cabi:Thread-Local Storage].
constexpr uint32_t kContextSlots = 2;

}  // namespace

Result<void> Rules::CheckCanonFeature(const Canon& canon) {
  const std::string what = Quoted(canon.kind);
  switch (canon.kind) {
    case CanonKind::kLift:
    case CanonKind::kLower:
    case CanonKind::kResourceNew:
    case CanonKind::kResourceDrop:
    case CanonKind::kResourceRep:
      return {};
    case CanonKind::kErrorContextNew:
    case CanonKind::kErrorContextDebugMessage:
    case CanonKind::kErrorContextDrop:
      return Need(Feature::kErrorContext, what);
    case CanonKind::kThreadIndex:
    case CanonKind::kThreadNewIndirect:
    case CanonKind::kThreadResumeLater:
    case CanonKind::kThreadSuspend:
    case CanonKind::kThreadSuspendThenResume:
    case CanonKind::kThreadYieldThenResume:
    case CanonKind::kThreadSuspendThenPromote:
    case CanonKind::kThreadYieldThenPromote:
      return Need(Feature::kThreading, what);
    case CanonKind::kThreadSpawnRef:
    case CanonKind::kThreadSpawnIndirect:
    case CanonKind::kThreadAvailableParallelism:
      return Invalid(what + " requires the shared-everything-threads proposal");
    case CanonKind::kSubtaskCancel:
    case CanonKind::kStreamCancelRead:
    case CanonKind::kStreamCancelWrite:
    case CanonKind::kFutureCancelRead:
    case CanonKind::kFutureCancelWrite:
      if (canon.is_async) TRY_VOID(Need(Feature::kMoreAsyncBuiltins, what + " with `async`"));
      return Need(Feature::kAsync, what);
    default:
      return Need(Feature::kAsync, what);
  }
}

Result<wasm::FuncType> Rules::CheckBuiltin(Scope* scope, const Canon& canon) {
  switch (canon.kind) {
    case CanonKind::kResourceNew:
    case CanonKind::kResourceDrop:
    case CanonKind::kResourceRep:
      return CheckResourceBuiltin(*scope, canon);
    case CanonKind::kContextGet:
    case CanonKind::kContextSet:
      return CheckContextBuiltin(scope, canon);
    case CanonKind::kStreamRead:
    case CanonKind::kStreamWrite:
    case CanonKind::kFutureRead:
    case CanonKind::kFutureWrite:
      return CheckCopyBuiltin(*scope, canon);
    case CanonKind::kStreamNew:
    case CanonKind::kFutureNew:
      TRY(StreamOrFuture(*scope, canon));
      return wasm::FuncType{.params = {}, .results = {kI64}};
    case CanonKind::kStreamCancelRead:
    case CanonKind::kStreamCancelWrite:
    case CanonKind::kFutureCancelRead:
    case CanonKind::kFutureCancelWrite:
      TRY(StreamOrFuture(*scope, canon));
      return wasm::FuncType{.params = {kI32}, .results = {kI32}};
    case CanonKind::kStreamDropReadable:
    case CanonKind::kStreamDropWritable:
    case CanonKind::kFutureDropReadable:
    case CanonKind::kFutureDropWritable:
      TRY(StreamOrFuture(*scope, canon));
      return wasm::FuncType{.params = {kI32}, .results = {}};
    case CanonKind::kErrorContextNew:
    case CanonKind::kErrorContextDebugMessage:
      return CheckErrorContextBuiltin(*scope, canon);
    case CanonKind::kWaitableSetWait:
    case CanonKind::kWaitableSetPoll: {
      PtrType ptr = PtrType::kI32;
      TRY_VOID(CheckMemoryOption(*scope, canon.memory, &ptr));
      return wasm::FuncType{.params = {kI32, ptr == PtrType::kI64 ? kI64 : kI32},
                            .results = {kI32}};
    }
    case CanonKind::kThreadNewIndirect:
      return CheckThreadBuiltin(*scope, canon);
    case CanonKind::kTaskCancel:
    case CanonKind::kBackpressureInc:
    case CanonKind::kBackpressureDec:
      return wasm::FuncType{};
    case CanonKind::kThreadYield:
    case CanonKind::kThreadIndex:
    case CanonKind::kThreadSuspend:
    case CanonKind::kWaitableSetNew:
      return wasm::FuncType{.params = {}, .results = {kI32}};
    case CanonKind::kSubtaskCancel:
    case CanonKind::kThreadSuspendThenResume:
    case CanonKind::kThreadYieldThenResume:
    case CanonKind::kThreadSuspendThenPromote:
    case CanonKind::kThreadYieldThenPromote:
      return wasm::FuncType{.params = {kI32}, .results = {kI32}};
    case CanonKind::kSubtaskDrop:
    case CanonKind::kErrorContextDrop:
    case CanonKind::kWaitableSetDrop:
    case CanonKind::kThreadResumeLater:
      return wasm::FuncType{.params = {kI32}, .results = {}};
    case CanonKind::kWaitableJoin:
      return wasm::FuncType{.params = {kI32, kI32}, .results = {}};
    default:
      return Invalid(Quoted(canon.kind) + " is not a built-in");
  }
}

Result<wasm::FuncType> Rules::CheckResourceBuiltin(const Scope& scope, const Canon& canon) {
  const ResourceId resource = TRY(GetResource(scope, canon.type, nullptr));
  if (canon.kind == CanonKind::kResourceDrop)
    return wasm::FuncType{.params = {kI32}, .results = {}};
  const auto local = scope.local_resources.find(resource);
  if (local == scope.local_resources.end())
    return Invalid("type index " + std::to_string(canon.type) + " is not a local resource");
  const wasm::ValType rep = local->second;
  if (canon.kind == CanonKind::kResourceNew)
    return wasm::FuncType{.params = {rep}, .results = {kI32}};
  return wasm::FuncType{.params = {kI32}, .results = {rep}};
}

Result<wasm::FuncType> Rules::CheckContextBuiltin(Scope* scope, const Canon& canon) {
  const std::string what = Quoted(canon.kind);
  if (canon.core_type == kI64)
    TRY_VOID(Need(Feature::kMemory64, what + " of type i64"));
  else if (canon.core_type != kI32)
    return Invalid(what + " only supports `i32` or `i64`");
  if (scope->context_type.value_or(canon.core_type) != canon.core_type)
    return Invalid(what + " type must match previous context type");
  scope->context_type = canon.core_type;
  // The second one is for threads.
  if (!Has(Feature::kThreading) && canon.slot != 0)
    return Invalid(what + " immediate must be zero: " + std::to_string(canon.slot));
  if (canon.slot >= kContextSlots)
    return Invalid(what + " immediate must be zero or one: " + std::to_string(canon.slot));
  if (canon.kind == CanonKind::kContextGet)
    return wasm::FuncType{.params = {}, .results = {canon.core_type}};
  return wasm::FuncType{.params = {canon.core_type}, .results = {}};
}

// The stream or future type that a built-in is for.
Result<const ValType*> Rules::StreamOrFuture(const Scope& scope, const Canon& canon) {
  const bool is_stream = IsStream(canon.kind);
  const TypeEntry entry = TRY(Get(scope.types, canon.type, "type"));
  if (entry.kind != TypeEntry::Kind::kVal ||
      entry.val->kind != (is_stream ? ValKind::kStream : ValKind::kFuture))
    return Invalid(Quoted(canon.kind) + " requires a " + (is_stream ? "stream" : "future") +
                   " type");
  return entry.val;
}

// [cabi:canon stream.{read,write}] [cabi:canon future.{read,write}]
Result<wasm::FuncType> Rules::CheckCopyBuiltin(const Scope& scope, const Canon& canon) {
  const ValType* type = TRY(StreamOrFuture(scope, canon));
  const CanonOptions options = TRY(CheckOptions(scope, canon));
  if (options.post_return.has_value())
    return Invalid("cannot specify `post-return` option on " + Quoted(canon.kind));
  if (options.callback.has_value())
    return Invalid("cannot specify `callback` option on " + Quoted(canon.kind));
  if (!options.is_async)
    TRY_VOID(Need(Feature::kMoreAsyncBuiltins, Quoted(canon.kind) + " without `async`"));
  if (type->element != nullptr) {
    const bool reads = canon.kind == CanonKind::kStreamRead || canon.kind == CanonKind::kFutureRead;
    TRY_VOID(NeedsMemory(options, true));
    // What is read is put into the component's memory.
    TRY_VOID(NeedsRealloc(options, reads && type->element->contains_pointer));
  }
  const wasm::ValType ptr = options.ptr_type();
  if (IsStream(canon.kind)) return wasm::FuncType{.params = {kI32, ptr, ptr}, .results = {ptr}};
  return wasm::FuncType{.params = {kI32, ptr}, .results = {kI32}};
}

Result<wasm::FuncType> Rules::CheckErrorContextBuiltin(const Scope& scope, const Canon& canon) {
  const CanonOptions options = TRY(CheckOptions(scope, canon));
  for (const auto& [given, name] : {std::pair(options.is_async, "async"),
                                    std::pair(options.post_return.has_value(), "post-return"),
                                    std::pair(options.callback.has_value(), "callback")})
    if (given)
      return Invalid("cannot specify `" + std::string(name) + "` option on " + Quoted(canon.kind));
  TRY_VOID(NeedsMemory(options, true));
  const wasm::ValType ptr = options.ptr_type();
  if (canon.kind == CanonKind::kErrorContextNew)
    return wasm::FuncType{.params = {ptr, ptr}, .results = {kI32}};
  TRY_VOID(NeedsRealloc(options, true));
  return wasm::FuncType{.params = {kI32, ptr}, .results = {}};
}

// [cabi:canon thread.new-indirect]
Result<wasm::FuncType> Rules::CheckThreadBuiltin(const Scope& scope, const Canon& canon) {
  const CoreTypeEntry entry = TRY(Get(scope.core_types, canon.type, "type"));
  if (entry.module != nullptr)
    return Invalid("core type index " + std::to_string(canon.type) + " is a module type");
  const wasm::CompType& start = store_.Get(entry.id).type.comp;
  const bool takes_context =
      start.kind == wasm::CompType::Kind::kFunc && start.func.results.empty() &&
      start.func.params.size() == 1 &&
      (start.func.params[0] == kI32 || (start.func.params[0] == kI64 && Has(Feature::kMemory64)));
  if (!takes_context)
    return Invalid(Has(Feature::kMemory64)
                       ? "start function must take a single `i32` or `i64` argument"
                       : "start function must take a single `i32` argument");
  const wasm::TableType table = TRY(Get(scope.core_tables, canon.table, "table"));
  if (!store_.Matches(table.element, wasm::kFuncRef))
    return Invalid("expected a table of `funcref`, found one of " +
                   trenail::ToString(table.element));
  wasm::ValType index = kI32;
  if (table.addr_type == wasm::AddrType::kI64) {
    TRY_VOID(Need(Feature::kMemory64, "`thread.new-indirect` with a 64-bit table"));
    index = kI64;
  }
  return wasm::FuncType{.params = {index, start.func.params[0]}, .results = {kI32}};
}

}  // namespace component
