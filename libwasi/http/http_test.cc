// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules of messages, and bodies between a guest and the wire, without either.

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <vector>

#include "libwasi/http/errors.h"
#include "libwasi/http/fields.h"
#include "libwasi/http/incoming_body.h"
#include "libwasi/http/outgoing_body.h"
#include "libwasi/http/request.h"
#include "libwasi/http/rules.h"

namespace trenail::wasi::http {
namespace {

constexpr uint64_t kBytes = 1 << 20;

std::shared_ptr<Budget> NewBudget(uint64_t bytes = kBytes) {
  return std::make_shared<Budget>(1000, bytes);
}

std::span<const uint8_t> AsBytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
std::string AsText(const std::vector<uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

// ---- fields

TEST_CASE("Names of fields are tokens and values are lines", "[http]") {
  Fields fields(NewBudget());
  for (const char* name : {"", "a b", "a:b", "a\r\n", "voil\xc3\xa0", "(a)", "\"a\"", "a\x7f"})
    CHECK(fields.Append(name, "v").error() == FieldsError::kInvalidSyntax);
  for (const std::string value : {"a\r\nb", "\n", "a\rb", "\x7f"}) {
    CHECK(fields.Append("a", value).error() == FieldsError::kInvalidSyntax);
    CHECK(fields.Set("a", {"good", value}).error() == FieldsError::kInvalidSyntax);
  }
  CHECK(fields.Append("a", std::string("a\0b", 3)).error() == FieldsError::kInvalidSyntax);
  CHECK(fields.list().empty());
  CHECK(fields.Append("!#$%&'*+-.^_`|~09azAZ", " \t\x80\xff ").has_value());
}

TEST_CASE("What belongs to the connection cannot be set", "[http]") {
  Fields fields(NewBudget());
  for (const char* name : {"connection", "Keep-Alive", "HOST", "Transfer-Encoding", "upgrade",
                           "Proxy-Authorization", "proxy-connection", "HTTP2-Settings"}) {
    CHECK(fields.Append(name, "v").error() == FieldsError::kForbidden);
    CHECK(fields.Set(name, {}).error() == FieldsError::kForbidden);
    CHECK(Fields::FromGuest(NewBudget(), {{name, "v"}}).error() == FieldsError::kForbidden);
    // It is not there, so that nothing is lost by deleting it.
    CHECK(fields.Delete(name)->empty());
  }
  CHECK(fields.Append("te", "trailers").has_value());
  const auto wire = Fields::FromWire(NewBudget(), {{"Host", "a"}, {"X", "1"}});
  CHECK((*wire)->list() == FieldList{{"X", "1"}});
}

TEST_CASE("Names are the same in any casing and keep their first", "[http]") {
  Fields fields(NewBudget());
  REQUIRE(fields.Append("Foo", "1").has_value());
  REQUIRE(fields.Append("bar", "2").has_value());
  REQUIRE(fields.Append("fOO", "3").has_value());
  CHECK(fields.list() == FieldList{{"Foo", "1"}, {"bar", "2"}, {"Foo", "3"}});
  CHECK(fields.Get("FOO") == std::vector<std::string>{"1", "3"});
  REQUIRE(fields.Set("FOO", {"4"}).has_value());
  CHECK(fields.list() == FieldList{{"bar", "2"}, {"FOO", "4"}});
  CHECK(*fields.Delete("foo") == std::vector<std::string>{"4"});
  CHECK(!fields.Has("foo"));
}

TEST_CASE("Frozen fields do not change, and copies of them do", "[http]") {
  auto fields = *Fields::FromGuest(NewBudget(), {{"a", "1"}});
  fields->Freeze();
  CHECK(fields->Append("b", "v").error() == FieldsError::kImmutable);
  CHECK(fields->Set("a", {}).error() == FieldsError::kImmutable);
  CHECK(fields->Delete("a").error() == FieldsError::kImmutable);
  const auto copy = *fields->Clone();
  CHECK(copy->Append("b", "v").has_value());
  CHECK(fields->list().size() == 1);
}

TEST_CASE("Fields are bounded and charged for as long as they are there", "[http]") {
  const auto budget = NewBudget();
  {
    Fields fields(budget);
    size_t count = 0;
    while (count < 100'000 && fields.Append("name", "value")) ++count;
    CHECK(count == Fields::kMaxSize / (4 + 5 + Fields::kFieldOverhead));
    CHECK(budget->bytes_left() < kBytes - Fields::kMaxSize + 64);
    // Replacing them is no addition.
    CHECK(fields.Set("name", std::vector<std::string>(count, "other")).has_value());
    CHECK(fields.Append("x", std::string(kBytes, 'x')).error() == FieldsError::kSizeExceeded);
    REQUIRE(fields.Delete("NAME").has_value());
    CHECK(budget->bytes_left() == kBytes);
    REQUIRE(fields.Append("x", "y").has_value());
  }
  CHECK(budget->bytes_left() == kBytes);

  const auto small = NewBudget(100);
  Fields first(small), second(small);
  CHECK(first.Append("a", std::string(40, 'a')).has_value());
  CHECK(second.Append("a", "").error() == FieldsError::kSizeExceeded);
  FieldList huge(10'000, {"name", "value"});
  CHECK(Fields::FromWire(NewBudget(), huge).error() == FieldsError::kSizeExceeded);
}

TEST_CASE("Content-Length is one number", "[http]") {
  const auto length = [](const FieldList& list) {
    return ContentLength(**Fields::FromGuest(NewBudget(), list));
  };
  CHECK(*length({}) == std::nullopt);
  CHECK(*length({{"content-length", "5"}}) == 5);
  CHECK(*length({{"content-length", "5"}, {"Content-Length", "5"}}) == 5);
  for (const char* wrong : {"", "-1", "+5", " 5", "5 ", "5,5", "0x5", "18446744073709551616"})
    CHECK(!length({{"content-length", wrong}}));
  CHECK(!length({{"content-length", "5"}, {"content-length", "6"}}));
}

// ---- requests

TEST_CASE("The parts of a request line are held to their grammar", "[http]") {
  RequestLine line(NewBudget());
  for (const char* method : {"", "GET ", "G\nT", "a/b", "\xc3\xa0"}) CHECK(!line.SetMethod(method));
  CHECK(line.SetMethod("coucou"));
  CHECK(line.method() == "coucou");

  for (const char* scheme : {"", "1a", "a b", "a:", "~"}) CHECK(!line.SetScheme(scheme));
  CHECK(line.SetScheme("HTTPS"));
  CHECK(line.scheme() == "https");
  CHECK(line.SetScheme("Web+x.1"));
  CHECK(line.scheme() == "Web+x.1");

  for (const char* authority : {"", "::", ":@", "@@", "@:", " ", "#", "a:what", "a:65536", "a:1:2",
                                "[", "[::1", "[::1]x", "[zz]", "a%2", "a/b", "a\r\nb", "[::1]:x"})
    CHECK(!line.SetAuthority(authority));
  for (const char* authority :
       {"1.2.3.4", "example.org:80", "u:p%20@localhost:80", "[::1]:80", "[2001:db8::1]", "a%41"})
    CHECK(line.SetAuthority(authority));

  for (const char* path : {" ", "/a b", "/a\r\nHost: b", "/\x7f", "/#fragment", "/<", "/`"})
    CHECK(!line.SetPathWithQuery(path));
  for (const char* path : {"/a/../b", "a/b", "?x", "/\xc3\xa0?q=`"}) {
    CHECK(line.SetPathWithQuery(path));
    CHECK(line.path_with_query() == path);
  }
  CHECK(line.SetPathWithQuery(""));
  CHECK(line.path_with_query() == "/");
  CHECK(!line.SetPathWithQuery("/" + std::string(100'000, 'a')));
}

TEST_CASE("A request line is charged", "[http]") {
  const auto budget = NewBudget(100);
  {
    RequestLine line(budget);
    CHECK(!line.SetPathWithQuery("/" + std::string(100, 'a')));
    CHECK(line.path_with_query() == std::nullopt);
    CHECK(line.SetPathWithQuery("/" + std::string(50, 'a')));
    CHECK(budget->bytes_left() < 50);
  }
  CHECK(budget->bytes_left() == 100);
}

TEST_CASE("Requests are sent with defaults, or not at all", "[http]") {
  const auto headers = *Fields::FromGuest(NewBudget(), {{"A", "1"}, {"Content-Length", "3"}});
  const auto error_of = [&](const RequestLine& line) { return line.ToWire(*headers).error().kind; };
  RequestLine line(NewBudget());
  CHECK(error_of(line) == ErrorKind::kHttpRequestUriInvalid);  // no authority
  REQUIRE(line.SetAuthority("example.org:"));
  auto wire = line.ToWire(*headers);
  REQUIRE(wire.has_value());
  CHECK(wire->method == "GET");
  CHECK(wire->scheme == "https");
  CHECK(wire->authority == "example.org");
  CHECK(wire->path_with_query == "/");
  CHECK(wire->headers == FieldList{{"A", "1"}});
  CHECK(DestinationOf(*wire).address.port == 443);

  REQUIRE(line.SetPathWithQuery("?x=1"));
  CHECK(line.ToWire(*headers)->path_with_query == "/?x=1");
  REQUIRE(line.SetPathWithQuery("a/b"));
  CHECK(error_of(line) == ErrorKind::kHttpRequestUriInvalid);
  REQUIRE(line.SetPathWithQuery("*"));
  CHECK(error_of(line) == ErrorKind::kHttpRequestUriInvalid);
  REQUIRE(line.SetMethod("OPTIONS"));
  CHECK(line.ToWire(*headers).has_value());
  REQUIRE(line.SetMethod("CONNECT"));
  CHECK(error_of(line) == ErrorKind::kHttpRequestMethodInvalid);
  REQUIRE(line.SetMethod("GET"));
  REQUIRE(line.SetAuthority("user@example.org"));
  CHECK(error_of(line) == ErrorKind::kHttpRequestUriInvalid);
  REQUIRE(line.SetAuthority("example.org"));
  REQUIRE(line.SetScheme("ftp"));
  CHECK(error_of(line) == ErrorKind::kHttpProtocolError);
}

TEST_CASE("A name does not lead to addresses that are nobody's name", "[http]") {
  const auto filter = [](const std::string& authority) {
    return FilterFor(DestinationOf({.scheme = "http", .authority = authority}));
  };
  const auto named = filter("example.org");
  for (const char* address :
       {"169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "fe80::1",
        "fe80::1%eth0", "ff02::1", "::ffff:169.254.169.254", "what"})
    CHECK(!named(address, 80));
  for (const char* address : {"93.184.216.34", "127.0.0.1", "10.0.0.1", "::1", "2001:db8::1"})
    CHECK(named(address, 80));
  CHECK(filter("169.254.169.254")("169.254.169.254", 80));
  CHECK(filter("[fe80::1]:80")("fe80::1", 80));
}

// ---- bodies

// Collects what a body gives.
struct Sink {
  explicit Sink(std::unique_ptr<Body> taken) : body(std::move(taken)) {}

  std::unique_ptr<Body> body;
  std::string text;
  std::optional<Body::Chunk> last;
  bool waiting = false;

  void Read(size_t max = 1000) {
    waiting = true;
    body->Read(max, [this](Body::Chunk chunk) {
      waiting = false;
      text += AsText(chunk.bytes);
      if (chunk.end) last = std::move(chunk);
    });
  }
};

TEST_CASE("An outgoing body is as fast as who reads it", "[http]") {
  const auto budget = NewBudget();
  const auto body = std::make_shared<OutgoingBody>(budget, Direction::kRequest);
  const std::string piece(OutgoingBody::kBufferSize, 'a');
  CHECK(*body->CheckWrite() == OutgoingBody::kBufferSize);
  REQUIRE(body->Write(AsBytes(piece)).has_value());
  CHECK(*body->CheckWrite() == 0);
  CHECK(!body->ready());
  CHECK(budget->bytes_left() == kBytes - piece.size());
  Sink sink(body->Take());
  sink.Read(10);
  CHECK(sink.text == std::string(10, 'a'));
  CHECK(body->ready());
  REQUIRE(body->Flush().has_value());
  CHECK(!body->flushed());
  CHECK(*body->CheckWrite() == 0);
  sink.Read(1 << 20);
  CHECK(body->flushed());
  CHECK(budget->bytes_left() == kBytes);

  sink.Read();
  CHECK(sink.waiting);
  REQUIRE(body->Write(AsBytes("now")).has_value());
  CHECK(!sink.waiting);
  REQUIRE(body->Finish(FieldList{{"x", "1"}}).has_value());
  sink.Read();
  REQUIRE(sink.last.has_value());
  CHECK(sink.last->trailers == FieldList{{"x", "1"}});
  CHECK(sink.last->error == std::nullopt);
  CHECK(!body->Write(AsBytes("more")).has_value());
}

TEST_CASE("An outgoing body is held to its length", "[http]") {
  for (const auto direction : {Direction::kRequest, Direction::kResponse}) {
    const ErrorKind kind = direction == Direction::kRequest ? ErrorKind::kHttpRequestBodySize
                                                            : ErrorKind::kHttpResponseBodySize;
    const auto more = std::make_shared<OutgoingBody>(NewBudget(), direction, 5);
    Sink sink(more->Take());
    CHECK(sink.body->length() == 5);
    REQUIRE(more->Write(AsBytes("123")).has_value());
    const auto written = more->Write(AsBytes("456"));
    REQUIRE(!written.has_value());
    REQUIRE(written.error().error != nullptr);
    const auto error = FromIoError(*written.error().error);
    REQUIRE(error.has_value());
    CHECK(error->kind == kind);
    CHECK(error->number == 6);
    CHECK(more->Finish(std::nullopt).error().kind == kind);
    // What was right is sent, and then that it is not all.
    sink.Read();
    CHECK(sink.text == "123");
    sink.Read();
    REQUIRE(sink.last.has_value());
    CHECK(sink.last->error->kind == kind);

    const auto less = std::make_shared<OutgoingBody>(NewBudget(), direction, 5);
    REQUIRE(less->Write(AsBytes("1234")).has_value());
    const auto finished = less->Finish(std::nullopt);
    REQUIRE(!finished.has_value());
    CHECK(finished.error().kind == kind);
    CHECK(finished.error().number == 4);
  }
}

TEST_CASE("Who leaves an outgoing body is missed by the other", "[http]") {
  const auto left = std::make_shared<OutgoingBody>(NewBudget(), Direction::kResponse);
  Sink sink(left->Take());
  sink.Read();
  left->Abandon();
  REQUIRE(sink.last.has_value());
  CHECK(sink.last->error->kind == ErrorKind::kHttpResponseIncomplete);

  const auto budget = NewBudget();
  const auto body = std::make_shared<OutgoingBody>(budget, Direction::kResponse);
  Sink gone(body->Take());
  REQUIRE(body->Write(AsBytes("unread")).has_value());
  gone.body = nullptr;
  CHECK(body->ready());
  CHECK(budget->bytes_left() == kBytes);
  const auto written = body->Write(AsBytes("more"));
  REQUIRE(!written.has_value());
  CHECK(written.error().error == nullptr);  // closed
}

TEST_CASE("An outgoing body is charged", "[http]") {
  const auto body = std::make_shared<OutgoingBody>(NewBudget(10), Direction::kRequest);
  CHECK(body->Write(AsBytes("123456")).has_value());
  CHECK(!body->Write(AsBytes("789012")).has_value());
  CHECK(body->failure()->kind == ErrorKind::kInternalError);
}

// Gives what it is told to, when it is told to.
struct Source final : Body {
  explicit Source(bool* dropped) : dropped_(dropped) {}
  ~Source() override { *dropped_ = true; }
  void Read(size_t max, OnChunk done) override {
    ++reads;
    wanted = max;
    if (endless)
      done({.bytes = std::vector<uint8_t>(max)});
    else
      waiting = std::move(done);
  }
  void Give(Chunk chunk) { std::exchange(waiting, nullptr)(std::move(chunk)); }

  OnChunk waiting;
  size_t wanted = 0;
  int reads = 0;
  bool endless = false;

 private:
  bool* const dropped_;
};

struct Incoming {
  bool dropped = false;
  Source* source = nullptr;
  std::shared_ptr<Budget> budget = NewBudget();
  std::shared_ptr<IncomingBody> body;

  Incoming() {
    auto owned = std::make_unique<Source>(&dropped);
    source = owned.get();
    body = std::make_shared<IncomingBody>(budget, std::move(owned));
  }
};

TEST_CASE("An incoming body is pulled piece by piece", "[http]") {
  Incoming in;
  CHECK(in.source->reads == 0);
  CHECK(in.body->Read(10)->empty());
  CHECK(in.source->reads == 1);
  CHECK(!in.body->ready());
  CHECK(in.source->reads == 1);
  in.source->Give({.bytes = {'a', 'b', 'c'}});
  CHECK(in.body->ready());
  CHECK(in.budget->bytes_left() == kBytes - 3);
  CHECK(AsText(*in.body->Read(2)) == "ab");
  CHECK(in.source->reads == 1);  // nothing is pulled while there is something
  CHECK(AsText(*in.body->Read(2)) == "c");
  CHECK(in.budget->bytes_left() == kBytes);
  CHECK(!in.body->ready());
  in.source->Give({.end = true, .trailers = FieldList{{"x", "1"}}});
  REQUIRE(!in.body->Read(1).has_value());
  CHECK(in.body->at_end());
  CHECK(*in.body->TakeTrailers() == FieldList{{"x", "1"}});
}

TEST_CASE("An incomplete body is an error for who reads it", "[http]") {
  Incoming in;
  CHECK(!in.body->ready());
  in.source->Give({.bytes = {'a'},
                   .end = true,
                   .error = ErrorCode{.kind = ErrorKind::kHttpResponseIncomplete}});
  CHECK(AsText(*in.body->Read(10)) == "a");
  const auto end = in.body->Read(10);
  REQUIRE(!end.has_value());
  CHECK(FromIoError(*end.error().error)->kind == ErrorKind::kHttpResponseIncomplete);
  CHECK(in.body->TakeTrailers().error().kind == ErrorKind::kHttpResponseIncomplete);
}

TEST_CASE("Trailers do not wait for who does not read", "[http]") {
  Incoming in;
  Drained drained(in.body);
  CHECK(!drained.ready());
  in.source->Give({.bytes = {'a', 'b'}});
  CHECK(!drained.ready());
  in.source->Give({.bytes = {'c'}, .end = true, .trailers = FieldList{{"x", "1"}}});
  CHECK(drained.ready());
  CHECK(in.budget->bytes_left() == kBytes);
  CHECK(*in.body->TakeTrailers() == FieldList{{"x", "1"}});
}

TEST_CASE("A body without end is not drained for ever", "[http]") {
  Incoming in;
  in.source->endless = true;
  Drained drained(in.body, 1 << 20);
  CHECK(drained.ready());
  CHECK(in.dropped);
  CHECK(in.body->TakeTrailers().error().kind == ErrorKind::kConnectionTerminated);
}

TEST_CASE("The wire learns that nobody reads any more", "[http]") {
  Incoming in;
  CHECK(!in.body->ready());
  const auto late = std::move(in.source->waiting);
  in.body = nullptr;
  CHECK(in.dropped);
  late({.bytes = {'a'}});  // has no effect
}

TEST_CASE("What was not begun is passed on as it is", "[http]") {
  Incoming in;
  const auto released = in.body->Release();
  CHECK(released.get() == in.source);
  CHECK(in.body->at_end());
  Incoming begun;
  CHECK(!begun.body->ready());
  CHECK(begun.body->Release() == nullptr);
}

}  // namespace
}  // namespace trenail::wasi::http
