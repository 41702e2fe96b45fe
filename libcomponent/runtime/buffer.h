// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Buffers [cabi:Buffer State]: where the values of a copy through a stream or future come from or
// go to, in a guest's memory or the host's.

#ifndef TRENAIL_LIBCOMPONENT_RUNTIME_BUFFER_H_
#define TRENAIL_LIBCOMPONENT_RUNTIME_BUFFER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "libcomponent/runtime/lift_lower_context.h"
#include "libcomponent/types/types.h"
#include "libcomponent/value.h"
#include "libwasm/support/error.h"

namespace component::runtime {

class Buffer {
 public:
  static constexpr uint32_t kMaxLength = (uint32_t{1} << 28) - 1;

  explicit Buffer(uint64_t length) : length_(length) {}
  virtual ~Buffer() = default;

  uint64_t remain() const { return length_ - progress_; }
  uint64_t progress() const { return progress_; }
  bool is_zero_length() const { return length_ == 0; }

  // The next `n` values, no more than remain.
  wasm::Result<std::vector<Value>> Read(uint64_t n) {
    progress_ += n;
    return DoRead(n);
  }
  // Room for the next ones.
  wasm::Result<void> Write(std::vector<Value> values) {
    progress_ += values.size();
    return DoWrite(std::move(values));
  }

  // Moves `n` values, no more than remain in either.
  static wasm::Result<void> Copy(Buffer& to, Buffer& from, uint64_t n);

 protected:
  // False if the values have no type and are only counted.
  virtual bool has_values() const { return true; }
  virtual wasm::Result<std::vector<Value>> DoRead(uint64_t n) = 0;
  virtual wasm::Result<void> DoWrite(std::vector<Value> values) = 0;
  // Of a value, where values lie side by side as bytes that mean the same on both sides: integers.
  // Otherwise 0, and the next two are not called.
  virtual uint64_t byte_width() const { return 0; }
  // Of the next `n` values, which are then behind.
  virtual std::span<uint8_t> TakeBytes(uint64_t n) {
    (void)n;
    return {};
  }

 private:
  uint64_t length_;
  uint64_t progress_ = 0;
};

// [cabi:BufferGuestImpl], either way round. Without an element type it only counts.
class GuestBuffer final : public Buffer {
 public:
  // Errors: a trap if the range is not valid. `options` must outlive the buffer.
  static wasm::Result<std::shared_ptr<GuestBuffer>> New(const CanonicalOptions& options,
                                                        ComponentInstance& inst,
                                                        const ValType* element, uint64_t ptr,
                                                        uint64_t length);
  GuestBuffer(const CanonicalOptions& options, ComponentInstance& inst, const ValType* element,
              uint64_t ptr, uint64_t length)
      : Buffer(length), cx_(options, inst), element_(element), ptr_(ptr) {}

 private:
  bool has_values() const override { return element_ != nullptr; }
  wasm::Result<std::vector<Value>> DoRead(uint64_t n) override;
  wasm::Result<void> DoWrite(std::vector<Value> values) override;
  uint64_t byte_width() const override;
  std::span<uint8_t> TakeBytes(uint64_t n) override;
  uint64_t ElemSize() const { return element_->layout(cx_.options().ptr).size; }

  LiftLowerContext cx_;
  const ValType* element_;
  uint64_t ptr_;
};

// Values that the host gives, in order.
class HostSource final : public Buffer {
 public:
  explicit HostSource(std::vector<Value> values)
      : Buffer(values.size()), values_(std::move(values)) {}

 private:
  wasm::Result<std::vector<Value>> DoRead(uint64_t n) override;
  wasm::Result<void> DoWrite(std::vector<Value>) override { return {}; }

  std::vector<Value> values_;
  uint64_t next_ = 0;
};

// The same for a `stream<u8>`, as bytes.
class HostByteSource final : public Buffer {
 public:
  explicit HostByteSource(std::vector<uint8_t> bytes)
      : Buffer(bytes.size()), bytes_(std::move(bytes)) {}

 private:
  wasm::Result<std::vector<Value>> DoRead(uint64_t n) override;
  wasm::Result<void> DoWrite(std::vector<Value>) override { return {}; }
  uint64_t byte_width() const override { return 1; }
  std::span<uint8_t> TakeBytes(uint64_t n) override {
    return std::span(bytes_).subspan(std::exchange(next_, next_ + n), n);
  }

  std::vector<uint8_t> bytes_;
  uint64_t next_ = 0;
};

// Values that the host takes, up to a number.
class HostSink final : public Buffer {
 public:
  explicit HostSink(uint64_t length) : Buffer(length) {}
  std::vector<Value>& values() { return values_; }

 private:
  wasm::Result<std::vector<Value>> DoRead(uint64_t) override { return std::vector<Value>(); }
  wasm::Result<void> DoWrite(std::vector<Value> values) override;

  std::vector<Value> values_;
};

class HostByteSink final : public Buffer {
 public:
  explicit HostByteSink(uint64_t length) : Buffer(length) {}
  std::vector<uint8_t>& bytes() { return bytes_; }

 private:
  wasm::Result<std::vector<Value>> DoRead(uint64_t) override { return std::vector<Value>(); }
  wasm::Result<void> DoWrite(std::vector<Value> values) override;
  uint64_t byte_width() const override { return 1; }
  std::span<uint8_t> TakeBytes(uint64_t n) override;

  std::vector<uint8_t> bytes_;
};

}  // namespace component::runtime

#endif  // TRENAIL_LIBCOMPONENT_RUNTIME_BUFFER_H_
