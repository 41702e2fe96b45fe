// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the ends of streams and futures have in common [cabi:CopyEnd].

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_COPY_END_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_COPY_END_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "libcomponent/runtime/buffer.h"
#include "libcomponent/runtime/waitable.h"
#include "libcomponent/types/types.h"

namespace component::runtime {

enum class CopyResult : uint8_t { kCompleted = 0, kDropped = 1, kCancelled = 2 };
enum class CopyState : uint8_t { kIdle, kCopying, kCancellingCopy, kDone };

// Gives the buffer back: no more is copied through it.
using ReclaimBuffer = std::function<void()>;
// Something was copied; more may follow until the buffer is reclaimed.
using OnCopy = std::function<void(ReclaimBuffer)>;
using OnCopyDone = std::function<void(CopyResult)>;

class SharedBase {  // [cabi:SharedBase]
 public:
  virtual void Cancel() = 0;
  virtual void Drop() = 0;
  // The instance that has the end goes, with what it waits for.
  virtual void Abandon(const ComponentInstance& inst) = 0;

 protected:
  ~SharedBase() = default;
};

class CopyEnd : public Waitable {
 public:
  // `element`: as the instance that holds the end knows it; null: none.
  CopyEnd(const ValType* element, bool readable) : element_(element), readable_(readable) {}

  const ValType* element() const { return element_; }
  bool readable() const { return readable_; }
  bool copying() const {
    return state == CopyState::kCopying || state == CopyState::kCancellingCopy;
  }
  virtual SharedBase& base() = 0;

  CopyState state = CopyState::kIdle;

 private:
  const ValType* element_;
  bool readable_;
};

// Whether a component instance may read what it writes itself [cabi:none_or_number_type].
bool NoneOrNumberType(const ValType* type);

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_COPY_END_H_
