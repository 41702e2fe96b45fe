// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values and start functions [Explainer: Value Definitions] [Explainer: Start Definitions]: each
// value is used exactly once.

#include "libcomponent/types/subtyping.h"
#include "libcomponent/validate/rules.h"
#include "libcomponent/validate/value_decoder.h"

namespace component {

using wasm::Result;

Result<const ValType*> Rules::UseValue(Scope* scope, uint32_t index) {
  TRY_VOID(Need(Feature::kValues, "a value"));
  if (index >= scope->values.size()) return std::unexpected(OutOfBounds(index, "value"));
  ValueEntry& value = scope->values[index];
  if (value.used)
    return Invalid("value " + std::to_string(index) + " cannot be used more than once");
  value.used = true;
  return value.type;
}

Result<void> Rules::CheckValuesUsed(const Scope& scope) {
  for (size_t i = 0; i < scope.values.size(); ++i)
    if (!scope.values[i].used)
      return Invalid("value index " + std::to_string(i) +
                     " was not used as part of an instantiation, start function, or export");
  return {};
}

Result<void> Rules::CheckStart(Scope* scope, const Start& start) {
  TRY_VOID(Need(Feature::kValues, "a start function"));
  const FuncType* type = TRY(Get(scope->funcs, start.func, "function"));
  if (type->is_async) return Invalid("a start function cannot be async");
  if (start.args.size() != type->params.size())
    return Invalid("component start function requires " + std::to_string(type->params.size()) +
                   " arguments but was given " + std::to_string(start.args.size()));
  const uint32_t num_results = type->result == nullptr ? 0 : 1;
  if (start.results != num_results)
    return Invalid("component start function has a result count of " +
                   std::to_string(start.results) + " but the function type has a result count of " +
                   std::to_string(num_results));
  Matcher matcher(store_, &budget_);
  for (size_t i = 0; i < start.args.size(); ++i) {
    const ValType* arg = TRY(UseValue(scope, start.args[i]));
    if (!matcher.Equal(*arg, *type->params[i].type))
      return Invalid("type mismatch for component start function argument " + std::to_string(i) +
                     ": " + matcher.TakeError());
  }
  if (type->result != nullptr) scope->values.push_back({.type = type->result});
  return {};
}

Result<void> Rules::CheckValue(Scope* scope, const ValueDef& value) {
  TRY_VOID(Need(Feature::kValues, "a value"));
  const ValType* type = TRY(CheckValType(*scope, value.type));
  TRY(At(DecodeValue(*type, value.bytes)));
  scope->values.push_back({.type = type});
  return {};
}

}  // namespace component
