// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A module instance [syntax-moduleinst]: the object behind the Instance that running code sees. It
// and all its arrays and small externals are one zeroed block, so that making one costs one
// allocation and does nothing per function: function instances appear when they are referred to.

#ifndef TRENAIL_LIBWASM_RUNTIME_INSTANCE_H_
#define TRENAIL_LIBWASM_RUNTIME_INSTANCE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "libwasm/module/validated_module.h"
#include "libwasm/runtime/backing.h"
#include "libwasm/runtime/global.h"
#include "libwasm/runtime/memory.h"
#include "libwasm/runtime/store.h"
#include "libwasm/runtime/table.h"
#include "libwasm/runtime/vm_layout.h"

namespace wasm::runtime {

class InstancePool;

// An element instance [syntax-eleminst]. The references of a segment that nobody asks for are never
// made.
struct ElemInst {
  std::unique_ptr<Ref[]> refs;
  bool ready = false;  // refs holds the segment's elements
  bool dropped = false;
};

class InstanceData {
 public:
  // An instance of `module` with empty index spaces; null if there is no memory for it.
  static InstanceData* New(Store& store, std::shared_ptr<const ValidatedModule> module,
                           std::string name);
  static void Delete(InstanceData* data);

  // One that was made by the plan of `pool` can be used again. Clear leaves nothing of its use, and
  // returns its hold on the module, which must exist as long as this does; Reuse gives it to a
  // store.
  void SetPool(InstancePool* pool) { pool_ = pool; }
#ifdef TRENAIL_NO_POOL
  static constexpr InstancePool* pool() { return nullptr; }
#else
  InstancePool* pool() const { return pool_; }
#endif
  std::shared_ptr<const ValidatedModule> Clear();
  void Reuse(Store& store, std::shared_ptr<const ValidatedModule> module, std::string name);
  // Of its own memories.
  uint64_t address_space() const;
  // Whose part it is, if anybody's: the component instance.
  const void* owner() const { return owner_; }
  void SetOwner(const void* owner) { owner_ = owner; }

  Instance vm;

  Store& store() const { return *store_; }
  const ValidatedModule& validated() const { return validated_; }
  std::shared_ptr<const ValidatedModule> shared_module() const { return module_; }
  const Module& module() const { return validated_.module(); }
  // The name given by the embedder, or the one of the name section; may be empty.
  std::string_view name() const { return name_.empty() ? module().names.module : name_; }

  TableInst& table(TableIdx index) const {
    return *static_cast<TableInst*>(vm.tables[index.value]);
  }
  MemoryInst& memory(MemIdx index) const {
    return *static_cast<MemoryInst*>(vm.memories[index.value]);
  }
  GlobalInst& global(GlobalIdx index) const {
    return *static_cast<GlobalInst*>(vm.globals[index.value]);
  }

  std::optional<Extern> FindExport(std::string_view export_name);
  Extern ExternOf(ExternKind kind, uint32_t index);
  FuncInst* MakeFuncInst(uint32_t func_index);

  // [exec-elem.drop] [exec-data.drop]: a dropped segment counts as empty.
  ElemInst& elem(ElemIdx index) const { return elems_[index.value]; }
  uint32_t ElemSize(ElemIdx index) const {
    return elems_[index.value].dropped ? 0 : module().elems[index.value].count;
  }
  void DropElem(ElemIdx index);
  std::span<const uint8_t> DataBytes(DataIdx index) const {
    if (data_dropped_[index.value] != 0) return {};
    return module().Bytes(module().datas[index.value].bytes);
  }
  void DropData(DataIdx index) { data_dropped_[index.value] = 1; }

  // Calls MarkRef for every reference the instance holds.
  void MarkRoots(gc::Heap& heap) const;

 private:
  friend class Instantiation;

  InstanceData(Store& store, std::shared_ptr<const ValidatedModule> module, std::string name)
      : store_(&store), validated_(*module), module_(std::move(module)), name_(std::move(name)) {}
  ~InstanceData() = default;

  void SetUp(Store& store);

  Store* store_;
  const ValidatedModule& validated_;
  std::shared_ptr<const ValidatedModule> module_;  // null while nobody uses it
  std::string name_;
  ZeroedBlock block_;               // holds this object too
  FuncInst* func_insts_ = nullptr;  // of defined functions, filled on demand
  GlobalInst* own_globals_ = nullptr;
  uint32_t num_own_globals_ = 0;  // so far
  TagInst* own_tags_ = nullptr;
  std::unique_ptr<TableInst>* own_tables_ = nullptr;
  std::unique_ptr<MemoryInst>* own_memories_ = nullptr;
  ElemInst* elems_ = nullptr;
  uint8_t* data_dropped_ = nullptr;
  InstancePool* pool_ = nullptr;
  const void* owner_ = nullptr;
};

// True if values of the type can refer to objects of the garbage-collected heap.
bool IsTraced(const TypeStore& types, ValType type);

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_INSTANCE_H_
