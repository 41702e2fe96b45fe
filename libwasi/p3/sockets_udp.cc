// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:sockets/types.udp-socket]

#include <string>
#include <tuple>
#include <vector>

#include "libwasi/core/udp_socket.h"
#include "libwasi/p3/cli.h"
#include "libwasi/p3/sockets.h"

namespace trenail::wasi::p3 {
namespace {

struct UdpSocketResource {
  std::shared_ptr<UdpSocket> socket;
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("udp-socket"));
    return type;
  }
};

using Self = ComponentBorrow<UdpSocketResource>;
using Bytes = std::vector<uint8_t>;
using SendDone = ComponentCompletion<SocketReturn<void>>;
using Received = std::tuple<Bytes, SocketAddressValue>;
using ReceiveDone = ComponentCompletion<SocketReturn<Received>>;

// A datagram that waits to be sent, charged to the component.
struct Outgoing {
  Outgoing(std::shared_ptr<Budget> charged_to, Bytes bytes, std::optional<SocketAddress> to)
      : budget(std::move(charged_to)), data(std::move(bytes)), remote(std::move(to)) {}
  ~Outgoing() { budget->GiveBytes(data.size()); }
  Outgoing(const Outgoing&) = delete;

  const std::shared_ptr<Budget> budget;
  const Bytes data;
  const std::optional<SocketAddress> remote;
};

Result<void> SendWhenWritable(Context& context, const std::shared_ptr<UdpSocket>& socket,
                              std::shared_ptr<const Outgoing> datagram, const SendDone& done) {
  return context.CompleteWhenReady(
      socket->Writable(), done, [&context, socket, datagram = std::move(datagram), done] {
        const SocketStatus sent = socket->Send(datagram->data, datagram->remote);
        if (sent || sent.error() != SocketError::kWouldBlock) return done.Finish(ToReturn(sent));
        if (auto again = SendWhenWritable(context, socket, datagram, done); !again)
          done.Fail(std::move(again.error()));
      });
}

Result<void> Send(Context& context, const SendDone& done, const std::shared_ptr<UdpSocket>& socket,
                  Bytes data, const std::optional<SocketAddressValue>& remote_value) {
  std::optional<SocketAddress> remote;
  if (remote_value) remote = FromValue(*remote_value);
  const SocketStatus sent = socket->Send(data, remote);
  if (sent || sent.error() != SocketError::kWouldBlock) return done.Return(ToReturn(sent));
  if (!context.budget()->TakeBytes(data.size()))
    return done.Return(Failed<void>(SocketError::kOutOfMemory));
  auto datagram = std::make_shared<const Outgoing>(context.budget(), std::move(data), remote);
  return SendWhenWritable(context, socket, std::move(datagram), done);
}

Result<void> Receive(Context& context, const ReceiveDone& done,
                     const std::shared_ptr<UdpSocket>& socket) {
  SocketResult<std::optional<Datagram>> received = socket->Receive();
  if (!received) return done.Return(Failed<Received>(received.error()));
  if (*received)
    return done.Return(Received(std::move((*received)->data), ToValue((*received)->remote)));
  return context.CompleteWhenReady(socket->Readable(), done, [&context, socket, done] {
    if (auto again = Receive(context, done, socket); !again) done.Fail(std::move(again.error()));
  });
}

// An option: "get-name" and "set-name".
template <typename T>
void LinkOption(ComponentLinkerInstance& types, const std::string& name,
                SocketResult<T> (SocketHandle::*get)() const,
                SocketStatus (SocketHandle::*set)(T) const) {
  types.Func("[method]udp-socket.get-" + name,
             TypedHost([get](Self self) { return ToReturn<T>((self->socket->options().*get)()); }));
  types.Func("[method]udp-socket.set-" + name, TypedHost([set](Self self, T value) {
               return ToReturn((self->socket->options().*set)(value));
             }));
}

}  // namespace

void LinkUdp(ComponentLinker& linker) {
  auto types = linker.Instance(std::string("wasi:sockets/types") + kVersion);
  types.Resource("udp-socket", UdpSocketResource::ComponentType());
  types.Func(
      "[static]udp-socket.create",
      TypedHost([](Context& context,
                   IpFamily family) -> Result<SocketReturn<ComponentOwn<UdpSocketResource>>> {
        auto socket = UdpSocket::Create(family, context.sockets);
        if (!socket) return Failed<ComponentOwn<UdpSocketResource>>(socket.error());
        return TRY(context.NewOwn<UdpSocketResource>(*std::move(socket)));
      }));
  types.Func("[method]udp-socket.bind", TypedHost([](Self self, SocketAddressValue local) {
               return ToReturn(self->socket->Bind(FromValue(local)));
             }));
  types.Func("[method]udp-socket.connect", TypedHost([](Self self, SocketAddressValue remote) {
               return ToReturn(self->socket->Connect(FromValue(remote)));
             }));
  types.Func("[method]udp-socket.disconnect",
             TypedHost([](Self self) { return ToReturn(self->socket->Disconnect()); }));
  types.AsyncFunc("[method]udp-socket.send",
                  TypedAsyncHost([](Context& context, SendDone done, Self self, Bytes data,
                                    std::optional<SocketAddressValue> remote) -> Result<void> {
                    return Send(context, done, self->socket, std::move(data), remote);
                  }));
  types.AsyncFunc("[method]udp-socket.receive",
                  TypedAsyncHost([](Context& context, ReceiveDone done, Self self) -> Result<void> {
                    return Receive(context, done, self->socket);
                  }));
  types.Func("[method]udp-socket.get-local-address",
             TypedHost([](Self self) { return ToReturn(self->socket->LocalAddress()); }));
  types.Func("[method]udp-socket.get-remote-address",
             TypedHost([](Self self) { return ToReturn(self->socket->RemoteAddress()); }));
  types.Func("[method]udp-socket.get-address-family",
             TypedHost([](Self self) { return self->socket->family(); }));
  LinkOption(types, "unicast-hop-limit", &SocketHandle::HopLimit, &SocketHandle::SetHopLimit);
  LinkOption(types, "receive-buffer-size", &SocketHandle::ReceiveBufferSize,
             &SocketHandle::SetReceiveBufferSize);
  LinkOption(types, "send-buffer-size", &SocketHandle::SendBufferSize,
             &SocketHandle::SetSendBufferSize);
}

}  // namespace trenail::wasi::p3
