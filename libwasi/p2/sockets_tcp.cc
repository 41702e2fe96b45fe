// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:sockets/tcp] [wasi:sockets/tcp-create-socket]

#include <string>
#include <tuple>

#include "libwasi/p2/sockets.h"

namespace trenail::wasi::p2 {
namespace {

struct TcpSocketResource {
  std::shared_ptr<TcpSocket> socket;
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("tcp-socket"));
    return type;
  }
};

enum class ShutdownType : uint8_t { kReceive, kSend, kBoth };  // [wasi:sockets/tcp.shutdown-type]
constexpr uint32_t ComponentCases(ShutdownType) { return 3; }

using Self = ComponentBorrow<TcpSocketResource>;
using NetworkArgument = ComponentBorrow<Network>;
using Input = ComponentOwn<InputStreamResource>;
using Output = ComponentOwn<OutputStreamResource>;

NetworkReturn<void> Shutdown(TcpSocket& socket, ShutdownType type) {
  return ToReturn(socket.Shutdown(type != ShutdownType::kSend, type != ShutdownType::kReceive));
}

using Connection = std::tuple<Input, Output>;

Result<NetworkReturn<Connection>> FinishConnect(Context& context, const TcpSocketResource& self) {
  if (const SocketStatus connected = self.socket->FinishConnect(); !connected)
    return Failed<Connection>(connected.error());
  return Connection(TRY(context.NewOwn<InputStreamResource>(self.socket->input())),
                    TRY(context.NewOwn<OutputStreamResource>(self.socket->output())));
}

using Accepted = std::tuple<ComponentOwn<TcpSocketResource>, Input, Output>;

Result<NetworkReturn<Accepted>> Accept(Context& context, const TcpSocketResource& self) {
  auto accepted = self.socket->Accept();
  if (!accepted) return Failed<Accepted>(accepted.error());
  const std::shared_ptr<TcpSocket>& socket = *accepted;
  return Accepted(TRY(context.NewOwn<TcpSocketResource>(socket)),
                  TRY(context.NewOwn<InputStreamResource>(socket->input())),
                  TRY(context.NewOwn<OutputStreamResource>(socket->output())));
}

// An option: "name" reads it, "set-name" sets it.
template <typename T>
void LinkOption(ComponentLinkerInstance& tcp, const std::string& name,
                SocketResult<T> (SocketHandle::*get)() const,
                SocketStatus (SocketHandle::*set)(T) const) {
  tcp.Func("[method]tcp-socket." + name, TypedHost([get](Self self) -> NetworkReturn<T> {
             const auto options = self->socket->Options();
             if (!options) return Failed<T>(options.error());
             return ToReturn<T>(((*options)->*get)());
           }));
  tcp.Func("[method]tcp-socket.set-" + name,
           TypedHost([set](Self self, T value) -> NetworkReturn<void> {
             const auto options = self->socket->Options();
             if (!options) return Failed<void>(options.error());
             return ToReturn(((*options)->*set)(value));
           }));
}

void LinkOptions(ComponentLinkerInstance& tcp) {
  LinkOption(tcp, "keep-alive-enabled", &SocketHandle::KeepAliveEnabled,
             &SocketHandle::SetKeepAliveEnabled);
  LinkOption(tcp, "keep-alive-idle-time", &SocketHandle::KeepAliveIdleTime,
             &SocketHandle::SetKeepAliveIdleTime);
  LinkOption(tcp, "keep-alive-interval", &SocketHandle::KeepAliveInterval,
             &SocketHandle::SetKeepAliveInterval);
  LinkOption(tcp, "keep-alive-count", &SocketHandle::KeepAliveCount,
             &SocketHandle::SetKeepAliveCount);
  LinkOption(tcp, "hop-limit", &SocketHandle::HopLimit, &SocketHandle::SetHopLimit);
  LinkOption(tcp, "receive-buffer-size", &SocketHandle::ReceiveBufferSize,
             &SocketHandle::SetReceiveBufferSize);
  LinkOption(tcp, "send-buffer-size", &SocketHandle::SendBufferSize,
             &SocketHandle::SetSendBufferSize);
}

}  // namespace

void LinkTcp(ComponentLinker& linker) {
  auto create = linker.Instance(std::string("wasi:sockets/tcp-create-socket") + kVersion);
  create.Resource("network", Network::ComponentType());
  create.Resource("tcp-socket", TcpSocketResource::ComponentType());
  create.Func(
      "create-tcp-socket",
      TypedHost([](Context& context,
                   IpFamily family) -> Result<NetworkReturn<ComponentOwn<TcpSocketResource>>> {
        auto socket = TcpSocket::Create(family, context.sockets);
        if (!socket) return Failed<ComponentOwn<TcpSocketResource>>(socket.error());
        return TRY(context.NewOwn<TcpSocketResource>(*std::move(socket)));
      }));

  auto tcp = linker.Instance(std::string("wasi:sockets/tcp") + kVersion);
  tcp.Resource("input-stream", InputStreamResource::ComponentType());
  tcp.Resource("output-stream", OutputStreamResource::ComponentType());
  tcp.Resource("pollable", Pollable::ComponentType());
  tcp.Resource("network", Network::ComponentType());
  tcp.Resource("tcp-socket", TcpSocketResource::ComponentType());

  tcp.Func("[method]tcp-socket.start-bind",
           TypedHost([](Self self, NetworkArgument, SocketAddressValue local) {
             return ToReturn(self->socket->StartBind(FromValue(local)));
           }));
  tcp.Func("[method]tcp-socket.finish-bind",
           TypedHost([](Self self) { return ToReturn(self->socket->FinishBind()); }));
  tcp.Func("[method]tcp-socket.start-connect",
           TypedHost([](Self self, NetworkArgument, SocketAddressValue remote) {
             return ToReturn(self->socket->StartConnect(FromValue(remote)));
           }));
  tcp.Func("[method]tcp-socket.finish-connect",
           TypedHost([](Context& context, Self self) { return FinishConnect(context, *self); }));
  tcp.Func("[method]tcp-socket.start-listen",
           TypedHost([](Self self) { return ToReturn(self->socket->StartListen()); }));
  tcp.Func("[method]tcp-socket.finish-listen",
           TypedHost([](Self self) { return ToReturn(self->socket->FinishListen()); }));
  tcp.Func("[method]tcp-socket.accept",
           TypedHost([](Context& context, Self self) { return Accept(context, *self); }));

  tcp.Func("[method]tcp-socket.local-address",
           TypedHost([](Self self) { return ToReturn(self->socket->LocalAddress()); }));
  tcp.Func("[method]tcp-socket.remote-address",
           TypedHost([](Self self) { return ToReturn(self->socket->RemoteAddress()); }));
  tcp.Func("[method]tcp-socket.is-listening",
           TypedHost([](Self self) { return self->socket->is_listening(); }));
  tcp.Func("[method]tcp-socket.address-family",
           TypedHost([](Self self) { return self->socket->family(); }));
  tcp.Func("[method]tcp-socket.set-listen-backlog-size", TypedHost([](Self self, uint64_t value) {
             return ToReturn(self->socket->SetListenBacklogSize(value));
           }));
  LinkOptions(tcp);
  tcp.Func("[method]tcp-socket.subscribe",
           TypedHost([](Context& context, Self self) { return Subscribe(context, self->socket); }));
  tcp.Func("[method]tcp-socket.shutdown",
           TypedHost([](Self self, ShutdownType type) { return Shutdown(*self->socket, type); }));
}

}  // namespace trenail::wasi::p2
