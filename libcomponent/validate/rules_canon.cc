// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lifting and lowering: the static half of [cabi:canon lift], [cabi:canon lower] and
// [cabi:canon task.return]. The other built-ins are in rules_builtins.cc.

#include <utility>

#include "libcomponent/validate/canon_options.h"
#include "libcomponent/validate/rules.h"

namespace component {

using wasm::Result;

namespace {

// The flat types of parameters or results, as far as they are few enough to be passed flat.
struct Flat {
  std::vector<wasm::ValType> types;
  uint64_t count = 0;
  bool contains_pointer = false;

  void Add(const ValType* type, PtrType ptr) {
    if (type == nullptr) return;
    const ValType::Layout& layout = type->layout(ptr);
    count += layout.flat_count;
    contains_pointer |= type->contains_pointer;
    types.insert(types.end(), layout.flat.begin(), layout.flat.end());
  }
  bool exceeds(uint32_t most) const { return count > most; }
};

Flat FlattenParams(const FuncType& type, PtrType ptr) {
  Flat flat;
  for (const ValType::Field& param : type.params) flat.Add(param.type, ptr);
  return flat;
}

Flat FlattenResult(const ValType* result, PtrType ptr) {
  Flat flat;
  flat.Add(result, ptr);
  return flat;
}

// "[I32, I64]"
std::string ToString(const std::vector<wasm::ValType>& types) {
  std::string text = "[";
  for (const wasm::ValType type : types) {
    if (text.size() > 1) text += ", ";
    std::string name = trenail::ToString(type);
    for (char& c : name)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    text += name;
  }
  return text + ']';
}

}  // namespace

Result<void> Rules::CheckCanon(Scope* scope, const Canon& canon) {
  TRY_VOID(CheckCanonFeature(canon));
  wasm::FuncType type;
  switch (canon.kind) {
    case CanonKind::kLift:
      scope->funcs.push_back(TRY(CheckLift(*scope, canon)));
      return {};
    case CanonKind::kLower:
      type = TRY(CheckLower(*scope, canon));
      break;
    case CanonKind::kTaskReturn:
      type = TRY(CheckTaskReturn(*scope, canon));
      break;
    default:
      type = TRY(CheckBuiltin(scope, canon));
      break;
  }
  scope->core_funcs.push_back(store_.AddFuncType(type));
  return {};
}

Result<const FuncType*> Rules::CheckLift(const Scope& scope, const Canon& canon) {
  const TypeEntry entry = TRY(Get(scope.types, canon.type, "type"));
  if (entry.kind != TypeEntry::Kind::kFunc)
    return Invalid("type index " + std::to_string(canon.type) + " is not a function type");
  const FuncType& type = *entry.func;
  const wasm::TypeId callee = TRY(Get(scope.core_funcs, canon.func, "function"));
  const CanonOptions options = TRY(CheckOptions(scope, canon));
  if (options.is_async) {
    if (!type.is_async)
      return Invalid("the `async` canonical option requires an async function type");
    if (!options.callback.has_value())
      TRY_VOID(Need(Feature::kAsyncStackful, "an async lift without `callback`"));
  }

  // [cabi:flatten_functype]. Parameters are lowered into the component, results lifted out of it.
  Flat params = FlattenParams(type, options.ptr);
  Flat results = FlattenResult(type.result, options.ptr);
  const bool params_in_memory = params.exceeds(kMaxFlatParams);
  TRY_VOID(NeedsRealloc(options, params.contains_pointer || params_in_memory));
  if (params_in_memory) params.types = {options.ptr_type()};
  const bool results_in_memory =
      results.exceeds(options.is_async ? kMaxFlatParams : kMaxFlatResults);
  TRY_VOID(NeedsMemory(options, results.contains_pointer || results_in_memory));
  if (options.is_async)
    results.types = options.callback.has_value() ? std::vector<wasm::ValType>{wasm::ValType::kI32}
                                                 : std::vector<wasm::ValType>{};
  else if (results_in_memory)
    results.types = {options.ptr_type()};

  const wasm::FuncType& core = store_.Get(callee).type.comp.func;
  if (core.params != params.types)
    return Invalid("lowered parameter types `" + ToString(params.types) +
                   "` do not match parameter types `" + ToString(core.params) +
                   "` of core function " + std::to_string(canon.func));
  if (core.results != results.types)
    return Invalid("lowered result types `" + ToString(results.types) +
                   "` do not match result types `" + ToString(core.results) +
                   "` of core function " + std::to_string(canon.func));
  if (options.post_return.has_value()) {
    const wasm::FuncType& post_return =
        store_.Get(scope.core_funcs[*options.post_return]).type.comp.func;
    if (post_return.params != core.results || !post_return.results.empty())
      return Invalid(
          "canonical option `post-return` uses a core function with an incorrect signature");
  }
  return entry.func;
}

Result<wasm::FuncType> Rules::CheckLower(const Scope& scope, const Canon& canon) {
  const FuncType* type = TRY(Get(scope.funcs, canon.func, "function"));
  const CanonOptions options = TRY(CheckOptions(scope, canon));
  if (options.post_return.has_value())
    return Invalid("canonical option `post-return` cannot be specified for lowerings");
  if (options.callback.has_value())
    return Invalid("canonical option `callback` cannot be specified for lowerings");
  if (options.is_async && !type->is_async)
    return Invalid("the `async` canonical option requires an async function type");

  Flat params = FlattenParams(*type, options.ptr);
  Flat results = FlattenResult(type->result, options.ptr);
  const bool params_in_memory =
      params.exceeds(options.is_async ? kMaxFlatAsyncParams : kMaxFlatParams);
  TRY_VOID(NeedsMemory(options, params.contains_pointer || params_in_memory));
  if (params_in_memory) params.types = {options.ptr_type()};
  const bool results_in_memory = results.exceeds(options.is_async ? 0 : kMaxFlatResults);
  TRY_VOID(NeedsMemory(options, results_in_memory));
  TRY_VOID(NeedsRealloc(options, results.contains_pointer));
  if (results_in_memory) {
    params.types.push_back(options.ptr_type());
    results.types.clear();
  }
  if (options.is_async) results.types = {wasm::ValType::kI32};
  return wasm::FuncType{.params = std::move(params.types), .results = std::move(results.types)};
}

Result<wasm::FuncType> Rules::CheckTaskReturn(const Scope& scope, const Canon& canon) {
  const CanonOptions options = TRY(CheckOptions(scope, canon));
  for (const auto& [given, name] :
       {std::pair(options.is_async, "async"), std::pair(options.realloc.has_value(), "realloc"),
        std::pair(options.post_return.has_value(), "post-return"),
        std::pair(options.callback.has_value(), "callback")})
    if (given) return Invalid("cannot specify `" + std::string(name) + "` option on `task.return`");
  const ValType* result =
      canon.result.has_value() ? TRY(CheckValType(scope, *canon.result)) : nullptr;
  if (result != nullptr && result->contains_borrow)
    return Invalid("`task.return` cannot return a `borrow` type");
  Flat params = FlattenResult(result, options.ptr);
  const bool in_memory = params.exceeds(kMaxFlatParams);
  TRY_VOID(NeedsMemory(options, params.contains_pointer || in_memory));
  if (in_memory) params.types = {options.ptr_type()};
  return wasm::FuncType{.params = std::move(params.types), .results = {}};
}

}  // namespace component
