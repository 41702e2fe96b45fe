// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host's part in run_tests.py of the specification: functions that block on a thread of their
// own and decide what becomes of a cancellation (mk_host_func), and the host's ends of streams and
// futures (HostSource, HostSink, HostFutureSource, HostFutureSink). The latter act at once where
// the original has native threads, and speak to the streams of the runtime instead of being
// streams.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_HOST_TEST_UTIL_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_HOST_TEST_UTIL_H_

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "libcomponent/runtime/future.h"
#include "libcomponent/runtime/runtime_test_util.h"
#include "libcomponent/runtime/stream.h"

namespace component::runtime {

struct BlockingHostCall {
  wasm::Result<void> Return(Value result) {
    resolved = true;
    return std::exchange(site, nullptr)->OnReturn(std::move(result));
  }
  wasm::Result<Cancelled> WaitUntil(Thread::Ready ready) {
    return thread->WaitUntil(std::move(ready), /*cancellable=*/true);
  }

  std::shared_ptr<CallSite> site;
  Thread* thread = nullptr;  // while the function runs
  bool resolved = false;
};

class BlockingHostFunc final : public FuncInst {
 public:
  using Body = std::function<wasm::Result<void>(BlockingHostCall& call, std::vector<Value> args)>;

  BlockingHostFunc(World& world, const FuncType& type, Body body)
      : world_(world), type_(type), body_(std::move(body)) {}

  wasm::Result<std::shared_ptr<Cancellable>> Call(Store& store, std::shared_ptr<CallSite> site,
                                                  ComponentInstance*) override {
    const auto task =
        std::make_shared<Task>(type_, options_, world_.NewInstance(), nullptr, shared_from_this());
    const auto call = std::make_shared<BlockingHostCall>();
    call->site = std::move(site);
    call->thread = &task->NewThread([this, call](Cancelled) -> wasm::Result<bool> {
      std::vector<Value> args = TRY(call->site->OnStart());
      TRY_VOID(body_(*call, std::move(args)));
      return true;
    });
    store.Keep(task);
    TRY_VOID(call->thread->Resume());
    if (call->resolved) return nullptr;
    return std::make_shared<OnCancel>(call);
  }

 private:
  struct OnCancel final : Cancellable {
    explicit OnCancel(std::shared_ptr<BlockingHostCall> of) : call(std::move(of)) {}
    wasm::Result<void> RequestCancellation(ComponentInstance*) override {
      return call->thread->Resume(Cancelled::kTrue);
    }
    std::shared_ptr<BlockingHostCall> call;
  };

  World& world_;
  const FuncType& type_;
  const CanonicalOptions options_;
  const Body body_;
};

inline std::shared_ptr<FuncInst> MakeHostFunc(World& world, const FuncType& type,
                                              BlockingHostFunc::Body body) {
  return std::make_shared<BlockingHostFunc>(world, type, std::move(body));
}

inline std::shared_ptr<SharedStream> StreamOf(const Value& value) {
  WASM_CHECK(value.kind() == Value::Kind::kStream);
  return std::static_pointer_cast<SharedStream>(value.object());
}
inline std::shared_ptr<SharedFuture> FutureOf(const Value& value) {
  WASM_CHECK(value.kind() == Value::Kind::kFuture);
  return std::static_pointer_cast<SharedFuture>(value.object());
}

using Bytes = std::vector<uint8_t>;

// Writes a `stream<u8>`, `chunk` values at a time.
class ByteSource {
 public:
  enum class WhenEmpty : uint8_t { kStays, kDrops };

  ByteSource(const ValType* element, Bytes contents, size_t chunk, WhenEmpty when_empty)
      : element_(element),
        remaining_(std::move(contents)),
        chunk_(chunk),
        drops_(when_empty == WhenEmpty::kDrops) {
    Go();
  }
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  Value value() const { return Value::Object(Value::Kind::kStream, stream_); }
  void Write(const Bytes& bytes) {
    remaining_.insert(remaining_.end(), bytes.begin(), bytes.end());
    Go();
  }
  void DropOnceEmpty() {
    drops_ = true;
    Go();
  }

