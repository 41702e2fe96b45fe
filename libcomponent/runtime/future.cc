// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/future.h"

namespace component::runtime {
namespace {

bool IsIntraComponent(const SharedFuture::Copy& a, const SharedFuture::Copy& b) {
  return a.inst != nullptr && a.inst == b.inst && !NoneOrNumberType(a.element);
}
}  // namespace

void SharedFuture::ResetAndNotifyPending(CopyResult result) {
  const OnCopyDone done = std::exchange(pending_, {}).on_copy_done;
  done(result);
}

void SharedFuture::Drop() {
  if (std::exchange(dropped_, true)) return;
  if (pending_.buffer != nullptr) ResetAndNotifyPending(CopyResult::kDropped);
}

void SharedFuture::Abandon(const ComponentInstance& inst) {
  if (pending_.inst == &inst) pending_ = {};
  Drop();
}

wasm::Result<void> SharedFuture::Read(Copy destination) {
  if (dropped_) {
    destination.on_copy_done(CopyResult::kDropped);
    return {};
  }
  if (pending_.buffer == nullptr) {
    pending_ = std::move(destination);
    return {};
  }
  if (IsIntraComponent(destination, pending_)) return Trap(kIntraComponent);
  TRY_VOID(Buffer::Copy(*destination.buffer, *pending_.buffer, 1));
  ResetAndNotifyPending(CopyResult::kCompleted);
  destination.on_copy_done(CopyResult::kCompleted);
  return {};
}

wasm::Result<void> SharedFuture::Write(Copy source) {
  if (dropped_) {
    source.on_copy_done(CopyResult::kDropped);
    return {};
  }
  if (pending_.buffer == nullptr) {
    pending_ = std::move(source);
    return {};
  }
  if (IsIntraComponent(source, pending_)) return Trap(kIntraComponent);
  TRY_VOID(Buffer::Copy(*pending_.buffer, *source.buffer, 1));
  ResetAndNotifyPending(CopyResult::kCompleted);
  source.on_copy_done(CopyResult::kCompleted);
  return {};
}

}  // namespace component::runtime
