// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ByteReader: how every byte of a module is read. kChecked is for untrusted bytes: the first error
// sticks in the ErrorSink, later reads return zeros, so callers stay straight-line and test once.
// kTrusted is a bare pointer over bytes that validation has already accepted.

#ifndef TRENAIL_LIBWASM_SUPPORT_READER_H_
#define TRENAIL_LIBWASM_SUPPORT_READER_H_

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "libwasm/support/error.h"
#include "libwasm/support/leb128.h"

namespace wasm {

// Collects the first error of a pass over bytes.
class ErrorSink {
 public:
  bool failed() const { return failed_; }

  // Both return false, for `return sink.Malformed(…);` in functions that return success.
  [[gnu::cold, gnu::noinline]] bool Malformed(uint64_t offset, std::string message) {
    return Fail(ErrorKind::kMalformed, offset, std::move(message));
  }
  [[gnu::cold, gnu::noinline]] bool Invalid(uint64_t offset, std::string message) {
    return Fail(ErrorKind::kInvalid, offset, std::move(message));
  }
  [[gnu::cold, gnu::noinline]] bool Fail(ErrorKind kind, uint64_t offset, std::string message) {
    if (!failed_) {
      failed_ = true;
      kind_ = kind;
      offset_ = offset;
      message_ = std::move(message);
    }
    return false;
  }

  ErrorKind kind() const { return kind_; }
  uint64_t offset() const { return offset_; }
  // The collected error; the sink must have failed.
  Error TakeError() { return Error(kind_, std::move(message_)).WithOffset(offset_); }

 private:
  bool failed_ = false;
  ErrorKind kind_ = ErrorKind::kMalformed;
  uint64_t offset_ = 0;
  std::string message_;
};

enum class Trust : uint8_t { kChecked, kTrusted };

template <Trust trust>
class ByteReader;

template <>
class ByteReader<Trust::kChecked> {
 public:
  // Offsets in errors count from the start of `bytes`, plus `base_offset`. The sink must outlive
  // it.
  ByteReader(std::span<const uint8_t> bytes, uint64_t base_offset, ErrorSink* sink)
      : begin_(bytes.data()),
        p_(bytes.data()),
        end_(bytes.data() + bytes.size()),
        base_(base_offset),
        sink_(sink) {}

  const uint8_t* position() const { return p_; }
  const uint8_t* end() const { return end_; }
  uint64_t offset() const { return base_ + static_cast<uint64_t>(p_ - begin_); }
  uint64_t OffsetOf(const uint8_t* at) const { return base_ + static_cast<uint64_t>(at - begin_); }
  size_t remaining() const { return static_cast<size_t>(end_ - p_); }
  bool AtEnd() const { return p_ == end_; }
  bool ok() const { return !sink_->failed(); }
  ErrorSink& sink() { return *sink_; }
  void SetPosition(const uint8_t* p) { p_ = p; }

  bool Malformed(std::string message) { return MalformedAt(p_, std::move(message)); }
  bool MalformedAt(const uint8_t* at, std::string message) {
    sink_->Malformed(OffsetOf(at), std::move(message));
    p_ = end_;
    return false;
  }

  uint8_t ReadByte() {
    if (p_ == end_) [[unlikely]] {
      UnexpectedEnd();
      return 0;
    }
    return *p_++;
  }
  // The next byte without consuming it; 0 at the end.
  uint8_t PeekByte() const { return p_ == end_ ? 0 : *p_; }

  uint32_t ReadU32() {
    if (p_ != end_ && *p_ < 0x80) [[likely]]
      return *p_++;
    return static_cast<uint32_t>(ReadUnsigned<32>());
  }
  uint64_t ReadU64() { return ReadUnsigned<64>(); }
  int32_t ReadS32() { return static_cast<int32_t>(ReadSigned<32>()); }
  int64_t ReadS33() { return ReadSigned<33>(); }
  int64_t ReadS64() { return ReadSigned<64>(); }

  // A little-endian value of fixed width.
  template <typename T>
  T ReadFixed() {
    T value{};
    if (remaining() < sizeof(T)) {
      UnexpectedEnd();
      return value;
    }
    std::memcpy(&value, p_, sizeof(T));
    p_ += sizeof(T);
    return value;
  }

  // The next `size` bytes; empty with an error if there are fewer.
  std::span<const uint8_t> ReadBytes(uint64_t size) {
    if (size > remaining()) {
      UnexpectedEnd();
      return {};
    }
    const uint8_t* at = p_;
    p_ += size;
    return {at, static_cast<size_t>(size)};
  }

  [[gnu::cold, gnu::noinline]] void UnexpectedEnd() {
    MalformedAt(end_, "unexpected end of section or function");
  }

 private:
  template <int N>
  [[gnu::noinline]] uint64_t ReadUnsigned() {
    const uint8_t* start = p_;
    uint64_t value = 0;
    const LebStatus status = ReadUnsignedLeb<N>(&p_, end_, &value);
    if (status != LebStatus::kOk) [[unlikely]] {
      LebError(status, start);
      return 0;
    }
    return value;
  }
  template <int N>
  [[gnu::noinline]] int64_t ReadSigned() {
    const uint8_t* start = p_;
    int64_t value = 0;
    const LebStatus status = ReadSignedLeb<N>(&p_, end_, &value);
    if (status != LebStatus::kOk) [[unlikely]] {
      LebError(status, start);
      return 0;
    }
    return value;
  }
  [[gnu::cold, gnu::noinline]] void LebError(LebStatus status, const uint8_t* at) {
    switch (status) {
      case LebStatus::kTooLong:
        MalformedAt(at, "integer representation too long");
        break;
      case LebStatus::kTooLarge:
        MalformedAt(at, "integer too large");
        break;
      default:
        UnexpectedEnd();
        break;
    }
  }

  const uint8_t* begin_;
  const uint8_t* p_;
  const uint8_t* end_;
  uint64_t base_;
  ErrorSink* sink_;
};

template <>
class ByteReader<Trust::kTrusted> {
 public:
  explicit ByteReader(const uint8_t* p) : p_(p) {}

  const uint8_t* position() const { return p_; }
  bool ok() const { return true; }
  bool Malformed(std::string_view) { return false; }
  bool MalformedAt(const uint8_t*, std::string_view) { return false; }
  size_t remaining() const { return SIZE_MAX; }

  uint8_t ReadByte() { return *p_++; }
  uint8_t PeekByte() const { return *p_; }
  uint32_t ReadU32() { return static_cast<uint32_t>(ReadTrustedUnsignedLeb(&p_)); }
  uint64_t ReadU64() { return ReadTrustedUnsignedLeb(&p_); }
  int32_t ReadS32() { return static_cast<int32_t>(ReadTrustedSignedLeb(&p_)); }
  int64_t ReadS33() { return ReadTrustedSignedLeb(&p_); }
  int64_t ReadS64() { return ReadTrustedSignedLeb(&p_); }
  template <typename T>
  T ReadFixed() {
    T value;
    std::memcpy(&value, p_, sizeof(T));
    p_ += sizeof(T);
    return value;
  }
  std::span<const uint8_t> ReadBytes(uint64_t size) {
    const uint8_t* at = p_;
    p_ += size;
    return {at, static_cast<size_t>(size)};
  }

 private:
  const uint8_t* p_;
};

using CheckedReader = ByteReader<Trust::kChecked>;
using TrustedReader = ByteReader<Trust::kTrusted>;

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_SUPPORT_READER_H_
