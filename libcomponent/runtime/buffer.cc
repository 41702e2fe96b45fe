// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/buffer.h"

#include <cstring>
#include <iterator>
#include <utility>

#include "libcomponent/abi/load.h"
#include "libcomponent/abi/memory.h"
#include "libcomponent/abi/store.h"

namespace component::runtime {
namespace {

bool IsInteger(const ValType& type) {
  return type.kind >= ValKind::kS8 && type.kind <= ValKind::kU64;
}

}  // namespace

wasm::Result<void> Buffer::Copy(Buffer& to, Buffer& from, uint64_t n) {
  if (!from.has_values() && !to.has_values()) {
    from.progress_ += n;
    to.progress_ += n;
    return {};
  }
  if (from.byte_width() != 0 && from.byte_width() == to.byte_width()) {
    const std::span<uint8_t> source = from.TakeBytes(n);
    const std::span<uint8_t> target = to.TakeBytes(n);
    std::memmove(target.data(), source.data(), source.size());
    from.progress_ += n;
    to.progress_ += n;
    return {};
  }
  return to.Write(TRY(from.Read(n)));
}

wasm::Result<std::shared_ptr<GuestBuffer>> GuestBuffer::New(const CanonicalOptions& options,
                                                            ComponentInstance& inst,
                                                            const ValType* element, uint64_t ptr,
                                                            uint64_t length) {
  if (length > kMaxLength) return Trap("stream read/write count too large");
  if (element != nullptr && length > 0) {
    const ValType::Layout& layout = element->layout(options.ptr);
    if (!abi::IsAligned(ptr, layout.alignment)) return Trap("read/write: unaligned pointer");
    if (!abi::InBounds(options.memory ? options.memory->size() : 0, ptr, length * layout.size))
      return Trap("read/write pointer out of bounds of memory");
  }
  return std::make_shared<GuestBuffer>(options, inst, element, ptr, length);
}

wasm::Result<std::vector<Value>> GuestBuffer::DoRead(uint64_t n) {
  if (element_ == nullptr) return std::vector<Value>(n);
  abi::Context cx = cx_.cx();
  auto values = TRY(abi::LoadListFromValidRange(cx, ptr_, n, *element_));
  ptr_ += n * ElemSize();
  return values;
}

wasm::Result<void> GuestBuffer::DoWrite(std::vector<Value> values) {
  if (element_ == nullptr) return {};
  abi::Context cx = cx_.cx();
  TRY_VOID(abi::StoreListIntoValidRange(cx, values, ptr_, *element_));
  ptr_ += values.size() * ElemSize();
  return {};
}

uint64_t GuestBuffer::byte_width() const {
  const bool copies = cx_.inst().copies();
  return copies && element_ != nullptr && IsInteger(*element_) ? ElemSize() : 0;
}

std::span<uint8_t> GuestBuffer::TakeBytes(uint64_t n) {
  const uint64_t size = n * ElemSize();
  return cx_.Memory().subspan(std::exchange(ptr_, ptr_ + size), size);
}

wasm::Result<std::vector<Value>> HostSource::DoRead(uint64_t n) {
  const auto first = values_.begin() + static_cast<ptrdiff_t>(next_);
  next_ += n;
  return std::vector<Value>(std::make_move_iterator(first),
                            std::make_move_iterator(first + static_cast<ptrdiff_t>(n)));
}

wasm::Result<std::vector<Value>> HostByteSource::DoRead(uint64_t n) {
  std::vector<Value> values;
  values.reserve(n);
  for (uint64_t i = 0; i < n; ++i) values.push_back(Value::U8(bytes_[next_++]));
  return values;
}

wasm::Result<void> HostSink::DoWrite(std::vector<Value> values) {
  values_.insert(values_.end(), std::make_move_iterator(values.begin()),
                 std::make_move_iterator(values.end()));
  return {};
}

wasm::Result<void> HostByteSink::DoWrite(std::vector<Value> values) {
  for (const Value& value : values) bytes_.push_back(static_cast<uint8_t>(value.bits()));
  return {};
}

std::span<uint8_t> HostByteSink::TakeBytes(uint64_t n) {
  const size_t old = bytes_.size();
  bytes_.resize(old + n);
  return std::span(bytes_).subspan(old);
}

}  // namespace component::runtime
