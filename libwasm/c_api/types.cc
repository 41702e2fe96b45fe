// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Value, function, global, table and memory types.

#include "libwasm/c_api/types.h"

#include <algorithm>
#include <bit>

#include "libwasm/c_api/handles.h"
#include "libwasm/engine_impl.h"

namespace trenail::c_api {

namespace {

// What wasm.h shows of limits; those of 64 bits that do not fit are cut.
wasm_limits_t ShortLimits(const Limits& limits) {
  const auto cut = [](uint64_t limit) {
    return static_cast<uint32_t>(std::min<uint64_t>(limit, wasm_limits_max_default));
  };
  return {cut(limits.min), limits.max ? cut(*limits.max) : wasm_limits_max_default};
}
Limits LongLimits(const wasm_limits_t& limits) {
  Limits result{.min = limits.min, .max = {}};
  if (limits.max != wasm_limits_max_default) result.max = limits.max;
  return result;
}
Limits LongLimits(const trenail_limits_t& limits) {
  Limits result{.min = limits.min, .max = {}};
  if (limits.has_max) result.max = limits.max;
  return result;
}

wasm_tabletype_t* NewTableType(wasm_valtype_t* element, const TableType& type) {
  auto* const result = new wasm_tabletype_t{};
  result->kind = WASM_EXTERN_TABLE;
  result->element = element;
  result->type = type;
  result->limits = ShortLimits(type.limits);
  return result;
}

void FillTypes(const Engine& engine, const std::vector<ValType>& types, wasm_valtype_vec_t* out) {
  wasm_valtype_vec_new_uninitialized(out, types.size());
  for (size_t i = 0; i < out->size; ++i) out->data[i] = NewValType(engine, types[i]);
}
Result<std::vector<ValType>> ToTypes(const Engine& engine, const wasm_valtype_vec_t& types) {
  std::vector<ValType> result;
  result.reserve(types.size);
  for (size_t i = 0; i < types.size; ++i) result.push_back(TRY(ToValType(engine, types.data[i])));
  return result;
}

}  // namespace

wasm_valkind_t ValKindOf(const wasm::TypeStore& types, ValType type) {
  switch (type.code()) {
    case ValType::kI32:
      return WASM_I32;
    case ValType::kI64:
      return WASM_I64;
    case ValType::kF32:
      return WASM_F32;
    case ValType::kF64:
      return WASM_F64;
    case ValType::kV128:
      return TRENAIL_V128;
    default:
      break;
  }
  switch (types.TopOf(type.heap_type()).abstract()) {
    case HeapType::kFunc:
      return WASM_FUNCREF;
    case HeapType::kExtern:
      return WASM_EXTERNREF;
    case HeapType::kExn:
      return TRENAIL_EXNREF;
    default:
      return TRENAIL_ANYREF;
  }
}

wasm_valtype_t* NewValType(const Engine& engine, ValType type) {
  auto* const result = new wasm_valtype_t{type, {}};
  if (type.is_ref() && type.heap_type().is_concrete()) result->engine = engine.impl();
  return result;
}
wasm_functype_t* NewFuncType(const Engine& engine, const FuncType& type) {
  auto* const result = new wasm_functype_t{};
  result->kind = WASM_EXTERN_FUNC;
  FillTypes(engine, type.params, &result->params);
  FillTypes(engine, type.results, &result->results);
  return result;
}
wasm_globaltype_t* NewGlobalType(const Engine& engine, const GlobalType& type) {
  return wasm_globaltype_new(NewValType(engine, type.type),
                             type.is_mutable ? WASM_VAR : WASM_CONST);
}
wasm_tabletype_t* NewTableType(const Engine& engine, const TableType& type) {
  return NewTableType(NewValType(engine, type.element), type);
}
wasm_memorytype_t* NewMemoryType(const MemType& type) {
  auto* const result = new wasm_memorytype_t{};
  result->kind = WASM_EXTERN_MEMORY;
  result->type = type;
  result->limits = ShortLimits(type.limits);
  return result;
}
wasm_externtype_t* NewExternType(const Engine& engine, const ExternType& type) {
  switch (type.kind) {
    case ExternKind::kFunc:
      return NewFuncType(engine, type.func);
    case ExternKind::kTable:
      return NewTableType(engine, type.table);
    case ExternKind::kMemory:
      return NewMemoryType(type.memory);
    case ExternKind::kGlobal:
      return NewGlobalType(engine, type.global);
    case ExternKind::kTag: {
      wasm_functype_t* const result = NewFuncType(engine, type.func);
      result->kind = TRENAIL_EXTERN_TAG;
      return result;
    }
  }
  return nullptr;
}

Result<ValType> ToValType(const Engine& engine, const wasm_valtype_t* type) {
  if (type->engine != nullptr && type->engine != engine.impl())
    return std::unexpected(Error(ErrorKind::kHost, "the type is one of another engine"));
  return type->type;
}
Result<FuncType> ToFuncType(const Engine& engine, const wasm_functype_t* type) {
  FuncType result;
  result.params = TRY(ToTypes(engine, type->params));
  result.results = TRY(ToTypes(engine, type->results));
  return result;
}
Result<GlobalType> ToGlobalType(const Engine& engine, const wasm_globaltype_t* type) {
  return GlobalType{TRY(ToValType(engine, type->content)), type->mutability == WASM_VAR};
}
Result<TableType> ToTableType(const Engine& engine, const wasm_tabletype_t* type) {
  TableType result = type->type;
  result.element = TRY(ToValType(engine, type->element));
  return result;
}

}  // namespace trenail::c_api

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside

