// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wasi:http@0.3 in the hands of a service, with bindings of our own generator. The path says what
// is tried; whom it asks is in the header x-to. What is not as it should be is answered with 500
// and the line in the header x-line.

#include <server.h>

#include <cctype>
#include <cstring>

namespace {

using namespace trenail_tests::wasi::server::wasi;
using namespace http::types;
using Bytes = std::vector<uint8_t>;
using Sent = std::expected<void, ErrorCode>;
using TrailersResult = std::expected<std::optional<Trailers>, ErrorCode>;
using Answer = std::expected<Response, ErrorCode>;

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
std::string ToText(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

std::string ReadAll(trenail::StreamReader<uint8_t>& stream) {
  std::string all;
  for (Bytes some; !(some = stream.Read(1000)).empty();) all += ToText(some);
  return all;
}

// All values of a field, as a recipient may read them. [RFC 9110, 5.3]
std::string Joined(const Fields& fields, const char* name) {
  std::string all;
  for (const FieldValue& value : fields.Get(name)) all += (all.empty() ? "" : ", ") + ToText(value);
  return all;
}

// ---- requests: client.send waits for what its own request says, so it is begun and then waited
// for

extern "C" TRENAIL_IMPORT("wasi:http/client@0.3.0", "[async-lower]send") int32_t
    BeginSend(int32_t request, void* result);
extern "C" TRENAIL_IMPORT("$root", "[waitable-set-new]") int32_t NewSet();
extern "C" TRENAIL_IMPORT("$root", "[waitable-set-wait]") int32_t Wait(int32_t set, void* event);
extern "C" TRENAIL_IMPORT("$root", "[waitable-set-drop]") void DropSet(int32_t set);
extern "C" TRENAIL_IMPORT("$root", "[waitable-join]") void Join(int32_t waitable, int32_t set);
extern "C" TRENAIL_IMPORT("$root", "[subtask-drop]") void DropSubtask(int32_t subtask);

class Sending {
 public:
  explicit Sending(Request request) : status_(BeginSend(request.Release(), area_.bytes)) {}
  Answer Finish() {
    constexpr int32_t kReturned = 2;  // [cabi:Subtask.State]
    if ((status_ & 15) != kReturned) {
      const int32_t subtask = status_ >> 4, set = NewSet();
      Join(subtask, set);
      int32_t event[2] = {};
      do Wait(set, event);
      while (event[1] != kReturned);
      Join(subtask, 0);
      DropSubtask(subtask);
      DropSet(set);
    }
    return trenail::Abi<Answer>::Load(area_.bytes);
  }

 private:
  trenail::Area<trenail::Abi<Answer>::kSize> area_;
  int32_t status_;
};

struct Message {
  Request request;
  trenail::FutureReader<Sent> sent;
  trenail::StreamWriter<uint8_t> body;
  trenail::FutureWriter<TrailersResult> trailers;
};

Message NewRequest(const std::string& authority, const char* path, Method method, bool has_body,
                   Fields headers = NewFields()) {
  auto [content, body] = trenail::NewStream<uint8_t>();
  auto [trailers, trailers_writer] = trenail::NewFuture<TrailersResult>();
  std::optional<trenail::StreamReader<uint8_t>> contents;
  if (has_body) contents = std::move(content);
  auto [request, sent] =
      RequestNew(std::move(headers), std::move(contents), std::move(trailers), std::nullopt);
  (void)request.SetMethod(method);
  (void)request.SetScheme(Scheme{Scheme::Http{}});
  (void)request.SetAuthority(authority);
  if (path != nullptr) (void)request.SetPathWithQuery(path);
  return {std::move(request), std::move(sent), std::move(body), std::move(trailers_writer)};
}

struct Received {
  int status = 0;
  Fields headers;
  std::string body;
  std::optional<TrailersResult> trailers;
};

Received Receive(Response response) {
  Received received;
  received.status = response.GetStatusCode();
  received.headers = response.GetHeaders();
  auto [result, result_writer] = trenail::NewFuture<Sent>();
  auto [content, trailers] = ResponseConsumeBody(std::move(response), std::move(result));
  received.body = ReadAll(content);
  received.trailers = trailers.Read();
  (void)result_writer.Write({});
  return received;
}

// A request without a body; null: it fails.
std::optional<Received> Get(const std::string& authority, const char* path,
                            Fields headers = NewFields()) {
  Message message = NewRequest(authority, path, {Method::Get{}}, false, std::move(headers));
  Sending sending(std::move(message.request));
  (void)message.trailers.Write(TrailersResult());
  Answer answer = sending.Finish();
  if (!answer) return std::nullopt;
  return Receive(*std::move(answer));
}

int TestChunked(const std::string& to) {
  const auto received = Get(to, "/chunked");
  CHECK(received && received->status == 200);
  CHECK(received->body == "one two three");
  CHECK(received->trailers && *received->trailers && **received->trailers);
  CHECK(Joined(***received->trailers, "x-sum") == "13");
  return 0;
}

int TestHeaders(const std::string& to) {
  Fields headers = NewFields();
  CHECK(headers.Append("x-single", ToBytes("one")));
  CHECK(headers.Append("x-multi", ToBytes("first")));
  CHECK(headers.Append("X-Multi", ToBytes("second")));
  const auto received = Get(to, "/echo-headers", std::move(headers));
  CHECK(received && received->status == 200 && received->body.empty());
  CHECK(Joined(received->headers, "x-request-method") == "GET");
  CHECK(Joined(received->headers, "x-request-path") == "/echo-headers");
  CHECK(Joined(received->headers, "x-echo-x-single") == "one");
  CHECK(Joined(received->headers, "x-echo-x-multi") == "first, second");
  CHECK(Joined(received->headers, "x-echo-host") == to);
  CHECK(!received->headers.Has("x-echo-absent"));
  // They came from outside and stay as they are.
  CHECK(Fails<HeaderError::Immutable>(received->headers.Append("a", ToBytes("b"))));
  return 0;
}

int TestPathNone(const std::string& to) {
  const auto received = Get(to, nullptr);
  CHECK(received && received->status == 200 && received->body == "the root");
  return 0;
}

// `request` fails, and so does what tells of its transmission.
int FailsWith(auto is_right, const std::string& authority) {
  Message message = NewRequest(authority, "/", {Method::Get{}}, false);
  Sending sending(std::move(message.request));
  (void)message.trailers.Write(TrailersResult());
  const Answer answer = sending.Finish();
  CHECK(!answer && is_right(answer.error()));
  const auto sent = message.sent.Read();
  CHECK(sent && !*sent);
  return 0;
}

int TestSendErrors(const std::string& to, const std::string& closed) {
  CHECK(Get(to, "/")->status == 200);
  const auto refused = [](const ErrorCode& error) {
    return std::holds_alternative<ErrorCode::ConnectionRefused>(error.cases);
  };
  if (const int line = FailsWith(refused, closed); line != 0) return line;
  const auto denied = [](const ErrorCode& error) {
    return std::holds_alternative<ErrorCode::HttpRequestDenied>(error.cases);
  };
  if (const int line = FailsWith(denied, "127.0.0.2:80"); line != 0) return line;
  return 0;
}

// A label of 64 bytes is in no name that there is. [RFC 1035, 2.3.4]
int TestUnresolvable() {
  const auto unresolvable = [](const ErrorCode& error) {
    return std::holds_alternative<ErrorCode::DnsError>(error.cases) ||
           std::holds_alternative<ErrorCode::HttpRequestUriInvalid>(error.cases);
  };
  return FailsWith(unresolvable, std::string(64, 'a') + ".localhost:80");
}

int TestSent(const std::string& to) {
  Message message = NewRequest(to, "/echo-body", {Method::Post{}}, true);
  Sending sending(std::move(message.request));
  CHECK(message.body.Write(ToBytes("content")));
  {
    const auto end = std::move(message.body);
  }
  CHECK(message.trailers.Write(TrailersResult()));
  Answer answer = sending.Finish();
  CHECK(answer);
  CHECK(Receive(*std::move(answer)).body == "content");
  const auto sent = message.sent.Read();
  CHECK(sent && *sent);
  // One that is never sent.
  Message dropped = NewRequest(to, "/echo-body", {Method::Post{}}, true);
  {
    const Request gone = std::move(dropped.request);
  }
  CHECK(!dropped.body.Write(ToBytes("content")));
  CHECK(!dropped.trailers.Write(TrailersResult()));
  return 0;
}

int TestTrailerError(const std::string& to) {
  Message message = NewRequest(to, "/echo-body", {Method::Post{}}, true);
  Sending sending(std::move(message.request));
  CHECK(message.body.Write(ToBytes("partial")));
  {
    const auto end = std::move(message.body);
  }
  CHECK(message.trailers.Write(std::unexpected(ErrorCode{ErrorCode::InternalError{}})));
  CHECK(!sending.Finish());
  const auto sent = message.sent.Read();
  CHECK(sent && !*sent);
  // What is fewer bytes than were promised is no request either.
  Fields headers = NewFields();
  CHECK(headers.Append("content-length", ToBytes("10")));
  Message less = NewRequest(to, "/echo-body", {Method::Post{}}, true, std::move(headers));
  Sending second(std::move(less.request));
  (void)less.body.Write(ToBytes("12345"));
  {
    const auto end = std::move(less.body);
  }
  (void)less.trailers.Write(TrailersResult());
  CHECK(Fails<ErrorCode::HttpRequestBodySize>(second.Finish()));
  return 0;
}

// ---- what is said of messages

int TestFields() {
  Fields fields = NewFields();
  CHECK(fields.Get("a").empty() && !fields.Has("a") && fields.CopyAll().empty());
  CHECK(fields.Append("Foo", ToBytes("1")));
  CHECK(fields.Append("fOO", ToBytes("2")));
  CHECK(fields.Append("bar", ToBytes("")));
  CHECK(fields.Has("foo") && Joined(fields, "FOO") == "1, 2");
  CHECK(fields.Get("bar").size() == 1 && fields.Get("bar")[0].empty());
  CHECK(fields.CopyAll().size() == 3);
  const std::vector<FieldValue> values = {ToBytes("3"), ToBytes("4")};
  CHECK(fields.Set("foo", values) && Joined(fields, "Foo") == "3, 4");
  const Fields clone = fields.Clone();
  CHECK(fields.Delete("foo") && !fields.Has("foo") && clone.Has("foo"));
  CHECK(fields.Delete("foo"));
  const auto taken = fields.GetAndDelete("BAR");
  CHECK(taken && taken->size() == 1 && fields.CopyAll().empty());
  CHECK(fields.GetAndDelete("bar")->empty());
  CHECK(fields.Set("a", {}) && !fields.Has("a"));

  for (int c = 0; c < 256; ++c) {
    const char name[] = {static_cast<char>(c), '\0'};
    const bool token = std::isalnum(c) || (c != 0 && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr);
    if (c < 0x80) {
      const auto appended = fields.Append(std::string_view(name, 1), ToBytes("v"));
      CHECK(token ? appended.has_value() : Fails<HeaderError::InvalidSyntax>(appended));
    }
    const auto appended = fields.Append("value", Bytes{'a', static_cast<uint8_t>(c), 'b'});
    const bool line = c == '\t' || (c >= ' ' && c != 0x7f);
    CHECK(line ? appended.has_value() : Fails<HeaderError::InvalidSyntax>(appended));
  }
  CHECK(Fails<HeaderError::InvalidSyntax>(fields.Append("", ToBytes("v"))));
  for (const char* name : {"Connection", "keep-alive", "host", "Transfer-Encoding", "upgrade",
                           "proxy-connection", "HTTP2-Settings"}) {
    CHECK(Fails<HeaderError::Forbidden>(fields.Append(name, ToBytes("v"))));
    const std::tuple<FieldName, FieldValue> entry[] = {{name, ToBytes("v")}};
    CHECK(Fails<HeaderError::Forbidden>(FieldsFromList(entry)));
  }
  const std::tuple<FieldName, FieldValue> entries[] = {{"a", ToBytes("1")}, {"A", ToBytes("2")}};
  CHECK(Joined(*FieldsFromList(entries), "a") == "1, 2");
  for (int i = 0; i < 100'000; ++i) {
    const auto appended = fields.Append("name", ToBytes("value"));
    if (appended) continue;
    CHECK(Fails<HeaderError::SizeExceeded>(appended));
    return 0;
  }
  return __LINE__;
}

int TestRequest() {
  Fields headers = NewFields();
  CHECK(headers.Append("last-modified", ToBytes("whenever")));
  const Fields copy = headers.Clone();
  auto [trailers, trailers_writer] = trenail::NewFuture<TrailersResult>();
  auto [request, sent] =
      RequestNew(std::move(headers), std::nullopt, std::move(trailers), std::nullopt);
  CHECK(request.GetMethod() == Method{Method::Get{}});
  CHECK(!request.GetPathWithQuery() && !request.GetScheme() && !request.GetAuthority());
  CHECK(!request.GetOptions());
  CHECK(request.GetHeaders().CopyAll() == copy.CopyAll());
  CHECK(Fails<HeaderError::Immutable>(request.GetHeaders().Append("a", ToBytes("v"))));
  CHECK(Fails<HeaderError::Immutable>(request.GetHeaders().Delete("last-modified")));

  // What has a case of its own is that case.
  CHECK(request.SetMethod({Method::Other{"PATCH"}}));
  CHECK(request.GetMethod() == Method{Method::Patch{}});
  CHECK(request.SetMethod({Method::Other{"coucou"}}));
  for (const char* method : {"", "a b", "a\n", "\xc3\xa9", "(a)"})
    CHECK(!request.SetMethod({Method::Other{method}}));
  CHECK(request.GetMethod() == Method{Method::Other{"coucou"}});
  CHECK(request.SetScheme(Scheme{Scheme::Other{"https"}}));
  CHECK(request.GetScheme() == Scheme{Scheme::Https{}});
  for (const char* scheme : {"", "1a", "a:", "~"})
    CHECK(!request.SetScheme(Scheme{Scheme::Other{scheme}}));
  for (const char* path : {"/", "/a/b/c", "/a/../../bar", "/?foo", "?foo", "a/b"}) {
    CHECK(request.SetPathWithQuery(path));
    CHECK(request.GetPathWithQuery() == path);
  }
  for (const char* path : {"/ ", "/\n", "/\x7f", "/a b"}) CHECK(!request.SetPathWithQuery(path));
  for (const char* authority :
       {"1.2.3.4", "example.com:80", "user:pass%20@localhost:80", "[2001:db8::1]:80"}) {
    CHECK(request.SetAuthority(authority));
    CHECK(request.GetAuthority() == authority);
  }
  for (const char* authority : {"::", ":@", "@@", " ", "", "#", "localhost:what"})
    CHECK(!request.SetAuthority(authority));
  CHECK(request.SetAuthority(std::nullopt) && !request.GetAuthority());
  // A future is written, or its component traps: also where nobody is there to read it.
  {
    const Request gone = std::move(request);
  }
  CHECK(!trailers_writer.Write(TrailersResult()));
  return 0;
}

// ---- answers

void Respond(const trenail::Completion<Answer>& done, uint16_t status, Fields headers) {
  auto [trailers, trailers_writer] = trenail::NewFuture<TrailersResult>();
  auto [response, sent] = ResponseNew(std::move(headers), std::nullopt, std::move(trailers));
  (void)response.SetStatusCode(status);
  done.Return(std::move(response));
  (void)trailers_writer.Write(TrailersResult());
}

void Echo(const trenail::Completion<Answer>& done, Request request) {
  auto [result, result_writer] = trenail::NewFuture<Sent>();
  auto [in, trailers_in] = RequestConsumeBody(std::move(request), std::move(result));
  auto [out, out_writer] = trenail::NewStream<uint8_t>();
  auto [trailers_out, trailers_writer] = trenail::NewFuture<TrailersResult>();
  auto [response, sent] = ResponseNew(NewFields(), std::move(out), std::move(trailers_out));
  done.Return(std::move(response));
  for (Bytes some; !(some = in.Read(10'000)).empty();)
    if (!out_writer.Write(some)) break;
  {
    const auto end = std::move(out_writer);
  }
  auto trailers = trailers_in.Read();
  (void)trailers_writer.Write(trailers ? *std::move(trailers) : TrailersResult());
  (void)result_writer.Write({});
}

}  // namespace

namespace trenail_tests::wasi::server::wasi::http::handler {

void Handle(trenail::Completion<std::expected<Response, ErrorCode>> done, Request request) {
  const std::string path = request.GetPathWithQuery().value_or("");
  if (path == "/echo") return Echo(done, std::move(request));
  const Fields asked = request.GetHeaders();
  const std::string to = Joined(asked, "x-to");
  Fields headers = NewFields();
  int line = __LINE__;
  if (path == "/uri?a=b") {
    const auto scheme = request.GetScheme();
    line = scheme == Scheme{Scheme::Http{}} ? 0 : __LINE__;
    (void)headers.Append("x-authority", ToBytes(request.GetAuthority().value_or("none")));
  } else {
    line = path == "/chunked"         ? TestChunked(to)
           : path == "/headers"       ? TestHeaders(to)
           : path == "/path-none"     ? TestPathNone(to)
           : path == "/send-errors"   ? TestSendErrors(to, Joined(asked, "x-closed"))
           : path == "/unresolvable"  ? TestUnresolvable()
           : path == "/sent"          ? TestSent(to)
           : path == "/trailer-error" ? TestTrailerError(to)
           : path == "/fields"        ? TestFields()
           : path == "/request"       ? TestRequest()
                                      : __LINE__;
  }
  (void)headers.Append("x-line", ToBytes(std::to_string(line)));
  Respond(done, line == 0 ? 200 : 500, std::move(headers));
}

}  // namespace trenail_tests::wasi::server::wasi::http::handler
