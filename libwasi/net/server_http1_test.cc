// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A server of HTTP/1.1 by what it says on the wire: framing, limits, times, malformed requests.

#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "libwasi/net/test_support.h"

namespace trenail::wasi::http {
namespace {

using Answer = std::shared_ptr<Responder>;

// Answers everything with 200 and what it was asked for.
Handler Echo(TestLoop& test) {
  return [&test](Request request, Answer responder) {
    std::string text = request.method + " " + request.authority + " " + request.path_with_query;
    responder->Respond(
        {.status = 200, .headers = {{"x-a", "b"}}, .body = MakeTextBody(test.loop(), text)},
        nullptr);
  };
}

// Gives a request's content back as the response's.
Handler Mirror() {
  return [](Request request, Answer responder) {
    responder->Respond({.status = 200, .headers = {}, .body = std::move(request.body)}, nullptr);
  };
}

ServerOptions WithLimits(ServerLimits limits) {
  ServerOptions options;
  options.limits = limits;
  return options;
}

std::string StatusOf(TestLoop& test, const Server& server, std::string_view request) {
  RawSocket client(test, server.port());
  client.Send(request);
  std::string answer = client.ReadAll();
  return answer.substr(0, answer.find("\r\n"));
}

TEST_CASE("Requests on one connection are answered in their order") {
  TestLoop test;
  const auto server = test.Listen(Echo(test));
  RawSocket client(test, server->port());
  client.Send(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
      "HEAD /2 HTTP/1.1\r\nHost: b\r\n\r\n"
      "\r\n"
      "GET http://c:1/3?x HTTP/1.1\r\nHost: ignored\r\nConnection: close\r\n\r\n");
  const std::string answer = client.ReadAll();
  const size_t first = answer.find("GET a /1HTTP/1.1 200 OK\r\n");
  REQUIRE(first != std::string::npos);
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nx-a: b\r\n"));
  CHECK(answer.contains("\r\nDate: "));
  // The length of what GET would have got, and none of it.
  CHECK(answer.find("Content-Length: 9\r\n\r\nHTTP/1.1 200") != std::string::npos);
  CHECK(answer.contains("Connection: close\r\n"));
  CHECK(answer.ends_with("\r\n\r\nGET c:1 /3?x"));
}

TEST_CASE("A connection of HTTP/1.0 ends with the response, unless it is asked to stay") {
  TestLoop test;
  const auto server = test.Listen([&](Request, Answer responder) {
    responder->Respond(
        {.status = 200,
         .headers = {},
         .body = std::make_unique<PieceBody>(test.loop(), std::vector<std::string>{"ab", "c"})},
        nullptr);
  });
  RawSocket client(test, server->port());
  client.Send("GET / HTTP/1.0\r\n\r\n");
  const std::string answer = client.ReadAll();
  CHECK(answer.starts_with("HTTP/1.0 200 OK\r\n"));
  CHECK(!answer.contains("chunked"));
  CHECK(answer.ends_with("\r\n\r\nabc"));
}

TEST_CASE("Content comes and goes in chunks, with trailers") {
  TestLoop test;
  const auto server = test.Listen(Mirror());
  RawSocket client(test, server->port());
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n");
  CHECK(client.ReadUntil("\r\n\r\n").contains("Transfer-Encoding: chunked\r\n"));
  CHECK(client.ReadUntil("hello\r\n") == "5\r\nhello\r\n");
  client.Send("0\r\nX-Sum: 17\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(client.ReadUntil("\r\n\r\n") == "0\r\nX-Sum: 17\r\n\r\n");
  CHECK(client.ReadAll().contains("Content-Length: 0\r\n"));
}

TEST_CASE("Who expects 100 is told to go on once the content is read") {
  TestLoop test;
  Request kept;
  Answer answer;
  const auto server = test.Listen([&](Request request, Answer responder) {
    kept = std::move(request);
    answer = std::move(responder);
  });
  constexpr std::string_view kRequest =
      "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  RawSocket client(test, server->port());
  client.Send(kRequest);
  test.RunUntil([&] { return answer != nullptr; });
  SECTION("read") {
    const auto content = Collect(std::move(kept.body));
    CHECK(client.ReadUntil("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.Send("abc");
    test.RunUntil([&] { return content->ended; });
    CHECK(content->text == "abc");
    answer->Respond({.status = 204, .headers = {}, .body = nullptr}, nullptr);
    const std::string head = client.ReadUntil("\r\n\r\n");
    CHECK(head.starts_with("HTTP/1.1 204 No Content\r\n"));
    CHECK(!head.contains("Content-Length"));
    CHECK(!head.contains("close"));
  }
  SECTION("refused: what may come or not cannot be followed by a request") {
    answer->Respond({.status = 403, .headers = {}, .body = nullptr}, nullptr);
    const std::string head = client.ReadAll();
    CHECK(head.starts_with("HTTP/1.1 403 Forbidden\r\n"));
    CHECK(head.contains("Connection: close\r\n"));
  }
}

TEST_CASE("Informational responses come before the final one") {
  TestLoop test;
  const auto server = test.Listen([&](Request, Answer responder) {
    responder->SendInformational(103, {{"Link", "</a>"}});
    responder->Respond({.status = 200, .headers = {}, .body = nullptr}, nullptr);
    responder->SendInformational(103, {{"late", "x"}});
  });
  RawSocket client(test, server->port());
  client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(client.ReadAll().starts_with(
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n"));
}

TEST_CASE("What a request's framing leaves in doubt is refused") {
  TestLoop test;
  size_t handled = 0;
  const auto server = test.Listen([&](Request, Answer) { ++handled; });
  const auto status = [&](std::string_view request) { return StatusOf(test, *server, request); };
  const std::string_view bad[] = {
      "GET / HTTP/1.1\r\n\r\n",                        // no Host
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",  // two
      "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",           // not an authority
      "GET / HTTP/1.1\r\nHost : a\r\n\r\n",            // space before the colon
      "GET / HTTP/1.1\nHost: a\n\n",                   // lines without CR
      "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",            // two spaces
      "GET x HTTP/1.1\r\nHost: a\r\n\r\n",             // no form of target
      "GET /#f HTTP/1.1\r\nHost: a\r\n\r\n",           // a fragment
      "GET http://u@h/ HTTP/1.1\r\nHost: a\r\n\r\n",   // user information
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\nx",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: "
      "chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
      "chunked\r\n\r\n",
      "\x16\x03\x01\x02 not a request\r\n\r\n",
  };
  for (const std::string_view request : bad) {
    INFO(request);
    CHECK(status(request) == "HTTP/1.1 400 Bad Request");
  }
  // Beast would take these for requests without content.
  CHECK(status("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nGET / HTTP/1.1\r\n") ==
        "HTTP/1.1 501 Not Implemented");
  CHECK(status("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n") ==
        "HTTP/1.1 501 Not Implemented");
  CHECK(status("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n") == "HTTP/1.1 501 Not Implemented");
  CHECK(status("GET / HTTP/3.0\r\nHost: a\r\n\r\n") == "HTTP/1.1 505 HTTP Version Not Supported");
  CHECK(status("GET / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n") ==
        "HTTP/1.1 417 Expectation Failed");
  CHECK(handled == 0);
}

TEST_CASE("A header section has a limit, however it comes") {
  TestLoop test;
  const auto server = test.Listen(Echo(test), WithLimits({.max_header_bytes = 4096}));
  const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\n";
  CHECK(StatusOf(test, *server, begin + "A: " + std::string(8192, 'x') + "\r\n\r\n") ==
        "HTTP/1.1 431 Request Header Fields Too Large");
  CHECK(StatusOf(test, *server, "GET /" + std::string(8192, 'x') + " HTTP/1.1\r\n\r\n") ==
        "HTTP/1.1 414 URI Too Long");
  CHECK(StatusOf(test, *server,
                 begin + "A: " + std::string(1024, 'x') + "\r\nConnection: close\r\n\r\n") ==
        "HTTP/1.1 200 OK");
  // One field at a time, so that the parser never sees two.
  RawSocket client(test, server->port());
  client.Send(begin);
  for (size_t i = 0; i < 200; ++i) {
    client.Send("A: " + std::string(64, 'x') + "\r\n");
    test.RunFor(kMillisecond / 10);
  }
  CHECK(client.ReadAll().starts_with("HTTP/1.1 431 "));
}

TEST_CASE("Trailers have a limit, whether they end or not") {
  TestLoop test;
  std::shared_ptr<Collected> content;
  Answer answer;
  const auto server = test.Listen(
      [&](Request request, Answer responder) {
        answer = std::move(responder);
        content = Collect(std::move(request.body));
      },
      WithLimits({.max_header_bytes = 4096}));
  RawSocket client(test, server->port());
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n");
  SECTION("one that is large") { client.Send("A: " + std::string(8192, 'x') + "\r\n\r\n"); }
  SECTION("many, without an end") {
    for (size_t i = 0; i < 200; ++i) {
      client.Send("A: " + std::string(64, 'x') + "\r\n");
      test.RunFor(kMillisecond / 10);
    }
  }
  test.RunUntil([&] { return content != nullptr && content->ended; });
  REQUIRE(content->error.has_value());
  CHECK(content->error->kind == ErrorKind::kHttpRequestTrailerSectionSize);
  CHECK(content->text == "abc");
  answer->Respond({.status = 204, .headers = {}, .body = nullptr}, nullptr);
  CHECK(client.ReadAll().contains("Connection: close\r\n"));
}

TEST_CASE("Who is slow is not waited for") {
  TestLoop test;
  std::shared_ptr<Collected> content;
  bool gone = false;
  Answer answer;
  const auto server = test.Listen(
      [&](Request request, Answer responder) {
        responder->OnGone([&] { gone = true; });
        answer = responder;
        content = Collect(std::move(request.body));
        if (content->ended)
          answer->Respond({.status = 200, .headers = {}, .body = nullptr}, nullptr);
      },
      WithLimits({.header_timeout_ns = 100 * kMillisecond,
                  .idle_timeout_ns = 100 * kMillisecond,
                  .body_timeout_ns = 100 * kMillisecond}));
  RawSocket client(test, server->port());
  SECTION("nothing") { CHECK(client.ReadAll().empty()); }
  SECTION("a header, byte by byte") {
    client.Send("GET / HTTP/1.1\r\n");
    for (size_t i = 0; i < 20; ++i) {
      client.Send("a");
      test.RunFor(10 * kMillisecond);
    }
    CHECK(client.ReadAll().starts_with("HTTP/1.1 408 "));
  }
  SECTION("a next request") {
    client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.ReadUntil("\r\n\r\n");
    CHECK(client.ReadAll().empty());
  }
  SECTION("content") {
    client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    CHECK(client.ReadAll().starts_with("HTTP/1.1 408 "));
    REQUIRE(content->error.has_value());
    CHECK(content->error->kind == ErrorKind::kConnectionReadTimeout);
    CHECK(content->text == "abc");
    CHECK(gone);
  }
  test.RunUntil([&] { return server->connections() == 0; });
}

TEST_CASE("A client that does not read its response is not waited for") {
  TestLoop test;
  std::optional<ErrorCode> error;
  const auto server = test.Listen(
      [&](Request, Answer responder) {
        responder->Respond({.status = 200,
                            .headers = {},
                            .body = std::make_unique<PatternBody>(uint64_t{1} << 30, std::nullopt)},
                           [&](std::optional<ErrorCode> result) { error = result; });
      },
      WithLimits({.body_timeout_ns = 100 * kMillisecond}));
  RawSocket client(test, server->port());
  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  test.RunUntil([&] { return error.has_value(); });
  CHECK(error->kind == ErrorKind::kConnectionWriteTimeout);
  test.RunUntil([&] { return server->connections() == 0; });
}

TEST_CASE("It is noticed that the client has gone") {
  TestLoop test;
  bool gone = false, done = false;
  Answer answer;
  const auto server = test.Listen([&](Request, Answer responder) {
    responder->OnGone([&] { gone = true; });
    answer = std::move(responder);
  });
  {
    RawSocket client(test, server->port());
    client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    test.RunUntil([&] { return answer != nullptr; });
    CHECK(!gone);
  }
  test.RunUntil([&] { return gone; });
  answer->Respond({.status = 200, .headers = {}, .body = nullptr},
                  [&](const std::optional<ErrorCode>&) { done = true; });
  test.RunUntil([&] { return done && server->connections() == 0; });
}

TEST_CASE("Who forgets to answer answers 500") {
  TestLoop test;
  const auto server = test.Listen([](Request, Answer) {});
  CHECK(StatusOf(test, *server, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") ==
        "HTTP/1.1 500 Internal Server Error");
}

TEST_CASE("A response that cannot be sent does not split in two") {
  TestLoop test;
  std::optional<ErrorCode> error;
  const auto server = test.Listen([&](Request, Answer responder) {
    responder->Respond({.status = 200, .headers = {{"a", "b\r\nc: d"}}, .body = nullptr},
                       [&](std::optional<ErrorCode> result) { error = result; });
  });
  RawSocket client(test, server->port());
  client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string answer = client.ReadAll();
  CHECK(answer.starts_with("HTTP/1.1 500 "));
  CHECK(!answer.contains("c: d"));
  CHECK(error.has_value());
}

TEST_CASE("A response whose content is not as long as it says is cut off") {
  TestLoop test;
  std::optional<ErrorCode> error;
  const auto server = test.Listen([&](Request, Answer responder) {
    responder->Respond(
        {.status = 200,
         .headers = {},
         .body = std::make_unique<PieceBody>(test.loop(), std::vector<std::string>{"abc"}, 5)},
        [&](std::optional<ErrorCode> result) { error = result; });
  });
  RawSocket client(test, server->port());
  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.ReadAll().ends_with("\r\n\r\nabc"));
  REQUIRE(error.has_value());
  CHECK(error->kind == ErrorKind::kHttpResponseBodySize);
}

TEST_CASE("Content that nobody reads costs the connection, where it is long") {
  TestLoop test;
  const auto server = test.Listen([&](Request, Answer responder) {
    responder->Respond({.status = 200, .headers = {}, .body = nullptr}, nullptr);
  });
  RawSocket client(test, server->port());
  client.Send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
  CHECK(client.ReadUntil("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
  CHECK(client.ReadUntil("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
  client.Send(std::string(size_t{1} << 20, 'x'));
  CHECK(client.ReadAll().empty());
  test.RunUntil([&] { return server->connections() == 0; });
}

TEST_CASE("There are no more connections than allowed, and none after the shutdown") {
  TestLoop test;
  Answer answer;
  bool drained = false;
  auto server = test.Listen(
      [&](Request request, Answer responder) {
        if (request.path_with_query == "/wait")
          answer = std::move(responder);
        else
          responder->Respond({.status = 200, .headers = {}, .body = nullptr}, nullptr);
      },
      WithLimits({.max_connections = 2}));
  RawSocket busy(test, server->port()), idle(test, server->port());
  idle.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  idle.ReadUntil("\r\n\r\n");
  busy.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  test.RunUntil([&] { return answer != nullptr; });
  CHECK(server->connections() == 2);
  RawSocket third(test, server->port());
  CHECK(third.ReadAll().starts_with("HTTP/1.1 503 "));

  server->Shutdown([&] { drained = true; });
  CHECK(idle.ReadAll().empty());
  CHECK(!drained);
  answer->Respond({.status = 200, .headers = {}, .body = nullptr}, nullptr);
  CHECK(busy.ReadAll().contains("Connection: close\r\n"));
  test.RunUntil([&] { return drained; });
  // What listens no longer is not waited for either.
  test.RunOut();
}

TEST_CASE("Where there are no more descriptors, connections wait") {
  TestLoop test;
  const auto server = test.Listen(Echo(test));
  RawSocket first(test, server->port());
  rlimit limit = {};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const int next = ::dup(0);
  ::close(next);
  rlimit none = limit;
  none.rlim_cur = static_cast<rlim_t>(next);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  first.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  test.RunFor(20 * kMillisecond);
  CHECK(server->connections() == 0);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  CHECK(first.ReadUntil("GET a /").ends_with("GET a /"));
}

TEST_CASE("A server may go while it answers") {
  TestLoop test;
  Answer answer;
  std::optional<ErrorCode> error;
  auto server = test.Listen([&](Request, Answer responder) { answer = std::move(responder); });
  RawSocket client(test, server->port());
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
  test.RunUntil([&] { return answer != nullptr; });
  server = nullptr;
  CHECK(client.ReadAll().empty());
  answer->Respond({.status = 200, .headers = {}, .body = nullptr},
                  [&](std::optional<ErrorCode> result) { error = result; });
  test.RunUntil([&] { return error.has_value(); });
  test.RunOut();
}

TEST_CASE("What cannot be listened on is said in a sentence") {
  TestLoop test;
  const auto first = test.Listen(Echo(test));
  const auto error = [&](ServerOptions options) {
    const auto server = test.transport().Listen(options, Echo(test));
    REQUIRE(!server.has_value());
    return server.error();
  };
  CHECK(error({.port = first->port()})
            .starts_with("cannot listen on 127.0.0.1:" + std::to_string(first->port()) + ": "));
  CHECK(error({.address = "nowhere"}) == "\"nowhere\" is not an IP address");
  CHECK(error({.certificate_file = "x"}) == "TLS needs both a certificate and its key");
  CHECK(error({.certificate_file = "/none", .key_file = "/none"})
            .starts_with("the certificate /none cannot be used: "));
}

}  // namespace
}  // namespace trenail::wasi::http
