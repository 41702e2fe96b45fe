// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Coroutines: calls of guests, host functions, streams and futures that are awaited.
//
//   trenail::ComponentTask<trenail::Result<uint32_t>> Both(trenail::TypedComponentFunc<…> f) {
//     auto first = f.Async(1), second = f.Async(2);         // both are under way
//     trenail::Result<uint32_t> a = co_await first;
//     if (!a) co_return std::unexpected(std::move(a.error()));
//     trenail::Result<uint32_t> b = co_await second;
//     …
//   }
//   trenail::Result<uint32_t> sum = trenail::RunTask(store, Both(f));
//
//   linker.Root().AsyncFunc("fetch", trenail::TypedTaskHost(
//       [&](std::string url) -> trenail::ComponentTask<std::string> { … co_await …; }));
//
// What is awaited here can be awaited in any coroutine, ComponentTask is only the simplest type of
// one. A coroutine goes on by a tick of the store (ComponentStore::Tick, RunUntil), when no guest
// code runs. Ownership: whoever has a task or an awaitable owns what it waits for, down to the
// calls of guests: to destroy it is to give them up (ComponentCallHandle::Abandon). When the store
// goes, a coroutine that waits for it is not resumed any more, and is destroyed by its owner.
// Threads: the store's. Errors are Results; nothing here throws, and what a task of a Result throws
// is its error of kind kHost. In coroutines that return no Result exceptions end the program, as in
// callbacks.

#ifndef TRENAIL_LIBCOMPONENT_ASYNC_H_
#define TRENAIL_LIBCOMPONENT_ASYNC_H_

#include <concepts>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "libcomponent/libcomponent.h"
#include "libcomponent/streams.h"
#include "libcomponent/typed.h"
#include "libcomponent/typed_streams.h"

namespace trenail {

// A value that comes later, once, from whoever has a copy of this, and is awaited once: for what a
// program waits for besides guests. Shared handle.
template <typename T>
class ComponentEvent {
  struct State {
    std::optional<T> value;
    std::coroutine_handle<> waits;
  };

 public:
  // Waits for the value. It may be destroyed meanwhile, with the coroutine.
  class Awaiter {
   public:
    // Internal.
    explicit Awaiter(std::shared_ptr<State> state) : state_(std::move(state)) {}
    ~Awaiter() { state_->waits = nullptr; }
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;

    // For co_await:
    bool await_ready() const { return state_->value.has_value(); }
    void await_suspend(std::coroutine_handle<> waits) { state_->waits = waits; }
    T await_resume() { return *std::exchange(state_->value, std::nullopt); }

   private:
    const std::shared_ptr<State> state_;
  };

  ComponentEvent() : state_(std::make_shared<State>()) {}

  // The value is there: who waits goes on at once, within this call.
  void Set(T value) const {
    state_->value.emplace(std::move(value));
    Resume(state_);
  }
  // The same from within guest code: who waits goes on with the next tick.
  void Set(T value, const ComponentQueue& queue) const {
    state_->value.emplace(std::move(value));
    queue.Post([state = state_] { Resume(state); });
  }
  // Whether the value is there, and has not been awaited.
  bool has_value() const { return state_->value.has_value(); }
  // Waits for the value, which then is the awaiter's.
  Awaiter operator co_await() const { return Awaiter(state_); }

 private:
  static void Resume(const std::shared_ptr<State>& state) {
    if (const std::coroutine_handle<> waits = std::exchange(state->waits, nullptr)) waits.resume();
  }

  std::shared_ptr<State> state_;
};

// A call of a guest that has begun (TypedComponentFunc::Async), to be awaited once: a Result<R>,
// with the errors of ComponentFunc::Start and ComponentOnResult. Move-only; if it goes before the
// call has ended, the call is given up.
template <typename R>
class [[nodiscard]] ComponentAwaitable {
 public:
  // Internal: of a function that begins the call with the callback that it is given.
  template <typename Start>
  explicit ComponentAwaitable(Start start) {
    auto call = start([event = event_](Result<R> result) { event.Set(std::move(result)); });
    if (call)
      call_.emplace(*std::move(call));
    else
      event_.Set(std::unexpected(std::move(call.error())));
  }
  ~ComponentAwaitable() {
    if (call_) call_->Abandon();
  }
  ComponentAwaitable(ComponentAwaitable&& other) noexcept
      : event_(other.event_), call_(std::exchange(other.call_, std::nullopt)) {}
  ComponentAwaitable& operator=(ComponentAwaitable&& other) noexcept {
    std::swap(event_, other.event_);
    std::swap(call_, other.call_);
    return *this;
  }

