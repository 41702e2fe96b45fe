// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/validate/module_rules.h"

#include <algorithm>
#include <numeric>

#include "libwasm/validate/errors.h"

namespace wasm::validate {

bool ModuleRules::CheckAll() {
  c_.declared.resize(m_.functions.size());
  return CheckTypes() && CheckFunctions() && CheckTags() && CheckMemories() && CheckTables() &&
         CheckGlobals() && CheckExports() && CheckStart() && CheckElems() && CheckDatas();
}

bool ModuleRules::CheckFuncTypeIdx(TypeIdx index, uint64_t offset, const CanonType** type) {
  if (index.value >= c_.types.size())
    return sink_.Invalid(offset, errors::Unknown("type", index.value));
  *type = c_.types[index.value];
  return (*type)->type.comp.kind == CompType::Kind::kFunc ||
         sink_.Invalid(
             offset, "type mismatch: type " + std::to_string(index.value) + " is no function type");
}

bool ModuleRules::CheckFunctions() {
  c_.functions.reserve(m_.functions.size());
  for (const Function& function : m_.functions) {
    const CanonType* type;
    if (!CheckFuncTypeIdx(function.type, function.offset, &type)) return false;
    c_.functions.push_back(type);
  }
  return true;
}

// [valid-tag]
bool ModuleRules::CheckTags() {
  c_.tags.reserve(m_.tags.size());
  for (const Tag& tag : m_.tags) {
    const CanonType* type;
    if (!CheckFuncTypeIdx(tag.type, tag.offset, &type)) return false;
    if (!type->type.comp.func.results.empty())
      return sink_.Invalid(tag.offset, "non-empty tag result type");
    c_.tags.push_back(type);
  }
  return true;
}

// [valid-tabletype]
bool ModuleRules::CheckTableType(const Table& table) {
  const TableType& type = table.type;
  ValType element;
  if (!c_.CheckValType(type.element, table.offset, &sink_, &element)) return false;
  c_.tables.push_back(element);
  const bool is_64 = type.addr_type == AddrType::kI64;
  if (!is_64 && std::max(type.limits.min, type.limits.max.value_or(0)) > UINT32_MAX)
    return sink_.Invalid(table.offset, "table size must be at most 2^32-1");
  if (type.limits.max.has_value() && type.limits.min > *type.limits.max)
    return sink_.Invalid(table.offset, "size minimum must not be greater than maximum");
  return true;
}

bool ModuleRules::CheckTables() {
  if (m_.tables.size() > 1 && !c_.features.Has(Feature::kReferenceTypes))
    return sink_.Invalid(m_.tables[1].offset, "multiple tables");
  for (size_t i = 0; i < m_.tables.size(); ++i) {
    const Table& table = m_.tables[i];
    if (!CheckTableType(table)) return false;
    // The globals that a table's initializer sees are the imported ones [valid-module].
    if (table.init.has_value()) {
      if (!CheckImportedGlobals() ||
          !CheckConst(*table.init, c_.tables[i], m_.num_imported_globals))
        return false;
    } else if (i >= m_.num_imported_tables && !table.type.element.is_defaultable()) {
      return sink_.Invalid(table.offset,
                           "type mismatch: a table of non-null references needs an "
                           "initializer");
    }
  }
  return true;
}

// [valid-memtype]
bool ModuleRules::CheckMemType(const Memory& memory) {
  const MemType& type = memory.type;
  if (type.page_size_log2 != 0 && type.page_size_log2 != kDefaultPageSizeLog2)
    return sink_.Invalid(memory.offset, "invalid custom page size");
  const uint64_t size = std::max(type.limits.min, type.limits.max.value_or(0));
  // 2^32 or 2^64 bytes; with pages of one byte the latter is no limit at all.
  if (type.addr_type == AddrType::kI32) {
    const uint64_t most = uint64_t{1} << (32 - type.page_size_log2);
    if (type.page_size_log2 == 0 ? size > UINT32_MAX : size > most)
      return sink_.Invalid(memory.offset,
                           type.page_size_log2 == 0
                               ? "memory size must be at most 4294967295 pages of one byte"
                               : "memory size must be at most 65536 pages (4GiB)");
  } else if (type.page_size_log2 != 0 && size > uint64_t{1} << (64 - type.page_size_log2)) {
    return sink_.Invalid(memory.offset, "memory size must be at most 2^48 pages");
  }
  if (type.limits.max.has_value() && type.limits.min > *type.limits.max)
    return sink_.Invalid(memory.offset, "size minimum must not be greater than maximum");
  if (type.shared && !type.limits.max.has_value())
    return sink_.Invalid(memory.offset, "shared memory must have maximum");
  return true;
}

bool ModuleRules::CheckMemories() {
  if (m_.memories.size() > 1 && !c_.features.Has(Feature::kMultiMemory))
    return sink_.Invalid(m_.memories[1].offset, "multiple memories");
  for (const Memory& memory : m_.memories)
    if (!CheckMemType(memory)) return false;
  return true;
}

bool ModuleRules::CheckImportedGlobals() {
  for (size_t i = c_.globals.size(); i < m_.num_imported_globals; ++i) {
    ValType type;
    if (!c_.CheckValType(m_.globals[i].type.type, m_.globals[i].offset, &sink_, &type))
      return false;
    c_.globals.push_back(type);
  }
  return true;
}

// [valid-globalseq] A global sees those before it.
bool ModuleRules::CheckGlobals() {
  c_.globals.reserve(m_.globals.size());
  if (!CheckImportedGlobals()) return false;
  for (size_t i = m_.num_imported_globals; i < m_.globals.size(); ++i) {
    const Global& global = m_.globals[i];
    ValType type;
    if (!c_.CheckValType(global.type.type, global.offset, &sink_, &type) ||
        !CheckConst(global.init, type, i))
      return false;
    c_.globals.push_back(type);
  }
  return true;
}

bool ModuleRules::CheckConst(const ConstExpr& expr, ValType type, size_t num_globals) {
  return exprs_.ValidateConst(expr.range, type, static_cast<uint32_t>(num_globals), &c_.declared,
                              &sink_) != nullptr;
}

bool ModuleRules::CheckExternIndex(ExternKind kind, uint32_t index, uint64_t offset) {
  const auto check = [&](std::string_view what, size_t size) {
    return index < size || sink_.Invalid(offset, errors::Unknown(what, index));
  };
  switch (kind) {
    case ExternKind::kFunc:
      return check("function", m_.functions.size());
    case ExternKind::kTable:
      return check("table", m_.tables.size());
    case ExternKind::kMemory:
      return check("memory", m_.memories.size());
    case ExternKind::kGlobal:
      return check("global", m_.globals.size());
    case ExternKind::kTag:
      return check("tag", m_.tags.size());
  }
  return false;
}

// [valid-export]
bool ModuleRules::CheckExports() {
  for (const Export& exported : m_.exports) {
    if (!CheckExternIndex(exported.kind, exported.index, exported.offset)) return false;
    if (exported.kind == ExternKind::kFunc) c_.declared[exported.index] = 1;
  }
  std::vector<uint32_t> by_name(m_.exports.size());
  std::iota(by_name.begin(), by_name.end(), 0);
  std::sort(by_name.begin(), by_name.end(),
            [&](uint32_t a, uint32_t b) { return m_.exports[a].name < m_.exports[b].name; });
  for (size_t i = 1; i < by_name.size(); ++i) {
    const Export& exported = m_.exports[by_name[i]];
    if (exported.name == m_.exports[by_name[i - 1]].name)
      return sink_.Invalid(exported.offset,
                           "duplicate export name \"" + std::string(exported.name) + "\"");
  }
  return true;
}

// [valid-start]
bool ModuleRules::CheckStart() {
  if (!m_.start.has_value()) return true;
  if (!CheckExternIndex(ExternKind::kFunc, m_.start->value, m_.start_offset)) return false;
  const FuncType& type = c_.functions[m_.start->value]->type.comp.func;
  return (type.params.empty() && type.results.empty()) ||
         sink_.Invalid(m_.start_offset, "start function must have no parameters and no results");
}

bool ModuleRules::CheckElemItems(const ElemSegment& elem, ValType type) {
  CheckedReader r(m_.Bytes(elem.items), elem.items.begin, &sink_);
  for (uint32_t i = 0; i < elem.count; ++i) {
    if (elem.uses_exprs) {
      const uint32_t begin = static_cast<uint32_t>(r.offset());
      const uint8_t* end =
          exprs_.ValidateConst({begin, elem.items.end}, type,
                               static_cast<uint32_t>(c_.globals.size()), &c_.declared, &sink_);
      if (end == nullptr) return false;
      r.SetPosition(end);
    } else {
      const uint32_t index = r.ReadU32();
      if (!CheckExternIndex(ExternKind::kFunc, index, elem.offset)) return false;
      c_.declared[index] = 1;
    }
  }
  return r.ok();
}

// [valid-elem]
bool ModuleRules::CheckElems() {
  c_.elems.reserve(m_.elems.size());
  for (const ElemSegment& elem : m_.elems) {
    ValType type;
    if (!c_.CheckValType(elem.type, elem.offset, &sink_, &type)) return false;
    c_.elems.push_back(type);
    if (elem.mode == SegmentMode::kActive) {
      if (!CheckExternIndex(ExternKind::kTable, elem.table.value, elem.offset)) return false;
      const ValType table = c_.tables[elem.table.value];
      if (!c_.store.Matches(type, table))
        return sink_.Invalid(elem.offset,
                             errors::NotASubtype(TypePrinter(vm_.type_ids), type, table));
      if (!CheckConst(elem.table_offset, AddrValType(m_.tables[elem.table.value].type.addr_type),
                      c_.globals.size()))
        return false;
    }
    if (!CheckElemItems(elem, type)) return false;
  }
  return true;
}

// [valid-data]
bool ModuleRules::CheckDatas() {
  for (const DataSegment& data : m_.datas) {
    if (data.mode != SegmentMode::kActive) continue;
    if (!CheckExternIndex(ExternKind::kMemory, data.memory.value, data.offset)) return false;
    if (!CheckConst(data.memory_offset, AddrValType(m_.memories[data.memory.value].type.addr_type),
                    c_.globals.size()))
      return false;
  }
  return true;
}

}  // namespace wasm::validate
