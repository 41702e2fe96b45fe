// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The block of an instance: the object, then its arrays, in one piece of zeroed memory. Zeroes are
// the right beginning for all of them, so nothing is written that is not used.

#include "libwasm/runtime/instance.h"

#include <memory>
#include <new>
#include <utility>

#include "libwasm/runtime/compiled_code.h"
#include "libwasm/runtime/store_impl.h"

namespace wasm::runtime {

static_assert(sizeof(GlobalInst) == kOwnGlobalStride);

namespace {

// Lays arrays one behind the other; with a base it also says where they are.
class BlockLayout {
 public:
  explicit BlockLayout(uint8_t* base) : base_(base) {}

  template <typename T>
  T* Take(size_t count) {
    size_ = (size_ + alignof(T) - 1) & ~(alignof(T) - 1);
    T* at = base_ == nullptr ? nullptr : reinterpret_cast<T*>(base_ + size_);
    size_ += count * sizeof(T);
    return at;
  }
  size_t size() const { return size_; }

 private:
  uint8_t* base_;
  size_t size_ = 0;
};

}  // namespace

InstanceData* InstanceData::New(Store& store, std::shared_ptr<const ValidatedModule> validated,
                                std::string name) {
  const Module& module = validated->module();
  InstanceData* data = nullptr;
  ZeroedBlock block;
  // Twice the same walk: first for the size, then for the places.
  for (uint8_t* base = nullptr;; base = block.data()) {
    BlockLayout layout(base);
    void* at = layout.Take<InstanceData>(1);
    if (base != nullptr) data = new (at) InstanceData(store, validated, std::move(name));
    auto* own_globals =
        layout.Take<GlobalInst>(module.globals.size() - module.num_imported_globals);
    auto* func_insts =
        layout.Take<FuncInst>(module.functions.size() - module.num_imported_functions);
    auto** functions = layout.Take<FuncInst*>(module.functions.size());
    auto** globals = layout.Take<VMGlobal*>(module.globals.size());
    auto** tables = layout.Take<VMTable*>(module.tables.size());
    auto** memories = layout.Take<VMMemory*>(module.memories.size());
    auto** tags = layout.Take<TagInst*>(module.tags.size());
    auto* own_tables = layout.Take<std::unique_ptr<TableInst>>(module.tables.size());
    auto* own_memories = layout.Take<std::unique_ptr<MemoryInst>>(module.memories.size());
    auto* elems = layout.Take<ElemInst>(module.elems.size());
    auto* own_tags = layout.Take<TagInst>(module.tags.size() - module.num_imported_tags);
    auto* data_dropped = layout.Take<uint8_t>(module.datas.size());
    if (base == nullptr) {
      block = ZeroedBlock(layout.size());
      if (block.data() == nullptr) return nullptr;
      continue;
    }
    std::uninitialized_value_construct_n(own_tables, module.tables.size());
    std::uninitialized_value_construct_n(own_memories, module.memories.size());
    std::uninitialized_value_construct_n(elems, module.elems.size());
    data->own_globals_ = own_globals;
    data->func_insts_ = func_insts;
    data->own_tables_ = own_tables;
    data->own_memories_ = own_memories;
    data->elems_ = elems;
    data->own_tags_ = own_tags;
    data->data_dropped_ = data_dropped;
    data->vm.functions = functions;
    data->vm.globals = globals;
    data->vm.tables = tables;
    data->vm.memories = memories;
    data->vm.tags = tags;
    break;
  }
  data->vm.num_imported_functions = module.num_imported_functions;
  data->vm.code = data->validated_.code_table();
  data->vm.type_ids = data->validated_.type_ids.data();
  data->vm.bytes = module.bytes.data();
  data->vm.data = data;
  data->vm.own_globals = data->own_globals_;
  if (data->validated_.compiled != nullptr)
    data->vm.builtins = data->validated_.compiled->builtins();
  data->block_ = std::move(block);
  data->SetUp(store);
  return data;
}

void InstanceData::SetUp(Store& store) {
  store_ = &store;
  vm.memory0 = EmptyMemory();
  vm.memory0_base = vm.memory0->base;
  vm.thread = &store.impl().thread;
  vm.types = &store.types();
}

std::shared_ptr<const ValidatedModule> InstanceData::Clear() {
  const Module& module = this->module();
  for (size_t i = module.num_imported_memories; i < module.memories.size(); ++i) {
    if (own_memories_[i] != nullptr && !own_memories_[i]->Reset()) own_memories_[i].reset();
  }
  for (size_t i = module.num_imported_tables; i < module.tables.size(); ++i) {
    if (own_tables_[i] != nullptr && !own_tables_[i]->Reset()) own_tables_[i].reset();
  }
  for (uint32_t i = 0; i < num_own_globals_; ++i) own_globals_[i] = GlobalInst(GlobalType());
  num_own_globals_ = 0;
  for (size_t i = 0; i < module.elems.size(); ++i) elems_[i] = ElemInst();
  std::fill_n(data_dropped_, module.datas.size(), uint8_t{0});
  name_.clear();
  pool_ = nullptr;
  owner_ = nullptr;
  store_ = nullptr;
  vm.thread = nullptr;
  vm.poll.store(0);
  vm.stack_limit = Instance().stack_limit;
  return std::move(module_);
}

void InstanceData::Reuse(Store& store, std::shared_ptr<const ValidatedModule> module,
                         std::string name) {
  module_ = std::move(module);
  name_ = std::move(name);
  SetUp(store);
}

uint64_t InstanceData::address_space() const {
  uint64_t bytes = 0;
  for (size_t i = module().num_imported_memories; i < module().memories.size(); ++i)
    if (own_memories_[i] != nullptr) bytes += own_memories_[i]->address_space();
  return bytes;
}

void InstanceData::Delete(InstanceData* data) {
  const Module& module = data->module();
  std::destroy_n(data->own_tables_, module.tables.size());
  std::destroy_n(data->own_memories_, module.memories.size());
  std::destroy_n(data->elems_, module.elems.size());
  const ZeroedBlock block = std::move(data->block_);
  data->~InstanceData();
}

std::optional<Extern> InstanceData::FindExport(std::string_view export_name) {
  for (const Export& candidate : module().exports)
    if (candidate.name == export_name) return ExternOf(candidate.kind, candidate.index);
  return std::nullopt;
}

Extern InstanceData::ExternOf(ExternKind kind, uint32_t index) {
  Extern result{.kind = kind, .func = nullptr};
  switch (kind) {
    case ExternKind::kFunc: {
      FuncInst* func = vm.functions[index];
      result.func = func != nullptr ? func : MakeFuncInst(index);
      break;
    }
    case ExternKind::kTable:
      result.table = &table(TableIdx(index));
      break;
    case ExternKind::kMemory:
      result.memory = &memory(MemIdx(index));
      break;
    case ExternKind::kGlobal:
      result.global = &global(GlobalIdx(index));
      break;
    case ExternKind::kTag:
      result.tag = vm.tags[index];
      break;
  }
  return result;
}

FuncInst* InstanceData::MakeFuncInst(uint32_t func_index) {
  if (vm.functions[func_index] != nullptr) return vm.functions[func_index];
  const TypeId type_id = validated_.TypeIdOf(FuncIdx(func_index));
  const CanonType& type = vm.types->Get(type_id);
  const ExecutionEngine& engine = store_->engine();
  auto* func = new (&func_insts_[func_index - vm.num_imported_functions])
      FuncInst{.type_id = type_id,
               .kind = engine.func_kind(),
               .func_index = func_index,
               .instance = &vm,
               .entry = engine.entry(),
               .host_data = nullptr,
               .param_slots = type.param_slots,
               .result_slots = type.result_slots};
  if (const CompiledCode* compiled = validated_.compiled.get(); compiled != nullptr) {
    const CompiledCode::Function code = compiled->function(func_index - vm.num_imported_functions);
    if (code.code != nullptr) {
      func->kind = FuncKind::kCompiled;
      func->entry = compiled->entry();
      func->host_data = const_cast<void*>(code.array_thunk);
      func->native_type_id = type_id;
      func->native = code.code;
      func->native_tail = code.tail;
      func->native_context = &vm;
    }
  }
  vm.functions[func_index] = func;
  return func;
}

void InstanceData::DropElem(ElemIdx index) {
  ElemInst& elem = elems_[index.value];
  elem.refs.reset();
  elem.ready = false;
  elem.dropped = true;
}

bool IsTraced(const TypeStore& types, ValType type) {
  return type.is_ref() && types.TopOf(type.heap_type()) != HeapType::kFunc;
}

void InstanceData::MarkRoots(gc::Heap& heap) const {
  const TypeStore& types = *vm.types;
  for (uint32_t i = 0; i < num_own_globals_; ++i)
    if (IsTraced(types, own_globals_[i].type().type)) heap.MarkRef(own_globals_[i].value[0]);
  for (size_t i = 0; i < module().tables.size(); ++i) {
    const TableInst* table = own_tables_[i].get();
    if (table == nullptr || !IsTraced(types, table->element_type())) continue;
    for (uint64_t j = 0; j < table->size; ++j) heap.MarkRef(table->elements[j]);
  }
  for (size_t i = 0; i < module().elems.size(); ++i) {
    // Also while the segment is being made: the elements that are there are needed.
    if (elems_[i].refs == nullptr) continue;
    if (!IsTraced(types, validated_.Canonical(module().elems[i].type))) continue;
    for (uint32_t j = 0; j < module().elems[i].count; ++j) heap.MarkRef(elems_[i].refs[j]);
  }
}

}  // namespace wasm::runtime
