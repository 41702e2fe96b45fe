// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What bodies and constant expressions are validated against: the context C [valid-context], in
// canonical types, computed once per module and then shared by all threads.

#ifndef TRENAIL_LIBWASM_VALIDATE_MODULE_CONTEXT_H_
#define TRENAIL_LIBWASM_VALIDATE_MODULE_CONTEXT_H_

#include <cstdint>
#include <vector>

#include "libwasm/module/validated_module.h"
#include "libwasm/support/reader.h"
#include "libwasm/types/type_store.h"

namespace wasm::validate {

struct ModuleContext {
  explicit ModuleContext(const ValidatedModule& validated)
      : vm(validated),
        module(validated.module()),
        store(validated.type_store()),
        features(validated.module().features),
        all_features(features == FeatureSet()) {}

  const ValidatedModule& vm;
  const Module& module;
  TypeStore& store;
  FeatureSet features;
  bool all_features;

  std::vector<const CanonType*> types;      // by type index
  std::vector<const CanonType*> functions;  // types, by function index
  std::vector<const CanonType*> tags;       // types, by tag index
  std::vector<ValType> globals;             // by index, as are the following
  std::vector<ValType> tables;
  std::vector<ValType> elems;
  std::vector<uint8_t> declared;  // C.refs: functions that bodies may name with ref.func

  // A type as written, checked and made canonical; false with the error in the sink.
  bool CheckHeapType(HeapType syntax, uint64_t offset, ErrorSink* sink, HeapType* canonical) const;
  bool CheckValType(ValType syntax, uint64_t offset, ErrorSink* sink, ValType* canonical) const {
    if (!syntax.is_ref() && all_features) [[likely]] {
      *canonical = syntax;
      return true;
    }
    return CheckValTypeSlow(syntax, offset, sink, canonical);
  }

 private:
  bool CheckValTypeSlow(ValType syntax, uint64_t offset, ErrorSink* sink, ValType* canonical) const;
};

// Whether the features in force have the type at all; its index is not looked at.
bool HasType(const FeatureSet& features, ValType syntax);

}  // namespace wasm::validate

#endif  // TRENAIL_LIBWASM_VALIDATE_MODULE_CONTEXT_H_
