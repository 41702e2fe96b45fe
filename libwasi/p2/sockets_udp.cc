// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:sockets/udp] [wasi:sockets/udp-create-socket]

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "libwasi/p2/sockets.h"

namespace trenail::wasi::p2 {
namespace {

// How many datagrams one call gives or takes.
constexpr uint64_t kMaxDatagrams = 16;

struct UdpSocketResource {
  explicit UdpSocketResource(std::shared_ptr<UdpSocket> created) : socket(std::move(created)) {}
  std::shared_ptr<UdpSocket> socket;
  // "only the most recently returned pair of streams will be operational"
  std::shared_ptr<uint64_t> pairs = std::make_shared<uint64_t>(0);
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("udp-socket"));
    return type;
  }
};

// One of a pair of streams.
struct DatagramStream {
  explicit DatagramStream(const UdpSocketResource& from)
      : socket(from.socket), pairs(from.pairs), pair(*pairs) {}
  bool operational() const { return pair == *pairs; }
  const std::shared_ptr<UdpSocket> socket;
  const std::shared_ptr<const uint64_t> pairs;
  const uint64_t pair;
};
struct IncomingStream : DatagramStream {
  using DatagramStream::DatagramStream;
  std::optional<SocketError> error;  // that came after datagrams
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("incoming-datagram-stream"));
    return type;
  }
};
struct OutgoingStream : DatagramStream {
  using DatagramStream::DatagramStream;
  std::optional<uint64_t> permitted;  // by check-send, for one call
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("outgoing-datagram-stream"));
    return type;
  }
};

struct IncomingDatagram {
  std::vector<uint8_t> data;
  SocketAddressValue remote_address;
  static constexpr auto ComponentFields() {
    return std::tuple(&IncomingDatagram::data, &IncomingDatagram::remote_address);
  }
};
struct OutgoingDatagram {
  std::vector<uint8_t> data;
  std::optional<SocketAddressValue> remote_address;
  static constexpr auto ComponentFields() {
    return std::tuple(&OutgoingDatagram::data, &OutgoingDatagram::remote_address);
  }
};

using Self = ComponentBorrow<UdpSocketResource>;
using StreamPair = std::tuple<ComponentOwn<IncomingStream>, ComponentOwn<OutgoingStream>>;

// [wasi:sockets/udp.udp-socket.stream]
Result<NetworkReturn<StreamPair>> Stream(Context& context, const UdpSocketResource& self,
                                         const std::optional<SocketAddressValue>& remote) {
  UdpSocket& socket = *self.socket;
  SocketStatus status;
  if (socket.state() == UdpSocket::State::kBindInProgress)
    status = std::unexpected(SocketError::kConcurrencyConflict);
  else if (socket.state() != UdpSocket::State::kBound)
    status = std::unexpected(SocketError::kInvalidState);
  else if (remote)
    status = socket.Connect(FromValue(*remote));
  else if (socket.RemoteAddress())
    status = socket.Disconnect();
  if (!status) return Failed<StreamPair>(status.error());
  ++*self.pairs;
  return StreamPair(TRY(context.NewOwn<IncomingStream>(self)),
                    TRY(context.NewOwn<OutgoingStream>(self)));
}

NetworkReturn<std::vector<IncomingDatagram>> Receive(IncomingStream& stream, uint64_t max_results) {
  using Datagrams = std::vector<IncomingDatagram>;
  if (!stream.operational()) return Failed<Datagrams>(SocketError::kInvalidState);
  Datagrams datagrams;
  if (max_results == 0) return datagrams;
  if (const auto error = std::exchange(stream.error, std::nullopt))
    return Failed<Datagrams>(*error);
  while (datagrams.size() < std::min(max_results, kMaxDatagrams)) {
    SocketResult<std::optional<Datagram>> received = stream.socket->Receive();
    if (!received) {
      if (datagrams.empty()) return Failed<Datagrams>(received.error());
      stream.error = received.error();
      break;
    }
    if (!*received) break;
    datagrams.push_back({std::move((*received)->data), ToValue((*received)->remote)});
  }
  return datagrams;
}

NetworkReturn<uint64_t> CheckSend(OutgoingStream& stream) {
  if (!stream.operational()) return Failed<uint64_t>(SocketError::kInvalidState);
  stream.permitted = stream.socket->Writable()->ready() ? kMaxDatagrams : 0;
  return *stream.permitted;
}

Result<NetworkReturn<uint64_t>> Send(OutgoingStream& stream,
                                     const std::vector<OutgoingDatagram>& datagrams) {
  // "Implementations must trap if either check-send was not called or datagrams contains more items
  // than check-send permitted."
  const auto permitted = std::exchange(stream.permitted, std::nullopt);
  if (!permitted || datagrams.size() > *permitted)
    return std::unexpected(
        Error(ErrorKind::kTrap, "outgoing-datagram-stream.send of more than check-send permitted"));
  if (!stream.operational()) return Failed<uint64_t>(SocketError::kInvalidState);
  uint64_t sent = 0;
  for (const OutgoingDatagram& datagram : datagrams) {
    std::optional<SocketAddress> remote;
    if (datagram.remote_address) remote = FromValue(*datagram.remote_address);
    const SocketStatus status = stream.socket->Send(datagram.data, remote);
    if (!status) {
      if (sent > 0 || status.error() == SocketError::kWouldBlock) break;
      return Failed<uint64_t>(status.error());
    }
    ++sent;
  }
  return sent;
}

