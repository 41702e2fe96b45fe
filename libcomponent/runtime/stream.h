// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams [cabi:Stream State]: values are copied when a reader and a writer meet.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_STREAM_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_STREAM_H_

#include <functional>
#include <memory>
#include <utility>

#include "libcomponent/runtime/copy_end.h"
#include "libcomponent/value.h"

namespace component::runtime {

class SharedStream final : public HandleObject, public SharedBase {  // [cabi:SharedStreamImpl]
 public:
  // One side's buffer and what to tell it; `inst` is null for the host.
  struct Copy {
    ComponentInstance* inst = nullptr;
    std::shared_ptr<Buffer> buffer;
    OnCopy on_copy;
    OnCopyDone on_copy_done;
    const ValType* element = nullptr;
  };

  void Cancel() override { ResetAndNotifyPending(CopyResult::kCancelled); }
  void Drop() override;
  void Abandon(const ComponentInstance& inst) override;
  wasm::Result<void> Read(Copy destination);
  wasm::Result<void> Write(Copy source);
  // For a host end that has nothing pending: `on_drop` is called once the stream is dropped.
  void OnDrop(std::function<void()> on_drop);

 private:
  void ResetAndNotifyPending(CopyResult result);
  // For now a component cannot talk to itself in values other than numbers.
  wasm::Result<void> CheckSides(const Copy& other) const;
  // Copies between the side that waits and the other one, as much as both have.
  wasm::Result<void> CopyPending(Copy& other, bool other_reads);

  bool dropped_ = false;
  Copy pending_;  // without a buffer: nobody waits
  std::function<void()> on_drop_;
};

class StreamEnd final : public CopyEnd {
 public:
  StreamEnd(std::shared_ptr<SharedStream> shared, const ValType* element, bool readable)
      : CopyEnd(element, readable), shared_(std::move(shared)) {}
  const std::shared_ptr<SharedStream>& shared() const { return shared_; }
  SharedBase& base() override { return *shared_; }

 private:
  std::shared_ptr<SharedStream> shared_;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_STREAM_H_
