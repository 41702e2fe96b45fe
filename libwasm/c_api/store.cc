// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stores: their end, limits, fuel and interruption.

#include <limits>

#include "libwasm/c_api/deadline.h"
#include "libwasm/c_api/handles.h"

struct trenail_interrupter_t {
  std::shared_ptr<trenail::c_api::InterruptTarget> target;
};

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using trenail::StoreLimits;

namespace {

struct PlainStore final : StoreOwner {
  PlainStore(const trenail::Engine& engine, const StoreLimits& limits) : own(engine, limits) {}
  trenail::Store& core() override { return own; }
  trenail::Store own;
};

}  // namespace

wasm_store_t::~wasm_store_t() {
  // What runs while the guests are unwound may make handles and give them up.
  refs = std::numeric_limits<uint32_t>::max() / 2;
  if (timer != 0) CancelTimer(timer);
  for (const auto& end : endings) end();
  if (interrupt_target_ != nullptr) {
    const std::lock_guard lock(interrupt_target_->mutex);
    interrupt_target_->store = nullptr;
  }
  owner.reset();
  ForgetThrownTrap(this);
  for (const auto& [object, box] : boxed)
    if (IsObject(box->kind)) static_cast<Object*>(box->object)->Release();
  // Here, so that finalizers see a store that is gone as a whole.
  host_infos.clear();
  host_funcs.clear();
  kept.clear();
}

const std::shared_ptr<InterruptTarget>& wasm_store_t::interrupt_target() {
  if (interrupt_target_ == nullptr) {
    interrupt_target_ = std::make_shared<InterruptTarget>();
    interrupt_target_->store = &store;
  }
  return interrupt_target_;
}

wasm_store_t* wasm_store_new(wasm_engine_t* engine) { return trenail_store_new(engine, nullptr); }
void wasm_store_delete(wasm_store_t* store) {
  if (store != nullptr) store->Release();
}

wasm_store_t* trenail_store_new(const wasm_engine_t* engine, const trenail_store_limits_t* limits) {
  return new wasm_store_t(std::make_unique<PlainStore>(engine->engine, ToLimits(limits)));
}

void trenail_store_set_fuel(wasm_store_t* store, uint64_t fuel) { store->store.SetFuel(fuel); }
uint64_t trenail_store_fuel(const wasm_store_t* store) { return store->store.fuel(); }

bool trenail_store_set_timeout(wasm_store_t* store, uint64_t nanoseconds) {
  if (store->timer != 0) CancelTimer(store->timer);
  store->timer = 0;
  if (nanoseconds == 0) {
    store->store.ClearInterrupt();
    return true;
  }
  store->timer = StartTimer(store->interrupt_target(), nanoseconds);
  return store->timer != 0;
}

trenail_interrupter_t* trenail_store_interrupter(wasm_store_t* store) {
  return new trenail_interrupter_t{store->interrupt_target()};
}
void trenail_interrupter_delete(trenail_interrupter_t* interrupter) { delete interrupter; }
bool trenail_interrupter_interrupt(const trenail_interrupter_t* interrupter) {
  const std::lock_guard lock(interrupter->target->mutex);
  if (interrupter->target->store == nullptr) return false;
  interrupter->target->store->Interrupt();
  return true;
}

void trenail_store_stats(const wasm_store_t* store, trenail_store_stats_t* out) {
  const trenail::StoreStats stats = store->store.stats();
  *out = {.heap_bytes_allocated = stats.heap_bytes_allocated,
          .heap_bytes_in_use = stats.heap_bytes_in_use,
          .heap_collections = stats.heap_collections};
}
void trenail_store_collect_garbage(wasm_store_t* store) { store->store.CollectGarbage(); }

namespace trenail::c_api {

StoreLimits ToLimits(const trenail_store_limits_t* limits) {
  StoreLimits result;
  if (limits == nullptr) {
    // Whoever makes them is the host.
    result.max_instances = std::numeric_limits<uint32_t>::max();
    result.max_memories = std::numeric_limits<uint32_t>::max();
    result.max_tables = std::numeric_limits<uint32_t>::max();
    return result;
  }
  result.max_memory_bytes = limits->max_memory_bytes;
  result.max_table_elements = limits->max_table_elements;
  result.max_stack_bytes = limits->max_stack_bytes;
  result.max_heap_bytes = limits->max_heap_bytes;
  result.max_instances = limits->max_instances;
  result.max_memories = limits->max_memories;
  result.max_tables = limits->max_tables;
  result.max_fibers = limits->max_fibers;
  result.memory_reservation = limits->memory_reservation;
  return result;
}

}  // namespace trenail::c_api