  // Whether the result is there, and has not been awaited.
  bool has_value() const { return event_.has_value(); }
  // As of ComponentCallHandle: what is awaited then says how it ended.
  Result<void> Cancel() { return call_ ? call_->Cancel() : Result<void>(); }
  // Waits for the result.
  typename ComponentEvent<Result<R>>::Awaiter operator co_await() const {
    return event_.operator co_await();
  }

 private:
  ComponentEvent<Result<R>> event_;
  std::optional<TypedComponentCall<R>> call_;
};

inline ComponentAwaitable<ComponentValue> ComponentFunc::Async(
    std::span<const ComponentValue> args) const {
  return ComponentAwaitable<ComponentValue>(
      [&](ComponentOnResult on_result) -> Result<TypedComponentCall<ComponentValue>> {
        auto call = Start(args, std::move(on_result));
        if (!call) return std::unexpected(std::move(call.error()));
        return TypedComponentCall<ComponentValue>(*std::move(call));
      });
}

template <typename R, typename... Args>
ComponentAwaitable<R> TypedComponentFunc<R(Args...)>::Async(Args... args) const {
  return ComponentAwaitable<R>([&](TypedComponentOnResult<R> on_result) {
    return Start(std::forward<Args>(args)..., std::move(on_result));
  });
}

namespace internal {

// What a coroutine has returned.
template <typename T>
class TaskValue {
 public:
  template <typename U = T>
    requires std::convertible_to<U&&, T>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  T Take() { return *std::exchange(value_, std::nullopt); }

 protected:
  std::optional<T> value_;
};
template <>
class TaskValue<void> {
 public:
  void return_void() {}
  void Take() {}
};

}  // namespace internal

// A coroutine that returns a T, which may be void or a Result: it begins when it is called, and
// runs up to where it has to wait. Move-only; owns the coroutine, which is destroyed with it,
// wherever it waits. Not while it runs: a task must not destroy itself, nor run the store from
// within. A coroutine's parameters live as long as it does, but what they refer to is the caller's
// business, and so are the captures of a lambda, which are in the lambda.
template <typename T = void>
class [[nodiscard]] ComponentTask {
 public:
  using Value = T;

  // What the compiler wants of the type.
  struct promise_type : internal::TaskValue<T> {
    // As [dcl.fct.def.coroutine] says:
    ComponentTask get_return_object() {
      return ComponentTask(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct End {
        bool await_ready() noexcept { return false; }
        // Whoever goes on may destroy the coroutine: nothing of it is used any more.
        std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
          const std::coroutine_handle<> waits = self.promise().waits;
          if (const auto on_done = std::move(self.promise().on_done)) on_done();
          return waits ? waits : std::noop_coroutine();
        }
        void await_resume() noexcept {}
      };
      return End();
    }
    template <bool kCatch = wasm::kExceptions>
    void unhandled_exception() noexcept {
#ifdef __cpp_exceptions
      if constexpr (kCatch && wasm::kIsResult<T>) {
        wasm::Catching<T, T (*)()> again{[]() -> T { throw; }};
        this->value_.emplace(again());
        return;
      }
#endif
      std::terminate();
    }

    std::coroutine_handle<> waits;
    HostCallable<void()> on_done;
  };

  // Waits for the task, which has to outlive the wait.
  class Awaiter {
   public:
    // Internal.
    explicit Awaiter(std::coroutine_handle<promise_type> task) : task_(task) {}
    // For co_await:
    bool await_ready() const { return task_.done(); }
    void await_suspend(std::coroutine_handle<> waits) { task_.promise().waits = waits; }
    T await_resume() { return task_.promise().Take(); }

