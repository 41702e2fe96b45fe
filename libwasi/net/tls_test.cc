// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TLS between our client and our server, and what others make of our server: curl speaks both
// versions of HTTP to it.

#include <unistd.h>

#include <array>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "libwasi/net/test_support.h"

namespace trenail::wasi::http {
namespace {

using Answer = std::shared_ptr<Responder>;

// A certificate for localhost that nobody trusts unless told to.
class Certificate {
 public:
  Certificate() {
    std::string name = (std::filesystem::temp_directory_path() / "trenail-tls-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout " +
        key() + " -out " + certificate() + " 2>/dev/null";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  ~Certificate() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string certificate() const { return folder_ + "/certificate.pem"; }
  std::string key() const { return folder_ + "/key.pem"; }
  ServerOptions Options() const {
    ServerOptions options;
    options.certificate_file = certificate();
    options.key_file = key();
    return options;
  }
  void Trust() const { ::setenv("SSL_CERT_FILE", certificate().c_str(), 1); }
  static void TrustNobody() { ::setenv("SSL_CERT_FILE", "/dev/null", 1); }

 private:
  std::string folder_;
};

Handler Mirror() {
  return [](Request request, Answer responder) {
    responder->Respond(
        {.status = 200, .headers = {{"x-scheme", request.scheme}}, .body = std::move(request.body)},
        nullptr);
  };
}

TEST_CASE("TLS: a request and its response, on one connection after the other") {
  const Certificate certificate;
  certificate.Trust();
  TestLoop test;
  const auto server = test.Listen(Mirror(), certificate.Options());
  for (const uint64_t size : {uint64_t{0}, uint64_t{1}, uint64_t{5'000'000}}) {
    const auto call = Send(test, server->port(),
                           {.method = "POST",
                            .scheme = "https",
                            .host = "localhost",
                            .body = std::make_unique<PatternBody>(size, std::nullopt),
                            .collect = false});
    test.RunUntil([&] { return call->answered(); });
    REQUIRE(call->response.has_value());
    CHECK(*call->Field("x-scheme") == "https");
    const auto body = Collect(std::move(call->response->body), false);
    test.RunUntil([&] { return body->ended && call->sent; });
    CHECK(body->size == size);
    CHECK(body->matches_pattern);
  }
  CHECK(server->connections() == 1);
}

TEST_CASE("TLS: calls share a connection of HTTP/2") {
  const Certificate certificate;
  certificate.Trust();
  TestLoop test;
  std::vector<Answer> waiting;
  size_t gone = 0;
  auto server = test.Listen(
      [&](Request request, Answer responder) {
        if (request.path_with_query != "/wait") return Mirror()(std::move(request), responder);
        responder->OnGone([&] { ++gone; });
        responder->SendInformational(103, {{"early", "1"}});
        waiting.push_back(std::move(responder));
      },
      certificate.Options());
  const auto send = [&](std::string method, std::string path, std::unique_ptr<Body> body) {
    return Send(test, server->port(),
                {.method = std::move(method),
                 .scheme = "https",
                 .path = std::move(path),
                 .host = "localhost",
                 .headers = {{"Connection", "x"}, {"Cookie", "a=b"}},
                 .body = std::move(body)});
  };
  const auto first = send("GET", "/", nullptr);
  test.RunUntil([&] { return first->complete(); });
  REQUIRE(first->response.has_value());
  CHECK(first->Field("content-length") != nullptr);

  std::vector<std::shared_ptr<Call>> calls;
  for (size_t i = 0; i < 20; ++i)
    calls.push_back(send("POST", "/",
                         std::make_unique<PieceBody>(
                             test.loop(), std::vector<std::string>(3, std::string(100'000, 'x')),
                             std::nullopt, FieldList{{"sum", std::to_string(i)}})));
  auto given_up = send("GET", "/wait", nullptr);
  const auto late = send("GET", "/wait", nullptr);
  test.RunUntil([&] { return waiting.size() == 2; });
  given_up->exchange = nullptr;
  for (size_t i = 0; i < calls.size(); ++i) {
    test.RunUntil([&] { return calls[i]->complete() && calls[i]->sent; });
    REQUIRE(calls[i]->response.has_value());
    CHECK(calls[i]->body->size == 300'000);
    CHECK(calls[i]->body->trailers == FieldList{{"sum", std::to_string(i)}});
    CHECK(!calls[i]->send_error);
  }
  test.RunUntil([&] { return gone == 1; });
  CHECK(!given_up->answered());
  CHECK(server->connections() == 1);
  // The server goes, and with it the connection that is waited for.
  server = nullptr;
  test.RunUntil([&] { return late->complete(); });
  CHECK(late->error.has_value());
  test.RunOut();
}

TEST_CASE("TLS: times and limits of a call by HTTP/2") {
  const Certificate certificate;
  certificate.Trust();
  TestLoop test({.max_header_bytes = 4096});
  std::vector<Answer> kept;
  const auto server = test.Listen(
      [&](Request request, Answer responder) {
        if (request.path_with_query == "/much") {
          responder->Respond(
              {.status = 200, .headers = {{"a", std::string(5000, 'x')}}, .body = {}}, nullptr);
        } else if (request.path_with_query == "/cut") {
          responder->Respond({.status = 200,
                              .headers = {},
                              .body = std::make_unique<PieceBody>(
                                  test.loop(), std::vector<std::string>{"abc"}, 5)},
                             nullptr);
        } else {
          kept.push_back(std::move(responder));
        }
      },
      certificate.Options());
  const auto get = [&](std::string path) {
    CallOptions options{.scheme = "https", .path = std::move(path), .host = "localhost"};
    options.options.first_byte_timeout = 100 * kMillisecond;
    const auto call = Send(test, server->port(), std::move(options));
    test.RunUntil([&] { return call->complete(); });
    return call;
  };
  CHECK(get("/slow")->error->kind == ErrorKind::kConnectionReadTimeout);
  CHECK(get("/much")->error->kind == ErrorKind::kHttpResponseHeaderSectionSize);
  const auto cut = get("/cut");
  REQUIRE(cut->response.has_value());
  CHECK(cut->body->text == "abc");
  REQUIRE(cut->body->error.has_value());
  CHECK(cut->body->error->kind == ErrorKind::kHttpResponseIncomplete);
}

TEST_CASE("TLS: who is not who he says he is gets no request") {
  const Certificate certificate;
  TestLoop test;
  size_t handled = 0;
  const auto server = test.Listen([&](Request, Answer) { ++handled; }, certificate.Options());
  const auto kind = [&](const std::string& host) {
    // A loop of its own: the trust store is read once.
    TestLoop client;
    const auto call = Send(client, server->port(), {.scheme = "https", .host = host});
    for (size_t i = 0; i < 2000 && !call->complete(); ++i) {
      client.RunFor(kMillisecond);
      test.RunFor(kMillisecond);
    }
    REQUIRE(call->error.has_value());
    return call->error->kind;
  };
  Certificate::TrustNobody();
  CHECK(kind("localhost") == ErrorKind::kTlsCertificateError);
  certificate.Trust();
  CHECK(kind("127.0.0.1") == ErrorKind::kTlsCertificateError);
  CHECK(handled == 0);
}

TEST_CASE("TLS: who does not speak it") {
  const Certificate certificate;
  TestLoop test;
  const auto secure = test.Listen(Mirror(), [&] {
    ServerOptions options = certificate.Options();
    options.limits.header_timeout_ns = 100 * kMillisecond;
    return options;
  }());
  const auto plain = test.Listen(Mirror());
  const auto call = Send(test, plain->port(), {.scheme = "https", .host = "localhost"});
  test.RunUntil([&] { return call->complete(); });
  REQUIRE(call->error.has_value());
  CHECK(call->error->kind == ErrorKind::kTlsProtocolError);
  RawSocket talks(test, secure->port()), says_nothing(test, secure->port());
  talks.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(!talks.ReadAll().contains("HTTP/1.1 200"));
  CHECK(says_nothing.ReadAll().empty());
  test.RunUntil([&] { return secure->connections() == 0; });
}

TEST_CASE("TLS goes through a proxy by CONNECT") {
  RawListener listener;
  ::setenv("https_proxy", ("127.0.0.1:" + std::to_string(listener.port())).c_str(), 1);
  TestLoop test;
  ::unsetenv("https_proxy");
  const auto call = Send(test, 8443, {.scheme = "https", .host = "www.example.org"});
  RawSocket proxy = listener.Accept(test);
  CHECK(proxy.ReadUntil("\r\n\r\n") ==
        "CONNECT www.example.org:8443 HTTP/1.1\r\nHost: www.example.org:8443\r\n\r\n");
  SECTION("refused") {
    proxy.Send("HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno!");
    test.RunUntil([&] { return call->complete(); });
    CHECK(call->error->kind == ErrorKind::kDestinationUnavailable);
  }
  SECTION("granted: what follows is TLS, with the name of the host") {
    proxy.Send("HTTP/1.1 200 Connected\r\n\r\n");
    CHECK(proxy.ReadBytes(3) == "\x16\x03\x01");
    CHECK(proxy.ReadUntil("www.example.org").ends_with("www.example.org"));
    proxy.Close();
    test.RunUntil([&] { return call->complete(); });
    CHECK(call->error->kind == ErrorKind::kConnectionTerminated);
  }
}

// What a program prints while the loop serves it.
std::string OutputOf(TestLoop& test, const std::string& command) {
  std::string output;
  std::atomic<bool> done = false;
  std::thread thread([&] {
    FILE* const pipe = ::popen(command.c_str(), "r");
    std::array<char, 4096> buffer;
    while (pipe != nullptr) {
      const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe);
      if (count == 0) break;
      output.append(buffer.data(), count);
    }
    if (pipe != nullptr) ::pclose(pipe);
    done = true;
  });
  while (!done) test.RunFor(kMillisecond);
  thread.join();
  return output;
}

TEST_CASE("curl gets what it asks for by both versions, with TLS and without") {
  if (std::system("curl --version >/dev/null 2>&1") != 0) return;
  const Certificate certificate;
  TestLoop test;
  const auto secure = test.Listen(Mirror(), certificate.Options());
  const auto plain = test.Listen(Mirror());
  const std::string curl = "curl -sS --noproxy '*' -m 10 --cacert " + certificate.certificate() +
                           " -w ' %{http_version} %{http_code} %{size_download}' ";
  const std::string https = "https://localhost:" + std::to_string(secure->port()) + "/";
  const std::string http = "http://localhost:" + std::to_string(plain->port()) + "/";
  CHECK(OutputOf(test, curl + "--http1.1 -d abc " + http) == "abc 1.1 200 3");
  CHECK(OutputOf(test, curl + "--http2-prior-knowledge -d abc " + http) == "abc 2 200 3");
  CHECK(OutputOf(test, curl + "--http1.1 -d abc " + https) == "abc 1.1 200 3");
  CHECK(OutputOf(test, curl + "--http2 -d abc " + https) == "abc 2 200 3");
  CHECK(OutputOf(test, curl + "--http2 -I " + https).ends_with(" 2 200 0"));
  CHECK(OutputOf(test, curl + "--tls-max 1.1 " + https + " 2>/dev/null") == " 0 000 0");
  // Beyond every window, both ways.
  const std::string much = "head -c 3000000 /dev/zero | " + curl + "-o /dev/null --data-binary @- ";
  CHECK(OutputOf(test, much + "--http2 " + https) == " 2 200 3000000");
  CHECK(OutputOf(test, much + "--http1.1 " + https) == " 1.1 200 3000000");
}

}  // namespace
}  // namespace trenail::wasi::http
