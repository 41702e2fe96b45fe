// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Globals, tables and memories, and the types of externals.

#include <algorithm>

#include "libwasm/c_api/handles.h"
#include "libwasm/c_api/types.h"
#include "libwasm/runtime/memory.h"
#include "libwasm/runtime/table.h"
#include "libwasm/types/type_store.h"

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using trenail::Error;
using trenail::ErrorKind;

namespace {

trenail::Global GlobalOf(const wasm_global_t* global) {
  const wasm_ref_t* const ref = AsRef(global);
  return {&ref->store->store.internal(), static_cast<wasm::runtime::GlobalInst*>(ref->object)};
}
trenail::Table TableOf(const wasm_table_t* table) {
  const wasm_ref_t* const ref = AsRef(table);
  return {&ref->store->store.internal(), static_cast<wasm::runtime::TableInst*>(ref->object)};
}
trenail::Memory MemoryOf(const wasm_memory_t* memory) {
  const wasm_ref_t* const ref = AsRef(memory);
  return {&ref->store->store.internal(), static_cast<wasm::runtime::MemoryInst*>(ref->object)};
}

void Fail(std::string message) { SetLastError(Error(ErrorKind::kHost, std::move(message))); }

// The rules for limits [valid-limits]; types of the embedder have not been validated.
bool InOrder(const trenail::Limits& limits, uint64_t bound) {
  if (limits.min <= bound && (!limits.max || (*limits.max <= bound && *limits.max >= limits.min)))
    return true;
  Fail("the limits are not in order");
  return false;
}

uint32_t Cut(uint64_t size) {
  return static_cast<uint32_t>(std::min<uint64_t>(size, wasm_limits_max_default));
}

}  // namespace

// ---- globals

wasm_global_t* wasm_global_new(wasm_store_t* store, const wasm_globaltype_t* type,
                               const wasm_val_t* value) {
  auto global_type = ToGlobalType(store->store.engine(), type);
  if (!global_type) {
    SetLastError(std::move(global_type.error()));
    return nullptr;
  }
  auto initial = ValToValue(store, global_type->type, *value);
  if (!initial) {
    SetLastError(std::move(initial.error()));
    return nullptr;
  }
  const auto global = trenail::Global::New(store->store, *global_type, *initial);
  return As<wasm_global_t>(NewHandle(store, Kind::kGlobal, global.internal()));
}
wasm_globaltype_t* wasm_global_type(const wasm_global_t* global) {
  return NewGlobalType(AsRef(global)->store->store.engine(), GlobalOf(global).type());
}
void wasm_global_get(const wasm_global_t* global, wasm_val_t* out) {
  *out = ValFromSlots(AsRef(global)->store, GlobalOf(global).type().type, GlobalOf(global).slots());
}
void wasm_global_set(wasm_global_t* global, const wasm_val_t* value) {
  const trenail::Global target = GlobalOf(global);
  if (!target.type().is_mutable) return Fail("the global is immutable");
  auto converted = ValToValue(AsRef(global)->store, target.type().type, *value);
  if (!converted) return SetLastError(std::move(converted.error()));
  target.Set(*converted);
}
uint64_t* trenail_global_slots(wasm_global_t* global) { return GlobalOf(global).slots(); }

// ---- tables