// As of TCP; a UDP socket is never closed.
template <typename T>
void LinkOption(ComponentLinkerInstance& udp, const std::string& name,
                SocketResult<T> (SocketHandle::*get)() const,
                SocketStatus (SocketHandle::*set)(T) const) {
  udp.Func("[method]udp-socket." + name,
           TypedHost([get](Self self) { return ToReturn<T>((self->socket->options().*get)()); }));
  udp.Func("[method]udp-socket.set-" + name, TypedHost([set](Self self, T value) {
             return ToReturn((self->socket->options().*set)(value));
           }));
}

}  // namespace

void LinkUdp(ComponentLinker& linker) {
  auto create = linker.Instance(std::string("wasi:sockets/udp-create-socket") + kVersion);
  create.Resource("network", Network::ComponentType());
  create.Resource("udp-socket", UdpSocketResource::ComponentType());
  create.Func(
      "create-udp-socket",
      TypedHost([](Context& context,
                   IpFamily family) -> Result<NetworkReturn<ComponentOwn<UdpSocketResource>>> {
        auto socket = UdpSocket::Create(family, context.sockets);
        if (!socket) return Failed<ComponentOwn<UdpSocketResource>>(socket.error());
        return TRY(context.NewOwn<UdpSocketResource>(*std::move(socket)));
      }));

  auto udp = linker.Instance(std::string("wasi:sockets/udp") + kVersion);
  udp.Resource("pollable", Pollable::ComponentType());
  udp.Resource("network", Network::ComponentType());
  udp.Resource("udp-socket", UdpSocketResource::ComponentType());
  udp.Resource("incoming-datagram-stream", IncomingStream::ComponentType());
  udp.Resource("outgoing-datagram-stream", OutgoingStream::ComponentType());

  udp.Func("[method]udp-socket.start-bind",
           TypedHost([](Self self, ComponentBorrow<Network>, SocketAddressValue local) {
             return ToReturn(self->socket->StartBind(FromValue(local)));
           }));
  udp.Func("[method]udp-socket.finish-bind",
           TypedHost([](Self self) { return ToReturn(self->socket->FinishBind()); }));
  udp.Func("[method]udp-socket.stream",
           TypedHost([](Context& context, Self self, std::optional<SocketAddressValue> remote) {
             return Stream(context, *self, remote);
           }));
  udp.Func("[method]udp-socket.local-address",
           TypedHost([](Self self) { return ToReturn(self->socket->LocalAddress()); }));
  udp.Func("[method]udp-socket.remote-address",
           TypedHost([](Self self) { return ToReturn(self->socket->RemoteAddress()); }));
  udp.Func("[method]udp-socket.address-family",
           TypedHost([](Self self) { return self->socket->family(); }));
  LinkOption(udp, "unicast-hop-limit", &SocketHandle::HopLimit, &SocketHandle::SetHopLimit);
  LinkOption(udp, "receive-buffer-size", &SocketHandle::ReceiveBufferSize,
             &SocketHandle::SetReceiveBufferSize);
  LinkOption(udp, "send-buffer-size", &SocketHandle::SendBufferSize,
             &SocketHandle::SetSendBufferSize);
  // Binding, all that could be waited for, takes no time.
  udp.Func("[method]udp-socket.subscribe", TypedHost([](Context& context, Self) {
             return Subscribe(context, std::make_shared<ReadyWaitable>());
           }));

  udp.Func("[method]incoming-datagram-stream.receive",
           TypedHost([](ComponentBorrow<IncomingStream> self, uint64_t max_results) {
             return Receive(*self, max_results);
           }));
  udp.Func("[method]incoming-datagram-stream.subscribe",
           TypedHost([](Context& context, ComponentBorrow<IncomingStream> self) {
             return Subscribe(context, self->socket->Readable());
           }));
  udp.Func("[method]outgoing-datagram-stream.check-send",
           TypedHost([](ComponentBorrow<OutgoingStream> self) { return CheckSend(*self); }));
  udp.Func(
      "[method]outgoing-datagram-stream.send",
      TypedHost([](ComponentBorrow<OutgoingStream> self, std::vector<OutgoingDatagram> datagrams) {
        return Send(*self, datagrams);
      }));
  udp.Func("[method]outgoing-datagram-stream.subscribe",
           TypedHost([](Context& context, ComponentBorrow<OutgoingStream> self) {
             return Subscribe(context, self->socket->Writable());
           }));
}

}  // namespace trenail::wasi::p2
