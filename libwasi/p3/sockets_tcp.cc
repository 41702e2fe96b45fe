// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:sockets/types.tcp-socket] "the tcp-socket handle and all derived stream and future values
// reference a single underlying OS socket": whatever is still to be done with it holds it.

#include <string>
#include <tuple>
#include <vector>

#include "libcomponent/streams.h"
#include "libwasi/core/clocks.h"
#include "libwasi/core/tcp_socket.h"
#include "libwasi/p3/cli.h"
#include "libwasi/p3/pump.h"
#include "libwasi/p3/sockets.h"

namespace trenail::wasi::p3 {
namespace {

// How long to let others close sockets before the next is accepted where there are too many.
constexpr uint64_t kPauseNs = 20'000'000;

struct TcpSocketResource {
  explicit TcpSocketResource(std::shared_ptr<TcpSocket> created) : socket(std::move(created)) {}
  std::shared_ptr<TcpSocket> socket;
  bool sends = false;     // `send` has been called
  bool receives = false;  // `receive` has been called
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("tcp-socket"));
    return type;
  }
};

using Self = ComponentBorrow<TcpSocketResource>;
using Outcome = SocketReturn<void>;
using Future = ComponentFuture<Outcome>;

// A future for how a direction ends, and what to call then.
std::pair<Future, PumpDone> NewFuture() {
  return OutcomeFuture<Outcome>(
      [](const IoError& error) { return ToErrorValue(ToSocketError(error.code)); });
}

Future InvalidState() {
  auto [future, done] = OutcomeFuture<Outcome>(
      [](const IoError&) { return ToErrorValue(SocketError::kInvalidState); });
  done(std::make_shared<IoError>());
  return std::move(future);
}

Result<void> Connect(Context& context, const ComponentCompletion<Outcome>& done,
                     const std::shared_ptr<TcpSocket>& socket, const SocketAddress& remote) {
  if (const SocketStatus started = socket->StartConnect(remote); !started)
    return done.Return(Failed<void>(started.error()));
  const uint64_t wait = TRY(context.WhenReady(
      socket, [socket, done] { done.Finish(ToReturn(socket->FinishConnect())); }));
  if (wait != 0 && done.pending()) {
    done.OnCancel([&context, wait, socket] {
      context.CancelWait(wait);
      socket->AbortConnect();
    });
  }
  return {};
}

// [wasi:sockets/types.tcp-socket.listen] "a single perpetual stream": those who connect, one by one
// as the guest asks for them.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  Acceptor(Context& context, std::shared_ptr<TcpSocket> listener, ComponentStreamWriter writer)
      : context_(context), listener_(std::move(listener)), writer_(std::move(writer)) {}

  void Start() {
    writer_->OnDrop([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->End();
    });
    Ask();
  }

 private:
  void Ask() {
    Write({}, [self = shared_from_this()](uint64_t, bool open) {
      if (!open) return self->End();
      self->Accept();
    });
  }
  void Accept() {
    Wait(listener_, [self = shared_from_this()] {
      auto accepted = self->listener_->Accept();
      if (accepted) return self->Offer(*std::move(accepted));
      switch (accepted.error()) {
        case SocketError::kWouldBlock:
        case SocketError::kConnectionAborted:
          return self->Accept();
        case SocketError::kNewSocketLimit:
        case SocketError::kOutOfMemory:
          return self->Wait(std::make_shared<TimeWaitable>(MonotonicAfter(kPauseNs)),
                            [self] { self->Accept(); });
        default:
          return self->End();
      }
    });
  }
  void Offer(std::shared_ptr<TcpSocket> socket) {
    auto resource = context_.NewOwn<TcpSocketResource>(std::move(socket));
    if (!resource) return End();
    std::vector<ComponentValue> values;
    values.push_back(trenail::internal::ComponentTypeOf<ComponentOwn<TcpSocketResource>>::To(
        *std::move(resource)));
    Write(std::move(values), [self = shared_from_this()](uint64_t, bool open) {
      if (!open) return self->End();
      self->Ask();
    });
  }
  void Write(std::vector<ComponentValue> values, ComponentStreamWriter::OnTaken done) {
    if (!writer_->Write(std::move(values), std::move(done))) End();
  }
  void Wait(std::shared_ptr<Waitable> waitable, std::function<void()> then) {
    const auto wait = context_.WhenReady(std::move(waitable), std::move(then));
    if (!wait) return End();
    if (*wait != 0) wait_ = *wait;
  }
  void End() {
    const auto self = shared_from_this();
    context_.CancelWait(wait_);
    writer_.reset();
  }

  Context& context_;
  const std::shared_ptr<TcpSocket> listener_;
  std::optional<ComponentStreamWriter> writer_;
  uint64_t wait_ = 0;
};

using SocketStream = ComponentStream<ComponentOwn<TcpSocketResource>>;

SocketReturn<SocketStream> Listen(Context& context, const std::shared_ptr<TcpSocket>& socket) {
  if (const SocketStatus listening = socket->Listen(); !listening)
    return Failed<SocketStream>(listening.error());
  auto [value, writer] = ComponentStreamWriter::New();
  std::make_shared<Acceptor>(context, socket, std::move(writer))->Start();
  return SocketStream{std::move(value)};
}

Result<Future> Send(Context& context, TcpSocketResource& self,
                    const ComponentStream<uint8_t>& data) {
  const std::shared_ptr<TcpSocket>& socket = self.socket;
  if (socket->state() != TcpSocket::State::kConnected || std::exchange(self.sends, true)) {
    // The guest's writes must not wait for a reader that never comes.
    TRY_VOID(ComponentStreamReader::Take(data.value));
    return InvalidState();
  }
  auto [future, done] = NewFuture();
  TRY_VOID(PumpFromGuest(context, data.value, socket->output(),
                         [socket, done = std::move(done)](std::shared_ptr<IoError> error) {
                           // "Closing the stream is equivalent to calling `shutdown(SHUT_WR)`"
                           (void)socket->Shutdown(/*receiving=*/false, /*sending=*/true);
                           done(std::move(error));
                         }));
  return std::move(future);
}

