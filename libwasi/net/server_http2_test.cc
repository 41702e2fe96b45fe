// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A server of HTTP/2, frame by frame over a connection without TLS: exchanges, windows, and clients
// that make work for nothing. [RFC 9113]

#include <nghttp2/nghttp2.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "libwasi/net/fields.h"
#include "libwasi/net/test_support.h"

namespace trenail::wasi::http {
namespace {

using Answer = std::shared_ptr<Responder>;

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

struct Frame {
  uint8_t type = 0, flags = 0;
  uint32_t stream = 0;
  std::string payload;
  bool EndsStream() const { return (flags & NGHTTP2_FLAG_END_STREAM) != 0; }
  uint32_t Word(size_t at) const {
    uint32_t word = 0;
    for (size_t i = 0; i < 4; ++i) word = word << 8 | static_cast<uint8_t>(payload.at(at + i));
    return word;
  }
};

std::string Word(uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

// A client that writes its frames itself.
class Client {
 public:
  Client(TestLoop& test, uint16_t port) : socket_(test, port) {
    nghttp2_hd_deflate_new(&deflater_, 4096);
    nghttp2_hd_inflate_new(&inflater_);
    socket_.Send(kPreface);
    Send(NGHTTP2_SETTINGS, 0, 0, "");
  }
  ~Client() {
    nghttp2_hd_deflate_del(deflater_);
    nghttp2_hd_inflate_del(inflater_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  static std::string Encode(uint8_t type, uint8_t flags, uint32_t stream,
                            std::string_view payload) {
    std::string frame = Word(static_cast<uint32_t>(payload.size())).substr(1);
    frame += static_cast<char>(type);
    frame += static_cast<char>(flags);
    return frame.append(Word(stream)).append(payload);
  }
  void Send(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload) {
    socket_.Send(Encode(type, flags, stream, payload));
  }
  std::string Block(const FieldList& fields) {
    std::vector<nghttp2_nv> native;
    FieldList copy = fields;
    for (auto& [name, value] : copy)
      native.push_back({reinterpret_cast<uint8_t*>(name.data()),
                        reinterpret_cast<uint8_t*>(value.data()), name.size(), value.size(), 0});
    std::string block(nghttp2_hd_deflate_bound(deflater_, native.data(), native.size()), '\0');
    block.resize(static_cast<size_t>(
        nghttp2_hd_deflate_hd(deflater_, reinterpret_cast<uint8_t*>(block.data()), block.size(),
                              native.data(), native.size())));
    return block;
  }
  void Request(uint32_t stream, std::string method, std::string path, bool end_stream = true,
               const FieldList& more = {}) {
    FieldList fields = {{":method", std::move(method)},
                        {":scheme", "http"},
                        {":authority", "a"},
                        {":path", std::move(path)}};
    fields.insert(fields.end(), more.begin(), more.end());
    Send(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | (end_stream ? NGHTTP2_FLAG_END_STREAM : 0),
         stream, Block(fields));
  }
  // Null: the connection has ended.
  std::optional<Frame> Receive() {
    const std::string head = socket_.ReadBytes(9);
    if (head.size() < 9) return std::nullopt;
    Frame frame;
    const auto byte = [&](size_t at) { return static_cast<uint8_t>(head[at]); };
    const size_t size = size_t{byte(0)} << 16 | size_t{byte(1)} << 8 | byte(2);
    frame.type = byte(3);
    frame.flags = byte(4);
    frame.stream =
        uint32_t{byte(5)} << 24 | uint32_t{byte(6)} << 16 | uint32_t{byte(7)} << 8 | byte(8);
    frame.payload = socket_.ReadBytes(size);
    if (frame.type == NGHTTP2_SETTINGS && (frame.flags & NGHTTP2_FLAG_ACK) == 0)
      Send(NGHTTP2_SETTINGS, NGHTTP2_FLAG_ACK, 0, "");
    return frame;
  }
  // The next frame of the type, or null.
  std::optional<Frame> Receive(uint8_t type, uint32_t stream) {
    while (auto frame = Receive())
      if (frame->type == type && frame->stream == stream) return frame;
    return std::nullopt;
  }
  FieldList Fields(const std::optional<Frame>& frame) {
    REQUIRE(frame.has_value());
    FieldList fields;
    const auto* in = reinterpret_cast<const uint8_t*>(frame->payload.data());
    size_t left = frame->payload.size();
    for (;;) {
      nghttp2_nv field;
      int flags = 0;
      const ssize_t taken = nghttp2_hd_inflate_hd2(inflater_, &field, &flags, in, left, 1);
      REQUIRE(taken >= 0);
      in += taken;
      left -= static_cast<size_t>(taken);
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0)
        fields.emplace_back(std::string(reinterpret_cast<char*>(field.name), field.namelen),
                            std::string(reinterpret_cast<char*>(field.value), field.valuelen));
      if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    }
    nghttp2_hd_inflate_end_headers(inflater_);
    return fields;
  }
  FieldList Head(uint32_t stream) { return Fields(Receive(NGHTTP2_HEADERS, stream)); }
  // The error that the connection ends with; null: it ended without any.
  std::optional<uint32_t> GoAway() {
    std::optional<uint32_t> code;
    while (auto frame = Receive())
      if (frame->type == NGHTTP2_GOAWAY) code = frame->Word(4);
    return code;
  }
  RawSocket& socket() { return socket_; }

 private:
  RawSocket socket_;
  nghttp2_hd_deflater* deflater_ = nullptr;
  nghttp2_hd_inflater* inflater_ = nullptr;
};

std::string Status(const FieldList& fields) {
  const std::string* status = FindField(fields, ":status");
  return status == nullptr ? "" : *status;
}

Handler Mirror() {
  return [](Request request, Answer responder) {
    responder->Respond({.status = 200,
                        .headers = {{"X-Path", request.authority + request.path_with_query}},
                        .body = std::move(request.body)},
                       nullptr);
  };
}

TEST_CASE("HTTP/2: an exchange, with content and trailers both ways") {
  TestLoop test;
  const auto server = test.Listen(Mirror());
  Client client(test, server->port());
  client.Request(1, "POST", "/p?q", false);
  const FieldList head = client.Head(1);
  CHECK(Status(head) == "200");
  REQUIRE(FindField(head, "x-path") != nullptr);
  CHECK(*FindField(head, "x-path") == "a/p?q");
  CHECK(FindField(head, "date") != nullptr);
  client.Send(NGHTTP2_DATA, 0, 1, "hello");
  CHECK(client.Receive(NGHTTP2_DATA, 1)->payload == "hello");
  client.Send(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 1,
              client.Block({{"sum", "5"}}));
  const auto trailers = client.Receive(NGHTTP2_HEADERS, 1);
  CHECK(client.Fields(trailers) == FieldList{{"sum", "5"}});
  CHECK(trailers->EndsStream());
  // Another on the same connection.
  client.Request(3, "GET", "/");
  const auto frame = client.Receive(NGHTTP2_HEADERS, 3);
  CHECK(frame->EndsStream());
  CHECK(*FindField(client.Fields(frame), "content-length") == "0");
}

TEST_CASE("HTTP/2: a request that comes in one piece, trailers and all") {
  TestLoop test;
  std::vector<std::shared_ptr<Collected>> contents;
  const auto server = test.Listen([&](Request request, Answer responder) {
    contents.push_back(Collect(std::move(request.body)));
    responder->Respond({.status = 204, .headers = {}, .body = nullptr}, nullptr);
  });
  RawSocket socket(test, server->port());
  Client encoder(test, server->port());
  const std::string head = encoder.Block(
      {{":method", "POST"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}});
  socket.Send(std::string(kPreface) + Client::Encode(NGHTTP2_SETTINGS, 0, 0, "") +
              Client::Encode(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, head) +
              Client::Encode(NGHTTP2_DATA, 0, 1, "abc") +
              Client::Encode(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 1,
                             encoder.Block({{"sum", "3"}})));
  test.RunUntil([&] { return contents.size() == 1 && contents[0]->ended; });
  CHECK(contents[0]->text == "abc");
  CHECK(contents[0]->trailers == FieldList{{"sum", "3"}});
}

TEST_CASE("HTTP/2: requests that are none") {
  TestLoop test;
  size_t handled = 0;
  const auto server =
      test.Listen([&](Request, Answer) { ++handled; }, {.limits = {.max_header_bytes = 4096}});
  Client client(test, server->port());
  client.Request(1, "GET", "no-slash");
  // nghttp2 or we: it is refused.
  const auto first = client.Receive();
  CHECK(first.has_value());
  Client second(test, server->port());
  second.Request(1, "GET", "/", true, {{"a", std::string(5000, 'x')}});
  CHECK(Status(second.Head(1)) == "431");
  second.Send(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 3,
              second.Block({{":method", "CONNECT"}, {":authority", "a:1"}}));
  CHECK(Status(second.Head(3)) == "501");
  CHECK(handled == 0);
}

TEST_CASE("HTTP/2: informational responses, and 100 for who expects it") {
  TestLoop test;
  std::shared_ptr<Collected> content;
  const auto server = test.Listen([&](Request request, Answer responder) {
    responder->SendInformational(103, {{"Link", "</a>"}});
    content = Collect(std::move(request.body));
    test.loop().Post([responder] {
      responder->Respond({.status = 204, .headers = {}, .body = nullptr}, nullptr);
    });
  });
  Client client(test, server->port());
  client.Request(1, "PUT", "/", false, {{"expect", "100-continue"}});
  CHECK(Status(client.Head(1)) == "103");
  CHECK(Status(client.Head(1)) == "100");
  CHECK(Status(client.Head(1)) == "204");
}

TEST_CASE("HTTP/2: content that nobody reads is not sent for, and does not stop the others") {
  TestLoop test;
  std::vector<Request> kept;
  std::vector<Answer> answers;
  const auto server = test.Listen([&](Request request, Answer responder) {
    if (request.path_with_query == "/keep") {
      kept.push_back(std::move(request));
      answers.push_back(std::move(responder));
    } else {
      responder->Respond({.status = 200, .headers = {}, .body = nullptr}, nullptr);
    }
  });
  Client client(test, server->port());
  client.Request(1, "POST", "/keep", false);
  test.RunUntil([&] { return kept.size() == 1; });
  // As much as the window of a connection is in the beginning: no more may be sent unasked.
  for (size_t i = 0; i < 3; ++i) client.Send(NGHTTP2_DATA, 0, 1, std::string(16 * 1024, 'x'));
  client.Request(3, "GET", "/");
  CHECK(Status(client.Head(3)) == "200");
  // Once it is read the window opens.
  const auto content = Collect(std::move(kept[0].body), false);
  test.RunUntil([&] { return content->size == 3 * 16 * 1024; });
  answers[0]->Respond({.status = 200, .headers = {}, .body = nullptr}, nullptr);
  CHECK(Status(client.Head(1)) == "200");
}

TEST_CASE("HTTP/2: a response waits for the client's window, but not for ever") {
  TestLoop test;
  std::optional<ErrorCode> error;
  const auto server = test.Listen(
      [&](Request, Answer responder) {
        responder->Respond({.status = 200,
                            .headers = {},
                            .body = std::make_unique<PatternBody>(1'000'000, std::nullopt)},
                           [&](std::optional<ErrorCode> result) { error = result; });
      },
      {.limits = {.body_timeout_ns = 200 * kMillisecond}});
  Client client(test, server->port());
  client.Request(1, "GET", "/");
  size_t received = 0;
  std::optional<Frame> reset;
  while (const auto frame = client.Receive()) {
    if (frame->type == NGHTTP2_DATA) received += frame->payload.size();
    if (frame->type == NGHTTP2_RST_STREAM) {
      reset = frame;
      break;
    }
  }
  CHECK(received == 65535);
  CHECK(reset.has_value());
  test.RunUntil([&] { return error.has_value(); });
  CHECK(error->kind == ErrorKind::kConnectionWriteTimeout);
}

TEST_CASE("HTTP/2: it is noticed that a client has given up a request, or gone") {
  TestLoop test;
  size_t gone = 0;
  std::vector<Answer> answers;
  const auto server = test.Listen([&](Request, Answer responder) {
    responder->OnGone([&] { ++gone; });
    answers.push_back(std::move(responder));
  });
  {
    Client client(test, server->port());
    client.Request(1, "GET", "/");
    client.Request(3, "GET", "/");
    test.RunUntil([&] { return answers.size() == 2; });
    client.Send(NGHTTP2_RST_STREAM, 0, 1, Word(NGHTTP2_CANCEL));
    test.RunUntil([&] { return gone == 1; });
  }
  test.RunUntil([&] { return gone == 2 && server->connections() == 0; });
}

TEST_CASE("HTTP/2: who makes work for nothing is sent away") {
  TestLoop test;
  size_t handled = 0;
  std::vector<Answer> kept;
  const auto server = test.Listen([&](Request, Answer responder) {
    ++handled;
    kept.push_back(std::move(responder));
  });
  Client client(test, server->port());
  SECTION("pings") {
    for (size_t i = 0; i < 2000; ++i) client.Send(NGHTTP2_PING, 0, 0, "12345678");
  }
  SECTION("settings") {
    for (size_t i = 0; i < 2000; ++i) client.Send(NGHTTP2_SETTINGS, 0, 0, "");
  }
  SECTION("frames without content") {
    client.Request(1, "POST", "/", false);
    for (size_t i = 0; i < 2000; ++i) client.Send(NGHTTP2_DATA, 0, 1, "");
  }
  SECTION("requests that are given up at once") {
    for (uint32_t i = 0; i < 2000; ++i) {
      client.Request(2 * i + 1, "GET", "/");
      client.Send(NGHTTP2_RST_STREAM, 0, 2 * i + 1, Word(NGHTTP2_CANCEL));
    }
    CHECK(client.GoAway().has_value());
    // Nor did they take more than their share meanwhile.
    CHECK(handled <= 128);
    return;
  }
  SECTION("requests that are wrong afterwards") {
    // A window that is too large is an error of the stream, which the server gives up for it.
    for (uint32_t i = 0; i < 2000; ++i) {
      client.Request(2 * i + 1, "POST", "/", false);
      client.Send(NGHTTP2_WINDOW_UPDATE, 0, 2 * i + 1, Word(0x7fffffff));
    }
    CHECK(client.GoAway() == NGHTTP2_ENHANCE_YOUR_CALM);
    CHECK(handled <= 128);
    return;
  }
  SECTION("streams, a hundred thousand") {
    // Most of them are sent when the connection has ended already.
    for (uint32_t i = 0; i < 100'000; ++i) client.Request(2 * i + 1, "POST", "/", false);
    CHECK(client.GoAway().has_value());
    CHECK(handled <= 128);
    test.RunUntil([&] { return server->connections() == 0; });
    const size_t before = handled;
    Client other(test, server->port());
    other.Request(1, "GET", "/");
    test.RunUntil([&] { return handled == before + 1; });
    kept.back()->Respond({.status = 204, .headers = {}, .body = nullptr}, nullptr);
    CHECK(Status(other.Head(1)) == "204");
    return;
  }
  SECTION("a header section that unpacks to what it is not") {
    // The first field goes into the table; the others are one byte each.
    std::string block = client.Block({{":method", "GET"}, {"a", std::string(4000, 'x')}});
    block.append(16'000, static_cast<char>(0x80 | 62));
    client.Send(NGHTTP2_HEADERS, 0, 1, block);
    for (size_t i = 0; i < 6; ++i)
      client.Send(NGHTTP2_CONTINUATION, 0, 1, std::string(16'000, static_cast<char>(0x80 | 62)));
  }
  SECTION("a header section without an end") {
    client.Send(NGHTTP2_HEADERS, 0, 1, client.Block({{":method", "GET"}}));
    for (size_t i = 0; i < 2000; ++i) client.Send(NGHTTP2_CONTINUATION, 0, 1, "");
  }
  client.GoAway();
  test.RunUntil([&] { return server->connections() == 0; });
  CHECK(handled <= 1);
}

TEST_CASE("HTTP/2: trailers have a limit, and are not the end of a request beyond it") {
  TestLoop test;
  std::vector<std::shared_ptr<Collected>> contents;
  std::vector<Answer> answers;
  const auto server = test.Listen(
      [&](Request request, Answer responder) {
        contents.push_back(Collect(std::move(request.body)));
        answers.push_back(std::move(responder));
      },
      {.limits = {.max_header_bytes = 4096}});
  Client client(test, server->port());
  client.Request(1, "POST", "/", false);
  client.Send(NGHTTP2_DATA, 0, 1, "abc");
  client.Send(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 1,
              client.Block({{"a", std::string(5000, 'x')}}));
  test.RunUntil([&] { return !contents.empty() && contents[0]->ended; });
  REQUIRE(contents[0]->error.has_value());
  CHECK(!contents[0]->trailers.has_value());
}

TEST_CASE("HTTP/2: a client that does not read its connection is not waited for") {
  TestLoop test;
  std::optional<ErrorCode> error;
  const auto server = test.Listen(
      [&](Request, Answer responder) {
        responder->Respond({.status = 200,
                            .headers = {},
                            .body = std::make_unique<PatternBody>(uint64_t{1} << 30, std::nullopt)},
                           [&](std::optional<ErrorCode> result) { error = result; });
      },
      {.limits = {.body_timeout_ns = 200 * kMillisecond}});
  Client client(test, server->port());
  // Windows as large as they can be: what holds the server back is the connection alone.
  constexpr uint32_t kLargest = 0x7fffffff;
  client.Send(NGHTTP2_SETTINGS, 0, 0,
              std::string("\0\x04", 2) + Word(kLargest));  // the initial window of streams
  client.Send(NGHTTP2_WINDOW_UPDATE, 0, 0, Word(kLargest - 65535));
  client.Request(1, "GET", "/");
  test.RunUntil([&] { return error.has_value(); });
  CHECK(error->kind == ErrorKind::kConnectionWriteTimeout);
  test.RunUntil([&] { return server->connections() == 0; });
}

TEST_CASE("HTTP/2: slow clients are not waited for") {
  TestLoop test;
  Answer answer;
  std::shared_ptr<Collected> content;
  const auto server = test.Listen(
      [&](Request request, Answer responder) {
        answer = std::move(responder);
        content = Collect(std::move(request.body));
      },
      {.limits = {.header_timeout_ns = 100 * kMillisecond,
                  .idle_timeout_ns = 100 * kMillisecond,
                  .body_timeout_ns = 100 * kMillisecond}});
  Client client(test, server->port());
  SECTION("no request") {}
  SECTION("half a header section") {
    client.Send(NGHTTP2_HEADERS, 0, 1, client.Block({{":method", "GET"}}));
  }
  SECTION("content") {
    client.Request(1, "POST", "/", false);
    CHECK(Status(client.Head(1)) == "408");
    CHECK(content->error->kind == ErrorKind::kConnectionReadTimeout);
  }
  client.GoAway();
  test.RunUntil([&] { return server->connections() == 0; });
}

TEST_CASE("HTTP/2: the shutdown lets requests end that have begun") {
  TestLoop test;
  Answer answer;
  bool drained = false;
  const auto server =
      test.Listen([&](Request, Answer responder) { answer = std::move(responder); });
  Client client(test, server->port()), idle(test, server->port());
  client.Request(1, "GET", "/");
  test.RunUntil([&] { return answer != nullptr && server->connections() == 2; });
  test.RunFor(10 * kMillisecond);
  server->Shutdown([&] { drained = true; });
  CHECK(idle.GoAway() == NGHTTP2_NO_ERROR);
  CHECK(client.Receive(NGHTTP2_GOAWAY, 0)->Word(0) == 0x7fffffff);
  CHECK(client.Receive(NGHTTP2_GOAWAY, 0)->Word(0) == 1);
  CHECK(!drained);
  answer->Respond({.status = 200, .headers = {}, .body = nullptr}, nullptr);
  CHECK(Status(client.Head(1)) == "200");
  test.RunUntil([&] { return drained; });
}

}  // namespace
}  // namespace trenail::wasi::http
