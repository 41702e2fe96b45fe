// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ends of streams and futures of C++ types in the hands of the host: streams.h, with values of T
// instead of ComponentValues.
//
//   auto [stream, writer] = trenail::TypedStreamWriter<Item>::New();  // stream: for a guest
//   writer.Write(items, [](uint64_t taken, bool open) { … });
//
//   auto reader = trenail::TypedStreamReader<Item>::Take(stream);     // what a guest passed
//   reader->Read(100, [](std::vector<Item> items, bool open) { … });
//
// T is void for streams and futures without values: of these there are std::monostates. When
// callbacks are called, and what they may do, is as streams.h says. Ownership and threads: as
// there.

#ifndef TRENAIL_LIBCOMPONENT_TYPED_STREAMS_H_
#define TRENAIL_LIBCOMPONENT_TYPED_STREAMS_H_

#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "libcomponent/streams.h"
#include "libcomponent/typed.h"

namespace trenail {
namespace internal {

// What a stream of T carries.
template <typename T>
using ElementOf = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <typename T>
ComponentValue ElementToValue([[maybe_unused]] ElementOf<T> element) {
  if constexpr (std::is_void_v<T>)
    return ComponentValue();
  else
    return ComponentTypeOf<T>::To(std::move(element));
}
template <typename T>
ElementOf<T> ElementFromValue([[maybe_unused]] ComponentValue value) {
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return ComponentTypeOf<T>::From(std::move(value));
}

}  // namespace internal

template <typename T>
class TypedStreamWriter {
 public:
  using Element = internal::ElementOf<T>;
  using OnTaken = ComponentStreamWriter::OnTaken;

  // A new stream, and its writable end.
  static std::pair<ComponentStream<T>, TypedStreamWriter> New() {
    auto [value, writer] = ComponentStreamWriter::New();
    return {ComponentStream<T>{std::move(value)}, TypedStreamWriter(std::move(writer))};
  }
  // As of ComponentStreamWriter, errors as well, as is all that follows:
  Result<void> Write(std::vector<Element> values, OnTaken done) {
    if constexpr (std::is_same_v<T, uint8_t>) {
      return writer_.WriteBytes(std::move(values), std::move(done));
    } else {
      std::vector<ComponentValue> converted;
      converted.reserve(values.size());
      for (auto&& value : values)
        converted.push_back(internal::ElementToValue<T>(std::move(value)));
      return writer_.Write(std::move(converted), std::move(done));
    }
  }
  void Cancel() { writer_.Cancel(); }
  bool pending() const { return writer_.pending(); }
  void OnDrop(HostCallable<void()> on_drop) { writer_.OnDrop(std::move(on_drop)); }

 private:
  explicit TypedStreamWriter(ComponentStreamWriter writer) : writer_(std::move(writer)) {}
  ComponentStreamWriter writer_;
};

template <typename T>
class TypedStreamReader {
 public:
  using Element = internal::ElementOf<T>;
  using OnValues = HostCallable<void(std::vector<Element> values, bool open)>;

  // As of ComponentStreamReader, errors as well:
  static Result<TypedStreamReader> Take(const ComponentStream<T>& stream) {
    auto reader = ComponentStreamReader::Take(stream.value);
    if (!reader) return std::unexpected(std::move(reader.error()));
    return TypedStreamReader(*std::move(reader));
  }
  Result<void> Read(uint64_t count, OnValues done) {
    if constexpr (std::is_same_v<T, uint8_t>) {
      return reader_.ReadBytes(count, std::move(done));
    } else {
      return reader_.Read(count,
                          [done = std::move(done)](std::vector<ComponentValue> values, bool open) {
                            std::vector<Element> converted;
                            converted.reserve(values.size());
                            for (ComponentValue& value : values)
                              converted.push_back(internal::ElementFromValue<T>(std::move(value)));
                            done(std::move(converted), open);
                          });
    }
  }
  void Cancel() { reader_.Cancel(); }
  bool pending() const { return reader_.pending(); }

 private:
  explicit TypedStreamReader(ComponentStreamReader reader) : reader_(std::move(reader)) {}
  ComponentStreamReader reader_;
};

template <typename T>
class TypedFutureWriter {
 public:
  using Element = internal::ElementOf<T>;

  // As of ComponentFutureWriter, errors as well:
  static std::pair<ComponentFuture<T>, TypedFutureWriter> New() {
    auto [value, writer] = ComponentFutureWriter::New();
    return {ComponentFuture<T>{std::move(value)}, TypedFutureWriter(std::move(writer))};
  }
  Result<void> Write(Element value, ComponentFutureWriter::OnTaken done = nullptr) {
    return writer_.Write(internal::ElementToValue<T>(std::move(value)), std::move(done));
  }

 private:
  explicit TypedFutureWriter(ComponentFutureWriter writer) : writer_(std::move(writer)) {}
  ComponentFutureWriter writer_;
};

template <typename T>
class TypedFutureReader {
 public:
  using Element = internal::ElementOf<T>;
  using OnValue = HostCallable<void(Element value)>;

  // As of ComponentFutureReader, errors as well:
  static Result<TypedFutureReader> Take(const ComponentFuture<T>& future) {
    auto reader = ComponentFutureReader::Take(future.value);
    if (!reader) return std::unexpected(std::move(reader.error()));
    return TypedFutureReader(*std::move(reader));
  }
  Result<void> Read(OnValue done, HostCallable<void()> gone = nullptr) {
    return reader_.Read(
        [done = std::move(done)](ComponentValue value) {
          done(internal::ElementFromValue<T>(std::move(value)));
        },
        std::move(gone));
  }

 private:
  explicit TypedFutureReader(ComponentFutureReader reader) : reader_(std::move(reader)) {}
  ComponentFutureReader reader_;
};

}  // namespace trenail

#endif  // TRENAIL_LIBCOMPONENT_TYPED_STREAMS_H_