   private:
    const std::coroutine_handle<promise_type> task_;
  };

  // None: to be assigned before it is used.
  ComponentTask() = default;
  ~ComponentTask() {
    if (frame_) frame_.destroy();
  }
  ComponentTask(ComponentTask&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  ComponentTask& operator=(ComponentTask&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }

  // Whether it has come to its end.
  bool done() const { return frame_.done(); }
  // What it has returned; once, of one that is done.
  T Take() { return frame_.promise().Take(); }
  // Called when it is done, at once if it is; it may destroy the task. Instead of awaiting it.
  void OnDone(HostCallable<void()> on_done) {
    if (done()) return on_done();
    frame_.promise().on_done = std::move(on_done);
  }
  // Waits in another coroutine, which then has what this one returns.
  Awaiter operator co_await() const { return Awaiter(frame_); }

 private:
  explicit ComponentTask(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

// Runs the store until a task is done, and gives what it returns. Errors: those of
// ComponentStore::RunUntil and, of a task of a Result, its own.
template <typename T>
auto RunTask(ComponentStore& store, ComponentTask<T> task)
    -> Result<typename internal::UnwrapResult<T>::type> {
  if (auto run = store.RunUntil([&] { return task.done(); }); !run)
    return std::unexpected(std::move(run.error()));
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return task.Take();
}

namespace internal {

template <typename R, typename Arguments>
inline constexpr auto kFitsArguments = nullptr;
template <typename R, typename... Args>
inline constexpr auto kFitsArguments<R, std::tuple<Args...>> =
    +[](const component::FuncType& type) { return ComponentSignature<R(Args...)>::Fits(type); };

// A call of a host function that is a coroutine, and all that it refers to.
template <typename F>
struct TaskCall {
  using Signature = HostSignature<F>;
  using Task = typename Signature::Return;

  std::shared_ptr<const F> callable;
  typename Signature::Arguments arguments;
  std::optional<ComponentQueue> queue;
  std::optional<Task> task;

  void Begin(void* host_data) {
    task.emplace(std::apply(
        [&](auto&... argument) {
          if constexpr (!Signature::kHasContext)
            return (*callable)(std::move(argument)...);
          else if constexpr (std::is_same_v<typename Signature::ContextType, ComponentQueue>)
            return (*callable)(*queue, std::move(argument)...);
          else
            return (*callable)(*static_cast<typename Signature::ContextType*>(host_data),
                               std::move(argument)...);
        },
        arguments));
  }
  Result<void> Return(const ComponentAsyncCall& call) {
    using Value = typename Task::Value;
    if constexpr (std::is_void_v<Value>) {
      return call.Return(ComponentValue());
    } else if constexpr (UnwrapResult<Value>::kIsResult) {
      Value result = task->Take();
      if (!result) return std::unexpected(std::move(result.error()));
      if constexpr (std::is_void_v<typename UnwrapResult<Value>::type>)
        return call.Return(ComponentValue());
      else
        return call.Return(
            ComponentTypeOf<typename UnwrapResult<Value>::type>::To(*std::move(result)));
    } else {
      return call.Return(ComponentTypeOf<Value>::To(task->Take()));
    }
  }
};

}  // namespace internal

// An asynchronous host function (ComponentLinkerInstance::AsyncFunc) from a coroutine of C++ types:
// ComponentTask<R> f(Args...), where R may be a Result, whose error ends the guest's execution. It
// begins within the guest's call, where it must not call guests until it has waited for something.
// Its arguments live as long as it does. First may come a reference: to the caller's
// ComponentQueue, or to what the store's host data points to. If the caller gives the call up or
// the store goes, the coroutine is destroyed where it waits.
template <typename F, bool kCatch = wasm::kExceptions>
TypedComponentAsyncHostFunc TypedTaskHost(F callable) {
  using Call = internal::TaskCall<F>;
  using Arguments = typename Call::Signature::Arguments;
  using R = typename internal::UnwrapResult<typename Call::Task::Value>::type;
  auto func = [callable = std::make_shared<const F>(std::move(callable))](
                  ComponentAsyncCall call) -> Result<void> {
    auto arguments = internal::HostArguments<Arguments>(call.TakeArgs());
    if (!arguments) return std::unexpected(std::move(arguments.error()));
    const auto begun = std::make_shared<Call>();
    begun->callable = callable;
    begun->arguments = *std::move(arguments);
    begun->queue = call.queue();
    begun->Begin(call.host_data());
    if (begun->task->done()) return begun->Return(call);
    // The call keeps the coroutine until it has ended, and the coroutine the call.
    call.OnCancel([begun] { begun->queue->Post([begun] { begun->task.reset(); }); });
    begun->task->OnDone([raw = begun.get(), call] {
      if (auto returned = raw->Return(call); !returned) call.Fail(std::move(returned.error()));
    });
    return {};
  };
  return {std::move(func), internal::kFitsArguments<R, Arguments>};
}

// ---- streams and futures
//
// What streams.h has with callbacks. `queue` is that of the store that the other end is in. At most
// one operation of an end is pending, and the end has to outlive it.

// What a read of a stream has come to: values, and whether the writer is still there.
template <typename T>
struct ComponentStreamRead {
  std::vector<typename TypedStreamReader<T>::Element> values;
  bool open = false;
};
// What a write has come to: how many values were taken, and whether the reader is still there.
struct ComponentStreamWritten {
  uint64_t taken = 0;
  bool open = false;
};

// Waits for up to `count` values: some come as soon as a writer has some. To co_await: a
// Result<ComponentStreamRead<T>>. Errors: as of ComponentStreamReader::Read.
template <typename T>
ComponentEvent<Result<ComponentStreamRead<T>>> AsyncRead(const ComponentQueue& queue,
                                                         TypedStreamReader<T>& reader,
                                                         uint64_t count) {
  ComponentEvent<Result<ComponentStreamRead<T>>> event;
  auto begun = reader.Read(count, [queue, event](auto values, bool open) {
    event.Set(ComponentStreamRead<T>{std::move(values), open}, queue);
  });
  if (!begun) event.Set(std::unexpected(std::move(begun.error())));
  return event;
}

// Offers values. To co_await: a Result<ComponentStreamWritten>. Errors: as of
// ComponentStreamWriter::Write.
template <typename T>
ComponentEvent<Result<ComponentStreamWritten>> AsyncWrite(
    const ComponentQueue& queue, TypedStreamWriter<T>& writer,
    std::vector<typename TypedStreamWriter<T>::Element> values) {
  ComponentEvent<Result<ComponentStreamWritten>> event;
  auto begun = writer.Write(std::move(values), [queue, event](uint64_t taken, bool open) {
    event.Set(ComponentStreamWritten{taken, open}, queue);
  });
  if (!begun) event.Set(std::unexpected(std::move(begun.error())));
  return event;
}

// Waits for the value of a future. To co_await: a Result of the value, or of nothing if the writer
// has gone. Errors: as of ComponentFutureReader::Read.
template <typename T>
ComponentEvent<Result<std::optional<typename TypedFutureReader<T>::Element>>> AsyncRead(
    const ComponentQueue& queue, TypedFutureReader<T>& reader) {
  using Element = typename TypedFutureReader<T>::Element;
  ComponentEvent<Result<std::optional<Element>>> event;
  auto begun = reader.Read(
      [queue, event](Element value) { event.Set(std::optional(std::move(value)), queue); },
      [queue, event] { event.Set(std::optional<Element>(), queue); });
  if (!begun) event.Set(std::unexpected(std::move(begun.error())));
  return event;
}

// Offers the value of a future. To co_await: a Result of whether it was taken. Errors: as of
// ComponentFutureWriter::Write.
template <typename T>
ComponentEvent<Result<bool>> AsyncWrite(const ComponentQueue& queue, TypedFutureWriter<T>& writer,
                                        typename TypedFutureWriter<T>::Element value) {
  ComponentEvent<Result<bool>> event;
  auto begun =
      writer.Write(std::move(value), [queue, event](bool taken) { event.Set(taken, queue); });
  if (!begun) event.Set(std::unexpected(std::move(begun.error())));
  return event;
}

}  // namespace trenail

#endif  // TRENAIL_LIBCOMPONENT_ASYNC_H_
