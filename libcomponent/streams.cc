// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/streams.h"

#include <string>

#include "libcomponent/runtime/buffer.h"
#include "libcomponent/runtime/future.h"
#include "libcomponent/runtime/stream.h"
#include "libwasm/support/plain_function.h"

namespace trenail {

namespace runtime = component::runtime;
using runtime::CopyResult;
using wasm::Result;

namespace internal {

// One end's operation: shared by the end and by the callbacks that the other side holds.
struct PendingCopy {
  // How it ended, with the buffer as it is then; empty: nothing is pending, or nobody cares.
  std::function<void(CopyResult)> done;

  bool pending() const { return done != nullptr; }
  void Finish(CopyResult result) {
    if (const auto callback = std::exchange(done, nullptr)) callback(result);
  }
};

}  // namespace internal

namespace {

using internal::PendingCopy;

std::unexpected<wasm::Error> HostMistake(std::string message) {
  return std::unexpected(wasm::Error(wasm::ErrorKind::kHost, std::move(message)));
}

// Begins an operation; the first values that are copied end it.
template <typename End>
Result<void> Begin(runtime::SharedStream& stream, std::shared_ptr<PendingCopy> copy,
                   std::shared_ptr<runtime::Buffer> buffer, End end,
                   std::function<void(CopyResult)> done) {
  if (copy->pending()) return HostMistake("an operation of this end of the stream is pending");
  copy->done = std::move(done);
  runtime::SharedStream::Copy sides{.buffer = std::move(buffer)};
  sides.on_copy = [copy](runtime::ReclaimBuffer reclaim) {
    reclaim();
    copy->Finish(CopyResult::kCompleted);
  };
  sides.on_copy_done = [copy](CopyResult result) { copy->Finish(result); };
  auto begun = (stream.*end)(std::move(sides));
  if (!begun) copy->done = nullptr;
  return begun;
}

void EndStream(std::shared_ptr<runtime::SharedStream>& stream, PendingCopy* copy) {
  if (stream == nullptr) return;
  if (copy->pending()) {
    copy->done = nullptr;
    stream->Cancel();
  }
  stream->Drop();
  stream = nullptr;
}

void CancelStream(runtime::SharedStream& stream, const PendingCopy& copy) {
  if (copy.pending()) stream.Cancel();
}

}  // namespace

// ---- streams
// -------------------------------------------------------------------------------------

ComponentStreamWriter::ComponentStreamWriter(std::shared_ptr<runtime::SharedStream> stream)
    : stream_(std::move(stream)), copy_(std::make_shared<PendingCopy>()) {}
ComponentStreamWriter::~ComponentStreamWriter() {
  if (stream_ != nullptr) stream_->OnDrop(nullptr);
  EndStream(stream_, copy_.get());
}
ComponentStreamWriter::ComponentStreamWriter(ComponentStreamWriter&&) noexcept = default;
ComponentStreamWriter& ComponentStreamWriter::operator=(ComponentStreamWriter&& other) noexcept {
  std::swap(stream_, other.stream_);
  std::swap(copy_, other.copy_);
  return *this;
}

std::pair<ComponentValue, ComponentStreamWriter> ComponentStreamWriter::New() {
  auto stream = std::make_shared<runtime::SharedStream>();
  return {ComponentValue::Object(ComponentValue::Kind::kStream, stream),
          ComponentStreamWriter(stream)};
}

Result<void> ComponentStreamWriter::Write(std::vector<ComponentValue> values, OnTaken done) {
  const auto buffer = std::make_shared<runtime::HostSource>(std::move(values));
  return Begin(*stream_, copy_, buffer, &runtime::SharedStream::Write,
               [buffer, done = std::move(done)](CopyResult result) {
                 done(buffer->progress(), result != CopyResult::kDropped);
               });
}

Result<void> ComponentStreamWriter::WriteBytes(std::vector<uint8_t> bytes, OnTaken done) {
  const auto buffer = std::make_shared<runtime::HostByteSource>(std::move(bytes));
  return Begin(*stream_, copy_, buffer, &runtime::SharedStream::Write,
               [buffer, done = std::move(done)](CopyResult result) {
                 done(buffer->progress(), result != CopyResult::kDropped);
               });
}

void ComponentStreamWriter::Cancel() { CancelStream(*stream_, *copy_); }
bool ComponentStreamWriter::pending() const { return copy_->pending(); }
void ComponentStreamWriter::OnDrop(wasm::HostCallable<void()> on_drop) {
  stream_->OnDrop(wasm::PlainFunction(std::move(on_drop)));
}

ComponentStreamReader::ComponentStreamReader(std::shared_ptr<runtime::SharedStream> stream)
    : stream_(std::move(stream)), copy_(std::make_shared<PendingCopy>()) {}
ComponentStreamReader::~ComponentStreamReader() { EndStream(stream_, copy_.get()); }
ComponentStreamReader::ComponentStreamReader(ComponentStreamReader&&) noexcept = default;
ComponentStreamReader& ComponentStreamReader::operator=(ComponentStreamReader&& other) noexcept {
  std::swap(stream_, other.stream_);
  std::swap(copy_, other.copy_);
  return *this;
}

Result<ComponentStreamReader> ComponentStreamReader::Take(const ComponentValue& value) {
  if (value.kind() != ComponentValue::Kind::kStream || value.object() == nullptr)
    return HostMistake("not a stream");
  return ComponentStreamReader(std::static_pointer_cast<runtime::SharedStream>(value.object()));
}

Result<void> ComponentStreamReader::Read(uint64_t count, OnValues done) {
  const auto buffer = std::make_shared<runtime::HostSink>(count);
  return Begin(*stream_, copy_, buffer, &runtime::SharedStream::Read,
               [buffer, done = std::move(done)](CopyResult result) {
                 done(std::move(buffer->values()), result != CopyResult::kDropped);
               });
}

Result<void> ComponentStreamReader::ReadBytes(uint64_t count, OnBytes done) {
  const auto buffer = std::make_shared<runtime::HostByteSink>(count);
  return Begin(*stream_, copy_, buffer, &runtime::SharedStream::Read,
               [buffer, done = std::move(done)](CopyResult result) {
                 done(std::move(buffer->bytes()), result != CopyResult::kDropped);
               });
}

void ComponentStreamReader::Cancel() { CancelStream(*stream_, *copy_); }
bool ComponentStreamReader::pending() const { return copy_->pending(); }

// ---- futures
// -------------------------------------------------------------------------------------

std::pair<ComponentValue, ComponentFutureWriter> ComponentFutureWriter::New() {
  auto future = std::make_shared<runtime::SharedFuture>();
  return {ComponentValue::Object(ComponentValue::Kind::kFuture, future),
          ComponentFutureWriter(future)};
}

Result<void> ComponentFutureWriter::Write(ComponentValue value, OnTaken done) {
  std::vector<ComponentValue> values;
  values.push_back(std::move(value));
  runtime::SharedFuture::Copy source{.buffer =
                                         std::make_shared<runtime::HostSource>(std::move(values))};
  source.on_copy_done = [done = std::move(done)](CopyResult result) {
    if (done) done(result == CopyResult::kCompleted);
  };
  return future_->Write(std::move(source));
}

ComponentFutureReader::ComponentFutureReader(std::shared_ptr<runtime::SharedFuture> future)
    : future_(std::move(future)), copy_(std::make_shared<PendingCopy>()) {}
ComponentFutureReader::~ComponentFutureReader() {
  if (future_ == nullptr) return;
  if (copy_->pending()) {
    copy_->done = nullptr;
    future_->Cancel();
  }
  future_->Drop();
}
ComponentFutureReader::ComponentFutureReader(ComponentFutureReader&&) noexcept = default;
ComponentFutureReader& ComponentFutureReader::operator=(ComponentFutureReader&& other) noexcept {
  std::swap(future_, other.future_);
  std::swap(copy_, other.copy_);
  return *this;
}

Result<ComponentFutureReader> ComponentFutureReader::Take(const ComponentValue& value) {
  if (value.kind() != ComponentValue::Kind::kFuture || value.object() == nullptr)
    return HostMistake("not a future");
  return ComponentFutureReader(std::static_pointer_cast<runtime::SharedFuture>(value.object()));
}

Result<void> ComponentFutureReader::Read(OnValue done, wasm::HostCallable<void()> gone) {
  if (copy_->pending()) return HostMistake("the future is being read already");
  const auto buffer = std::make_shared<runtime::HostSink>(1);
  copy_->done = [buffer, done = std::move(done), gone = std::move(gone)](CopyResult result) {
    if (result == CopyResult::kCompleted)
      done(std::move(buffer->values().front()));
    else if (gone)
      gone();
  };
  runtime::SharedFuture::Copy destination{.buffer = buffer};
  destination.on_copy_done = [copy = copy_](CopyResult result) { copy->Finish(result); };
  auto begun = future_->Read(std::move(destination));
  if (!begun) copy_->done = nullptr;
  return begun;
}

}  // namespace trenail
