// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/parse_types.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "libwasm/binary/module_encoder.h"
#include "libwasm/support/leb128.h"
#include "libwasm/text/keywords.h"

namespace wasm::text {
namespace {

// Two function types are the same, as syntax, exactly if their keys are.
std::string FuncTypeKey(const FuncType& type) {
  std::string key;
  key.reserve(4 * (type.params.size() + type.results.size() + 1));
  auto append = [&key](uint32_t word) {
    for (int i = 0; i < 4; ++i) key.push_back(static_cast<char>(word >> (8 * i)));
  };
  for (ValType param : type.params) append(param.bits());
  append(ValType::kBot);
  for (ValType result : type.results) append(result.bits());
  return key;
}

// The first plain definition of the type; a new one behind all others if there is none.
uint32_t InternFuncType(ModuleState& m, FuncType type) {
  std::string key = FuncTypeKey(type);
  if (const auto found = m.plain_func_types.find(std::string_view(key));
      found != m.plain_func_types.end())
    return found->second;
  const auto index = static_cast<uint32_t>(m.type_entries.size());
  SubType definition;
  definition.comp.func = type;
  binary::WriteSubType(m.type.bytes, definition);
  ++m.type.count;
  m.plain_func_types.emplace(m.arena.Keep(std::move(key)), index);
  m.type_entries.push_back({std::move(type), true});
  return index;
}

bool ParseStorageType(ModuleState& m, ValType* type) {
  if (m.in.TakeKeyword("i8")) {
    *type = ValType::kI8;
    return true;
  }
  if (m.in.TakeKeyword("i16")) {
    *type = ValType::kI16;
    return true;
  }
  return ParseValType(m, type);
}

bool ParseFieldType(ModuleState& m, FieldType* field) {
  field->is_mutable = m.in.TakeForm("mut");
  return ParseStorageType(m, &field->type) && (!field->is_mutable || m.in.ExpectRight());
}

// [text-comptype]; the names of fields go to the type's index space.
bool ParseCompType(ModuleState& m, CompType* comp, IndexSpace* fields) {
  Cursor& in = m.in;
  if (in.TakeForm("func")) {
    comp->kind = CompType::Kind::kFunc;
    IndexSpace params;  // their names mean nothing here
    return ParseParamsAndResults(m, &comp->func, &params) && in.ExpectRight();
  }
  if (in.TakeForm("array")) {
    comp->kind = CompType::Kind::kArray;
    comp->fields.emplace_back();
    return ParseFieldType(m, &comp->fields[0]) && in.ExpectRight();
  }
  if (!in.ExpectForm("struct")) return false;
  comp->kind = CompType::Kind::kStruct;
  while (in.TakeForm("field")) {
    Binder binder;
    if (!ParseBinder(m, &binder)) return false;
    const bool named = binder.id != nullptr || binder.annotation;
    while (named || !in.At(TokenKind::kRight)) {
      if (!ParseFieldType(m, &comp->fields.emplace_back()) || !Bind(m, *fields, binder))
        return false;
      if (named) break;
    }
    if (!in.ExpectRight()) return false;
  }
  return in.ExpectRight();
}

// One (type …), written to the type section.
bool ParseTypeDefinition(ModuleState& m, bool alone) {
  Binder binder;
  if (!m.in.ExpectForm("type") || !ParseBinder(m, &binder)) return false;
  const auto index = static_cast<uint32_t>(m.type_entries.size());
  SubType type;
  if (!ParseSubType(m, &type, &m.fields[index]) || !m.in.ExpectRight()) return false;
  binary::WriteSubType(m.type.bytes, type);
  TypeEntry& entry = m.type_entries.emplace_back();
  if (type.comp.kind != CompType::Kind::kFunc) return true;
  entry.plain = alone && type.is_final && type.supertypes.empty();
  if (entry.plain) m.plain_func_types.emplace(m.arena.Keep(FuncTypeKey(type.comp.func)), index);
  entry.func = std::move(type.comp.func);
  return true;
}

bool CollectTypeDefinition(ModuleState& m) {
  const uint32_t at = m.in.index();
  Binder binder;
  if (!m.in.ExpectForm("type") || !ParseBinder(m, &binder) || !Bind(m, m.types, binder))
    return false;
  m.fields.push_back({"field"});
  m.in.Seek(at);
  m.in.SkipForm();
  return true;
}

// A limit beyond its address type is a question of validation; what is no u64 at all cannot be
// written down in the binary format.
bool ParseLimits(ModuleState& m, Limits* limits) {
  if (!m.in.ExpectNat(m.limit_bits, &limits->min)) return false;
  if (!m.in.At(TokenKind::kNat)) return true;
  return m.in.ExpectNat(m.limit_bits, &limits->max.emplace());
}

}  // namespace

bool ParseHeapType(ModuleState& m, HeapType* type) {
  if (m.in.AtIndex()) {
    uint32_t index = 0;
    if (!ParseIndex(m, m.types, &index)) return false;
    // Beyond what a module can have, so just as unknown.
    *type = HeapType::Concrete(std::min(index, HeapType::kMaxConcrete));
    return true;
  }
  if (m.in.At(TokenKind::kKeyword)) {
    if (const auto abstract = FindAbstractHeapType(m.in.Text(m.in.Peek()))) {
      m.in.Take();
      *type = *abstract;
      return true;
    }
  }
  return m.in.Unexpected();
}

bool AtRefType(const Cursor& in) {
  if (in.AtForm("ref")) return true;
  if (!in.At(TokenKind::kKeyword)) return false;
  const auto type = FindSimpleType(in.Text(in.Peek()));
  return type && type->is_ref();
}

bool ParseRefType(ModuleState& m, ValType* type) {
  if (m.in.TakeForm("ref")) {
    const bool nullable = m.in.TakeKeyword("null");
    HeapType heap_type;
    if (!ParseHeapType(m, &heap_type)) return false;
    *type = ValType::Ref(heap_type, nullable);
    return m.in.ExpectRight();
  }
  if (!AtRefType(m.in)) return m.in.Unexpected();
  *type = *FindSimpleType(m.in.Text(m.in.Take()));
  return true;
}

bool ParseValType(ModuleState& m, ValType* type) {
  if (m.in.At(TokenKind::kKeyword)) {
    const auto simple = FindSimpleType(m.in.Text(m.in.Peek()));
    if (!simple || simple->is_packed()) return m.in.Unexpected();
    *type = *simple;
    m.in.Take();
    return true;
  }
  if (m.in.At(TokenKind::kLeft) && !m.in.AtForm("ref")) m.in.Take();
  return ParseRefType(m, type);
}

bool ParseParamsAndResults(ModuleState& m, FuncType* type, IndexSpace* locals) {
  Cursor& in = m.in;
  while (in.TakeForm("param")) {
    Binder binder;
    if (locals != nullptr && !ParseBinder(m, &binder)) return false;
    const bool named = binder.id != nullptr || binder.annotation;
    while (named || !in.At(TokenKind::kRight)) {
      if (!ParseValType(m, &type->params.emplace_back())) return false;
      if (locals != nullptr && !Bind(m, *locals, binder)) return false;
      if (named) break;
    }
    if (!in.ExpectRight()) return false;
  }
  while (in.TakeForm("result")) {
    while (!in.At(TokenKind::kRight))
      if (!ParseValType(m, &type->results.emplace_back())) return false;
    in.Take();
  }
  if (!in.AtForm("param")) return true;
  in.Take();
  return in.Unexpected();
}

// `index` is empty if only the short form is there: then `type` holds it.
static bool ParseTypeUseParts(ModuleState& m, std::optional<uint32_t>* index, FuncType* type,
                              IndexSpace* locals) {
  Cursor& in = m.in;
  const Token& type_token = in.Peek();
  if (in.TakeForm("type")) {
    if (!ParseIndex(m, m.types, &index->emplace()) || !in.ExpectRight()) return false;
  }
  const bool inline_type = in.AtForm("param") || in.AtForm("result");
  if (!ParseParamsAndResults(m, type, locals)) return false;
  if (!*index) return true;
  const FuncType* named = **index < m.type_entries.size() && m.type_entries[**index].func
                              ? &*m.type_entries[**index].func
                              : nullptr;
  // An inline type without parameters and results is as good as none.
  if (inline_type && (!type->params.empty() || !type->results.empty())) {
    if (named == nullptr)
      return in.Fail(type_token, **index < m.type_entries.size()
                                     ? "non-function type " + std::to_string(**index)
                                     : "unknown type " + std::to_string(**index));
    if (*type != *named)
      return in.Fail(type_token, "inline function type does not match explicit type");
  } else if (named != nullptr && locals != nullptr) {
    locals->count += static_cast<uint32_t>(named->params.size());
  }
  return true;
}

bool ParseTypeUse(ModuleState& m, uint32_t* index, IndexSpace* locals) {
  std::optional<uint32_t> explicit_index;
  FuncType type;
  if (!ParseTypeUseParts(m, &explicit_index, &type, locals)) return false;
  *index = explicit_index ? *explicit_index : InternFuncType(m, std::move(type));
  return true;
}

bool ParseBlockType(ModuleState& m, std::vector<uint8_t>& out) {
  std::optional<uint32_t> index;
  FuncType type;
  if (!ParseTypeUseParts(m, &index, &type, nullptr)) return false;
  if (!index && type.params.empty() && type.results.size() <= 1) {
    if (type.results.empty()) {
      out.push_back(0x40);
    } else {
      binary::WriteValType(out, type.results[0]);
    }
    return true;
  }
  WriteSignedLeb(out, index ? *index : InternFuncType(m, std::move(type)));
  return true;
}

AddrType ParseAddrType(Cursor& in) {
  if (in.TakeKeyword("i64")) return AddrType::kI64;
  in.TakeKeyword("i32");
  return AddrType::kI32;
}

bool ParseTableType(ModuleState& m, TableType* type) {
  type->addr_type = ParseAddrType(m.in);
  return ParseLimits(m, &type->limits) && ParseRefType(m, &type->element);
}

bool ParsePageSize(ModuleState& m, MemType* type) {
  if (!m.in.TakeForm("pagesize")) return true;
  const Token& token = m.in.Peek();
  uint64_t size = 0;
  if (!m.in.ExpectNat(64, &size)) return false;
  if (!std::has_single_bit(size)) return m.in.Fail(token, "invalid custom page size");
  type->page_size_log2 = static_cast<uint8_t>(std::countr_zero(size));
  return m.in.ExpectRight();
}

bool ParseMemLimits(ModuleState& m, MemType* type) {
  if (!ParseLimits(m, &type->limits)) return false;
  type->shared = m.in.TakeKeyword("shared");
  return ParsePageSize(m, type);
}

bool ParseGlobalType(ModuleState& m, GlobalType* type) {
  type->is_mutable = m.in.TakeForm("mut");
  return ParseValType(m, &type->type) && (!type->is_mutable || m.in.ExpectRight());
}

bool ParseSubType(ModuleState& m, SubType* type, IndexSpace* fields) {
  Cursor& in = m.in;
  if (!in.TakeForm("sub")) return ParseCompType(m, &type->comp, fields);
  type->is_final = in.TakeKeyword("final");
  while (in.AtIndex())
    if (!ParseIndex(m, m.types, &type->supertypes.emplace_back())) return false;
  return ParseCompType(m, &type->comp, fields) && in.ExpectRight();
}

bool CollectTypeField(ModuleState& m) {
  if (!m.in.TakeForm("rec")) return CollectTypeDefinition(m);
  while (!m.in.At(TokenKind::kRight))
    if (!CollectTypeDefinition(m)) return false;
  m.in.Take();
  return true;
}

bool ParseTypeField(ModuleState& m) {
  ++m.type.count;
  if (!m.in.TakeForm("rec")) return ParseTypeDefinition(m, true);
  constexpr uint8_t kRec = 0x4e;
  const uint32_t begin = m.in.index();
  uint32_t size = 0;
  for (; !m.in.At(TokenKind::kRight); m.in.SkipForm()) ++size;
  m.in.Seek(begin);
  m.type.bytes.push_back(kRec);
  WriteUnsignedLeb(m.type.bytes, size);
  for (uint32_t i = 0; i < size; ++i)
    if (!ParseTypeDefinition(m, size == 1)) return false;
  return m.in.ExpectRight();
}

}  // namespace wasm::text
