// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Futures [cabi:Future State]: one value is copied, once.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_FUTURE_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_FUTURE_H_

#include <memory>
#include <utility>

#include "libcomponent/runtime/copy_end.h"
#include "libcomponent/value.h"

namespace component::runtime {

class SharedFuture final : public HandleObject, public SharedBase {  // [cabi:SharedFutureImpl]
 public:
  struct Copy {
    ComponentInstance* inst = nullptr;  // null: the host
    std::shared_ptr<Buffer> buffer;     // of one value
    OnCopyDone on_copy_done;
    const ValType* element = nullptr;
  };

  void Cancel() override { ResetAndNotifyPending(CopyResult::kCancelled); }
  void Drop() override;
  void Abandon(const ComponentInstance& inst) override;
  wasm::Result<void> Read(Copy destination);
  wasm::Result<void> Write(Copy source);

 private:
  void ResetAndNotifyPending(CopyResult result);

  bool dropped_ = false;
  Copy pending_;
};

class FutureEnd final : public CopyEnd {
 public:
  FutureEnd(std::shared_ptr<SharedFuture> shared, const ValType* element, bool readable)
      : CopyEnd(element, readable), shared_(std::move(shared)) {}
  const std::shared_ptr<SharedFuture>& shared() const { return shared_; }
  SharedBase& base() override { return *shared_; }

 private:
  std::shared_ptr<SharedFuture> shared_;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_FUTURE_H_