using Incoming = std::tuple<ComponentStream<uint8_t>, Future>;

Incoming Receive(Context& context, TcpSocketResource& self) {
  const std::shared_ptr<TcpSocket>& socket = self.socket;
  if (socket->state() != TcpSocket::State::kConnected || std::exchange(self.receives, true)) {
    // "a closed stream and a future resolved to `err(invalid-state)`"
    return {ComponentStream<uint8_t>{ComponentStreamWriter::New().first}, InvalidState()};
  }
  auto [future, done] = NewFuture();
  ComponentValue stream = PumpToGuest(
      context, socket->input(), [socket, done = std::move(done)](std::shared_ptr<IoError> error) {
        // "This is equivalent to calling `shutdown(SHUT_RD)`", if the guest has dropped
        // it.
        (void)socket->Shutdown(/*receiving=*/true, /*sending=*/false);
        done(std::move(error));
      });
  return {ComponentStream<uint8_t>{std::move(stream)}, std::move(future)};
}

// An option: "get-name" and "set-name".
template <typename T>
void LinkOption(ComponentLinkerInstance& types, const std::string& name,
                SocketResult<T> (SocketHandle::*get)() const,
                SocketStatus (SocketHandle::*set)(T) const) {
  types.Func("[method]tcp-socket.get-" + name, TypedHost([get](Self self) -> SocketReturn<T> {
               const auto options = self->socket->Options();
               if (!options) return Failed<T>(options.error());
               return ToReturn<T>(((*options)->*get)());
             }));
  types.Func("[method]tcp-socket.set-" + name, TypedHost([set](Self self, T value) -> Outcome {
               const auto options = self->socket->Options();
               if (!options) return Failed<void>(options.error());
               return ToReturn(((*options)->*set)(value));
             }));
}

void LinkOptions(ComponentLinkerInstance& types) {
  LinkOption(types, "keep-alive-enabled", &SocketHandle::KeepAliveEnabled,
             &SocketHandle::SetKeepAliveEnabled);
  LinkOption(types, "keep-alive-idle-time", &SocketHandle::KeepAliveIdleTime,
             &SocketHandle::SetKeepAliveIdleTime);
  LinkOption(types, "keep-alive-interval", &SocketHandle::KeepAliveInterval,
             &SocketHandle::SetKeepAliveInterval);
  LinkOption(types, "keep-alive-count", &SocketHandle::KeepAliveCount,
             &SocketHandle::SetKeepAliveCount);
  LinkOption(types, "hop-limit", &SocketHandle::HopLimit, &SocketHandle::SetHopLimit);
  LinkOption(types, "receive-buffer-size", &SocketHandle::ReceiveBufferSize,
             &SocketHandle::SetReceiveBufferSize);
  LinkOption(types, "send-buffer-size", &SocketHandle::SendBufferSize,
             &SocketHandle::SetSendBufferSize);
}

}  // namespace

void LinkTcp(ComponentLinker& linker) {
  auto types = linker.Instance(std::string("wasi:sockets/types") + kVersion);
  types.Resource("tcp-socket", TcpSocketResource::ComponentType());
  types.Func(
      "[static]tcp-socket.create",
      TypedHost([](Context& context,
                   IpFamily family) -> Result<SocketReturn<ComponentOwn<TcpSocketResource>>> {
        auto socket = TcpSocket::Create(family, context.sockets);
        if (!socket) return Failed<ComponentOwn<TcpSocketResource>>(socket.error());
        return TRY(context.NewOwn<TcpSocketResource>(*std::move(socket)));
      }));
  types.Func("[method]tcp-socket.bind", TypedHost([](Self self, SocketAddressValue local) {
               return ToReturn(self->socket->Bind(FromValue(local)));
             }));
  types.AsyncFunc("[method]tcp-socket.connect",
                  TypedAsyncHost([](Context& context, ComponentCompletion<Outcome> done, Self self,
                                    SocketAddressValue remote) -> Result<void> {
                    return Connect(context, done, self->socket, FromValue(remote));
                  }));
  types.Func("[method]tcp-socket.listen",
             TypedHost([](Context& context, Self self) { return Listen(context, self->socket); }));
  types.Func("[method]tcp-socket.send",
             TypedHost([](Context& context, Self self, ComponentStream<uint8_t> data) {
               return Send(context, *self, data);
             }));
  types.Func("[method]tcp-socket.receive",
             TypedHost([](Context& context, Self self) { return Receive(context, *self); }));
  types.Func("[method]tcp-socket.get-local-address",
             TypedHost([](Self self) { return ToReturn(self->socket->LocalAddress()); }));
  types.Func("[method]tcp-socket.get-remote-address",
             TypedHost([](Self self) { return ToReturn(self->socket->RemoteAddress()); }));
  types.Func("[method]tcp-socket.get-is-listening",
             TypedHost([](Self self) { return self->socket->is_listening(); }));
  types.Func("[method]tcp-socket.get-address-family",
             TypedHost([](Self self) { return self->socket->family(); }));
  types.Func("[method]tcp-socket.set-listen-backlog-size", TypedHost([](Self self, uint64_t value) {
               return ToReturn(self->socket->SetListenBacklogSize(value));
             }));
  LinkOptions(types);
}

}  // namespace trenail::wasi::p3
