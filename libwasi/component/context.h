// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the functions of WASI 0.2 and 0.3 know of the component that calls them: its grants, its
// streams, the loop. One for each store, which finds it by ComponentStore::SetHostData.

#ifndef TRENAIL_LIBWASI_COMPONENT_CONTEXT_H_
#define TRENAIL_LIBWASI_COMPONENT_CONTEXT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "libcomponent/libcomponent.h"
#include "libcomponent/typed.h"
#include "libwasi/component/grants.h"
#include "libwasi/component/key_value_store.h"
#include "libwasi/core/budget.h"
#include "libwasi/core/byte_stream.h"
#include "libwasi/core/environment.h"
#include "libwasi/core/event_loop.h"
#include "libwasi/core/filesystem.h"
#include "libwasi/core/interrupt.h"
#include "libwasi/core/random.h"
#include "libwasi/core/socket_handle.h"
#include "libwasi/http/transport.h"
#include "libwasi/net_source.h"

namespace trenail::wasi {

struct StandardStream {
  std::shared_ptr<Descriptor> descriptor;
  bool is_terminal = false;
  std::shared_ptr<OutputStream> output;  // made when it is asked for; one for everybody
};

class Context {
 public:
  // `net` must outlive the context.
  Context(NetSource& net, Grants grants);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // stdout_stream or stderr_stream, to be written.
  const std::shared_ptr<OutputStream>& StandardOutput(StandardStream& stream);
  // Waits until what was written to them is passed on.
  Result<void> Drain();

  // Ends the guest's execution with an error where there is no loop to be had.
  Result<EventLoop*> Loop() { return net_.Loop(); }
  Result<http::Transport*> Transport() { return net_.Transport(); }
  EventLoop* LoopIfMade() { return net_.LoopIfMade(); }
  // For MakeOutputStream; null once there is none to be had.
  LoopSource loop_source() {
    return [this]() -> EventLoop* {
      const Result<EventLoop*> loop = net_.Loop();
      return loop ? *loop : nullptr;
    };
  }
  const std::shared_ptr<Budget>& budget() { return budget_; }
  // Null if it is not granted. Errors: there is no client for it.
  Result<std::shared_ptr<KeyValueStore>> Bucket(const std::string& name);

  Environment environment;
  Random random;
  Random insecure_random;
  // The same each time it is asked for [wasi:random/insecure-seed].
  Result<std::tuple<uint64_t, uint64_t>> InsecureSeed();
  Interrupt interrupt;
  StandardStream stdin_stream, stdout_stream, stderr_stream;
  std::vector<std::pair<std::shared_ptr<Directory>, std::string>> preopens;
  const Grants grants;
  // On whose behalf sockets are opened: checks the grants and the number.
  const std::shared_ptr<SocketOwner> sockets;

  // Tells the embedder that something was denied, once for each `what`; see DeniedSentence.
  void Denied(const std::string& what, const std::string& object, const std::string& option);

  // An object for a resource of the guest's, charged to it. Errors: kExhausted.
  template <typename T, typename... Args>
  Result<std::shared_ptr<T>> New(Args&&... args) {
    if (!budget_->TakeResource()) return TooManyResources();
    struct Charged {
      explicit Charged(std::shared_ptr<Budget> charged_to, Args&&... arguments)
          : budget(std::move(charged_to)), object(std::forward<Args>(arguments)...) {}
      ~Charged() { budget->GiveResource(); }
      const std::shared_ptr<Budget> budget;
      T object;
    };
    auto charged = std::make_shared<Charged>(budget_, std::forward<Args>(args)...);
    return std::shared_ptr<T>(charged, &charged->object);
  }
  // The same as what a function returns.
  template <typename T, typename... Args>
  Result<ComponentOwn<T>> NewOwn(Args&&... args) {
    return ComponentOwn<T>{TRY(New<T>(std::forward<Args>(args)...))};
  }

  // Calls `then` once `waitable` is ready, at once if it is already; never after the context has
  // gone. `waitable` is kept meanwhile. The result: what CancelWait takes; 0 if it was called.
  Result<uint64_t> WhenReady(std::shared_ptr<Waitable> waitable, std::function<void()> then);
  // Calls back once, when the wait is over, whatever it is; kept by the context.
  uint64_t Keep(std::function<WaitHandle(EventLoop::Callback)> begin, std::function<void()> then);
  void CancelWait(uint64_t id);
  // Keeps something until CancelWait, and no longer than this.
  uint64_t Hold(std::shared_ptr<void> object);

  // Completes a call by `then` once something is ready; a call that is cancelled waits no longer.
  template <typename R>
  Result<void> CompleteWhenReady(std::shared_ptr<Waitable> waitable,
                                 ComponentCompletion<R> completion, std::function<void()> then) {
    const uint64_t id = TRY(WhenReady(std::move(waitable), std::move(then)));
    if (id != 0 && completion.pending()) completion.OnCancel([this, id] { CancelWait(id); });
    return {};
  }

 private:
  static std::unexpected<Error> TooManyResources();
  Result<void> Look(uint64_t id, const std::shared_ptr<Waitable>& waitable,
                    std::function<void()> then);

  NetSource& net_;
  std::optional<std::tuple<uint64_t, uint64_t>> insecure_seed_;
  const std::shared_ptr<Budget> budget_;
  std::unordered_map<std::string, std::shared_ptr<KeyValueStore>> buckets_;
  std::unordered_set<std::string> denied_;
  uint64_t next_wait_ = 1;
  std::unordered_map<uint64_t, WaitHandle> waits_;
};

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_COMPONENT_CONTEXT_H_
