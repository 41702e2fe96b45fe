// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types and core types in one line each.

#include "libcomponent/binary/describe.h"
#include "libcomponent/syntax/words.h"
#include "libwasm/text/printer_values.h"

namespace component::binary {
namespace {

using wasm::text::AppendName;
using wasm::text::AppendUnsigned;

void Append(std::string& out, const ValTypeUse& type) {
  out += ' ';
  if (type.is_index)
    AppendIndexed(out, "type", type.index);
  else
    out += Word(type.prim);
}
void Append(std::string& out, const std::optional<ValTypeUse>& type) {
  if (type) Append(out, *type);
}
void Append(std::string& out, std::string_view keyword, const std::optional<ValTypeUse>& type) {
  if (!type) return;
  out += " (";
  out += keyword;
  Append(out, *type);
  out += ')';
}
void Append(std::string& out, std::string_view keyword, const std::vector<LabelValType>& types) {
  for (const LabelValType& type : types) {
    out += " (";
    out += keyword;
    out += ' ';
    AppendName(out, type.label);
    Append(out, type.type);
    out += ')';
  }
}

void Append(std::string& out, const DefValType& type) {
  if (type.kind == DefValType::Kind::kPrim) {
    out += ' ';
    out += Word(type.prim);
    return;
  }
  out += " (";
  out += Word(type.kind);
  Append(out, "field", type.fields);
  for (const CaseSyntax& variant_case : type.cases) {
    out += " (case ";
    AppendName(out, variant_case.label);
    Append(out, variant_case.type);
    out += ')';
  }
  for (const ValTypeUse& element : type.elements) Append(out, element);
  for (const std::string& label : type.labels) {
    out += ' ';
    AppendName(out, label);
  }
  Append(out, type.ok);
  Append(out, "error", type.error);
  if (type.kind == DefValType::Kind::kFixedLengthList) {
    out += ' ';
    AppendUnsigned(out, type.length);
  }
  if (type.kind == DefValType::Kind::kOwn || type.kind == DefValType::Kind::kBorrow) {
    out += ' ';
    AppendIndexed(out, "type", type.resource);
  }
  out += ')';
}

void Append(std::string& out, const FuncTypeSyntax& type) {
  out += type.is_async ? " (func async" : " (func";
  Append(out, "param", type.params);
  Append(out, "result", type.result);
  out += ')';
}

// ---- core types --------------------------------------------------------------------------------

void Append(std::string& out, wasm::ValType type) {
  out += ' ';
  if (!type.is_ref()) {
    out += type.code() == wasm::ValType::kI8    ? "i8"
           : type.code() == wasm::ValType::kI16 ? "i16"
                                                : wasm::text::NumTypeText(type.code());
    return;
  }
  out += type.is_nullable() ? "(ref null " : "(ref ";
  if (type.heap_type().is_concrete())
    AppendIndexed(out, "type", type.heap_type().concrete());
  else
    out += wasm::text::HeapTypeText(type.heap_type().abstract());
  out += ')';
}

void Append(std::string& out, wasm::AddrType addr_type, const wasm::Limits& limits) {
  out += addr_type == wasm::AddrType::kI64 ? " i64 " : " ";
  AppendUnsigned(out, limits.min);
  out += "..";
  if (limits.max) AppendUnsigned(out, *limits.max);
}

void Append(std::string& out, const wasm::FieldType& field) {
  out += " (field";
  if (field.is_mutable) out += " mut";
  Append(out, field.type);
  out += ')';
}

void Append(std::string& out, const wasm::SubType& type) {
  if (!type.is_final) out += " open";
  for (const uint32_t supertype : type.supertypes) {
    out += " sub of ";
    AppendIndexed(out, "type", supertype);
  }
  switch (type.comp.kind) {
    case wasm::CompType::Kind::kFunc:
      out += " (func";
      if (!type.comp.func.params.empty()) {
        out += " (param";
        for (const wasm::ValType param : type.comp.func.params) Append(out, param);
        out += ')';
      }
      if (!type.comp.func.results.empty()) {
        out += " (result";
        for (const wasm::ValType result : type.comp.func.results) Append(out, result);
        out += ')';
      }
      break;
    case wasm::CompType::Kind::kStruct:
      out += " (struct";
      break;
    case wasm::CompType::Kind::kArray:
      out += " (array";
      break;
  }
  for (const wasm::FieldType& field : type.comp.fields) Append(out, field);
  out += ')';
}

void Append(std::string& out, const CoreRecType& type) {
  if (type.explicit_group) out += " (rec";
  for (const wasm::SubType& sub_type : type.types) Append(out, sub_type);
  if (type.explicit_group) out += ')';
}

void Append(std::string& out, const CoreExternType& type) {
  switch (type.kind) {
    case wasm::ExternKind::kFunc:
    case wasm::ExternKind::kTag:
      out += type.kind == wasm::ExternKind::kFunc ? " func " : " tag ";
      AppendIndexed(out, "type", type.type);
      break;
    case wasm::ExternKind::kTable:
      out += " table";
      Append(out, type.table.addr_type, type.table.limits);
      Append(out, type.table.element);
      break;
    case wasm::ExternKind::kMemory:
      out += " memory";
      Append(out, type.memory.addr_type, type.memory.limits);
      if (type.memory.shared) out += " shared";
      if (type.memory.page_size_log2 != wasm::kDefaultPageSizeLog2) {
        out += " pages of 2^";
        AppendUnsigned(out, type.memory.page_size_log2);
      }
      break;
    case wasm::ExternKind::kGlobal:
      out += type.global.is_mutable ? " global mut" : " global";
      Append(out, type.global.type);
      break;
  }
}

}  // namespace

void Describe(std::string& out, const ValTypeUse& type) { Append(out, type); }
void Describe(std::string& out, wasm::ValType type) { Append(out, type); }
void DescribeResult(std::string& out, const std::optional<ValTypeUse>& type) {
  Append(out, "result", type);
}

void Describe(std::string& out, const TypeDef& type) {
  struct Visitor {
    std::string& out;
    void operator()(const DefValType& t) { Append(out, t); }
    void operator()(const FuncTypeSyntax& t) { Append(out, t); }
    void operator()(const ComponentTypeSyntax& t) {
      out += " component";
      AppendCount(out, t.decls.size(), "declarators");
    }
    void operator()(const InstanceTypeSyntax& t) {
      out += " instance";
      AppendCount(out, t.decls.size(), "declarators");
    }
    void operator()(const ResourceTypeSyntax& t) {
      out += " (resource (rep";
      Append(out, t.rep);
      out += ')';
      if (t.dtor) {
        out += " (dtor ";
        AppendItem(out, Sort::kCoreFunc, *t.dtor);
        out += ')';
      }
      out += ')';
    }
  };
  std::visit(Visitor{out}, type.type);
}

void Describe(std::string& out, const CoreType& type) {
  if (const auto* rec_type = std::get_if<CoreRecType>(&type.type)) {
    Append(out, *rec_type);
  } else {
    out += " module";
    AppendCount(out, std::get<CoreModuleType>(type.type).decls.size(), "declarators");
  }
}

void Describe(std::string& out, const CoreModuleDecl& decl) {
  switch (decl.kind) {
    case CoreModuleDecl::Kind::kImport:
      out += " import ";
      AppendName(out, decl.module);
      out += ' ';
      AppendName(out, decl.name);
      Append(out, decl.type);
      break;
    case CoreModuleDecl::Kind::kType:
      out += " type";
      Describe(out, *decl.core_type);
      break;
    case CoreModuleDecl::Kind::kAlias:
      out += " type alias outer ";
      AppendUnsigned(out, decl.outer_count);
      out += ' ';
      AppendItem(out, Sort::kCoreType, decl.outer_index);
      break;
    case CoreModuleDecl::Kind::kExport:
      out += " export ";
      AppendName(out, decl.name);
      Append(out, decl.type);
      break;
  }
}

}  // namespace component::binary
