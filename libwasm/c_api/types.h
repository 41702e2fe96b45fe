// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The types of wasm.h: those of the library, with what the header's accessors lend beside them.

#ifndef TRENAIL_LIBWASM_C_API_TYPES_H_
#define TRENAIL_LIBWASM_C_API_TYPES_H_

#include <memory>
#include <vector>

#include "libwasm/c_api/include/wasm.h"
#include "libwasm/libwasm.h"

struct wasm_valtype_t {
  trenail::ValType type;
  // Whose canonical types a concrete type is one of; otherwise null.
  std::shared_ptr<const trenail::Engine::Impl> engine;
};

struct wasm_externtype_t {
  wasm_externkind_t kind;
};
struct wasm_functype_t : wasm_externtype_t {
  ~wasm_functype_t();
  wasm_valtype_vec_t params;
  wasm_valtype_vec_t results;
};
struct wasm_globaltype_t : wasm_externtype_t {
  ~wasm_globaltype_t() { wasm_valtype_delete(content); }
  wasm_valtype_t* content;
  wasm_mutability_t mutability;
};
struct wasm_tabletype_t : wasm_externtype_t {
  ~wasm_tabletype_t() { wasm_valtype_delete(element); }
  wasm_valtype_t* element;
  trenail::TableType type;  // but for the element
  wasm_limits_t limits;
};
struct wasm_memorytype_t : wasm_externtype_t {
  trenail::MemType type;
  wasm_limits_t limits;
};

struct wasm_importtype_t {
  wasm_name_t module;
  wasm_name_t name;
  wasm_externtype_t* type;
};
struct wasm_exporttype_t {
  wasm_name_t name;
  wasm_externtype_t* type;
};

namespace trenail::c_api {

wasm_valtype_t* NewValType(const Engine& engine, ValType type);
wasm_functype_t* NewFuncType(const Engine& engine, const FuncType& type);
wasm_globaltype_t* NewGlobalType(const Engine& engine, const GlobalType& type);
wasm_tabletype_t* NewTableType(const Engine& engine, const TableType& type);
wasm_memorytype_t* NewMemoryType(const MemType& type);
wasm_externtype_t* NewExternType(const Engine& engine, const ExternType& type);

// The other way, for `engine`. Errors: kHost for concrete types of another one.
Result<ValType> ToValType(const Engine& engine, const wasm_valtype_t* type);
Result<FuncType> ToFuncType(const Engine& engine, const wasm_functype_t* type);
Result<GlobalType> ToGlobalType(const Engine& engine, const wasm_globaltype_t* type);
Result<TableType> ToTableType(const Engine& engine, const wasm_tabletype_t* type);

}  // namespace trenail::c_api

#endif  // TRENAIL_LIBWASM_C_API_TYPES_H_
