// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locks are taken in this order: the budget's, a pool's.

#include "libwasm/runtime/instance_pool.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libwasm/runtime/bulk.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/support/reader.h"

namespace wasm::runtime {

namespace {

// Opcodes [binary-expr] of the only expressions that are understood here.
constexpr uint8_t kEnd = 0x0b, kI32Const = 0x41, kI64Const = 0x42, kRefNull = 0xd0, kRefFunc = 0xd2;

// Of an offset that is a constant.
std::optional<uint64_t> ConstantOffset(const Module& module, const ConstExpr& expr) {
  TrustedReader reader(module.at(expr.range.begin));
  uint64_t value;
  switch (reader.ReadByte()) {
    case kI32Const:
      value = static_cast<uint32_t>(reader.ReadS32());
      break;
    case kI64Const:
      value = static_cast<uint64_t>(reader.ReadS64());
      break;
    default:
      return std::nullopt;
  }
  if (reader.ReadByte() != kEnd) return std::nullopt;
  return value;
}

// The functions of a segment that holds nothing else.
std::optional<std::vector<uint32_t>> FunctionsOf(const Module& module, const ElemSegment& segment) {
  std::vector<uint32_t> functions;
  functions.reserve(segment.count);
  TrustedReader reader(module.at(segment.items.begin));
  for (uint32_t i = 0; i < segment.count; ++i) {
    if (!segment.uses_exprs) {
      functions.push_back(reader.ReadU32());
      continue;
    }
    switch (reader.ReadByte()) {
      case kRefFunc:
        functions.push_back(reader.ReadU32());
        break;
      case kRefNull:
        reader.ReadS64();  // the heap type
        functions.push_back(InstancePool::kNull);
        break;
      default:
        return std::nullopt;
    }
    if (reader.ReadByte() != kEnd) return std::nullopt;
  }
  return functions;
}

// Memories that begin larger are not thought of.
constexpr uint64_t kMaxImagedBytes = uint64_t{1} << 40;

bool SameLimits(const StoreLimits& a, const StoreLimits& b) {
  return a.max_memory_bytes == b.max_memory_bytes && a.max_table_elements == b.max_table_elements &&
         a.memory_reservation == b.memory_reservation && a.guard_memories == b.guard_memories;
}

}  // namespace

// ---- budget
// --------------------------------------------------------------------------------------

bool PoolBudget::Take(uint64_t address_space) {
  const std::lock_guard lock(mutex_);
  if (instances_left_ == 0 || address_space > address_space_left_) return false;
  --instances_left_;
  address_space_left_ -= address_space;
  return true;
}

void PoolBudget::Give(uint64_t address_space) {
  const std::lock_guard lock(mutex_);
  ++instances_left_;
  address_space_left_ += address_space;
}

bool PoolBudget::Trim() {
  WASM_LOG(log_.get(), kWarning,
           "address space has run out: instances and stacks kept for reuse are freed");
  // Under the lock, as it keeps the pools and so their modules.
  const std::lock_guard lock(mutex_);
  bool any = !stacks_.empty() || !fiber_stacks_.empty();
  stacks_.clear();
  fiber_stacks_.clear();
  for (InstancePool* pool : pools_) {
    for (const InstancePool::Idle& idle : pool->TakeAll()) {
      InstanceData::Delete(idle.data);
      ++instances_left_;
      address_space_left_ += idle.address_space;
      any = true;
    }
  }
  return any;
}

PoolBudget::Stacks PoolBudget::TakeStacks(size_t values_size, size_t frames_size) {
  const std::lock_guard lock(mutex_);
  if (stacks_.empty() || stacks_.back().values.size() != values_size ||
      stacks_.back().frames.size() != frames_size)
    return {};
  Stacks stacks = std::move(stacks_.back());
  stacks_.pop_back();
  return stacks;
}

void PoolBudget::GiveStacks(Stacks stacks) {
  if (!stacks.values.KeepOnly(kKeptStackBytes) || !stacks.frames.KeepOnly(kKeptStackBytes)) return;
  const std::lock_guard lock(mutex_);
  if (stacks_.size() < kMaxStacks) stacks_.push_back(std::move(stacks));
}

StackMemory PoolBudget::TakeFiberStack(size_t native_bytes, size_t guest_bytes) {
  const std::lock_guard lock(mutex_);
  if (fiber_stacks_.empty() || !fiber_stacks_.back().Fits(native_bytes, guest_bytes)) return {};
  StackMemory stack = std::move(fiber_stacks_.back());
  fiber_stacks_.pop_back();
  return stack;
}

void PoolBudget::GiveFiberStack(StackMemory stack) {
  if (!stack.Trim()) return;
  const std::lock_guard lock(mutex_);
  if (fiber_stacks_.size() < kMaxStacks) fiber_stacks_.push_back(std::move(stack));
}

// ---- plan
// ----------------------------------------------------------------------------------------

InstancePool* InstancePool::Of(const ValidatedModule& module,
                               const std::shared_ptr<PoolBudget>& budget) {
  if (budget == nullptr) return nullptr;
  ValidatedModule::ForInstances& state = module.for_instances();
  if (!state.had_one.load(std::memory_order_relaxed) && !state.had_one.exchange(true))
    return nullptr;
  std::call_once(state.once, [&] { state.pool = std::make_shared<InstancePool>(module, budget); });
  return state.pool.get();
}

InstancePool::InstancePool(const ValidatedModule& module, std::shared_ptr<PoolBudget> budget)
    : module_(module), budget_(std::move(budget)) {
  PlanDatas();
  PlanElems();
  const std::lock_guard lock(budget_->mutex_);
  budget_->pools_.insert(this);
}

InstancePool::~InstancePool() {
  {
    const std::lock_guard lock(budget_->mutex_);
    budget_->pools_.erase(this);
  }
  for (const Idle& idle : TakeAll()) {
    InstanceData::Delete(idle.data);
    budget_->Give(idle.address_space);
  }
}

void InstancePool::PlanDatas() {
  const Module& module = module_.module();
  std::vector<std::vector<MemoryImage::Segment>> segments(module.memories.size());
  for (; num_imaged_datas_ < module.datas.size(); ++num_imaged_datas_) {
    const DataSegment& segment = module.datas[num_imaged_datas_];
    if (segment.mode != SegmentMode::kActive) continue;
    const uint32_t memory = segment.memory.value;
    if (memory < module.num_imported_memories || module.memories[memory].type.shared) break;
    const MemType& type = module.memories[memory].type;
    const auto offset = ConstantOffset(module, segment.memory_offset);
    const uint64_t size = segment.bytes.size();
    if (type.limits.min > kMaxImagedBytes >> type.page_size_log2) break;
    if (!offset || !rt::InBounds(*offset, size, type.limits.min << type.page_size_log2)) break;
    segments[memory].push_back({*offset, module.Bytes(segment.bytes)});
    imaged_fuel_ += size / rt::kBytesPerFuel;
  }
  images_.resize(module.memories.size());
  for (size_t i = 0; i < segments.size(); ++i) {
    images_[i] = MemoryImage::Make(segments[i]);
    const bool has_bytes = std::ranges::any_of(
        segments[i], [](const MemoryImage::Segment& segment) { return !segment.bytes.empty(); });
    if (images_[i] != nullptr || !has_bytes) continue;
    // There are no images here: all of it is done each time.
    for (auto& image : images_) image = nullptr;
    num_imaged_datas_ = imaged_fuel_ = 0;
    return;
  }
  for (size_t i = 0; i < num_imaged_datas_; ++i)
    dropped_datas_.push_back(module.datas[i].mode == SegmentMode::kActive);
}

void InstancePool::PlanElems() {
  const Module& module = module_.module();
  for (; num_planned_elems_ < module.elems.size(); ++num_planned_elems_) {
    const ElemSegment& segment = module.elems[num_planned_elems_];
    if (segment.mode != SegmentMode::kActive) continue;
    const uint32_t table = segment.table.value;
    if (table < module.num_imported_tables) break;
    const auto offset = ConstantOffset(module, segment.table_offset);
    if (!offset || !rt::InBounds(*offset, segment.count, module.tables[table].type.limits.min))
      break;
    auto functions = FunctionsOf(module, segment);
    if (!functions) break;
    elements_.push_back({table, *offset, *std::move(functions)});
  }
}

// ---- instances
// -----------------------------------------------------------------------------------

InstanceData* InstancePool::Take(const ExecutionEngine& engine, const StoreLimits& limits) {
  Idle idle;
  {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return nullptr;
    idle = idle_.back();
    idle_.pop_back();
  }
  budget_->Give(idle.address_space);
  if (idle.engine == &engine && SameLimits(idle.limits, limits)) return idle.data;
  InstanceData::Delete(idle.data);
  return nullptr;
}

void InstancePool::Give(InstanceData* data, const ExecutionEngine& engine,
                        const StoreLimits& limits) {
  // May be the last reference to the module, and to this.
  const std::shared_ptr<const ValidatedModule> module = data->Clear();
  const Idle idle{data, &engine, limits, data->address_space()};
  if (!budget_->Take(idle.address_space)) {
    WASM_LOG(budget_->log_.get(), kInfo,
             "as many instances as may be are kept for reuse: one more is freed");
    InstanceData::Delete(data);
    return;
  }
  const std::lock_guard lock(mutex_);
  idle_.push_back(idle);
}

std::vector<InstancePool::Idle> InstancePool::TakeAll() {
  const std::lock_guard lock(mutex_);
  return std::exchange(idle_, {});
}

}  // namespace wasm::runtime
