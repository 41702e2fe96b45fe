// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instances of one module that are made again and again: what is the same for all of them is worked
// out once (InstancePool), and those that have gone leave their memories, tables and functions,
// cleared, to the next ones. How much is kept in this way is bounded for the engine as a whole
// (PoolBudget).

#ifndef TRENAIL_LIBWASM_RUNTIME_INSTANCE_POOL_H_
#define TRENAIL_LIBWASM_RUNTIME_INSTANCE_POOL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "libwasm/module/validated_module.h"
#include "libwasm/runtime/backing.h"
#include "libwasm/runtime/memory_image.h"
#include "libwasm/runtime/stack_memory.h"
#include "libwasm/runtime/store.h"

namespace wasm::runtime {

class InstanceData;
class InstancePool;

// Thread-safe, as everything here.
class PoolBudget {
 public:
  PoolBudget(uint32_t max_instances, uint64_t max_address_space,
             std::shared_ptr<const Log> log = nullptr)
      : log_(std::move(log)),
        instances_left_(max_instances),
        address_space_left_(max_address_space) {}

  // Whether one more instance may be kept.
  bool Take(uint64_t address_space);
  void Give(uint64_t address_space);
  // Lets go of everything kept, as something else needs the room. False: there was nothing.
  bool Trim();

  // The stacks of a store that has gone, for another one that wants just as much. What they hold
  // the interpreter never reads: it has written whatever it reads of a stack.
  struct Stacks {
    ZeroedBlock values;
    ZeroedBlock frames;
  };
  Stacks TakeStacks(size_t values_size, size_t frames_size);  // empty: there are none
  void GiveStacks(Stacks stacks);
  // The same of fibers.
  StackMemory TakeFiberStack(size_t native_bytes, size_t guest_bytes);
  void GiveFiberStack(StackMemory stack);

 private:
  friend class InstancePool;
  static constexpr size_t kMaxStacks = 16;
  static constexpr size_t kKeptStackBytes = 64 * 1024;  // of each

  const std::shared_ptr<const Log> log_;
  std::mutex mutex_;
  uint32_t instances_left_;
  uint64_t address_space_left_;
  std::unordered_set<InstancePool*> pools_;
  std::vector<Stacks> stacks_;
  std::vector<StackMemory> fiber_stacks_;
};

class InstancePool {
 public:
  // The pool of `module`, made for the second of its instances; null for the first one, and where
  // there is no budget.
  static InstancePool* Of(const ValidatedModule& module, const std::shared_ptr<PoolBudget>& budget);

  InstancePool(const ValidatedModule& module, std::shared_ptr<PoolBudget> budget);
  ~InstancePool();

  // ---- the plan
  // Active segments are done in advance as long as it is known that they cannot fail and that only
  // the instance itself sees what they do: those up to the first one of which that is not known.

  // Data segments in front of it; what the active ones of them say is in the images.
  size_t num_imaged_datas() const { return num_imaged_datas_; }
  // Which of them have been dropped when they are done, and the fuel that they take.
  const std::vector<uint8_t>& dropped_datas() const { return dropped_datas_; }
  uint64_t imaged_fuel() const { return imaged_fuel_; }
  // Of the memories, by index; null: of no bytes.
  const MemoryImage* image(size_t memory) const { return images_[memory].get(); }
  // An active element segment, with its functions by index, kNull for null.
  static constexpr uint32_t kNull = ~uint32_t{0};
  struct Elements {
    uint32_t table = 0;
    uint64_t offset = 0;
    std::vector<uint32_t> functions;
  };
  const std::vector<Elements>& elements() const { return elements_; }
  size_t num_planned_elems() const { return num_planned_elems_; }

  // ---- instances

  // One whose limits were the same, without anything of its last use; null: there is none.
  InstanceData* Take(const ExecutionEngine& engine, const StoreLimits& limits);
  // Clears it, and keeps it if the budget allows.
  void Give(InstanceData* data, const ExecutionEngine& engine, const StoreLimits& limits);

 private:
  friend class PoolBudget;
  struct Idle {
    InstanceData* data;
    const ExecutionEngine* engine;
    StoreLimits limits;
    uint64_t address_space;
  };

  void PlanDatas();
  void PlanElems();
  std::vector<Idle> TakeAll();

  const ValidatedModule& module_;
  const std::shared_ptr<PoolBudget> budget_;
  size_t num_imaged_datas_ = 0;
  std::vector<uint8_t> dropped_datas_;
  uint64_t imaged_fuel_ = 0;
  std::vector<std::unique_ptr<const MemoryImage>> images_;
  size_t num_planned_elems_ = 0;
  std::vector<Elements> elements_;
  std::mutex mutex_;
  std::vector<Idle> idle_;  // the newest, and warmest, last
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_INSTANCE_POOL_H_
