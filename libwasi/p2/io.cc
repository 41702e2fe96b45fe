// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:io/error] [wasi:io/poll] [wasi:io/streams]
//
// The functions that do not block are what the streams of the core are; those that block wait until
// the stream is ready, as often as it takes, without holding up anyone else.

#include "libwasi/p2/io.h"

#include <algorithm>
#include <string>

namespace trenail::wasi::p2 {
namespace {

using Bytes = std::vector<uint8_t>;
using Input = ComponentBorrow<InputStreamResource>;
using Output = ComponentBorrow<OutputStreamResource>;

// What one call gives or takes at most, whatever the guest asks for.
constexpr size_t kMaxRead = size_t{1} << 20;
// [wasi:io/streams.output-stream.blocking-write-and-flush] "up to 4096 bytes"; guests that pass
// more are served all the same.
constexpr size_t kPiece = OutputStream::kBufferSize;

template <typename T>
Result<StreamReturn<T>> ToReturn(Context& context, StreamResult<T> result) {
  if (!result) return StreamReturn<T>(std::unexpected(TRY(ToStreamError(context, result.error()))));
  if constexpr (std::is_void_v<T>)
    return StreamReturn<T>();
  else
    return StreamReturn<T>(*std::move(result));
}

StreamResult<Bytes> Read(InputStream& stream, uint64_t length) {
  return stream.Read(static_cast<size_t>(std::min<uint64_t>(length, kMaxRead)));
}

StreamResult<uint64_t> SizeOf(const StreamResult<Bytes>& bytes) {
  if (!bytes) return std::unexpected(bytes.error());
  return bytes->size();
}

// Reads once something is there.
Result<void> BlockingRead(Context& context, std::shared_ptr<InputStream> stream, uint64_t length,
                          ComponentCompletion<StreamReturn<uint64_t>> done) {
  return context.CompleteWhenReady(stream, done, [&context, stream, length, done] {
    const StreamResult<Bytes> bytes = Read(*stream, length);
    auto result = ToReturn(context, SizeOf(bytes));
    if (!result) return done.Fail(std::move(result.error()));
    done.Finish(*std::move(result));
  });
}

Result<void> BlockingRead(Context& context, std::shared_ptr<InputStream> stream, uint64_t length,
                          ComponentCompletion<StreamReturn<Bytes>> done) {
  return context.CompleteWhenReady(stream, done, [&context, stream, length, done] {
    StreamResult<Bytes> bytes = Read(*stream, length);
    // Ready, and nothing there after all: somebody else was faster.
    if (bytes && bytes->empty() && length != 0 && !stream->ready()) {
      if (auto again = BlockingRead(context, stream, length, done); !again)
        done.Fail(std::move(again.error()));
      return;
    }
    auto result = ToReturn(context, std::move(bytes));
    if (!result) return done.Fail(std::move(result.error()));
    done.Finish(*std::move(result));
  });
}

using WriteDone = ComponentCompletion<StreamReturn<void>>;

void FinishWrite(Context& context, const WriteDone& done, StreamResult<void> result) {
  auto converted = ToReturn(context, std::move(result));
  if (!converted) return done.Fail(std::move(converted.error()));
  done.Finish(*std::move(converted));
}

// Flushes, and waits until that is done.
Result<void> BlockingFlush(Context& context, std::shared_ptr<OutputStream> stream, WriteDone done) {
  if (StreamResult<void> begun = stream->Flush(); !begun) {
    FinishWrite(context, done, std::move(begun));
    return {};
  }
  if (stream->flushed()) {
    const StreamResult<size_t> state = stream->CheckWrite();
    FinishWrite(context, done, state ? StreamResult<void>() : std::unexpected(state.error()));
    return {};
  }
  return context.CompleteWhenReady(stream, done, [&context, stream, done] {
    if (auto again = BlockingFlush(context, stream, done); !again)
      done.Fail(std::move(again.error()));
  });
}

// Writes it all in pieces, as the stream takes them, and flushes.
Result<void> BlockingWrite(Context& context, std::shared_ptr<OutputStream> stream,
                           std::shared_ptr<const Bytes> bytes, size_t written, WriteDone done) {
  while (written < bytes->size()) {
    const StreamResult<size_t> room = stream->CheckWrite();
    if (!room) {
      FinishWrite(context, done, std::unexpected(room.error()));
      return {};
    }
    if (*room == 0) {
      return context.CompleteWhenReady(
          stream, done, [&context, stream, bytes = std::move(bytes), written, done] {
            if (auto again = BlockingWrite(context, stream, bytes, written, done); !again)
              done.Fail(std::move(again.error()));
          });
    }
    const size_t size = std::min(bytes->size() - written, *room);
    if (StreamResult<void> result = stream->Write(std::span(*bytes).subspan(written, size));
        !result) {
      FinishWrite(context, done, std::move(result));
      return {};
    }
    written += size;
  }
  return BlockingFlush(context, std::move(stream), std::move(done));
}

Result<StreamReturn<void>> Write(Context& context, OutputStream& stream, const Bytes& bytes) {
  const StreamResult<size_t> room = stream.CheckWrite();
  if (!room) return StreamReturn<void>(std::unexpected(TRY(ToStreamError(context, room.error()))));
  // [wasi:io/streams.output-stream.write] "… this function must trap"
  if (bytes.size() > *room)
    return std::unexpected(
        Error(ErrorKind::kTrap, "output-stream.write of more than check-write permitted"));
  return ToReturn(context, stream.Write(bytes));
}

// [wasi:io/streams.output-stream.splice] What the one has and the other takes, without waiting.
StreamResult<uint64_t> Splice(OutputStream& to, InputStream& from, uint64_t length) {
  const StreamResult<size_t> room = to.CheckWrite();
  if (!room) return std::unexpected(room.error());
  const StreamResult<Bytes> bytes =
      from.Read(static_cast<size_t>(std::min<uint64_t>(length, *room)));
  if (!bytes) return std::unexpected(bytes.error());
  if (bytes->empty()) return 0;
  if (StreamResult<void> result = to.Write(*bytes); !result) return std::unexpected(result.error());
  return bytes->size();
}

Result<void> BlockingSplice(Context& context, std::shared_ptr<OutputStream> to,
                            std::shared_ptr<InputStream> from, uint64_t length,
                            ComponentCompletion<StreamReturn<uint64_t>> done) {
  const auto again = [&context, to, from, length, done] {
    if (auto result = BlockingSplice(context, to, from, length, done); !result)
      done.Fail(std::move(result.error()));
  };
  if (!to->ready()) return context.CompleteWhenReady(to, done, again);
  if (!from->ready()) return context.CompleteWhenReady(from, done, again);
  auto result = TRY(ToReturn(context, Splice(*to, *from, length)));
  return done.Return(std::move(result));
}

// [wasi:io/poll.poll]
struct PollState {
  std::vector<std::shared_ptr<Waitable>> waitables;
  std::vector<uint64_t> waits;
  bool over = false;
};

std::vector<uint32_t> ReadyOnes(const PollState& state) {
  std::vector<uint32_t> indices;
  for (size_t i = 0; i < state.waitables.size(); ++i)
    if (state.waitables[i]->ready()) indices.push_back(static_cast<uint32_t>(i));
  return indices;
}

void EndPoll(Context& context, PollState& state) {
  state.over = true;
  for (const uint64_t id : state.waits) context.CancelWait(id);
  state.waits.clear();
}

Result<void> Poll(Context& context, ComponentCompletion<std::vector<uint32_t>> done,
                  const std::vector<ComponentBorrow<Pollable>>& pollables) {
  if (pollables.empty())
    return std::unexpected(Error(ErrorKind::kTrap, "poll of an empty list of pollables"));
  auto state = std::make_shared<PollState>();
  for (const auto& pollable : pollables) state->waitables.push_back(pollable->waitable);
  if (std::vector<uint32_t> indices = ReadyOnes(*state); !indices.empty())
    return done.Return(std::move(indices));
  for (const std::shared_ptr<Waitable>& waitable : state->waitables) {
    const uint64_t id = TRY(context.WhenReady(waitable, [&context, state, done] {
      if (state->over) return;
      // Each wait is still in its list: the one that has come is gone already, which is no matter.
      EndPoll(context, *state);
      done.Finish(ReadyOnes(*state));
    }));
    if (state->over) return {};
    state->waits.push_back(id);
  }
  done.OnCancel([&context, state] { EndPoll(context, *state); });
  return {};
}

}  // namespace

const ComponentResource& ErrorResource::ComponentType() {
  static const ComponentResource& type = *new ComponentResource(ComponentResource::Host("error"));
  return type;
}
const ComponentResource& Pollable::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(ComponentResource::Host("pollable"));
  return type;
}
const ComponentResource& InputStreamResource::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(ComponentResource::Host("input-stream"));
  return type;
}
const ComponentResource& OutputStreamResource::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(ComponentResource::Host("output-stream"));
  return type;
}

