// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include <memory>
#include <optional>
#include <variant>

#include "libcomponent/syntax/words.h"
#include "libcomponent/text/printer_ids.h"
#include "libcomponent/text/state.h"
#include "libwasm/text/printer_instr.h"
#include "libwasm/text/printer_values.h"

namespace component::text {
namespace {

using Kind = DefValType::Kind;

void PrintLabelled(TextOut& out, std::string_view word, std::string_view label,
                   const std::optional<ValTypeUse>& type) {
  out.Put(" (");
  out.Put(word);
  out.Put(" ");
  out.PutName(label);
  if (type) {
    out.Put(" ");
    PrintValType(out, *type);
  }
  out.Put(")");
}

void PrintDefValType(TextOut& out, const DefValType& type) {
  if (type.kind == Kind::kPrim) {
    out.Put(Word(type.prim));
    return;
  }
  out.Put("(");
  out.Put(Word(type.kind));
  for (const LabelValType& field : type.fields)
    PrintLabelled(out, "field", field.label, field.type);
  for (const CaseSyntax& c : type.cases) PrintLabelled(out, "case", c.label, c.type);
  for (const std::string& label : type.labels) {
    out.Put(" ");
    out.PutName(label);
  }
  for (const ValTypeUse& element : type.elements) {
    out.Put(" ");
    PrintValType(out, element);
  }
  if (type.kind == Kind::kFixedLengthList) {
    out.Put(" ");
    out.PutNumber(type.length);
  }
  if (type.ok) {
    out.Put(" ");
    PrintValType(out, *type.ok);
  }
  if (type.error) {
    out.Put(" (error ");
    PrintValType(out, *type.error);
    out.Put(")");
  }
  if (type.kind == Kind::kOwn || type.kind == Kind::kBorrow) {
    out.Put(" ");
    out.PutRef(Sort::kType, type.resource);
  }
  out.Put(")");
}

void PrintFuncType(TextOut& out, const FuncTypeSyntax& type) {
  out.Put(type.is_async ? "(func async" : "(func");
  for (const LabelValType& param : type.params)
    PrintLabelled(out, "param", param.label, param.type);
  if (type.result) {
    out.Put(" (result ");
    PrintValType(out, *type.result);
    out.Put(")");
  }
  out.Put(")");
}

void PrintResourceType(TextOut& out, const ResourceTypeSyntax& type) {
  out.Put("(resource (rep ");
  wasm::text::AppendValType(out.text(), type.rep, out.CoreTypeIds(type.rep));
  out.Put(")");
  if (type.dtor) {
    out.Put(" (dtor ");
    out.PutItem(Sort::kCoreFunc, *type.dtor);
    out.Put(")");
  }
  out.Put(")");
}

void PrintDeclarator(TextOut& out, const Declarator& declarator) {
  if (const auto* core_type = std::get_if<CoreType>(&declarator.decl)) {
    PrintCoreType(out, *core_type);
  } else if (const auto* type = std::get_if<std::shared_ptr<const TypeDef>>(&declarator.decl)) {
    PrintTypeDef(out, **type);
  } else if (const auto* alias = std::get_if<Alias>(&declarator.decl)) {
    PrintAlias(out, *alias);
  } else {
    const auto* import = std::get_if<ImportDecl>(&declarator.decl);
    const auto* exported = std::get_if<ExportDecl>(&declarator.decl);
    out.Put(import != nullptr ? "(import " : "(export ");
    PrintExternName(out, import != nullptr ? import->name : exported->name);
    out.Put(" ");
    PrintExternDesc(out, import != nullptr ? import->type : exported->type, true);
    out.Put(")");
  }
}

void PrintDeclarators(TextOut& out, std::string_view word, const std::vector<Declarator>& decls) {
  out.Put("(");
  out.Put(word);
  ScopeIds inner;
  ScopeIds* outer = out.Exchange(&inner);
  out.Indent();
  for (const Declarator& declarator : decls) {
    out.NewLine();
    PrintDeclarator(out, declarator);
  }
  out.Outdent();
  out.Exchange(outer);
  if (!decls.empty()) out.NewLine();
  out.Put(")");
}

// ---- core types --------------------------------------------------------------------------------

void PrintField(TextOut& out, const wasm::FieldType& field) {
  if (field.is_mutable) out.Put("(mut ");
  wasm::text::AppendValType(out.text(), field.type, out.CoreTypeIds(field.type));
  if (field.is_mutable) out.Put(")");
}

void PrintSubType(TextOut& out, const wasm::SubType& type) {
  const bool sub = !type.is_final || !type.supertypes.empty();
  if (sub) {
    out.Put(type.is_final ? "(sub final " : "(sub ");
    for (const uint32_t supertype : type.supertypes) {
      out.PutRef(Sort::kCoreType, supertype);
      out.Put(" ");
    }
  }
  switch (type.comp.kind) {
    case wasm::CompType::Kind::kFunc:
      out.Put("(func");
      wasm::text::AppendSignature(out.text(), type.comp.func, out.CoreTypeIds(type.comp.func), {});
      break;
    case wasm::CompType::Kind::kStruct:
      out.Put("(struct");
      for (const wasm::FieldType& field : type.comp.fields) {
        out.Put(" (field ");
        PrintField(out, field);
        out.Put(")");
      }
      break;
    case wasm::CompType::Kind::kArray:
      out.Put("(array ");
      PrintField(out, type.comp.fields[0]);
      break;
  }
  out.Put(sub ? "))" : ")");
}

void PrintLimits(TextOut& out, wasm::AddrType addr_type, const wasm::Limits& limits) {
  out.Put(addr_type == wasm::AddrType::kI64 ? " i64 " : " ");
  out.PutNumber(limits.min);
  if (limits.max) {
    out.Put(" ");
    out.PutNumber(*limits.max);
  }
}

void PrintCoreExternType(TextOut& out, const CoreExternType& type) {
  switch (type.kind) {
    case wasm::ExternKind::kFunc:
    case wasm::ExternKind::kTag:
      out.Put(type.kind == wasm::ExternKind::kFunc ? "(func (type " : "(tag (type ");
      out.PutRef(Sort::kCoreType, type.type);
      out.Put(")");
      break;
    case wasm::ExternKind::kTable:
      out.Put("(table");
      PrintLimits(out, type.table.addr_type, type.table.limits);
      out.Put(" ");
      PrintField(out, {type.table.element, false});
      break;
    case wasm::ExternKind::kMemory:
      out.Put("(memory");
      PrintLimits(out, type.memory.addr_type, type.memory.limits);
      if (type.memory.shared) out.Put(" shared");
      if (type.memory.page_size_log2 != wasm::kDefaultPageSizeLog2) {
        out.Put(" (pagesize ");
        out.PutNumber(uint64_t{1} << (type.memory.page_size_log2 & 63));
        out.Put(")");
      }
      break;
    case wasm::ExternKind::kGlobal:
      out.Put("(global ");
      PrintField(out, {type.global.type, type.global.is_mutable});
      break;
  }
  out.Put(")");
}

void PrintModuleDecl(TextOut& out, const CoreModuleDecl& decl);

void PrintModuleType(TextOut& out, const CoreModuleType& type) {
  out.Put("(module");
  ScopeIds inner;
  ScopeIds* outer = out.Exchange(&inner);
  out.Indent();
  for (const CoreModuleDecl& decl : type.decls) {
    out.NewLine();
    PrintModuleDecl(out, decl);
  }
  out.Outdent();
  out.Exchange(outer);
  if (!type.decls.empty()) out.NewLine();
  out.Put(")");
}

// `prefix` is empty where the core's words stand alone.
void PrintCoreTypeDef(TextOut& out, const CoreType& type, std::string_view prefix) {
  const auto* rec = std::get_if<CoreRecType>(&type.type);
  if (rec != nullptr && (rec->explicit_group || rec->types.size() != 1)) {
    out.Put("(");
    out.Put(prefix);
    out.Put("rec");
    for (const wasm::SubType& sub_type : rec->types) {
      out.Put(" (type");
      out.PutBinder(Sort::kCoreType);
      out.Put(" ");
      PrintSubType(out, sub_type);
      out.Put(")");
    }
    out.Put(")");
    return;
  }
  out.Put("(");
  out.Put(prefix);
  out.Put("type");
  out.PutBinder(Sort::kCoreType);
  out.Put(" ");
  if (rec != nullptr) {
    PrintSubType(out, rec->types[0]);
  } else {
    PrintModuleType(out, std::get<CoreModuleType>(type.type));
  }
  out.Put(")");
}

void PrintModuleDecl(TextOut& out, const CoreModuleDecl& decl) {
  switch (decl.kind) {
    case CoreModuleDecl::Kind::kImport:
      out.Put("(import ");
      out.PutName(decl.module);
      out.Put(" ");
      out.PutName(decl.name);
      break;
    case CoreModuleDecl::Kind::kExport:
      out.Put("(export ");
      out.PutName(decl.name);
      break;
    case CoreModuleDecl::Kind::kType:
      PrintCoreTypeDef(out, *decl.core_type, "");
      return;
    case CoreModuleDecl::Kind::kAlias:
      out.Put("(alias outer ");
      out.PutNumber(decl.outer_count);
      out.Put(" ");
      out.PutNumber(decl.outer_index);
      out.Put(" (type");
      out.PutBinder(Sort::kCoreType);
      out.Put("))");
      return;
  }
  out.Put(" ");
  PrintCoreExternType(out, decl.type);
  out.Put(")");
}

}  // namespace

void PrintExternName(TextOut& out, const ExternName& name) {
  out.PutName(name.name);
  const auto attribute = [&](std::string_view word, const std::optional<std::string>& value) {
    if (!value) return;
    out.Put(" (");
    out.Put(word);
    out.Put(" ");
    out.PutName(*value);
    out.Put(")");
  };
  attribute("implements", name.implements);
  attribute("versionsuffix", name.version_suffix);
  attribute("external-id", name.external_id);
}

void PrintValType(TextOut& out, const ValTypeUse& type) {
  if (type.is_index) {
    out.PutRef(Sort::kType, type.index);
  } else {
    out.Put(Word(type.prim));
  }
}

void PrintValueType(TextOut& out, const ValTypeUse& type) {
  if (!type.is_index) return PrintValType(out, type);
  out.PutItem(Sort::kType, type.index);
}

void PrintExternDesc(TextOut& out, const ExternDesc& desc, bool binder) {
  out.Put("(");
  out.Put(FullWord(desc.sort));
  if (binder) out.PutBinder(desc.sort);
  out.Put(" ");
  if (desc.sort == Sort::kValue && desc.value_type) {
    PrintValueType(out, *desc.value_type);
  } else if (desc.sort == Sort::kType && desc.bound == ExternDesc::Bound::kSubResource) {
    out.Put("(sub resource)");
  } else {
    const bool eq = desc.sort == Sort::kType || desc.sort == Sort::kValue;
    out.Put(eq ? "(eq " : "(type ");
    out.PutRef(desc.sort == Sort::kCoreModule ? Sort::kCoreType
               : desc.sort == Sort::kValue    ? Sort::kValue
                                              : Sort::kType,
               desc.index);
    out.Put(")");
  }
  out.Put(")");
}

void PrintAlias(TextOut& out, const Alias& alias) {
  if (alias.kind == Alias::Kind::kOuter) {
    out.Put("(alias outer ");
    out.PutNumber(alias.outer_count);
    out.Put(" ");
    out.PutNumber(alias.outer_index);
  } else {
    const bool core = alias.kind == Alias::Kind::kCoreExport;
    out.Put(core ? "(alias core export " : "(alias export ");
    out.PutRef(core ? Sort::kCoreInstance : Sort::kInstance, alias.instance);
    out.Put(" ");
    out.PutName(alias.name);
  }
  out.Put(" (");
  out.Put(FullWord(alias.sort));
  out.PutBinder(alias.sort);
  out.Put("))");
}

void PrintTypeDef(TextOut& out, const TypeDef& type) {
  out.Put("(type");
  out.PutBinder(Sort::kType);
  out.Put(" ");
  if (const auto* def = std::get_if<DefValType>(&type.type)) {
    PrintDefValType(out, *def);
  } else if (const auto* func = std::get_if<FuncTypeSyntax>(&type.type)) {
    PrintFuncType(out, *func);
  } else if (const auto* component = std::get_if<ComponentTypeSyntax>(&type.type)) {
    PrintDeclarators(out, "component", component->decls);
  } else if (const auto* instance = std::get_if<InstanceTypeSyntax>(&type.type)) {
    PrintDeclarators(out, "instance", instance->decls);
  } else {
    PrintResourceType(out, std::get<ResourceTypeSyntax>(type.type));
  }
  out.Put(")");
}

void PrintCoreType(TextOut& out, const CoreType& type) { PrintCoreTypeDef(out, type, "core "); }

}  // namespace component::text