// ---- value types

wasm_valtype_t* wasm_valtype_new(wasm_valkind_t kind) {
  using trenail::ValType;
  switch (kind) {
    case WASM_I32:
      return new wasm_valtype_t{ValType::kI32, {}};
    case WASM_I64:
      return new wasm_valtype_t{ValType::kI64, {}};
    case WASM_F32:
      return new wasm_valtype_t{ValType::kF32, {}};
    case WASM_F64:
      return new wasm_valtype_t{ValType::kF64, {}};
    case WASM_EXTERNREF:
      return new wasm_valtype_t{wasm::kExternRef, {}};
    case WASM_FUNCREF:
      return new wasm_valtype_t{wasm::kFuncRef, {}};
    case TRENAIL_V128:
      return new wasm_valtype_t{ValType::kV128, {}};
    case TRENAIL_ANYREF:
      return new wasm_valtype_t{wasm::kAnyRef, {}};
    case TRENAIL_EXNREF:
      return new wasm_valtype_t{wasm::kExnRef, {}};
    default:
      return nullptr;
  }
}
void wasm_valtype_delete(wasm_valtype_t* type) { delete type; }
wasm_valtype_t* wasm_valtype_copy(const wasm_valtype_t* type) {
  return type != nullptr ? new wasm_valtype_t(*type) : nullptr;
}
wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t* type) {
  if (type->engine != nullptr) return ValKindOf(*type->engine->types, type->type);
  static const wasm::TypeStore& no_types = *new wasm::TypeStore;
  return ValKindOf(no_types, type->type);
}

// ---- function types

wasm_functype_t::~wasm_functype_t() {
  wasm_valtype_vec_delete(&params);
  wasm_valtype_vec_delete(&results);
}
wasm_functype_t* wasm_functype_new(wasm_valtype_vec_t* params, wasm_valtype_vec_t* results) {
  auto* const type = new wasm_functype_t{};
  type->kind = WASM_EXTERN_FUNC;
  if (params != nullptr) type->params = std::exchange(*params, {});
  if (results != nullptr) type->results = std::exchange(*results, {});
  return type;
}
void wasm_functype_delete(wasm_functype_t* type) { delete type; }
wasm_functype_t* wasm_functype_copy(const wasm_functype_t* type) {
  if (type == nullptr) return nullptr;
  auto* const copy = new wasm_functype_t{};
  copy->kind = type->kind;
  wasm_valtype_vec_copy(&copy->params, &type->params);
  wasm_valtype_vec_copy(&copy->results, &type->results);
  return copy;
}
const wasm_valtype_vec_t* wasm_functype_params(const wasm_functype_t* type) {
  return &type->params;
}
const wasm_valtype_vec_t* wasm_functype_results(const wasm_functype_t* type) {
  return &type->results;
}

