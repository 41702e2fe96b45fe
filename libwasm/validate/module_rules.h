// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules for everything outside of bodies, in the order in which they may refer to each other.

#ifndef TRENAIL_LIBWASM_VALIDATE_MODULE_RULES_H_
#define TRENAIL_LIBWASM_VALIDATE_MODULE_RULES_H_

#include "libwasm/support/reader.h"
#include "libwasm/validate/func_validator.h"
#include "libwasm/validate/module_context.h"

namespace wasm::validate {

class ModuleRules {
 public:
  // Fills the context, and the type ids of `validated`, as it goes.
  ModuleRules(ValidatedModule* validated, ModuleContext* context, ErrorSink* sink)
      : vm_(*validated), c_(*context), m_(validated->module()), sink_(*sink), exprs_(*context) {}

  bool CheckAll();

 private:
  // rules_types.cc
  bool CheckTypes();
  bool CheckRecGroup(const RecGroup& group);
  bool CheckSubType(uint32_t index);
  bool CheckTypeRefs(const SubType& type, uint32_t limit);
  // module_rules.cc
  bool CheckFunctions();
  bool CheckTags();
  bool CheckTables();
  bool CheckMemories();
  bool CheckImportedGlobals();
  bool CheckGlobals();
  bool CheckExports();
  bool CheckStart();
  bool CheckElems();
  bool CheckDatas();
  bool CheckTableType(const Table& table);
  bool CheckMemType(const Memory& memory);
  bool CheckExternIndex(ExternKind kind, uint32_t index, uint64_t offset);
  bool CheckFuncTypeIdx(TypeIdx index, uint64_t offset, const CanonType** type);
  bool CheckConst(const ConstExpr& expr, ValType type, size_t num_globals);
  bool CheckElemItems(const ElemSegment& elem, ValType type);

  ValidatedModule& vm_;
  ModuleContext& c_;
  const Module& m_;
  ErrorSink& sink_;
  FuncValidator exprs_;
};

}  // namespace wasm::validate

#endif  // TRENAIL_LIBWASM_VALIDATE_MODULE_RULES_H_
