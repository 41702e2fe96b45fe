// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:sockets/network] [wasi:sockets/instance-network] [wasi:sockets/ip-name-lookup]

#include <string>
#include <vector>

#include "libwasi/component/sockets.h"
#include "libwasi/p2/sockets.h"

namespace trenail::wasi::p2 {
namespace {

struct ResolveAddressStream {
  explicit ResolveAddressStream(std::shared_ptr<NameLookup> started) : lookup(std::move(started)) {}
  std::shared_ptr<NameLookup> lookup;
  size_t next = 0;
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("resolve-address-stream"));
    return type;
  }
};

using NextAddress = NetworkReturn<std::optional<IpAddressValue>>;

NextAddress ResolveNextAddress(ResolveAddressStream& stream) {
  const SocketResult<NameLookup::Addresses> addresses = stream.lookup->result();
  if (!addresses) return std::unexpected(ToNetworkError(addresses.error()));
  if (stream.next == addresses->size()) return std::nullopt;
  return ToValue((*addresses)[stream.next++]);
}

// [wasi:sockets/network.network-error-code] What streams of sockets fail with, and those of files
// do not.
std::optional<NetworkError> NetworkErrorCode(const IoError& error) {
  switch (const SocketError code = ToSocketError(error.code)) {
    case SocketError::kTimeout:
    case SocketError::kRemoteUnreachable:
    case SocketError::kConnectionRefused:
    case SocketError::kConnectionReset:
    case SocketError::kConnectionAborted:
      return ToNetworkError(code);
    default:
      return std::nullopt;
  }
}

}  // namespace

NetworkError ToNetworkError(SocketError error) {
  // [wasi:sockets/network] has no code for a broken connection.
  if (error == SocketError::kConnectionBroken) error = SocketError::kConnectionAborted;
  return static_cast<NetworkError>(error);
}

NetworkReturn<SocketAddressValue> ToReturn(const SocketResult<SocketAddress>& result) {
  if (!result) return std::unexpected(ToNetworkError(result.error()));
  return ToValue(*result);
}

const ComponentResource& Network::ComponentType() {
  static const ComponentResource& type = *new ComponentResource(ComponentResource::Host("network"));
  return type;
}

void LinkNetwork(ComponentLinker& linker) {
  auto network = linker.Instance(std::string("wasi:sockets/network") + kVersion);
  network.Resource("network", Network::ComponentType());
  network.Resource("error", ErrorResource::ComponentType());
  network.Func("network-error-code", TypedHost([](ComponentBorrow<ErrorResource> error) {
                 return NetworkErrorCode(*error->error);
               }));

  auto instance = linker.Instance(std::string("wasi:sockets/instance-network") + kVersion);
  instance.Resource("network", Network::ComponentType());
  instance.Func("instance-network",
                TypedHost([](Context& context) { return context.NewOwn<Network>(); }));
}

void LinkNameLookup(ComponentLinker& linker) {
  auto lookup = linker.Instance(std::string("wasi:sockets/ip-name-lookup") + kVersion);
  lookup.Resource("pollable", Pollable::ComponentType());
  lookup.Resource("network", Network::ComponentType());
  lookup.Resource("resolve-address-stream", ResolveAddressStream::ComponentType());
  lookup.Func(
      "resolve-addresses",
      TypedHost([](Context& context, ComponentBorrow<Network>,
                   std::string name) -> Result<NetworkReturn<ComponentOwn<ResolveAddressStream>>> {
        auto started = StartLookup(context, name);
        if (!started) return Failed<ComponentOwn<ResolveAddressStream>>(started.error());
        return TRY(context.NewOwn<ResolveAddressStream>(*std::move(started)));
      }));
  lookup.Func("[method]resolve-address-stream.resolve-next-address",
              TypedHost([](ComponentBorrow<ResolveAddressStream> self) {
                return ResolveNextAddress(*self);
              }));
  lookup.Func("[method]resolve-address-stream.subscribe",
              TypedHost([](Context& context, ComponentBorrow<ResolveAddressStream> self) {
                return Subscribe(context, self->lookup);
              }));
}

}  // namespace trenail::wasi::p2
