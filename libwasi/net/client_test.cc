// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The client, against servers of ours and against such as misbehave.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "libwasi/net/test_support.h"

namespace trenail::wasi::http {
namespace {

using Answer = std::shared_ptr<Responder>;

Handler Mirror(size_t* handled = nullptr) {
  return [handled](Request request, Answer responder) {
    if (handled != nullptr) ++*handled;
    FieldList headers = {{"x-method", request.method}, {"x-from", request.remote_address}};
    responder->Respond({.status = 200, .headers = headers, .body = std::move(request.body)},
                       nullptr);
  };
}

// Answers one request on a socket by `answer` and closes.
ErrorKind ErrorOfAnswer(std::string_view answer, ClientLimits limits = {}) {
  TestLoop test(limits);
  RawListener listener;
  const auto call = Send(test, listener.port());
  {
    RawSocket server = listener.Accept(test);
    server.ReadUntil("\r\n\r\n");
    server.Send(answer);
  }
  test.RunUntil([&] { return call->complete(); });
  if (call->error) return call->error->kind;
  REQUIRE(call->body->error.has_value());
  return call->body->error->kind;
}

TEST_CASE("A request and its response, with content and trailers both ways") {
  TestLoop test;
  const auto server = test.Listen(Mirror());
  const auto call =
      Send(test, server->port(),
           {.method = "POST",
            .headers = {{"a", "1"}, {"connection", "close"}},
            .body = std::make_unique<PieceBody>(test.loop(), std::vector<std::string>{"one", "two"},
                                                std::nullopt, FieldList{{"sum", "3"}})});
  test.RunUntil([&] { return call->complete() && call->sent; });
  REQUIRE(call->response.has_value());
  CHECK(call->response->status == 200);
  CHECK(*call->Field("x-method") == "POST");
  CHECK(call->body->text == "onetwo");
  CHECK(call->body->trailers == FieldList{{"sum", "3"}});
  CHECK(!call->body->error);
  CHECK(!call->send_error);
}

TEST_CASE("A connection is used again, and one that is kept is not waited for") {
  TestLoop test;
  auto server = test.Listen(Mirror());
  std::string first_from;
  for (size_t i = 0; i < 5; ++i) {
    const auto call =
        Send(test, server->port(), {.method = "PUT", .body = MakeTextBody(test.loop(), "x")});
    test.RunUntil([&] { return call->complete() && call->sent; });
    REQUIRE(call->response.has_value());
    if (i == 0) first_from = *call->Field("x-from");
    CHECK(*call->Field("x-from") == first_from);
  }
  CHECK(server->connections() == 1);
  server = nullptr;
  test.RunOut();
}

TEST_CASE("A kept connection that the server has closed costs no request") {
  TestLoop test;
  RawListener listener;
  const auto first = Send(test, listener.port());
  std::optional<RawSocket> server(listener.Accept(test));
  server->ReadUntil("\r\n\r\n");
  server->Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  test.RunUntil([&] { return first->complete(); });
  SECTION("before the next request") {
    server.reset();
    test.RunFor(5 * kMillisecond);
  }
  SECTION("as the next request comes") {}
  const auto second = Send(test, listener.port(), {.path = "/2"});
  if (server) {
    CHECK(server->ReadUntil("\r\n\r\n").starts_with("GET /2 "));
    server.reset();
  }
  RawSocket again = listener.Accept(test);
  CHECK(again.ReadUntil("\r\n\r\n").starts_with("GET /2 HTTP/1.1\r\nHost: 127.0.0.1:"));
  again.Send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
  test.RunUntil([&] { return second->complete(); });
  REQUIRE(second->response.has_value());
  CHECK(second->response->status == 201);
}

TEST_CASE("A request that may have had an effect is not sent again") {
  TestLoop test;
  RawListener listener;
  const auto first = Send(test, listener.port());
  RawSocket server = listener.Accept(test);
  server.ReadUntil("\r\n\r\n");
  server.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  test.RunUntil([&] { return first->complete(); });
  const auto second = Send(test, listener.port(), {.method = "POST"});
  server.ReadUntil("\r\n\r\n");
  server.Close();
  test.RunUntil([&] { return second->complete(); });
  REQUIRE(second->error.has_value());
  CHECK(second->error->kind == ErrorKind::kConnectionTerminated);
}

TEST_CASE("Each way a response can be wrong has its error") {
  using enum ErrorKind;
  CHECK(ErrorOfAnswer("") == kConnectionTerminated);
  CHECK(ErrorOfAnswer("HTTP/1.1 200 OK\r\nContent-") == kHttpResponseIncomplete);
  CHECK(ErrorOfAnswer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc") ==
        kHttpResponseIncomplete);
  CHECK(ErrorOfAnswer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n") ==
        kHttpResponseIncomplete);
  CHECK(ErrorOfAnswer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n") ==
        kHttpProtocolError);
  CHECK(ErrorOfAnswer("220 mail.example ESMTP\r\n") == kHttpProtocolError);
  CHECK(ErrorOfAnswer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab") ==
        kHttpProtocolError);
  CHECK(ErrorOfAnswer("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc") ==
        kHttpResponseTransferCoding);
  CHECK(ErrorOfAnswer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n") ==
        kHttpUpgradeFailed);
  CHECK(ErrorOfAnswer("HTTP/1.1 200 OK\r\nA: " + std::string(9000, 'x') + "\r\n\r\n",
                      {.max_header_bytes = 4096}) == kHttpResponseHeaderSectionSize);
  CHECK(ErrorOfAnswer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: " +
                          std::string(9000, 'x') + "\r\n\r\n",
                      {.max_header_bytes = 4096}) == kHttpResponseTrailerSectionSize);
}

TEST_CASE("Responses in all their framings") {
  TestLoop test;
  RawListener listener;
  const auto get = [&](std::string_view answer, CallOptions options = {}) {
    const auto call = Send(test, listener.port(), std::move(options));
    RawSocket server = listener.Accept(test);
    server.ReadUntil("\r\n\r\n");
    server.Send(answer);
    server.ShutdownSend();
    test.RunUntil([&] { return call->complete(); });
    REQUIRE(call->response.has_value());
    CHECK(!call->body->error);
    return call;
  };
  CHECK(get("HTTP/1.1 200 OK\r\n\r\nup to the end")->body->text == "up to the end");
  CHECK(get("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab")->body->text == "ab");
  CHECK(get("HTTP/1.1 204 No Content\r\n\r\n")->response->status == 204);
  CHECK(get("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n")->body->text.empty());
  const auto head = get("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", {.method = "HEAD"});
  CHECK(*head->Field("content-length") == "7");
  CHECK(get("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
            ->response->status == 202);
}

TEST_CASE("Times of the client") {
  TestLoop test;
  RawListener listener;
  ClientOptions options;
  SECTION("up to the first byte") {
    options.first_byte_timeout = 50 * kMillisecond;
    const auto call = Send(test, listener.port(), {.options = options});
    test.RunUntil([&] { return call->complete(); });
    REQUIRE(call->error.has_value());
    CHECK(call->error->kind == ErrorKind::kConnectionReadTimeout);
  }
  SECTION("between bytes, but not while nobody reads") {
    options.between_bytes_timeout = 50 * kMillisecond;
    const auto call = Send(test, listener.port(), {.options = options, .collect = false});
    RawSocket server = listener.Accept(test);
    server.ReadUntil("\r\n\r\n");
    server.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc");
    test.RunUntil([&] { return call->answered(); });
    test.RunFor(150 * kMillisecond);
    const auto body = Collect(std::move(call->response->body));
    test.RunUntil([&] { return body->ended; });
    CHECK(body->text == "abc");
    REQUIRE(body->error.has_value());
    CHECK(body->error->kind == ErrorKind::kConnectionReadTimeout);
  }
  SECTION("for TLS's handshake, as part of connecting") {
    options.connect_timeout = 50 * kMillisecond;
    const auto call = Send(test, listener.port(), {.scheme = "https", .options = options});
    test.RunUntil([&] { return call->complete(); });
    REQUIRE(call->error.has_value());
    CHECK(call->error->kind == ErrorKind::kConnectionTimeout);
  }
}

TEST_CASE("A request that cannot be made says why") {
  TestLoop test;
  uint16_t closed_port = 0;
  {
    RawListener listener;
    closed_port = listener.port();
  }
  const auto kind = [&](CallOptions options) {
    const auto call = Send(test, closed_port, std::move(options));
    CHECK(!call->answered());
    test.RunUntil([&] { return call->complete() && call->sent; });
    REQUIRE(call->error.has_value());
    CHECK(call->send_error.has_value());
    return call->error->kind;
  };
  using enum ErrorKind;
  CHECK(kind({}) == kConnectionRefused);
  CHECK(kind({.method = "A B"}) == kHttpRequestMethodInvalid);
  CHECK(kind({.method = "CONNECT"}) == kHttpRequestMethodInvalid);
  CHECK(kind({.scheme = "ftp"}) == kHttpRequestUriInvalid);
  CHECK(kind({.path = "no-slash"}) == kHttpRequestUriInvalid);
  CHECK(kind({.path = "/a b"}) == kHttpRequestUriInvalid);
  CHECK(kind({.path = "/\r\nHost: b"}) == kHttpRequestUriInvalid);
  CHECK(kind({.host = "user@127.0.0.1"}) == kHttpRequestUriInvalid);
  CHECK(kind({.headers = {{"a", "b\r\nc: d"}}}) == kInternalError);
  CHECK(kind({.host = "does-not-exist.invalid"}) == kDnsError);
  CHECK(kind({.filter = [](const std::string&, uint16_t) { return false; }}) ==
        kDestinationIpProhibited);
  // By whatever name.
  CHECK(kind({.host = "[::ffff:127.0.0.1]", .filter = [](const std::string& address, uint16_t) {
                return address != "127.0.0.1";
              }}) == kDestinationIpProhibited);
}

TEST_CASE("An address is judged as it is resolved, and on a kept connection again") {
  TestLoop test;
  const auto server = test.Listen(Mirror());
  std::vector<std::string> asked;
  bool allowed = true;
  const auto filter = [&](const std::string& address, uint16_t port) {
    asked.push_back(address + " " + std::to_string(port));
    return allowed;
  };
  const auto first = Send(test, server->port(), {.host = "localhost", .filter = filter});
  test.RunUntil([&] { return first->complete() && first->sent; });
  REQUIRE(first->response.has_value());
  CHECK(asked.back() == "127.0.0.1 " + std::to_string(server->port()));
  allowed = false;
  const auto second = Send(test, server->port(), {.host = "localhost", .filter = filter});
  test.RunUntil([&] { return second->complete(); });
  REQUIRE(second->error.has_value());
  CHECK(second->error->kind == ErrorKind::kDestinationIpProhibited);
}

TEST_CASE("Calls can be given up") {
  TestLoop test;
  RawListener listener;
  auto call = Send(test, listener.port());
  SECTION("before the response") {
    RawSocket server = listener.Accept(test);
    server.ReadUntil("\r\n\r\n");
    call->exchange = nullptr;
    CHECK(server.ReadAll().empty());
    CHECK(!call->answered());
  }
  SECTION("while connecting") {
    call->exchange = nullptr;
    CHECK(!call->answered());
  }
  SECTION("not the exchange, but the content") {
    RawSocket server = listener.Accept(test);
    server.ReadUntil("\r\n\r\n");
    server.Send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\nabc");
    test.RunUntil([&] { return call->response.has_value(); });
    call->exchange = nullptr;
    test.RunUntil([&] { return call->body->text == "abc"; });
  }
  call = nullptr;
  test.RunFor(5 * kMillisecond);
}

TEST_CASE("Dropping a response's content ends its connection") {
  TestLoop test;
  const auto server = test.Listen([](Request, Answer responder) {
    responder->Respond({.status = 200,
                        .headers = {},
                        .body = std::make_unique<PatternBody>(uint64_t{1} << 40, std::nullopt)},
                       nullptr);
  });
  const auto call = Send(test, server->port(), {.collect = false});
  test.RunUntil([&] { return call->answered(); });
  REQUIRE(call->response.has_value());
  call->response->body = nullptr;
  test.RunUntil([&] { return server->connections() == 0; });
}

TEST_CASE("What a server says before it has seen all of the request is heard") {
  TestLoop test;
  const auto server = test.Listen([](Request, Answer responder) {
    responder->Respond({.status = 413, .headers = {}, .body = nullptr}, nullptr);
  });
  const auto call = Send(
      test, server->port(),
      {.method = "POST", .body = std::make_unique<PatternBody>(uint64_t{1} << 30, std::nullopt)});
  test.RunUntil([&] { return call->complete() && call->sent; });
  REQUIRE(call->response.has_value());
  CHECK(call->response->status == 413);
  CHECK(call->send_error.has_value());
}

TEST_CASE("There are no more connections than allowed: who comes later waits") {
  TestLoop test({.max_connections = 2});
  std::vector<Answer> answers;
  const auto server =
      test.Listen([&](Request, Answer responder) { answers.push_back(std::move(responder)); });
  std::vector<std::shared_ptr<Call>> calls;
  for (size_t i = 0; i < 3; ++i) calls.push_back(Send(test, server->port()));
  test.RunUntil([&] { return answers.size() == 2; });
  test.RunFor(10 * kMillisecond);
  CHECK(server->connections() == 2);
  CHECK(answers.size() == 2);
  ClientOptions options;
  options.connect_timeout = 10 * kMillisecond;
  const auto impatient = Send(test, server->port(), {.options = options});
  test.RunUntil([&] { return impatient->complete(); });
  REQUIRE(impatient->error.has_value());
  CHECK(impatient->error->kind == ErrorKind::kConnectionLimitReached);
  answers[0]->Respond({.status = 200, .headers = {}, .body = nullptr}, nullptr);
  test.RunUntil([&] { return answers.size() == 3; });
  for (const Answer& answer : answers)
    answer->Respond({.status = 200, .headers = {}, .body = nullptr}, nullptr);
  test.RunUntil(
      [&] { return calls[0]->complete() && calls[1]->complete() && calls[2]->complete(); });
}

TEST_CASE("Much content flows both ways at once with little memory") {
  TestLoop test;
  const auto server = test.Listen(Mirror());
  constexpr uint64_t kSize = 20 * 1024 * 1024;
  const bool chunked = GENERATE(false, true);
  const auto call = Send(test, server->port(),
                         {.method = "POST",
                          .body = std::make_unique<PatternBody>(
                              kSize, chunked ? std::nullopt : std::optional<uint64_t>(kSize)),
                          .collect = false});
  test.RunUntil([&] { return call->answered(); });
  REQUIRE(call->response.has_value());
  const auto body = Collect(std::move(call->response->body), false);
  test.RunUntil([&] { return body->ended && call->sent; });
  CHECK(body->size == kSize);
  CHECK(body->matches_pattern);
  CHECK(!body->error);
}

TEST_CASE("A request to a host of http goes by its proxy") {
  RawListener listener;
  const std::string proxy = "http://us%65r:pass@127.0.0.1:" + std::to_string(listener.port());
  ::setenv("http_proxy", proxy.c_str(), 1);
  ::setenv("no_proxy", "example.com, 127.0.0.1", 1);
  TestLoop test;
  ::unsetenv("http_proxy");
  ::unsetenv("no_proxy");
  const auto direct = Send(test, 1);
  const auto exempt_name = Send(test, 1, {.host = "sub.example.com"});
  const auto call = Send(test, 80, {.path = "/x", .host = "www.example.org"});
  test.RunUntil([&] { return direct->complete(); });
  CHECK(direct->error->kind == ErrorKind::kConnectionRefused);
  RawSocket server = listener.Accept(test);
  const std::string head = server.ReadUntil("\r\n\r\n");
  CHECK(
      head.starts_with("GET http://www.example.org:80/x HTTP/1.1\r\nHost: www.example.org:80\r\n"));
  CHECK(head.contains("Proxy-Authorization: Basic dXNlcjpwYXNz\r\n"));
  server.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  test.RunUntil([&] { return call->complete(); });
  CHECK(call->body->text == "ok");
}

}  // namespace
}  // namespace trenail::wasi::http