 private:
  void Go() {
    if (writing_) return;
    if (remaining_.empty()) {
      if (drops_) stream_->Drop();
      return;
    }
    writing_ = true;
    const auto end =
        remaining_.begin() + static_cast<ptrdiff_t>(std::min(chunk_, remaining_.size()));
    const auto buffer = std::make_shared<HostByteSource>(Bytes(remaining_.begin(), end));
    SharedStream::Copy copy;
    copy.buffer = buffer;
    copy.element = element_;
    copy.on_copy = [this, buffer](const ReclaimBuffer& reclaim) {
      reclaim();
      Done(*buffer);
    };
    copy.on_copy_done = [this, buffer](CopyResult result) {
      if (result == CopyResult::kDropped) remaining_.clear();
      Done(*buffer);
    };
    WASM_CHECK(stream_->Write(std::move(copy)).has_value());
  }
  void Done(const Buffer& buffer) {
    const auto n = static_cast<ptrdiff_t>(std::min<uint64_t>(buffer.progress(), remaining_.size()));
    remaining_.erase(remaining_.begin(), remaining_.begin() + n);
    writing_ = false;
    Go();
  }

  const ValType* element_;
  Bytes remaining_;
  const size_t chunk_;
  bool drops_;
  bool writing_ = false;
  std::shared_ptr<SharedStream> stream_ = std::make_shared<SharedStream>();
};

// Reads one, as long as it has room.
class ByteSink {
 public:
  ByteSink(const ValType* element, const Value& stream, uint64_t room,
           std::function<void()> on_received = nullptr)
      : element_(element),
        stream_(StreamOf(stream)),
        room_(room),
        on_received_(std::move(on_received)) {
    Go();
  }
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;

  void SetRoom(uint64_t room) {
    room_ = room;
    Go();
  }
  const Bytes& received() const { return received_; }
  bool closed() const { return closed_; }
  // Up to `n` of what was received.
  Bytes Consume(size_t n) {
    const auto end = received_.begin() + static_cast<ptrdiff_t>(std::min(n, received_.size()));
    Bytes bytes(received_.begin(), end);
    received_.erase(received_.begin(), end);
    return bytes;
  }

 private:
  void Go() {
    if (reading_ || closed_ || room_ == 0) return;
    reading_ = true;
    const auto buffer = std::make_shared<HostByteSink>(room_);
    SharedStream::Copy copy;
    copy.buffer = buffer;
    copy.element = element_;
    copy.on_copy = [this, buffer](const ReclaimBuffer& reclaim) {
      reclaim();
      Done(*buffer);
    };
    copy.on_copy_done = [this, buffer](CopyResult result) {
      closed_ = result == CopyResult::kDropped;
      Done(*buffer);
    };
    WASM_CHECK(stream_->Read(std::move(copy)).has_value());
  }
  void Done(HostByteSink& buffer) {
    const Bytes& bytes = buffer.bytes();
    received_.insert(received_.end(), bytes.begin(), bytes.end());
    room_ -= bytes.size();
    reading_ = false;
    if (on_received_) on_received_();
    Go();
  }

  const ValType* element_;
  std::shared_ptr<SharedStream> stream_;
  uint64_t room_;
  std::function<void()> on_received_;
  Bytes received_;
  bool reading_ = false;
  bool closed_ = false;
};

// Writes a value to a future.
inline wasm::Result<void> Fulfil(SharedFuture& future, const ValType* element, Value value) {
  SharedFuture::Copy copy;
  std::vector<Value> values;
  values.push_back(std::move(value));
  copy.buffer = std::make_shared<HostSource>(std::move(values));
  copy.element = element;
  copy.on_copy_done = [](CopyResult) {};
  return future.Write(std::move(copy));
}

// Reads one: `value` is there when it has come.
inline wasm::Result<void> Await(SharedFuture& future, const ValType* element,
                                std::shared_ptr<std::optional<Value>> value) {
  SharedFuture::Copy copy;
  const auto sink = std::make_shared<HostSink>(1);
  copy.buffer = sink;
  copy.element = element;
  copy.on_copy_done = [sink, value = std::move(value)](CopyResult result) {
    if (result == CopyResult::kCompleted) *value = sink->values().front();
  };
  return future.Read(std::move(copy));
}

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_HOST_TEST_UTIL_H_