wasm_table_t* wasm_table_new(wasm_store_t* store, const wasm_tabletype_t* type, wasm_ref_t* init) {
  auto table_type = ToTableType(store->store.engine(), type);
  if (!table_type) {
    SetLastError(std::move(table_type.error()));
    return nullptr;
  }
  const bool is_64 = table_type->addr_type == trenail::AddrType::kI64;
  if (!table_type->element.is_ref()) {
    Fail("a table of what are no references");
    return nullptr;
  }
  if (!InOrder(table_type->limits, is_64 ? ~uint64_t{0} : ~uint32_t{0})) return nullptr;
  auto initial = RefToValue(store, table_type->element, init);
  if (!initial) {
    SetLastError(std::move(initial.error()));
    return nullptr;
  }
  auto table = trenail::Table::New(store->store, *table_type, *initial);
  if (!table) {
    SetLastError(std::move(table.error()));
    return nullptr;
  }
  return As<wasm_table_t>(NewHandle(store, Kind::kTable, table->internal()));
}
wasm_tabletype_t* wasm_table_type(const wasm_table_t* table) {
  return NewTableType(AsRef(table)->store->store.engine(), TableOf(table).type());
}
wasm_ref_t* wasm_table_get(const wasm_table_t* table, wasm_table_size_t index) {
  const wasm::runtime::TableInst& target = *TableOf(table).internal();
  if (index >= target.size) return nullptr;
  return RefFromSlot(AsRef(table)->store, target.element_type(), target.elements[index]);
}
bool wasm_table_set(wasm_table_t* table, wasm_table_size_t index, wasm_ref_t* ref) {
  const wasm::runtime::TableInst& target = *TableOf(table).internal();
  if (index >= target.size) {
    Fail("there is no such element");
    return false;
  }
  auto value = RefToValue(AsRef(table)->store, target.element_type(), ref);
  if (!value) {
    SetLastError(std::move(value.error()));
    return false;
  }
  target.elements[index] = value->low();
  return true;
}
wasm_table_size_t wasm_table_size(const wasm_table_t* table) {
  return Cut(TableOf(table).internal()->size);
}
bool wasm_table_grow(wasm_table_t* table, wasm_table_size_t delta, wasm_ref_t* init) {
  wasm::runtime::TableInst& target = *TableOf(table).internal();
  auto value = RefToValue(AsRef(table)->store, target.element_type(), init);
  if (!value) {
    SetLastError(std::move(value.error()));
    return false;
  }
  if (target.Grow(delta, value->low()) != wasm::runtime::TableInst::kGrowFailed) return true;
  Fail("the table cannot grow by so many elements");
  return false;
}

// ---- memories

wasm_memory_t* wasm_memory_new(wasm_store_t* store, const wasm_memorytype_t* type) {
  const bool is_64 = type->type.addr_type == trenail::AddrType::kI64;
  const uint8_t page = type->type.page_size_log2;
  if (page != 0 && page != 16) {
    Fail("pages are of 65536 bytes or of one");
    return nullptr;
  }
  // What is addressed, in pages; with pages of a byte, 64 bits cannot say all of it.
  const uint64_t bound =
      is_64 ? (page == 0 ? ~uint64_t{0} : uint64_t{1} << (64 - page)) : uint64_t{1} << (32 - page);
  if (!InOrder(type->type.limits, bound)) return nullptr;
  if (type->type.shared && !type->type.limits.max) {
    Fail("a shared memory needs a maximum");
    return nullptr;
  }
  auto memory = trenail::Memory::New(store->store, type->type);
  if (!memory) {
    SetLastError(std::move(memory.error()));
    return nullptr;
  }
  return As<wasm_memory_t>(NewHandle(store, Kind::kMemory, memory->internal()));
}
wasm_memorytype_t* wasm_memory_type(const wasm_memory_t* memory) {
  return NewMemoryType(MemoryOf(memory).type());
}
byte_t* wasm_memory_data(wasm_memory_t* memory) {
  return reinterpret_cast<byte_t*>(MemoryOf(memory).data().data());
}
size_t wasm_memory_data_size(const wasm_memory_t* memory) { return MemoryOf(memory).size(); }
wasm_memory_pages_t wasm_memory_size(const wasm_memory_t* memory) {
  return Cut(MemoryOf(memory).internal()->pages());
}
bool wasm_memory_grow(wasm_memory_t* memory, wasm_memory_pages_t delta) {
  if (MemoryOf(memory).Grow(delta)) return true;
  Fail("the memory cannot grow by so many pages");
  return false;
}

// ---- externals

wasm_externtype_t* wasm_extern_type(const wasm_extern_t* handle) {
  const trenail::Engine& engine = AsRef(handle)->store->store.engine();
  const trenail::Extern value = ExternOf(handle);
  trenail::ExternType type;
  type.kind = static_cast<trenail::ExternKind>(value.index());
  switch (type.kind) {
    case trenail::ExternKind::kFunc:
      type.func = std::get<trenail::Func>(value).type();
      break;
    case trenail::ExternKind::kTable:
      type.table = std::get<trenail::Table>(value).type();
      break;
    case trenail::ExternKind::kMemory:
      type.memory = std::get<trenail::Memory>(value).type();
      break;
    case trenail::ExternKind::kGlobal:
      type.global = std::get<trenail::Global>(value).type();
      break;
    case trenail::ExternKind::kTag: {
      const wasm::TypeStore& types = AsRef(handle)->store->store.internal().types();
      const auto* tag = std::get<trenail::Tag>(value).internal();
      type.func = types.Get(tag->type_id).type.comp.func;
      break;
    }
  }
  return NewExternType(engine, type);
}
