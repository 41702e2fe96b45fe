// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [cabi:canon {stream,future}.new], read, write, cancel-read, cancel-write, drop-readable and
// drop-writable.

#include <memory>
#include <string>

#include "libcomponent/runtime/canon_builtin.h"
#include "libcomponent/runtime/future.h"
#include "libcomponent/runtime/store.h"
#include "libcomponent/runtime/stream.h"

namespace component::runtime {
namespace {

struct StreamTraits {
  using End = StreamEnd;
  static constexpr HandleKind kReadable = HandleKind::kReadableStream;
  static constexpr HandleKind kWritable = HandleKind::kWritableStream;
  static constexpr char kName[] = "stream";
};
struct FutureTraits {
  using End = FutureEnd;
  static constexpr HandleKind kReadable = HandleKind::kReadableFuture;
  static constexpr HandleKind kWritable = HandleKind::kWritableFuture;
  static constexpr char kName[] = "future";
};

template <typename Traits>
wasm::Result<std::shared_ptr<typename Traits::End>> GetEnd(const Builtin& builtin, uint32_t index,
                                                           bool readable) {
  ComponentInstance& inst = *builtin.inst;
  const Handle* handle = TRY(inst.handles.Get(index));
  const auto mismatch = [&] {
    return Trap("handle index " + std::to_string(index) +
                " used with the wrong type, expected the " + (readable ? "readable" : "writable") +
                " end of a " + Traits::kName);
  };
  if (handle->kind != (readable ? Traits::kReadable : Traits::kWritable)) return mismatch();
  auto end = std::static_pointer_cast<typename Traits::End>(handle->waitable);
  if (!ComponentInstance::SameType(inst, end->element(), inst, builtin.element)) return mismatch();
  return end;
}

std::string NotIdle(const CopyEnd& end, const char* name) {
  if (end.copying()) return "cannot have concurrent operations active on a future/stream";
  const std::string verb = end.readable() ? "cannot read from " : "cannot write to ";
  if (name == std::string_view("stream")) {
    return verb + name + " after being notified that the " +
           (end.readable() ? "writable" : "readable") + " end dropped";
  }
  return verb + name + " after previous " +
         (end.readable() ? "read succeeded" : "write succeeded or readable end dropped");
}

template <typename Traits>
wasm::Result<void> New(const Builtin& builtin, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  using End = typename Traits::End;
  using Shared = typename std::remove_cvref_t<decltype(std::declval<End>().shared())>::element_type;
  const auto shared = std::make_shared<Shared>();
  const uint64_t readable = TRY(inst.handles.Add(
      Handle::Of(Traits::kReadable, std::make_shared<End>(shared, builtin.element, true))));
  const uint64_t writable = TRY(inst.handles.Add(
      Handle::Of(Traits::kWritable, std::make_shared<End>(shared, builtin.element, false))));
  slots[0] = readable | writable << 32;
  return {};
}

// What both kinds of copies check before.
template <typename Traits>
wasm::Result<std::shared_ptr<typename Traits::End>> BeginCopy(const Builtin& builtin,
                                                              uint64_t index, bool readable) {
  if (!builtin.inst->may_leave) return Trap(kCannotLeave);
  auto end = TRY(GetEnd<Traits>(builtin, static_cast<uint32_t>(index), readable));
  if (end->state != CopyState::kIdle) return Trap(NotIdle(*end, Traits::kName));
  if (end->in_waitable_set() && !builtin.options.is_async) return Trap(kWaitableInSet);
  return end;
}

// And after.
wasm::Result<void> EndCopy(const Builtin& builtin, bool is_async, CopyEnd& end, uint64_t* slots) {
  if (!end.HasPendingEvent()) {
    if (is_async) {
      slots[0] = kBlocked;
      return {};
    }
    TRY_VOID(end.WaitForPendingEvent(*builtin.inst->store.current_thread()));
  }
  slots[0] = end.GetPendingEvent().payload;
  return {};
}

wasm::Result<void> StreamCopy(const Builtin& builtin, bool readable, uint64_t* slots) {
  const auto index = static_cast<uint32_t>(slots[0]);
  const std::shared_ptr<StreamEnd> end = TRY(BeginCopy<StreamTraits>(builtin, index, readable));
  const std::shared_ptr<Buffer> buffer =
      TRY(GuestBuffer::New(builtin.options, *builtin.inst, builtin.element, slots[1], slots[2]));
  // The end keeps the event, so the event must not keep the end.
  const auto event = [raw = end.get(), buffer, index, readable](CopyResult result) -> Event {
    // What was copied before it was cancelled is told along with that.
    if (raw->state == CopyState::kCancellingCopy && result == CopyResult::kCompleted)
      result = CopyResult::kCancelled;
    raw->state = result == CopyResult::kDropped ? CopyState::kDone : CopyState::kIdle;
    return {readable ? EventCode::kStreamRead : EventCode::kStreamWrite, index,
            static_cast<uint32_t>(result) | static_cast<uint32_t>(buffer->progress()) << 4};
  };
  SharedStream::Copy copy{.inst = builtin.inst, .buffer = buffer, .element = builtin.element};
  copy.on_copy = [raw = end.get(), event, &store = builtin.inst->store](ReclaimBuffer reclaim) {
    store.Wake();
    raw->SetPendingEvent([event, reclaim = std::move(reclaim)] {
      reclaim();
      return event(CopyResult::kCompleted);
    });
  };
  copy.on_copy_done = [raw = end.get(), event, &store = builtin.inst->store](CopyResult result) {
    store.Wake();
    raw->SetPendingEvent([event, result] { return event(result); });
  };
  end->state = CopyState::kCopying;
  TRY_VOID(readable ? end->shared()->Read(std::move(copy)) : end->shared()->Write(std::move(copy)));
  return EndCopy(builtin, builtin.options.is_async, *end, slots);
}

wasm::Result<void> FutureCopy(const Builtin& builtin, bool readable, uint64_t* slots) {
  const auto index = static_cast<uint32_t>(slots[0]);
  const std::shared_ptr<FutureEnd> end = TRY(BeginCopy<FutureTraits>(builtin, index, readable));
  SharedFuture::Copy copy{.inst = builtin.inst, .element = builtin.element};
  copy.buffer = TRY(GuestBuffer::New(builtin.options, *builtin.inst, builtin.element, slots[1], 1));
  copy.on_copy_done = [raw = end.get(), index, readable,
                       &store = builtin.inst->store](CopyResult result) {
    store.Wake();
    raw->SetPendingEvent([raw, index, readable, result]() -> Event {
      raw->state = result == CopyResult::kCancelled ? CopyState::kIdle : CopyState::kDone;
      return {readable ? EventCode::kFutureRead : EventCode::kFutureWrite, index,
              static_cast<uint32_t>(result)};
    });
  };
  end->state = CopyState::kCopying;
  TRY_VOID(readable ? end->shared()->Read(std::move(copy)) : end->shared()->Write(std::move(copy)));
  return EndCopy(builtin, builtin.options.is_async, *end, slots);
}

template <typename Traits>
wasm::Result<void> CancelCopy(const Builtin& builtin, bool readable, uint64_t* slots) {
  if (!builtin.inst->may_leave) return Trap(kCannotLeave);
  const auto end = TRY(GetEnd<Traits>(builtin, static_cast<uint32_t>(slots[0]), readable));
  if (end->state != CopyState::kCopying || end->has_sync_waiter())
    return Trap(std::string("no ") + (readable ? "read" : "write") + " of the " + Traits::kName +
                " is pending that could be cancelled");
  if (end->in_waitable_set() && !builtin.is_async) return Trap(kWaitableInSet);
  end->state = CopyState::kCancellingCopy;
  if (!end->HasPendingEvent()) end->base().Cancel();
  return EndCopy(builtin, builtin.is_async, *end, slots);
}

template <typename Traits>
wasm::Result<void> DropEnd(const Builtin& builtin, bool readable, uint64_t* slots) {
  ComponentInstance& inst = *builtin.inst;
  if (!inst.may_leave) return Trap(kCannotLeave);
  const auto index = static_cast<uint32_t>(slots[0]);
  const auto end = TRY(GetEnd<Traits>(builtin, index, readable));
  if (end->copying()) return Trap(std::string("cannot drop busy ") + Traits::kName);
  if (Traits::kWritable == HandleKind::kWritableFuture && !readable &&
      end->state != CopyState::kDone)
    return Trap("cannot drop future write end without first writing a value");
  inst.handles.Remove(index);
  end->base().Drop();
  end->Join(nullptr);
  return {};
}

}  // namespace

wasm::Result<void> CanonStreamNew(const Builtin& builtin, uint64_t* slots) {
  return New<StreamTraits>(builtin, slots);
}
wasm::Result<void> CanonFutureNew(const Builtin& builtin, uint64_t* slots) {
  return New<FutureTraits>(builtin, slots);
}
wasm::Result<void> CanonStreamRead(const Builtin& builtin, uint64_t* slots) {
  return StreamCopy(builtin, /*readable=*/true, slots);
}
wasm::Result<void> CanonStreamWrite(const Builtin& builtin, uint64_t* slots) {
  return StreamCopy(builtin, /*readable=*/false, slots);
}
wasm::Result<void> CanonFutureRead(const Builtin& builtin, uint64_t* slots) {
  return FutureCopy(builtin, /*readable=*/true, slots);
}
wasm::Result<void> CanonFutureWrite(const Builtin& builtin, uint64_t* slots) {
  return FutureCopy(builtin, /*readable=*/false, slots);
}
wasm::Result<void> CanonStreamCancelRead(const Builtin& builtin, uint64_t* slots) {
  return CancelCopy<StreamTraits>(builtin, /*readable=*/true, slots);
}
wasm::Result<void> CanonStreamCancelWrite(const Builtin& builtin, uint64_t* slots) {
  return CancelCopy<StreamTraits>(builtin, /*readable=*/false, slots);
}
wasm::Result<void> CanonFutureCancelRead(const Builtin& builtin, uint64_t* slots) {
  return CancelCopy<FutureTraits>(builtin, /*readable=*/true, slots);
}
wasm::Result<void> CanonFutureCancelWrite(const Builtin& builtin, uint64_t* slots) {
  return CancelCopy<FutureTraits>(builtin, /*readable=*/false, slots);
}
wasm::Result<void> CanonStreamDropReadable(const Builtin& builtin, uint64_t* slots) {
  return DropEnd<StreamTraits>(builtin, /*readable=*/true, slots);
}
wasm::Result<void> CanonStreamDropWritable(const Builtin& builtin, uint64_t* slots) {
  return DropEnd<StreamTraits>(builtin, /*readable=*/false, slots);
}
wasm::Result<void> CanonFutureDropReadable(const Builtin& builtin, uint64_t* slots) {
  return DropEnd<FutureTraits>(builtin, /*readable=*/true, slots);
}
wasm::Result<void> CanonFutureDropWritable(const Builtin& builtin, uint64_t* slots) {
  return DropEnd<FutureTraits>(builtin, /*readable=*/false, slots);
}

}  // namespace component::runtime