// ---- global types

wasm_globaltype_t* wasm_globaltype_new(wasm_valtype_t* content, wasm_mutability_t mutability) {
  auto* const type = new wasm_globaltype_t{};
  type->kind = WASM_EXTERN_GLOBAL;
  type->content = content;
  type->mutability = mutability;
  return type;
}
void wasm_globaltype_delete(wasm_globaltype_t* type) { delete type; }
wasm_globaltype_t* wasm_globaltype_copy(const wasm_globaltype_t* type) {
  if (type == nullptr) return nullptr;
  return wasm_globaltype_new(wasm_valtype_copy(type->content), type->mutability);
}
const wasm_valtype_t* wasm_globaltype_content(const wasm_globaltype_t* type) {
  return type->content;
}
wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t* type) {
  return type->mutability;
}

// ---- table types

wasm_tabletype_t* wasm_tabletype_new(wasm_valtype_t* element, const wasm_limits_t* limits) {
  trenail::TableType type;
  type.limits = LongLimits(*limits);
  return NewTableType(element, type);
}
wasm_tabletype_t* trenail_tabletype_new(wasm_valtype_t* element, const trenail_limits_t* limits) {
  trenail::TableType type;
  type.addr_type = limits->is_64 ? trenail::AddrType::kI64 : trenail::AddrType::kI32;
  type.limits = LongLimits(*limits);
  return NewTableType(element, type);
}
void wasm_tabletype_delete(wasm_tabletype_t* type) { delete type; }
wasm_tabletype_t* wasm_tabletype_copy(const wasm_tabletype_t* type) {
  if (type == nullptr) return nullptr;
  return NewTableType(wasm_valtype_copy(type->element), type->type);
}
const wasm_valtype_t* wasm_tabletype_element(const wasm_tabletype_t* type) { return type->element; }
const wasm_limits_t* wasm_tabletype_limits(const wasm_tabletype_t* type) { return &type->limits; }
void trenail_tabletype_limits(const wasm_tabletype_t* type, trenail_limits_t* out) {
  const trenail::Limits& limits = type->type.limits;
  *out = {.min = limits.min,
          .max = limits.max.value_or(0),
          .has_max = limits.max.has_value(),
          .is_64 = type->type.addr_type == trenail::AddrType::kI64,
          .is_shared = false,
          .page_size = 0};
}

// ---- memory types

wasm_memorytype_t* wasm_memorytype_new(const wasm_limits_t* limits) {
  trenail::MemType type;
  type.limits = LongLimits(*limits);
  return NewMemoryType(type);
}
wasm_memorytype_t* trenail_memorytype_new(const trenail_limits_t* limits) {
  trenail::MemType type;
  type.addr_type = limits->is_64 ? trenail::AddrType::kI64 : trenail::AddrType::kI32;
  type.limits = LongLimits(*limits);
  type.shared = limits->is_shared;
  if (limits->page_size != 0)
    type.page_size_log2 = static_cast<uint8_t>(std::countr_zero(limits->page_size));
  return NewMemoryType(type);
}
void wasm_memorytype_delete(wasm_memorytype_t* type) { delete type; }
wasm_memorytype_t* wasm_memorytype_copy(const wasm_memorytype_t* type) {
  return type != nullptr ? new wasm_memorytype_t(*type) : nullptr;
}
const wasm_limits_t* wasm_memorytype_limits(const wasm_memorytype_t* type) { return &type->limits; }
void trenail_memorytype_limits(const wasm_memorytype_t* type, trenail_limits_t* out) {
  const trenail::Limits& limits = type->type.limits;
  *out = {.min = limits.min,
          .max = limits.max.value_or(0),
          .has_max = limits.max.has_value(),
          .is_64 = type->type.addr_type == trenail::AddrType::kI64,
          .is_shared = type->type.shared,
          .page_size = uint32_t{1} << type->type.page_size_log2};
}
