// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/validate/module_context.h"

#include "libwasm/validate/errors.h"

namespace wasm::validate {

bool HasType(const FeatureSet& features, ValType syntax) {
  if (syntax.is_vec()) return features.Has(Feature::kSimd);
  if (!syntax.is_ref()) return !syntax.is_packed() || features.Has(Feature::kGc);
  const HeapType heap = syntax.heap_type();
  if (heap.is_concrete()) return features.Has(Feature::kFunctionReferences);
  switch (heap.abstract()) {
    case HeapType::kFunc:
      // Element segments have the type (ref func) since the beginning, without saying so.
      return true;
    case HeapType::kExtern:
      return features.Has(syntax.is_nullable() ? Feature::kReferenceTypes
                                               : Feature::kFunctionReferences);
    case HeapType::kExn:
      return features.Has(Feature::kExceptions);
    default:
      return features.Has(Feature::kGc);
  }
}

bool ModuleContext::CheckHeapType(HeapType syntax, uint64_t offset, ErrorSink* sink,
                                  HeapType* canonical) const {
  ValType type;
  if (!CheckValTypeSlow(ValType::Ref(syntax, true), offset, sink, &type)) return false;
  *canonical = type.heap_type();
  return true;
}

bool ModuleContext::CheckValTypeSlow(ValType syntax, uint64_t offset, ErrorSink* sink,
                                     ValType* canonical) const {
  if (!all_features && !HasType(features, syntax))
    return sink->Malformed(offset,
                           syntax.is_ref() ? "malformed reference type" : "malformed value type");
  if (syntax.is_ref() && syntax.heap_type().is_concrete() &&
      syntax.heap_type().concrete() >= types.size())
    return sink->Invalid(offset, errors::Unknown("type", syntax.heap_type().concrete()));
  *canonical = vm.Canonical(syntax);
  return true;
}

}  // namespace wasm::validate
