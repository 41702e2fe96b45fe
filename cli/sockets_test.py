#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""wasi:sockets of WASI 0.2 in the hands of a guest in C, with bindings written by hand: both ends of
TCP and UDP, poll, names, and what is denied.

Usage: sockets_test.py TRENAIL [--aot]. With --aot, the guest is compiled too."""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))
ENGINES = ['interp']
if '--aot' in sys.argv:
    sys.argv.remove('--aot')
    ENGINES.append('aot')
SLOW = float(os.environ.get('TRENAIL_TEST_SLOW', '1'))
CLANG = shutil.which('clang-19') or shutil.which('clang')

# What the guest uses of the packages. It is an old one, so it finds the newest by their versions.
WIT = '''package test:sockets;

world guest {
  import wasi:io/error@0.2.1;
  import wasi:io/poll@0.2.1;
  import wasi:io/streams@0.2.1;
  import wasi:cli/environment@0.2.1;
  import wasi:cli/stdout@0.2.1;
  import wasi:sockets/network@0.2.1;
  import wasi:sockets/instance-network@0.2.1;
  import wasi:sockets/tcp@0.2.1;
  import wasi:sockets/tcp-create-socket@0.2.1;
  import wasi:sockets/udp@0.2.1;
  import wasi:sockets/udp-create-socket@0.2.1;
  import wasi:sockets/ip-name-lookup@0.2.1;
  export wasi:cli/run@0.2.1;
}

package wasi:io@0.2.1 {
  interface error {
    resource error;
  }
  interface poll {
    resource pollable {
      block: func();
      ready: func() -> bool;
    }
    poll: func(in: list<borrow<pollable>>) -> list<u32>;
  }
  interface streams {
    use error.{error};
    use poll.{pollable};
    variant stream-error { last-operation-failed(error), closed }
    resource input-stream {
      read: func(len: u64) -> result<list<u8>, stream-error>;
      blocking-read: func(len: u64) -> result<list<u8>, stream-error>;
      subscribe: func() -> pollable;
    }
    resource output-stream {
      check-write: func() -> result<u64, stream-error>;
      write: func(contents: list<u8>) -> result<_, stream-error>;
      blocking-flush: func() -> result<_, stream-error>;
      blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
      subscribe: func() -> pollable;
    }
  }
}

package wasi:cli@0.2.1 {
  interface environment { get-arguments: func() -> list<string>; }
  interface stdout {
    use wasi:io/streams@0.2.1.{output-stream};
    get-stdout: func() -> output-stream;
  }
  interface run { run: func() -> result; }
}

package wasi:sockets@0.2.1 {
  interface network {
    resource network;
    enum error-code {
      unknown, access-denied, not-supported, invalid-argument, out-of-memory, timeout,
      concurrency-conflict, not-in-progress, would-block, invalid-state, new-socket-limit,
      address-not-bindable, address-in-use, remote-unreachable, connection-refused,
      connection-reset, connection-aborted, datagram-too-large, name-unresolvable,
      temporary-resolver-failure, permanent-resolver-failure,
    }
    enum ip-address-family { ipv4, ipv6 }
    type ipv4-address = tuple<u8, u8, u8, u8>;
    type ipv6-address = tuple<u16, u16, u16, u16, u16, u16, u16, u16>;
    variant ip-address { ipv4(ipv4-address), ipv6(ipv6-address) }
    record ipv4-socket-address { port: u16, address: ipv4-address }
    record ipv6-socket-address {
      port: u16, flow-info: u32, address: ipv6-address, scope-id: u32,
    }
    variant ip-socket-address { ipv4(ipv4-socket-address), ipv6(ipv6-socket-address) }
  }
  interface instance-network {
    use network.{network};
    instance-network: func() -> network;
  }
  interface tcp {
    use wasi:io/streams@0.2.1.{input-stream, output-stream};
    use wasi:io/poll@0.2.1.{pollable};
    use network.{network, error-code, ip-socket-address};
    enum shutdown-type { receive, send, both }
    resource tcp-socket {
      start-bind: func(network: borrow<network>, local-address: ip-socket-address)
          -> result<_, error-code>;
      finish-bind: func() -> result<_, error-code>;
      start-connect: func(network: borrow<network>, remote-address: ip-socket-address)
          -> result<_, error-code>;
      finish-connect: func() -> result<tuple<input-stream, output-stream>, error-code>;
      start-listen: func() -> result<_, error-code>;
      finish-listen: func() -> result<_, error-code>;
      accept: func() -> result<tuple<tcp-socket, input-stream, output-stream>, error-code>;
      local-address: func() -> result<ip-socket-address, error-code>;
      is-listening: func() -> bool;
      hop-limit: func() -> result<u8, error-code>;
      set-hop-limit: func(value: u8) -> result<_, error-code>;
      subscribe: func() -> pollable;
      shutdown: func(shutdown-type: shutdown-type) -> result<_, error-code>;
    }
  }
  interface tcp-create-socket {
    use network.{error-code, ip-address-family};
    use tcp.{tcp-socket};
    create-tcp-socket: func(address-family: ip-address-family) -> result<tcp-socket, error-code>;
  }
  interface udp {
    use wasi:io/poll@0.2.1.{pollable};
    use network.{network, error-code, ip-socket-address};
    record incoming-datagram { data: list<u8>, remote-address: ip-socket-address }
    record outgoing-datagram { data: list<u8>, remote-address: option<ip-socket-address> }
    resource udp-socket {
      start-bind: func(network: borrow<network>, local-address: ip-socket-address)
          -> result<_, error-code>;
      finish-bind: func() -> result<_, error-code>;
      %stream: func(remote-address: option<ip-socket-address>)
          -> result<tuple<incoming-datagram-stream, outgoing-datagram-stream>, error-code>;
      local-address: func() -> result<ip-socket-address, error-code>;
    }
    resource incoming-datagram-stream {
      receive: func(max-results: u64) -> result<list<incoming-datagram>, error-code>;
      subscribe: func() -> pollable;
    }
    resource outgoing-datagram-stream {
      check-send: func() -> result<u64, error-code>;
      send: func(datagrams: list<outgoing-datagram>) -> result<u64, error-code>;
    }
  }
  interface udp-create-socket {
    use network.{error-code, ip-address-family};
    use udp.{udp-socket};
    create-udp-socket: func(address-family: ip-address-family) -> result<udp-socket, error-code>;
  }
  interface ip-name-lookup {
    use wasi:io/poll@0.2.1.{pollable};
    use network.{network, error-code, ip-address};
    resolve-addresses: func(network: borrow<network>, name: string)
        -> result<resolve-address-stream, error-code>;
    resource resolve-address-stream {
      resolve-next-address: func() -> result<option<ip-address>, error-code>;
      subscribe: func() -> pollable;
    }
  }
}
'''

GUEST = r'''
#define EXPORT(name) __attribute__((export_name(name)))
#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define IO(interface, name) IMPORT("wasi:io/" interface "@0.2.1", name)
#define CLI(interface, name) IMPORT("wasi:cli/" interface "@0.2.1", name)
#define NET(interface, name) IMPORT("wasi:sockets/" interface "@0.2.1", name)
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned u32;
typedef unsigned long long u64;
typedef u32 handle;

enum error {
  kAccessDenied = 1, kInvalidArgument = 3, kConcurrencyConflict = 6, kNotInProgress = 7,
  kWouldBlock = 8, kInvalidState = 9, kAddressInUse = 12, kConnectionRefused = 14,
};

// Types as they lie in memory.
struct list { void *at; u32 size; };
struct status { u8 failed, code; };
struct made { u8 failed; union { u8 code; handle object[3]; }; };
struct length { u8 failed; union { u8 code; u64 value; }; };
struct io_error { u8 kind; handle error; };
struct bytes { u8 failed; union { struct list list; struct io_error error; }; };
struct io_status { u8 failed; struct io_error error; };
struct room { u8 failed; union { u64 value; struct io_error error; }; };
struct address {
  u8 family;
  union {
    struct { u16 port; u8 ip[4]; } v4;
    struct { u16 port; u32 flow; u16 ip[8]; u32 scope; } v6;
  };
};
struct address_result { u8 failed; union { u8 code; struct address value; }; };
struct incoming { struct list data; struct address from; };
struct outgoing { struct list data; u8 has_to; struct address to; };
struct datagrams { u8 failed; union { u8 code; struct list list; }; };
struct ip { u8 family; union { u8 v4[4]; u16 v6[8]; }; };
struct next_ip { u8 failed; union { u8 code; struct { u8 some; struct ip value; } ip; }; };

IO("error", "[resource-drop]error") void error_drop(handle);
IO("poll", "[method]pollable.block") void block(handle);
IO("poll", "[method]pollable.ready") u32 ready(handle);
IO("poll", "[resource-drop]pollable") void pollable_drop(handle);
IO("poll", "poll") void poll(handle *, u32, struct list *);
IO("streams", "[method]input-stream.read") void read(handle, u64, struct bytes *);
IO("streams", "[method]input-stream.blocking-read")
void blocking_read(handle, u64, struct bytes *);
IO("streams", "[method]input-stream.subscribe") handle subscribe_input(handle);
IO("streams", "[resource-drop]input-stream") void input_drop(handle);
IO("streams", "[method]output-stream.check-write") void check_write(handle, struct room *);
IO("streams", "[method]output-stream.write") void write(handle, void *, u32, struct io_status *);
IO("streams", "[method]output-stream.blocking-flush") void flush(handle, struct io_status *);
IO("streams", "[method]output-stream.blocking-write-and-flush")
void write_all(handle, void *, u32, struct io_status *);
IO("streams", "[method]output-stream.subscribe") handle subscribe_output(handle);
IO("streams", "[resource-drop]output-stream") void output_drop(handle);
CLI("environment", "get-arguments") void get_arguments(struct list *);
CLI("stdout", "get-stdout") handle get_stdout(void);
NET("instance-network", "instance-network") handle instance_network(void);

#define ADDRESS u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32
#define TCP(name) NET("tcp", "[method]tcp-socket." name)
NET("tcp-create-socket", "create-tcp-socket") void create_tcp(u32, struct made *);
TCP("start-bind") void tcp_start_bind(handle, handle, ADDRESS, struct status *);
TCP("finish-bind") void tcp_finish_bind(handle, struct status *);
TCP("start-connect") void tcp_start_connect(handle, handle, ADDRESS, struct status *);
TCP("finish-connect") void tcp_finish_connect(handle, struct made *);
TCP("start-listen") void tcp_start_listen(handle, struct status *);
TCP("finish-listen") void tcp_finish_listen(handle, struct status *);
TCP("accept") void tcp_accept(handle, struct made *);
TCP("local-address") void tcp_local_address(handle, struct address_result *);
TCP("is-listening") u32 tcp_is_listening(handle);
TCP("hop-limit") void tcp_hop_limit(handle, struct status *);
TCP("set-hop-limit") void tcp_set_hop_limit(handle, u32, struct status *);
TCP("subscribe") handle tcp_subscribe(handle);
TCP("shutdown") void tcp_shutdown(handle, u32, struct status *);
NET("tcp", "[resource-drop]tcp-socket") void tcp_drop(handle);

#define UDP(name) NET("udp", "[method]udp-socket." name)
NET("udp-create-socket", "create-udp-socket") void create_udp(u32, struct made *);
UDP("start-bind") void udp_start_bind(handle, handle, ADDRESS, struct status *);
UDP("finish-bind") void udp_finish_bind(handle, struct status *);
UDP("stream") void udp_stream(handle, u32, ADDRESS, struct made *);
UDP("local-address") void udp_local_address(handle, struct address_result *);
NET("udp", "[resource-drop]udp-socket") void udp_drop(handle);
NET("udp", "[method]incoming-datagram-stream.receive")
void receive(handle, u64, struct datagrams *);
NET("udp", "[method]incoming-datagram-stream.subscribe") handle subscribe_incoming(handle);
NET("udp", "[resource-drop]incoming-datagram-stream") void incoming_drop(handle);
NET("udp", "[method]outgoing-datagram-stream.check-send")
void check_send(handle, struct length *);
NET("udp", "[method]outgoing-datagram-stream.send")
void send(handle, struct outgoing *, u32, struct length *);
NET("udp", "[resource-drop]outgoing-datagram-stream") void outgoing_drop(handle);

NET("ip-name-lookup", "resolve-addresses")
void resolve(handle, const char *, u32, struct made *);
NET("ip-name-lookup", "[method]resolve-address-stream.resolve-next-address")
void next_address(handle, struct next_ip *);
NET("ip-name-lookup", "[method]resolve-address-stream.subscribe") handle subscribe_resolve(handle);

static u8 heap[1 << 20];
static u32 top;
EXPORT("cabi_realloc") void *cabi_realloc(void *old, u32 old_size, u32 align, u32 size) {
  top = (top + align - 1) / align * align;
  u8 *out = heap + top;
  top += size;
  if (top > sizeof heap) __builtin_trap();
  for (u32 i = 0; i < old_size; ++i) out[i] = ((u8 *)old)[i];
  return out;
}

static void say(const char *text, u32 number) {
  char line[64];
  u32 n = 0;
  while (text[n]) line[n] = text[n], ++n;
  char digits[10];
  u32 d = 0;
  do digits[d++] = '0' + number % 10;
  while (number /= 10);
  while (d) line[n++] = digits[--d];
  line[n++] = '\n';
  struct io_status result;
  write_all(get_stdout(), line, n, &result);
}

// Where something is not as it should be, the guest says the line and fails.
#define CHECK(condition) \
  do { \
    if (!(condition)) { say("failed: line ", __LINE__); __builtin_trap(); } \
  } while (0)
#define OK(call) do { call; CHECK(!status.failed); } while (0)
#define FAILS(call, error) do { call; CHECK(status.failed && status.code == (error)); } while (0)

#define FLAT(a) \
  (a).family, (a).family ? (a).v6.port : (a).v4.port, \
  (a).family ? (a).v6.flow : (a).v4.ip[0], (a).family ? (a).v6.ip[0] : (a).v4.ip[1], \
  (a).family ? (a).v6.ip[1] : (a).v4.ip[2], (a).family ? (a).v6.ip[2] : (a).v4.ip[3], \
  (a).family ? (a).v6.ip[3] : 0, (a).family ? (a).v6.ip[4] : 0, (a).family ? (a).v6.ip[5] : 0, \
  (a).family ? (a).v6.ip[6] : 0, (a).family ? (a).v6.ip[7] : 0, (a).family ? (a).v6.scope : 0

static handle network;
static struct status status;

static struct address loopback(u32 family, u16 port) {
  struct address a = {.family = family};
  if (family) {
    a.v6.port = port;
    a.v6.flow = a.v6.scope = 0;
    for (u32 i = 0; i < 8; ++i) a.v6.ip[i] = i == 7;
  } else {
    a.v4.port = port;
    a.v4.ip[0] = 127; a.v4.ip[1] = 0; a.v4.ip[2] = 0; a.v4.ip[3] = 1;
  }
  return a;
}
static u16 port(struct address a) { return a.family ? a.v6.port : a.v4.port; }
static int same(const void *a, const void *b, u32 size) {
  for (u32 i = 0; i < size; ++i)
    if (((u8 *)a)[i] != ((u8 *)b)[i]) return 0;
  return 1;
}

static handle make_tcp(u32 family) {
  struct made made;
  create_tcp(family, &made);
  CHECK(!made.failed);
  return made.object[0];
}

enum { kPiece = 1 << 16, kMuch = 4 << 20 };

static void test_tcp(u32 family) {
  handle listener = make_tcp(family), client = make_tcp(family);
  struct address_result local;
  struct made made, accepted;
  struct bytes bytes;
  struct io_status written;
  FAILS(tcp_finish_bind(listener, &status), kNotInProgress);
  FAILS(tcp_start_listen(listener, &status), kInvalidState);
  FAILS(tcp_start_bind(listener, network, FLAT(loopback(!family, 0)), &status), kInvalidArgument);
  OK(tcp_start_bind(listener, network, FLAT(loopback(family, 0)), &status));
  FAILS(tcp_start_listen(listener, &status), kConcurrencyConflict);
  OK(tcp_finish_bind(listener, &status));
  OK(tcp_start_listen(listener, &status));
  OK(tcp_finish_listen(listener, &status));
  CHECK(tcp_is_listening(listener));
  tcp_local_address(listener, &local);
  CHECK(!local.failed && local.value.family == family && port(local.value) != 0);
  tcp_accept(listener, &accepted);
  CHECK(accepted.failed && accepted.code == kWouldBlock);

  OK(tcp_set_hop_limit(client, 42, &status));
  tcp_hop_limit(client, &status);
  CHECK(!status.failed && status.code == 42);
  OK(tcp_start_connect(client, network, FLAT(local.value), &status));
  FAILS(tcp_start_connect(client, network, FLAT(local.value), &status), kConcurrencyConflict);
  handle pollable = tcp_subscribe(client);
  block(pollable);
  pollable_drop(pollable);
  tcp_finish_connect(client, &made);
  CHECK(!made.failed);
  handle in = made.object[0], out = made.object[1];
  tcp_finish_connect(client, &made);
  CHECK(made.failed && made.code == kNotInProgress);

  // Of several, the one that is ready is told.
  struct list indices;
  handle both[] = {subscribe_input(in), tcp_subscribe(listener)};
  poll(both, 2, &indices);
  CHECK(indices.size == 1 && *(u32 *)indices.at == 1);
  tcp_accept(listener, &accepted);
  CHECK(!accepted.failed);
  handle server = accepted.object[0], from = accepted.object[1], to = accepted.object[2];

  read(from, 10, &bytes);
  CHECK(!bytes.failed && bytes.list.size == 0);
  write_all(out, "ping", 4, &written);
  CHECK(!written.failed);
  blocking_read(from, 10, &bytes);
  CHECK(!bytes.failed && bytes.list.size == 4 && same(bytes.list.at, "ping", 4));
  CHECK(!ready(both[0]));
  write_all(to, "pong!", 5, &written);
  CHECK(!written.failed);
  block(both[0]);
  read(in, 3, &bytes);
  CHECK(!bytes.failed && bytes.list.size == 3 && same(bytes.list.at, "pon", 3));
  blocking_read(in, 10, &bytes);
  CHECK(!bytes.failed && bytes.list.size == 2 && same(bytes.list.at, "g!", 2));

  // More than the host keeps: what is written goes on while the other end reads.
  static u8 pattern[kPiece + 251];
  for (u32 i = 0; i < sizeof pattern; ++i) pattern[i] = i % 251;
  u32 sent = 0, received = 0, mark = top;
  handle ends[] = {subscribe_output(out), subscribe_input(from)};
  while (received < kMuch) {
    top = mark;
    struct room room;
    check_write(out, &room);
    CHECK(!room.failed);
    u32 size = room.value < kPiece ? room.value : kPiece;
    if (size > kMuch - sent) size = kMuch - sent;
    if (size > 0) {
      write(out, pattern + sent % 251, size, &written);
      CHECK(!written.failed);
      sent += size;
      continue;
    }
    if (sent == kMuch) {
      blocking_read(from, kPiece, &bytes);
    } else {
      poll(ends, 2, &indices);
      CHECK(indices.size > 0);
      read(from, kPiece, &bytes);
    }
    CHECK(!bytes.failed);
    CHECK(same(bytes.list.at, pattern + received % 251, bytes.list.size));
    received += bytes.list.size;
  }
  top = mark;
  flush(out, &written);
  CHECK(!written.failed);
  pollable_drop(ends[0]);
  pollable_drop(ends[1]);

  OK(tcp_shutdown(client, 1, &status));
  OK(tcp_shutdown(client, 1, &status));
  blocking_read(from, 10, &bytes);
  CHECK(bytes.failed && bytes.error.kind == 1);
  write_all(out, "x", 1, &written);
  CHECK(written.failed && written.error.kind == 1);
  write_all(to, "end", 3, &written);
  CHECK(!written.failed);
  input_drop(from);
  output_drop(to);
  tcp_drop(server);
  blocking_read(in, 10, &bytes);
  CHECK(!bytes.failed && bytes.list.size == 3);
  blocking_read(in, 10, &bytes);
  CHECK(bytes.failed && bytes.error.kind == 1);
  pollable_drop(both[0]);
  pollable_drop(both[1]);
  input_drop(in);
  output_drop(out);
  tcp_drop(client);

  // An address in use; and once nobody listens there, nobody answers.
  handle other = make_tcp(family);
  FAILS(tcp_start_bind(other, network, FLAT(local.value), &status), kAddressInUse);
  tcp_drop(listener);
  tcp_start_connect(other, network, FLAT(local.value), &status);
  if (!status.failed) {
    pollable = tcp_subscribe(other);
    block(pollable);
    pollable_drop(pollable);
    tcp_finish_connect(other, &made);
    CHECK(made.failed);
    status.code = made.code;
  }
  CHECK(status.code == kConnectionRefused);
  FAILS(tcp_start_connect(other, network, FLAT(local.value), &status), kInvalidState);
  tcp_drop(other);
}

static handle make_udp(u32 family, struct address *local) {
  struct made made;
  create_udp(family, &made);
  CHECK(!made.failed);
  OK(udp_start_bind(made.object[0], network, FLAT(loopback(family, 0)), &status));
  OK(udp_finish_bind(made.object[0], &status));
  struct address_result result;
  udp_local_address(made.object[0], &result);
  CHECK(!result.failed);
  *local = result.value;
  return made.object[0];
}

static struct incoming *receive_one(handle in) {
  struct datagrams datagrams;
  handle pollable = subscribe_incoming(in);
  block(pollable);
  pollable_drop(pollable);
  receive(in, 1, &datagrams);
  CHECK(!datagrams.failed && datagrams.list.size == 1);
  return datagrams.list.at;
}

static u64 send_some(handle out, struct outgoing *datagrams, u32 count) {
  struct length length;
  check_send(out, &length);
  CHECK(!length.failed && length.value >= count);
  send(out, datagrams, count, &length);
  CHECK(!length.failed);
  return length.value;
}

static void test_udp(u32 family) {
  struct made made, a_streams, b_streams;
  struct address a_at, b_at;
  struct length length;
  struct datagrams datagrams;
  create_udp(family, &made);
  CHECK(!made.failed);
  udp_stream(made.object[0], 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, &a_streams);
  CHECK(a_streams.failed && a_streams.code == kInvalidState);
  udp_drop(made.object[0]);
  handle a = make_udp(family, &a_at), b = make_udp(family, &b_at);
  udp_stream(a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, &a_streams);
  udp_stream(b, 1, FLAT(a_at), &b_streams);
  CHECK(!a_streams.failed && !b_streams.failed);
  handle a_in = a_streams.object[0], a_out = a_streams.object[1];
  handle b_in = b_streams.object[0], b_out = b_streams.object[1];
  receive(a_in, 10, &datagrams);
  CHECK(!datagrams.failed && datagrams.list.size == 0);

  struct outgoing to_peer[] = {{{"one", 3}, 0, {}}, {{"two!", 4}, 1, a_at}};
  CHECK(send_some(b_out, to_peer, 2) == 2);
  struct incoming *got = receive_one(a_in);
  CHECK(got->data.size == 3 && same(got->data.at, "one", 3) && port(got->from) == port(b_at));
  got = receive_one(a_in);
  CHECK(got->data.size == 4 && same(got->data.at, "two!", 4));
  struct outgoing back = {{"back", 4}, 1, b_at}, nowhere = {{"x", 1}, 0, {}};
  CHECK(send_some(a_out, &back, 1) == 1);
  got = receive_one(b_in);
  CHECK(got->data.size == 4 && same(got->data.at, "back", 4) && port(got->from) == port(a_at));

  check_send(a_out, &length);
  send(a_out, &nowhere, 1, &length);
  CHECK(length.failed && length.code == kInvalidArgument);
  struct outgoing elsewhere = {{"x", 1}, 1, b_at};
  check_send(b_out, &length);
  send(b_out, &elsewhere, 1, &length);
  CHECK(length.failed && length.code == kInvalidArgument);
  // A new pair takes the place of the old one.
  udp_stream(b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, &made);
  CHECK(!made.failed);
  receive(b_in, 1, &datagrams);
  CHECK(datagrams.failed && datagrams.code == kInvalidState);
  incoming_drop(a_in), outgoing_drop(a_out), incoming_drop(b_in), outgoing_drop(b_out);
  incoming_drop(made.object[0]), outgoing_drop(made.object[1]);
  udp_drop(a), udp_drop(b);
}

static void test_names(void) {
  struct made made;
  struct next_ip next;
  resolve(network, "127.0.0.1", 9, &made);
  CHECK(!made.failed);
  next_address(made.object[0], &next);
  CHECK(!next.failed && next.ip.some && next.ip.value.family == 0 && next.ip.value.v4[3] == 1);
  next_address(made.object[0], &next);
  CHECK(!next.failed && !next.ip.some);
  resolve(network, "no name", 7, &made);
  CHECK(made.failed && made.code == kInvalidArgument);
  resolve(network, "LocalHost.", 10, &made);
  CHECK(!made.failed);
  block(subscribe_resolve(made.object[0]));
  next_address(made.object[0], &next);
  CHECK(!next.failed && next.ip.some);
  CHECK(next.ip.value.family ? next.ip.value.v6[7] == 1 : next.ip.value.v4[0] == 127);
}

static void test_denied(void) {
  struct made made;
  handle tcp = make_tcp(0);
  FAILS(tcp_start_connect(tcp, network, FLAT(loopback(0, 80)), &status), kAccessDenied);
  FAILS(tcp_start_connect(tcp, network, FLAT(loopback(0, 81)), &status), kAccessDenied);
  FAILS(tcp_start_bind(tcp, network, FLAT(loopback(0, 8080)), &status), kAccessDenied);
  create_udp(0, &made);
  FAILS(udp_start_bind(made.object[0], network, FLAT(loopback(0, 0)), &status), kAccessDenied);
  resolve(network, "example.org", 11, &made);
  CHECK(made.failed && made.code == kAccessDenied);
}

// Asks for more than check-send has permitted, which is nothing.
static void test_unpermitted(void) {
  struct address at;
  struct made made;
  struct length length;
  struct outgoing datagram = {{"x", 1}, 0, {}};
  udp_stream(make_udp(0, &at), 1, FLAT(at), &made);
  send(made.object[1], &datagram, 1, &length);
}

EXPORT("wasi:cli/run@0.2.1#run") u32 run(void) {
  network = instance_network();
  struct list arguments;
  get_arguments(&arguments);
  const struct list *argument = arguments.at;
  for (u32 i = 1; i < arguments.size; ++i) {
    switch (*(char *)argument[i].at) {
      case '4': test_tcp(0); test_udp(0); break;
      case '6': test_tcp(1); test_udp(1); break;
      case 'n': test_names(); break;
      case 'd': test_denied(); break;
      case 'u': test_unpermitted(); break;
    }
  }
  say("arguments: ", arguments.size);
  return 0;
}
'''


def have_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(('::1', 0))
        return True
    except OSError:
        return False


def run(*args):
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=120 * SLOW)


class SocketsTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        at = pathlib.Path(cls.folder.name)
        (at / 'guest.c').write_text(GUEST)
        (at / 'guest.wit').write_text(WIT)
        compiled = subprocess.run(
            [CLANG, '--target=wasm32', '-O2', '-nostdlib', '-Wall', '-Wextra', '-Werror',
             '-fno-builtin', '-mbulk-memory', '-Wl,--no-entry', at / 'guest.c', '-o', at / 'module.wasm'],
            capture_output=True, text=True)
        if compiled.returncode != 0:
            raise AssertionError(compiled.stderr)
        cls.guest = str(at / 'guest.wasm')
        for args in (['embed', at / 'guest.wit', at / 'module.wasm', '-o', at / 'embedded.wasm'],
                     ['new', at / 'embedded.wasm', '-o', cls.guest]):
            made = run('component', *map(str, args))
            if made.returncode != 0:
                raise AssertionError(made.stderr)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def on_each_engine(self, grants, arguments, check):
        for engine in ENGINES:
            with self.subTest(engine=engine):
                check(run('run', '--engine', engine, *grants, self.guest, *arguments))

    def succeeds(self, grants, arguments):
        def check(result):
            self.assertEqual((result.returncode, result.stderr), (0, ''), result.stdout)
            self.assertEqual(result.stdout, f'arguments: {len(arguments) + 1}\n')
        self.on_each_engine(grants, arguments, check)

    def test_both_ends_of_tcp_and_udp(self):
        self.succeeds(['--tcp', '127.0.0.1', '--udp', '127.0.0.0/8:*'], ['4'])

    @unittest.skipUnless(have_ipv6(), 'no IPv6')
    def test_both_ends_over_ipv6(self):
        self.succeeds(['--tcp', '[::1]:*', '--udp', '::1'], ['6'])

    def test_names(self):
        self.succeeds(['--dns', 'localhost'], ['names'])

    def test_denied(self):
        def check(result):
            self.assertEqual(result.returncode, 0, result.stderr)
            # Once for each kind.
            self.assertEqual(result.stderr.splitlines(), [
                'denied: wasi:sockets tcp-connect 127.0.0.1:80 (grant it with --tcp 127.0.0.1:80)',
                'denied: wasi:sockets tcp-bind 127.0.0.1:8080 (grant it with --tcp 127.0.0.1:8080)',
                'denied: wasi:sockets udp-bind 127.0.0.1:0 (grant it with --udp 127.0.0.1:0)',
                'denied: wasi:sockets resolve-addresses example.org (grant it with --dns '
                'example.org)',
            ])
        self.on_each_engine([], ['denied'], check)

    def test_sending_more_than_permitted_traps(self):
        def check(result):
            self.assertEqual(result.returncode, 134)
            self.assertIn('send of more than check-send permitted', result.stderr)
        self.on_each_engine(['--udp', '127.0.0.1'], ['unpermitted'], check)

    def test_wrong_grants(self):
        for option, value in (('--tcp', 'localhost:80'), ('--udp', '1.2.3.4:99999'),
                              ('--dns', 'a b'), ('--http', 'http://a'), ('--kv', 'disk'),
                              ('--config', 'novalue')):
            result = run('run', option, value, self.guest)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn(f'{option} needs ', result.stderr)
            self.assertIn(f'not "{value}"', result.stderr)


if __name__ == '__main__':
    if CLANG is None:
        print('no clang to compile the guest with')
        sys.exit(77)
    unittest.main()
