// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ends of streams and futures in the hands of the host.
//
//   auto [value, writer] = trenail::ComponentStreamWriter::New();   // value: for a guest
//   writer.WriteBytes(bytes, [](uint64_t taken, bool open) { … });
//
//   auto reader = trenail::ComponentStreamReader::Take(args[0]);    // what a guest passed
//   reader->ReadBytes(4096, [](std::vector<uint8_t> bytes, bool open) { … });
//
// Values move when a reader and a writer meet, so a callback is called at once if the guest waits
// already, and otherwise from within the guest's own read, write or drop: it may use streams and
// futures and resolve calls, but must not call guest functions. At most one operation of an end is
// pending at a time. Ownership: an end is owned by its object, which is move-only and drops it at
// its end; what was pending is then cancelled. The callback outlives the object as long as it is
// pending, but is not called after that. Threads: as the store that the other end is in.

#ifndef TRENAIL_LIBCOMPONENT_STREAMS_H_
#define TRENAIL_LIBCOMPONENT_STREAMS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "libcomponent/value.h"
#include "libwasm/support/error.h"
#include "libwasm/support/host_callable.h"

namespace component::runtime {
class SharedFuture;
class SharedStream;
}  // namespace component::runtime

namespace trenail::internal {
struct PendingCopy;
}  // namespace trenail::internal

namespace [[gnu::visibility("default")]] trenail {

using ComponentValue = component::Value;

// The writable end of a stream whose readable end is a value for a guest.
class ComponentStreamWriter {
 public:
  // How many values were taken, and whether the reader is still there. Fewer than offered: the
  // reader wanted no more for now; what is left may be offered again.
  using OnTaken = wasm::HostCallable<void(uint64_t taken, bool open)>;

  // A new stream, and its writable end.
  static std::pair<ComponentValue, ComponentStreamWriter> New();
  ~ComponentStreamWriter();
  ComponentStreamWriter(ComponentStreamWriter&&) noexcept;
  ComponentStreamWriter& operator=(ComponentStreamWriter&&) noexcept;

  // Offers values of the stream's element type; kUnit for a stream without one. Errors: kHost if an
  // operation is pending; a value does not fit, or storing it fails in the guest.
  wasm::Result<void> Write(std::vector<ComponentValue> values, OnTaken done);
  // The same for a `stream<u8>`.
  wasm::Result<void> WriteBytes(std::vector<uint8_t> bytes, OnTaken done);
  // Takes back what is pending: its callback is called with nothing taken.
  void Cancel();
  // Whether an operation has begun and its callback has not been called.
  bool pending() const;
  // `on_drop` is called when the reader goes, at once if it has, but not after the end of this
  // object: for writers that wait for something else with nothing on offer.
  void OnDrop(wasm::HostCallable<void()> on_drop);

 private:
  explicit ComponentStreamWriter(std::shared_ptr<component::runtime::SharedStream> stream);
  std::shared_ptr<component::runtime::SharedStream> stream_;
  std::shared_ptr<internal::PendingCopy> copy_;
};

// The readable end of a stream that a guest passed.
class ComponentStreamReader {
 public:
  // What came, and whether the writer is still there. Nothing comes once it is gone.
  using OnValues = wasm::HostCallable<void(std::vector<ComponentValue> values, bool open)>;
  using OnBytes = wasm::HostCallable<void(std::vector<uint8_t> bytes, bool open)>;

  // Errors: kHost if the value is no stream.
  static wasm::Result<ComponentStreamReader> Take(const ComponentValue& value);
  ~ComponentStreamReader();
  ComponentStreamReader(ComponentStreamReader&&) noexcept;
  ComponentStreamReader& operator=(ComponentStreamReader&&) noexcept;

  // Asks for up to `count` values: some come as soon as a writer has some. Errors: kHost if an
  // operation is pending; what loading the values fails with.
  wasm::Result<void> Read(uint64_t count, OnValues done);
  // The same for a `stream<u8>`.
  wasm::Result<void> ReadBytes(uint64_t count, OnBytes done);
  // Ends what is pending: its callback is called with nothing.
  void Cancel();
  // As of the writer.
  bool pending() const;

 private:
  explicit ComponentStreamReader(std::shared_ptr<component::runtime::SharedStream> stream);
  std::shared_ptr<component::runtime::SharedStream> stream_;
  std::shared_ptr<internal::PendingCopy> copy_;
};

// The writable end of a future. It must be written, or its reader waits for ever.
class ComponentFutureWriter {
 public:
  // Whether the value was taken; false: the reader is gone.
  using OnTaken = wasm::HostCallable<void(bool taken)>;

  // A new future, and its writable end.
  static std::pair<ComponentValue, ComponentFutureWriter> New();
  // Offers the value, once. Errors: as of streams.
  wasm::Result<void> Write(ComponentValue value, OnTaken done = nullptr);

 private:
  explicit ComponentFutureWriter(std::shared_ptr<component::runtime::SharedFuture> future)
      : future_(std::move(future)) {}
  std::shared_ptr<component::runtime::SharedFuture> future_;
};

class ComponentFutureReader {
 public:
  using OnValue = wasm::HostCallable<void(ComponentValue value)>;

  // Errors: kHost if the value is no future.
  static wasm::Result<ComponentFutureReader> Take(const ComponentValue& value);
  ~ComponentFutureReader();
  ComponentFutureReader(ComponentFutureReader&&) noexcept;
  ComponentFutureReader& operator=(ComponentFutureReader&&) noexcept;

  // Asks for the value, once. `gone`: there will be none, as the writer has gone.
  wasm::Result<void> Read(OnValue done, wasm::HostCallable<void()> gone = nullptr);

 private:
  explicit ComponentFutureReader(std::shared_ptr<component::runtime::SharedFuture> future);
  std::shared_ptr<component::runtime::SharedFuture> future_;
  std::shared_ptr<internal::PendingCopy> copy_;
};

}  // namespace trenail

#endif  // TRENAIL_LIBCOMPONENT_STREAMS_H_
