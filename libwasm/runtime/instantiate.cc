// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The instance belongs to the store before anything of it is evaluated: what the evaluation
// allocates is found through it, and after a failure its parts may be referred to by others
// already.

#include "libwasm/runtime/instantiate.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "libwasm/runtime/bulk.h"
#include "libwasm/runtime/compiled_code.h"
#include "libwasm/runtime/const_eval.h"
#include "libwasm/runtime/elem_segment.h"
#include "libwasm/runtime/import_match.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/instance_pool.h"
#include "libwasm/runtime/ops_call.h"
#include "libwasm/runtime/ops_memory.h"
#include "libwasm/runtime/ops_table.h"
#include "libwasm/runtime/store_impl.h"
#include "libwasm/runtime/trace.h"

namespace wasm::runtime {

Instantiation::Instantiation(Store& store, std::shared_ptr<const ValidatedModule> module)
    : store_(store),
      validated_(std::move(module)),
      module_(validated_->module())
#ifndef TRENAIL_NO_POOL
      ,
      pool_(InstancePool::Of(*validated_, store.impl().pool_budget))
#endif
{
}

Result<Instance*> Instantiation::Run(std::span<const Extern> imports, std::string name,
                                     const void* owner) {
  TRY_VOID(CheckImports(imports));
  TRY_VOID(MakeData(std::move(name)));
  data_->SetOwner(owner);
  LinkImports(imports);
  TRY_VOID(AllocateMemories());
  TRY_VOID(AllocateTables());
  AllocateTags();
  Trap trap = InitAllButData();
  if (trap == Trap::kNone) {
    trap = RunDataSegments();
  } else {
    // Functions that are elsewhere by now find no data, whose turn it has not been.
    for (size_t i = module_.num_imported_memories; i < module_.memories.size(); ++i)
      WASM_CHECK(data_->own_memories_[i]->DropImage());
  }
  if (trap != Trap::kNone) return std::unexpected(MakeError(store_.thread(), trap));
  data_->SetPool(pool_);
  if (module_.start) {
    FuncInst* start = rt::FuncRef(data_->vm, *module_.start);
    TRY_VOID(store_.Call(start, nullptr));
  }
  return &data_->vm;
}

Result<void> Instantiation::MakeData(std::string name) {
  if (pool_ != nullptr) data_ = pool_->Take(store_.engine(), store_.limits());
  if (data_ != nullptr)
    data_->Reuse(store_, validated_, std::move(name));
  else
    data_ = InstanceData::New(store_, validated_, std::move(name));
  if (data_ == nullptr) {
    return std::unexpected(
        Error(ErrorKind::kExhausted, "out of memory: no room for the module instance"));
  }
  return store_.impl().Register(data_);
}

Trap Instantiation::InitAllButData() {
  if (const Trap trap = InitGlobals(); trap != Trap::kNone) return trap;
  if (const Trap trap = InitTables(); trap != Trap::kNone) return trap;
  if (pool_ != nullptr) RunPlannedElems();
  return RunElemSegments();
}

Result<void> Instantiation::CheckImports(std::span<const Extern> imports) const {
  for (size_t i = 0; i < module_.imports.size(); ++i) {
    if (i >= imports.size()) return std::unexpected(UnknownImport(*validated_, module_.imports[i]));
    TRY_VOID(MatchImport(*validated_, module_.imports[i], imports[i]));
  }
  return {};
}

void Instantiation::LinkImports(std::span<const Extern> imports) {
  Instance& vm = data_->vm;
  for (size_t i = 0; i < module_.imports.size(); ++i) {
    const uint32_t index = module_.imports[i].index;
    switch (imports[i].kind) {
      case ExternKind::kFunc:
        vm.functions[index] = imports[i].func;
        break;
      case ExternKind::kTable:
        vm.tables[index] = imports[i].table;
        break;
      case ExternKind::kMemory:
        vm.memories[index] = imports[i].memory;
        break;
      case ExternKind::kGlobal:
        vm.globals[index] = imports[i].global;
        break;
      case ExternKind::kTag:
        vm.tags[index] = imports[i].tag;
        break;
    }
  }
}

Result<void> Instantiation::AllocateMemories() {
  Instance& vm = data_->vm;
  const bool guarded =
      validated_->compiled != nullptr && validated_->compiled->needs_guarded_memories();
  for (size_t i = module_.num_imported_memories; i < module_.memories.size(); ++i) {
    TRY_VOID(store_.impl().CountMemory());
    if (data_->own_memories_[i] == nullptr) data_->own_memories_[i] = TRY(NewMemory(i, guarded));
    vm.memories[i] = data_->own_memories_[i].get();
  }
  if (!module_.memories.empty()) {
    vm.memory0 = vm.memories[0];
    vm.memory0_base = vm.memory0->base;
  }
  if (guarded) TRY_VOID(CheckGuards());
  return {};
}

Result<std::unique_ptr<MemoryInst>> Instantiation::NewMemory(size_t index, bool guarded) const {
  const MemType& type = module_.memories[index].type;
  const auto make = [&] {
    return pool_ == nullptr || type.shared
               ? MemoryInst::New(type, store_.limits(), guarded)
               : MemoryInst::NewReusable(type, store_.limits(), guarded, pool_->image(index));
  };
  auto memory = make();
  const bool lacks_room = !memory || (guarded && CanBeGuarded(type) && !(*memory)->guarded());
  PoolBudget* const kept = store_.impl().pool_budget.get();
  return lacks_room && kept != nullptr && kept->Trim() ? make() : std::move(memory);
}

// The module's code does not check its accesses to such memories.
Result<void> Instantiation::CheckGuards() const {
  for (uint32_t i = 0; i < module_.memories.size(); ++i) {
    if (!CanBeGuarded(module_.memories[i].type) || data_->memory(MemIdx(i)).guarded()) {
      continue;
    }
    const std::string memory = "memory " + std::to_string(i);
    if (i >= module_.num_imported_memories) {
      return std::unexpected(
          Error(ErrorKind::kExhausted, "out of memory: no address space for the guard pages of " +
                                           memory + ", which the module's compiled code needs"));
    }
    return std::unexpected(
        Error(ErrorKind::kUnlinkable, "incompatible import: " + memory +
                                          " has no guard pages, which the module's compiled code "
                                          "needs; compile it with --bounds=check"));
  }
  return {};
}

Result<void> Instantiation::AllocateTables() {
  for (size_t i = module_.num_imported_tables; i < module_.tables.size(); ++i) {
    TRY_VOID(store_.impl().CountTable());
    if (data_->own_tables_[i] == nullptr) {
      const TableType type = validated_->Canonical(module_.tables[i].type);
      data_->own_tables_[i] = TRY(TableInst::New(type, kNullRef, store_.limits()));
    }
    data_->vm.tables[i] = data_->own_tables_[i].get();
  }
  return {};
}

void Instantiation::AllocateTags() {
  for (size_t i = module_.num_imported_tags; i < module_.tags.size(); ++i) {
    TagInst* tag = &data_->own_tags_[i - module_.num_imported_tags];
    tag->type_id = validated_->TypeIdOf(module_.tags[i].type);
    data_->vm.tags[i] = tag;
  }
}

Trap Instantiation::InitGlobals() {
  ConstEvaluator evaluator(data_->vm);
  for (size_t i = module_.num_imported_globals; i < module_.globals.size(); ++i) {
    const Global& global = module_.globals[i];
    TrustedReader reader(module_.at(global.init.range.begin));
    Slot value[2];
    if (const Trap trap = evaluator.Eval(reader, value); trap != Trap::kNone) return trap;
    auto* inst = new (&data_->own_globals_[data_->num_own_globals_])
        GlobalInst(validated_->Canonical(global.type));
    inst->value[0] = value[0];
    inst->value[1] = value[1];
    data_->vm.globals[i] = inst;
    ++data_->num_own_globals_;
  }
  return Trap::kNone;
}

Trap Instantiation::InitTables() {
  for (size_t i = module_.num_imported_tables; i < module_.tables.size(); ++i) {
    if (!module_.tables[i].init) continue;
    ConstEvaluator evaluator(data_->vm);
    TrustedReader reader(module_.at(module_.tables[i].init->range.begin));
    Slot value[2];
    if (const Trap trap = evaluator.Eval(reader, value); trap != Trap::kNone) return trap;
    const VMTable& table = *data_->vm.tables[i];
    if (value[0] != kNullRef) std::fill_n(table.elements, table.size, value[0]);
  }
  return Trap::kNone;
}

OrTrap<uint64_t> Instantiation::Offset(const ConstExpr& expr, AddrType addr_type) {
  ConstEvaluator evaluator(data_->vm);
  TrustedReader reader(module_.at(expr.range.begin));
  Slot value[2];
  if (const Trap trap = evaluator.Eval(reader, value); trap != Trap::kNone) return trap;
  return addr_type == AddrType::kI32 ? static_cast<uint32_t>(value[0]) : value[0];
}

void Instantiation::RunPlannedElems() {
  for (const InstancePool::Elements& elements : pool_->elements()) {
    Ref* at = data_->vm.tables[elements.table]->elements + elements.offset;
    for (const uint32_t index : elements.functions) {
      *at++ = index == InstancePool::kNull ? kNullRef
                                           : rt::ToRef(rt::FuncRef(data_->vm, FuncIdx(index)));
    }
  }
}

Trap Instantiation::RunElemSegments() {
  const size_t num_planned = pool_ != nullptr ? pool_->num_planned_elems() : 0;
  for (uint32_t i = 0; i < module_.elems.size(); ++i) {
    const ElemSegment& segment = module_.elems[i];
    if (segment.mode == SegmentMode::kPassive) continue;
    if (segment.mode == SegmentMode::kActive && i >= num_planned) {
      const VMTable& table = *data_->vm.tables[segment.table.value];
      const OrTrap<uint64_t> offset =
          Offset(segment.table_offset, module_.tables[segment.table.value].type.addr_type);
      if (!offset.ok()) return offset.trap;
      if (offset.value > table.size || segment.count > table.size - offset.value)
        return Trap::kTableOutOfBounds;
      // Straight into the table, which is rooted.
      const Trap trap = EvalElements(data_->vm, ElemIdx(i), table.elements + offset.value);
      if (trap != Trap::kNone) return trap;
    }
    data_->DropElem(ElemIdx(i));
  }
  return Trap::kNone;
}

bool Instantiation::HasImages() const {
  if (pool_ == nullptr) return false;
  for (size_t i = module_.num_imported_memories; i < module_.memories.size(); ++i)
    if (pool_->image(i) != nullptr && !data_->own_memories_[i]->has_image()) return false;
  return true;
}

Trap Instantiation::RunDataSegments() {
  uint32_t first = 0;
  if (HasImages()) {
    // Those in the images are there already, and cost what they cost others.
    first = static_cast<uint32_t>(pool_->num_imaged_datas());
    std::ranges::copy(pool_->dropped_datas(), data_->data_dropped_);
    const Trap trap = rt::ChargeFuel(data_->vm, pool_->imaged_fuel());
    if (trap != Trap::kNone) return trap;
  }
  for (uint32_t i = first; i < module_.datas.size(); ++i) {
    const DataSegment& segment = module_.datas[i];
    if (segment.mode != SegmentMode::kActive) continue;
    const OrTrap<uint64_t> offset =
        Offset(segment.memory_offset, module_.memories[segment.memory.value].type.addr_type);
    if (!offset.ok()) return offset.trap;
    const Trap trap = rt::MemoryInit(data_->vm, DataIdx(i), segment.memory, offset.value, 0,
                                     segment.bytes.size());
    if (trap != Trap::kNone) return trap;
    data_->DropData(DataIdx(i));
  }
  return Trap::kNone;
}

}  // namespace wasm::runtime
