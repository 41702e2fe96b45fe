// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/stream.h"

#include <algorithm>

namespace component::runtime {

bool NoneOrNumberType(const ValType* type) {
  return type == nullptr || (type->kind >= ValKind::kS8 && type->kind <= ValKind::kF64);
}

void SharedStream::ResetAndNotifyPending(CopyResult result) {
  const OnCopyDone done = std::exchange(pending_, {}).on_copy_done;
  done(result);
}

void SharedStream::Drop() {
  if (std::exchange(dropped_, true)) return;
  if (pending_.buffer != nullptr) ResetAndNotifyPending(CopyResult::kDropped);
  if (const auto on_drop = std::exchange(on_drop_, nullptr)) on_drop();
}

void SharedStream::OnDrop(std::function<void()> on_drop) {
  on_drop_ = std::move(on_drop);
  if (!dropped_) return;
  if (const auto called = std::exchange(on_drop_, nullptr)) called();
}

wasm::Result<void> SharedStream::CheckSides(const Copy& other) const {
  if (other.inst == nullptr || other.inst != pending_.inst || NoneOrNumberType(other.element))
    return {};
  return Trap(kIntraComponent);
}

wasm::Result<void> SharedStream::CopyPending(Copy& other, bool other_reads) {
  const uint64_t n = std::min(other.buffer->remain(), pending_.buffer->remain());
  if (n == 0) return {};
  Buffer& to = other_reads ? *other.buffer : *pending_.buffer;
  Buffer& from = other_reads ? *pending_.buffer : *other.buffer;
  TRY_VOID(Buffer::Copy(to, from, n));
  // A copy, as the pending side may reclaim its buffer, and begin anew, at once.
  const OnCopy on_copy = pending_.on_copy;
  on_copy([this, buffer = pending_.buffer] {
    if (pending_.buffer == buffer) pending_ = {};
  });
  return {};
}

void SharedStream::Abandon(const ComponentInstance& inst) {
  if (pending_.inst == &inst) pending_ = {};
  Drop();
}

wasm::Result<void> SharedStream::Read(Copy destination) {
  if (dropped_) {
    destination.on_copy_done(CopyResult::kDropped);
  } else if (pending_.buffer == nullptr) {
    pending_ = std::move(destination);
  } else if (pending_.buffer->remain() > 0) {
    TRY_VOID(CheckSides(destination));
    TRY_VOID(CopyPending(destination, /*other_reads=*/true));
    destination.on_copy_done(CopyResult::kCompleted);
  } else {
    TRY_VOID(CheckSides(destination));
    ResetAndNotifyPending(CopyResult::kCompleted);
    // A host that was told may have written, or gone, at once; a guest has not.
    if (dropped_ || pending_.buffer != nullptr) return Read(std::move(destination));
    pending_ = std::move(destination);
  }
  return {};
}

wasm::Result<void> SharedStream::Write(Copy source) {
  if (dropped_) {
    source.on_copy_done(CopyResult::kDropped);
  } else if (pending_.buffer == nullptr) {
    pending_ = std::move(source);
  } else if (pending_.buffer->remain() > 0) {
    TRY_VOID(CheckSides(source));
    TRY_VOID(CopyPending(source, /*other_reads=*/false));
    source.on_copy_done(CopyResult::kCompleted);
  } else if (source.buffer->is_zero_length() && pending_.buffer->is_zero_length()) {
    source.on_copy_done(CopyResult::kCompleted);
  } else {
    TRY_VOID(CheckSides(source));
    ResetAndNotifyPending(CopyResult::kCompleted);
    if (dropped_ || pending_.buffer != nullptr) return Write(std::move(source));
    pending_ = std::move(source);
  }
  return {};
}

}  // namespace component::runtime