Result<StreamError> ToStreamError(Context& context, const StreamEnd& end) {
  if (end.error == nullptr) return StreamError(std::in_place_index<1>);
  return StreamError(std::in_place_index<0>, TRY(context.NewOwn<ErrorResource>(end.error)));
}

Result<ComponentOwn<Pollable>> Subscribe(Context& context, std::shared_ptr<Waitable> waitable) {
  return context.NewOwn<Pollable>(std::move(waitable));
}

void LinkIo(ComponentLinker& linker) {
  auto error = linker.Instance(std::string("wasi:io/error") + kVersion);
  error.Resource("error", ErrorResource::ComponentType());
  error.Func("[method]error.to-debug-string",
             TypedHost([](ComponentBorrow<ErrorResource> self) { return self->error->text; }));

  auto poll = linker.Instance(std::string("wasi:io/poll") + kVersion);
  poll.Resource("pollable", Pollable::ComponentType());
  poll.Func("[method]pollable.ready",
            TypedHost([](ComponentBorrow<Pollable> self) { return self->waitable->ready(); }));
  poll.AsyncFunc(
      "[method]pollable.block", TypedAsyncHost([](Context& context, ComponentCompletion<void> done,
                                                  ComponentBorrow<Pollable> self) -> Result<void> {
        return context.CompleteWhenReady(self->waitable, done, [done] { done.Finish(); });
      }));
  poll.AsyncFunc(
      "poll", TypedAsyncHost([](Context& context, ComponentCompletion<std::vector<uint32_t>> done,
                                std::vector<ComponentBorrow<Pollable>> pollables) -> Result<void> {
        return Poll(context, std::move(done), pollables);
      }));

  auto streams = linker.Instance(std::string("wasi:io/streams") + kVersion);
  streams.Resource("error", ErrorResource::ComponentType());
  streams.Resource("pollable", Pollable::ComponentType());

  streams.Resource("input-stream", InputStreamResource::ComponentType());
  streams.Func("[method]input-stream.read",
               TypedHost([](Context& context, Input self, uint64_t length) {
                 return ToReturn(context, Read(*self->stream, length));
               }));
  streams.AsyncFunc(
      "[method]input-stream.blocking-read",
      TypedAsyncHost([](Context& context, ComponentCompletion<StreamReturn<Bytes>> done, Input self,
                        uint64_t length) -> Result<void> {
        return BlockingRead(context, self->stream, length, std::move(done));
      }));
  streams.Func("[method]input-stream.skip",
               TypedHost([](Context& context, Input self, uint64_t length) {
                 return ToReturn(context, SizeOf(Read(*self->stream, length)));
               }));
  streams.AsyncFunc(
      "[method]input-stream.blocking-skip",
      TypedAsyncHost([](Context& context, ComponentCompletion<StreamReturn<uint64_t>> done,
                        Input self, uint64_t length) -> Result<void> {
        return BlockingRead(context, self->stream, length, std::move(done));
      }));
  streams.Func("[method]input-stream.subscribe", TypedHost([](Context& context, Input self) {
                 return Subscribe(context, self->stream);
               }));

  streams.Resource("output-stream", OutputStreamResource::ComponentType());
  streams.Func("[method]output-stream.check-write", TypedHost([](Context& context, Output self) {
                 return ToReturn<uint64_t>(context, self->stream->CheckWrite());
               }));
  streams.Func("[method]output-stream.write",
               TypedHost([](Context& context, Output self, Bytes bytes) {
                 return Write(context, *self->stream, bytes);
               }));
  streams.AsyncFunc("[method]output-stream.blocking-write-and-flush",
                    TypedAsyncHost([](Context& context, WriteDone done, Output self,
                                      Bytes bytes) -> Result<void> {
                      return BlockingWrite(context, self->stream,
                                           std::make_shared<const Bytes>(std::move(bytes)), 0,
                                           std::move(done));
                    }));
  streams.Func("[method]output-stream.flush", TypedHost([](Context& context, Output self) {
                 return ToReturn(context, self->stream->Flush());
               }));
  streams.AsyncFunc(
      "[method]output-stream.blocking-flush",
      TypedAsyncHost([](Context& context, WriteDone done, Output self) -> Result<void> {
        return BlockingFlush(context, self->stream, std::move(done));
      }));
  streams.Func("[method]output-stream.subscribe", TypedHost([](Context& context, Output self) {
                 return Subscribe(context, self->stream);
               }));
  streams.Func(
      "[method]output-stream.write-zeroes",
      TypedHost([](Context& context, Output self, uint64_t length) -> Result<StreamReturn<void>> {
        // More than any permit: refused as a write of so much would be.
        return Write(context, *self->stream,
                     Bytes(static_cast<size_t>(std::min<uint64_t>(length, kPiece + 1))));
      }));
  streams.AsyncFunc(
      "[method]output-stream.blocking-write-zeroes-and-flush",
      TypedAsyncHost(
          [](Context& context, WriteDone done, Output self, uint64_t length) -> Result<void> {
            // [wasi:io/streams] "up to 4096 zeroes"
            if (length > 4096)
              return std::unexpected(Error(
                  ErrorKind::kTrap, "blocking-write-zeroes-and-flush of more than 4096 bytes"));
            return BlockingWrite(context, self->stream,
                                 std::make_shared<const Bytes>(static_cast<size_t>(length)), 0,
                                 std::move(done));
          }));
  streams.Func("[method]output-stream.splice",
               TypedHost([](Context& context, Output self, Input source, uint64_t length) {
                 return ToReturn(context, Splice(*self->stream, *source->stream, length));
               }));
  streams.AsyncFunc(
      "[method]output-stream.blocking-splice",
      TypedAsyncHost([](Context& context, ComponentCompletion<StreamReturn<uint64_t>> done,
                        Output self, Input source, uint64_t length) -> Result<void> {
        return BlockingSplice(context, self->stream, source->stream, length, std::move(done));
      }));
}

}  // namespace trenail::wasi::p2
