// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WASI 0.3 in the hands of a program, with bindings of our own generator: paths that lead out, ends
// of streams that are dropped too early, and sockets. Its argument says which; what is not as it
// should be is a line on standard error.

#include <program.h>

namespace {

using namespace trenail_tests::wasi::program::wasi;
using filesystem::types::Descriptor;
using filesystem::types::DescriptorFlags;
using filesystem::types::NewTimestamp;
using filesystem::types::OpenFlags;
using filesystem::types::PathFlags;
using sockets::types::IpAddressFamily;
using sockets::types::IpSocketAddress;
using sockets::types::TcpSocket;
using sockets::types::TcpSocketCreate;
using sockets::types::UdpSocket;
using sockets::types::UdpSocketCreate;
using Bytes = std::vector<uint8_t>;

// A test is the line that it fails in, or nothing.
#define CHECK(condition)               \
  do {                                 \
    if (!(condition)) return __LINE__; \
  } while (0)

template <typename Case>
bool Fails(const auto& result) {
  return !result && std::holds_alternative<Case>(result.error().cases);
}

Bytes ToBytes(std::string_view text) { return {text.begin(), text.end()}; }

Bytes ReadAll(trenail::StreamReader<uint8_t>& stream) {
  Bytes all;
  for (Bytes some; !(some = stream.Read(1000)).empty();)
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

// ---- files: below "data" lie a file "there", a directory "dir", and links that lead out

int TestPaths() {
  using E = filesystem::types::ErrorCode;
  const auto directories = filesystem::preopens::GetDirectories();
  CHECK(directories.size() == 1);
  const Descriptor& data = std::get<0>(directories[0]);
  const PathFlags follow = PathFlags::kSymlinkFollow;
  const NewTimestamp now{NewTimestamp::Now{}};
  const auto denied = [](const auto& result) { return Fails<E::NotPermitted>(result); };
  for (const char* path :
       {"/etc/passwd", "../secret", "dir/../../secret", "out/secret", "out/../secret",
        "absolute/passwd", "process/etc/passwd", "dir/./../../secret", "//etc/passwd"}) {
    CHECK(denied(data.OpenAt(follow, path, {}, DescriptorFlags::kRead)));
    CHECK(denied(data.OpenAt({}, path, OpenFlags::kCreate, DescriptorFlags::kWrite)));
    CHECK(denied(data.StatAt(follow, path)));
    CHECK(denied(data.StatAt({}, path)));
    CHECK(denied(data.SetTimesAt(follow, path, now, now)));
    CHECK(denied(data.MetadataHashAt({}, path)));
    CHECK(denied(data.LinkAt({}, path, data, "taken")));
    CHECK(denied(data.LinkAt(follow, path, data, "taken")));
    CHECK(denied(data.LinkAt({}, "there", data, path)));
    CHECK(denied(data.RenameAt(path, data, "taken")));
    CHECK(denied(data.RenameAt("there", data, path)));
    CHECK(denied(data.SymlinkAt("there", path)));
    CHECK(denied(data.ReadlinkAt(path)));
    CHECK(denied(data.UnlinkFileAt(path)));
    CHECK(denied(data.RemoveDirectoryAt(path)));
    CHECK(denied(data.CreateDirectoryAt(path)));
  }
  // The links themselves, and with a slash behind them.
  for (const char* path : {"out", "out/", "absolute", "absolute/", "process", "process/", ".."}) {
    CHECK(denied(data.OpenAt(follow, path, OpenFlags::kDirectory, DescriptorFlags::kRead)));
    CHECK(denied(data.StatAt(follow, path)));
    CHECK(denied(data.SetTimesAt(follow, path, now, now)));
  }
  for (const char* path : {"out/", "absolute/", "process/"}) {
    CHECK(denied(data.OpenAt({}, path, OpenFlags::kDirectory, DescriptorFlags::kRead)));
    CHECK(denied(data.RemoveDirectoryAt(path)));
    CHECK(denied(data.ReadlinkAt(path)));
    CHECK(denied(data.LinkAt({}, path, data, "taken")));
    CHECK(!data.UnlinkFileAt(path));
    CHECK(!data.RenameAt(path, data, "taken"));
    CHECK(!data.RenameAt("dir", data, path));
    CHECK(!data.CreateDirectoryAt(path));
    CHECK(!data.SymlinkAt("there", path));
  }
  CHECK(denied(data.ReadlinkAt("absolute")));
  CHECK(data.ReadlinkAt("out") == "..");
  CHECK(denied(data.SymlinkAt("/etc/passwd", "new")));
  CHECK(!data.StatAt({}, "taken"));
  // What is asked for without the right to change anything has none.
  const auto view = data.OpenAt({}, "dir", OpenFlags::kDirectory, DescriptorFlags::kRead);
  CHECK(view);
  CHECK(Fails<E::ReadOnly>(view->CreateDirectoryAt("new")));
  CHECK(Fails<E::ReadOnly>(data.RenameAt("there", *view, "new")));
  CHECK(Fails<E::ReadOnly>(data.LinkAt({}, "there", *view, "new")));
  CHECK(Fails<E::ReadOnly>(view->OpenAt({}, "x", OpenFlags::kTruncate, DescriptorFlags::kRead)));
  return 0;
}

int TestDrops() {
  const auto directories = filesystem::preopens::GetDirectories();
  const Descriptor& data = std::get<0>(directories[0]);
  const auto opened = data.OpenAt({}, "drops", OpenFlags::kCreate,
                                  DescriptorFlags::kRead | DescriptorFlags::kWrite);
  CHECK(opened);
  for (int i = 0; i < 300; ++i) {
    {  // Nobody reads, and nobody asks how it went.
      auto [stream, result] = opened->ReadViaStream(0);
      auto [names, listed] = data.ReadDirectory();
    }
    {  // The result goes first.
      auto [stream, result] = opened->ReadViaStream(0);
      {
        const auto gone = std::move(result);
      }
      (void)ReadAll(stream);
    }
    {  // The stream goes first; the result is still told.
      auto [stream, result] = opened->ReadViaStream(0);
      {
        const auto gone = std::move(stream);
      }
      CHECK(result.Read().has_value());
    }
    {  // What is written into a stream whose outcome nobody waits for is written.
      auto [data_in, writer] = trenail::NewStream<uint8_t>();
      {
        const auto gone = opened->WriteViaStream(std::move(data_in), 0);
      }
      (void)writer.Write(ToBytes("text"));
    }
    {  // Nothing comes.
      auto [data_in, writer] = trenail::NewStream<uint8_t>();
      auto result = opened->AppendViaStream(std::move(data_in));
      {
        const auto gone = std::move(writer);
      }
      const auto outcome = result.Read();
      CHECK(outcome && *outcome);
    }
    {  // Of a directory, the first name alone.
      auto [names, listed] = data.ReadDirectory();
      CHECK(names.Read(1).size() == 1);
    }
    {  // Both ends are ours, and go in either order.
      auto ends = trenail::NewStream<uint8_t>();
      {
        const auto gone = std::move(i % 2 == 0 ? ends.first : *(&ends.first));
      }
    }
  }
  auto [stream, result] = opened->ReadViaStream(0);
  CHECK(ReadAll(stream) == ToBytes("text"));
  return 0;
}

// ---- sockets

using E = sockets::types::ErrorCode;

IpSocketAddress V4(std::array<uint8_t, 4> ip, uint16_t port) {
  sockets::types::Ipv4SocketAddress address;
  address.port = port;
  address.address = {ip[0], ip[1], ip[2], ip[3]};
  return {IpSocketAddress::Ipv4{address}};
}
IpSocketAddress V6(std::array<uint16_t, 8> ip, uint16_t port) {
  sockets::types::Ipv6SocketAddress address;
  address.port = port;
  address.address = {ip[0], ip[1], ip[2], ip[3], ip[4], ip[5], ip[6], ip[7]};
  return {IpSocketAddress::Ipv6{address}};
}
IpSocketAddress Loopback(IpAddressFamily family, uint16_t port) {
  return family == IpAddressFamily::kIpv4 ? V4({127, 0, 0, 1}, port)
                                          : V6({0, 0, 0, 0, 0, 0, 0, 1}, port);
}
uint16_t PortOf(const IpSocketAddress& address) {
  const auto* v4 = std::get_if<IpSocketAddress::Ipv4>(&address.cases);
  return v4 != nullptr ? v4->value.port : std::get<IpSocketAddress::Ipv6>(address.cases).value.port;
}
TcpSocket Tcp(IpAddressFamily family) { return *TcpSocketCreate(family); }

// Addresses that no socket of TCP of this family is bound or connected to.
std::vector<IpSocketAddress> WrongAddresses(IpAddressFamily family, uint16_t port) {
  if (family == IpAddressFamily::kIpv4)
    return {Loopback(IpAddressFamily::kIpv6, port), V4({224, 0, 0, 1}, port),
            V4({239, 255, 255, 255}, port), V4({255, 255, 255, 255}, port)};
  return {Loopback(IpAddressFamily::kIpv4, port), V6({0xff00, 0, 0, 0, 0, 0, 0, 1}, port),
          V6({0xffff, 0, 0, 0, 0, 0, 0, 1}, port), V6({0, 0, 0, 0, 0, 0xffff, 0x7f00, 1}, port)};
}

int TestTcpBind(IpAddressFamily family) {
  const TcpSocket socket = Tcp(family);
  for (const IpSocketAddress& address : WrongAddresses(family, 0))
    CHECK(Fails<E::InvalidArgument>(socket.Bind(address)));
  CHECK(Fails<E::InvalidState>(socket.GetLocalAddress()));
  CHECK(socket.Bind(Loopback(family, 0)));
  const auto bound = socket.GetLocalAddress();
  CHECK(bound && PortOf(*bound) != 0 && *bound == Loopback(family, PortOf(*bound)));
  CHECK(Fails<E::InvalidState>(socket.Bind(Loopback(family, 0))));
  CHECK(Fails<E::AddressInUse>(Tcp(family).Bind(*bound)));
  return 0;
}

int TestTcpListen(IpAddressFamily family) {
  const TcpSocket unbound = Tcp(family);
  CHECK(!unbound.GetIsListening());
  CHECK(unbound.Listen());
  CHECK(unbound.GetLocalAddress());

  const TcpSocket listener = Tcp(family);
  CHECK(listener.SetHopLimit(42));
  CHECK(listener.SetKeepAliveEnabled(true));
  CHECK(listener.Bind(Loopback(family, 0)));
  auto accepted = listener.Listen();
  CHECK(accepted && listener.GetIsListening());
  CHECK(Fails<E::InvalidState>(listener.Listen()));
  CHECK(Fails<E::InvalidState>(listener.Connect(Loopback(family, 42))));
  CHECK(Fails<E::InvalidState>(listener.Bind(Loopback(family, 0))));
  const TcpSocket client = Tcp(family);
  CHECK(client.Connect(*listener.GetLocalAddress()));
  const auto sockets = accepted->Read(1);
  CHECK(sockets.size() == 1);
  CHECK(sockets[0].GetAddressFamily() == family);
  CHECK(sockets[0].GetHopLimit() == 42);
  CHECK(sockets[0].GetKeepAliveEnabled() == true);
  CHECK(*sockets[0].GetRemoteAddress() == *client.GetLocalAddress());
  return 0;
}

int TestTcpConnect(IpAddressFamily family) {
  for (const IpSocketAddress& address : WrongAddresses(family, 42))
    CHECK(Fails<E::InvalidArgument>(Tcp(family).Connect(address)));
  CHECK(Fails<E::InvalidArgument>(Tcp(family).Connect(Loopback(family, 0))));
  CHECK(Fails<E::InvalidArgument>(
      Tcp(family).Connect(family == IpAddressFamily::kIpv4 ? V4({}, 42) : V6({}, 42))));
  IpSocketAddress nobody;
  {
    const TcpSocket listener = Tcp(family);
    CHECK(listener.Bind(Loopback(family, 0)));
    const auto accepted = listener.Listen();
    nobody = *listener.GetLocalAddress();
    const TcpSocket client = Tcp(family);
    CHECK(client.Bind(Loopback(family, 0)));
    CHECK(client.Connect(nobody));
    CHECK(Fails<E::InvalidState>(client.Connect(nobody)));
    CHECK(Fails<E::InvalidState>(client.Listen()));
  }
  // Nobody listens there any more.
  CHECK(Fails<E::ConnectionRefused>(Tcp(family).Connect(nobody)));
  return 0;
}

// What the one sends the other gives back, until the end.
int TestTcpEcho(IpAddressFamily family) {
  const TcpSocket listener = Tcp(family), client = Tcp(family);
  CHECK(listener.Bind(Loopback(family, 0)));
  auto accepted = *listener.Listen();
  CHECK(client.Connect(*listener.GetLocalAddress()));
  const auto sockets = accepted.Read(1);
  CHECK(sockets.size() == 1);
  auto [to_server, client_out] = trenail::NewStream<uint8_t>();
  auto [to_client, server_out] = trenail::NewStream<uint8_t>();
  auto client_sent = client.Send(std::move(to_server));
  auto server_sent = sockets[0].Send(std::move(to_client));
  auto [server_in, server_received] = sockets[0].Receive();
  auto [client_in, client_received] = client.Receive();
  for (const char* text : {"one", "two", "a longer text than the others"}) {
    CHECK(client_out.Write(ToBytes(text)));
    const Bytes heard = server_in.Read(1000);
    CHECK(heard == ToBytes(text));
    CHECK(server_out.Write(heard));
    CHECK(client_in.Read(1000) == heard);
  }
  {
    const auto end = std::move(client_out);
  }
  CHECK(server_in.Read(10).empty());
  {
    const auto end = std::move(server_out);
  }
  CHECK(client_in.Read(10).empty());
  for (auto* outcome : {&client_sent, &server_sent, &server_received, &client_received}) {
    const auto result = outcome->Read();
    CHECK(result && *result);
  }
  return 0;
}

int TestUdpEcho(IpAddressFamily family) {
  const UdpSocket server = *UdpSocketCreate(family), client = *UdpSocketCreate(family);
  CHECK(Fails<E::InvalidState>(server.Receive()));
  CHECK(server.Bind(Loopback(family, 0)));
  CHECK(client.Bind(Loopback(family, 0)));
  const IpSocketAddress at = *server.GetLocalAddress();
  CHECK(Fails<E::InvalidArgument>(client.Send(ToBytes("x"), std::nullopt)));
  CHECK(client.Send(ToBytes("to"), at));
  auto heard = server.Receive();
  CHECK(heard && std::get<0>(*heard) == ToBytes("to"));
  CHECK(std::get<1>(*heard) == *client.GetLocalAddress());
  CHECK(server.Send(ToBytes("back"), std::get<1>(*heard)));
  heard = client.Receive();
  CHECK(heard && std::get<0>(*heard) == ToBytes("back") && std::get<1>(*heard) == at);
  CHECK(client.Connect(at));
  CHECK(client.Send(ToBytes(""), std::nullopt));
  heard = server.Receive();
  CHECK(heard && std::get<0>(*heard).empty());
  CHECK(client.Disconnect());
  CHECK(Fails<E::InvalidArgument>(client.Send(ToBytes("x"), std::nullopt)));
  CHECK(Fails<E::DatagramTooLarge>(client.Send(Bytes(70'000), at)));
  return 0;
}

int TestSockets(IpAddressFamily family) {
  for (const auto test : {TestTcpBind, TestTcpListen, TestTcpConnect, TestTcpEcho, TestUdpEcho})
    if (const int line = test(family); line != 0) return line;
  return 0;
}

void Print(std::string_view text) {
  auto [to_host, writer] = trenail::NewStream<uint8_t>();
  auto written = cli::stderr_::WriteViaStream(std::move(to_host));
  (void)writer.Write(ToBytes(text));
  {
    const auto end = std::move(writer);
  }
  (void)written.Read();
}

}  // namespace

namespace trenail_tests::wasi::program::wasi::cli::run {

void Run(trenail::Completion<std::expected<void, std::monostate>> done) {
  const std::vector<std::string> arguments = environment::GetArguments();
  const std::string what = arguments.size() > 1 ? arguments[1] : "";
  const int line = what == "paths"   ? TestPaths()
                   : what == "drops" ? TestDrops()
                   : what == "ipv4"  ? TestSockets(IpAddressFamily::kIpv4)
                   : what == "ipv6"  ? TestSockets(IpAddressFamily::kIpv6)
                                     : __LINE__;
  if (line != 0) Print("line " + std::to_string(line) + "\n");
  if (line == 0)
    done.Return({});
  else
    done.Return(std::unexpected(std::monostate()));
}

}  // namespace trenail_tests::wasi::program::wasi::cli::run
