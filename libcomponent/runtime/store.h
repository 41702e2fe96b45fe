// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The component model's part of a store [cabi:Embedding API]: which thread runs, which ones wait,
// and everything that lives as long as the store. It stands on a store of core WebAssembly.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_STORE_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_STORE_H_

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "libcomponent/runtime/component_instance.h"
#include "libcomponent/runtime/func_inst.h"
#include "libcomponent/runtime/thread.h"
#include "libwasm/libwasm.h"

namespace component::runtime {

class HostSite;
class LiftedFunc;
class PendingHostCall;
class PostQueue;
class Task;

class Store {
 public:
  static constexpr size_t kMaxInstances = 10'000;
  // Of instances in each other: each level takes native stack while it is being made.
  static constexpr uint32_t kMaxDepth = 200;

  // Waits for something of the host's that a guest waits for, and tells the guest. False: there is
  // nothing to wait for.
  using Idle = std::function<wasm::Result<bool>()>;

  explicit Store(trenail::Store& core);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  trenail::Store& core() const { return core_; }
  // Null while no guest code runs.
  Thread* current_thread() const { return current_; }
  std::list<Thread*>& waiting() { return waiting_; }
  // What adapters trap by (adapter.h); made when it is needed.
  std::optional<trenail::Func> adapter_trap;
  // The embedder's own, for its host functions.
  void* host_data = nullptr;
  // Of the instances' tables (table.h).
  uint32_t table_elements = 0;

  // Errors: kExhausted where there are too many.
  wasm::Result<std::reference_wrapper<ComponentInstance>> NewInstance(
      ComponentInstance* parent, std::shared_ptr<const ValidatedComponent> component);
  // Owns a task until its last thread has ended.
  void Keep(std::shared_ptr<Task> task);
  void Forget(Task& task);

  // [cabi:Store.invoke]: a call by the host.
  wasm::Result<std::shared_ptr<Cancellable>> Invoke(FuncInst& func, std::shared_ptr<CallSite> site);
  // The same of one that needs no task.
  wasm::Result<void> InvokeWithoutTask(const LiftedFunc& func, CallSite& site);
  // The same of one that may take a while, which is told if it can never end.
  wasm::Result<std::shared_ptr<Cancellable>> Begin(FuncInst& func,
                                                   const std::shared_ptr<HostSite>& site);
  void Untrack(HostSite& site);
  // Asks a callee of the host's to end early. Errors: a trap of it.
  wasm::Result<void> Cancel(Cancellable& callee);
  const std::shared_ptr<PostQueue>& posts() const { return posts_; }
  // [cabi:Store.tick]: calls one function that was posted, or lets one thread go on that is ready;
  // false: there is neither. Errors: kHost if called by a host function; what that thread ends
  // with, unless calls of the host have ended with it and all of them have callbacks.
  wasm::Result<bool> Tick();
  // Lets threads go on, and the host's events happen, until `done`. Errors: a trap if that cannot
  // come to be; kHost if called by a host function.
  wasm::Result<void> RunUntil(const std::function<bool()>& done);
  // The same without letting threads go on: in the middle of a synchronous call, of which `site` is
  // the caller's side.
  wasm::Result<void> WaitForHost(const CallSite& site, const std::function<bool()>& done);
  void SetIdle(Idle idle) { idle_ = std::move(idle); }
  // Calls of the host that are pending: they end with the store.
  void Register(PendingHostCall& call) { host_calls_.insert(&call); }
  void Unregister(PendingHostCall& call) { host_calls_.erase(&call); }
  // Whoever runs the store's threads gets the error.
  void Fail(wasm::Error error) {
    failure_ = std::move(error);
    Wake();
  }
  // What a caller waits for has failed: a guest's instance ends as if by a trap, of which whoever
  // has called it is told; null: the host's call ends.
  void FailCall(std::shared_ptr<CallSite> site, ComponentInstance* caller, wasm::Error error) {
    failed_calls_.push_back({std::move(site), caller, std::move(error)});
    Wake();
  }
  // Something has happened that guest code may wait for.
  void Wake() {
    if (on_progress_) on_progress_();
  }
  void SetOnProgress(std::function<void()> on_progress) { on_progress_ = std::move(on_progress); }

  // An embedder's call that may run guest code, around all of it. If a host function destroys the
  // store meanwhile, it goes with the outermost of them.
  class Use {
   public:
    explicit Use(Store& store) : store_(store) { ++store.uses_; }
    ~Use() {
      --store_.uses_;
      if (store_.abandoned_core_ != nullptr) [[unlikely]]
        store_.EndAbandoned();
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    Store& store_;
  };
  bool in_use() const { return uses_ != 0 || nesting_depth_ != 0; }
  // From now on the store owns itself and its core store, whose guest is left.
  void Abandon(std::unique_ptr<trenail::Store> core);

  // While guest code runs that the host has called, or that a tick has let go on: a use as well.
  class Nesting {
   public:
    explicit Nesting(Store& store) : store_(store) { ++store.nesting_depth_; }
    ~Nesting() {
      --store_.nesting_depth_;
      if (store_.abandoned_core_ != nullptr) [[unlikely]]
        store_.EndAbandoned();
    }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    Store& store_;
  };
  // Makes a thread the current one while it runs.
  class CurrentThread {
   public:
    CurrentThread(Store& store, Thread* thread)
        : store_(store), outer_(std::exchange(store.current_, thread)) {}
    ~CurrentThread() { store_.current_ = outer_; }
    CurrentThread(const CurrentThread&) = delete;
    CurrentThread& operator=(const CurrentThread&) = delete;

   private:
    Store& store_;
    Thread* const outer_;
  };

 private:
  // Of a host function that a guest has called, and is to end it.
  struct FailedCall {
    std::shared_ptr<CallSite> site;
    ComponentInstance* caller;
    wasm::Error error;
  };

  bool RunPosted();
  // Whether this still is the embedder's.
  wasm::Result<void> CheckOwned() const;
  wasm::Result<bool> RunIdle();
  // For calls that are under way and may never end after this one.
  void KeepForOthers(const wasm::Error& error);
  // A failure has left instances that nothing can enter any more: ends the host's calls of them,
  // which would wait for ever. Errors: that one, unless all of them have callbacks.
  wasm::Result<bool> EndCallsOfTheFailed(wasm::Error error);
  wasm::Result<bool> EndFailedCalls();
  // Ends this store, unless somebody still uses it.
  void EndAbandoned();

  trenail::Store& core_;
  unsigned uses_ = 0;
  std::unique_ptr<trenail::Store> abandoned_core_;
  Thread* current_ = nullptr;
  unsigned nesting_depth_ = 0;
  std::list<Thread*> waiting_;
  std::vector<std::unique_ptr<ComponentInstance>> instances_;
  std::unordered_map<Task*, std::shared_ptr<Task>> tasks_;
  std::unordered_set<PendingHostCall*> host_calls_;
  const std::shared_ptr<PostQueue> posts_;
  std::list<std::shared_ptr<HostSite>> calls_;  // of the host, that have not ended
  bool posted_is_next_ = true;                  // takes turns with threads
  Idle idle_;
  std::function<void()> on_progress_;
  std::optional<wasm::Error> failure_;
  std::deque<FailedCall> failed_calls_;
  // The first of those that the host got from a call that did not wait.
  std::optional<wasm::Error> earlier_failure_;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_STORE_H_
