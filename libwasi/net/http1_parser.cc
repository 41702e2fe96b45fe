// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Beast finds the parts of a message; what they mean for its framing is checked here again, as it
// would take a request with a transfer coding that is not chunked for one without content.

#include "libwasi/net/http1_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>

#include "libwasi/net/fields.h"

namespace trenail::wasi::http {
namespace {

namespace beast = boost::beast;
using beast::string_view;
using SystemError = beast::error_code;

std::string ToString(string_view text) { return {text.data(), text.size()}; }

// Whether a first line is well-formed, but of a version that we do not speak.
bool HasVersion(std::string_view text) {
  constexpr std::string_view kName = "HTTP/";
  const std::string_view line = text.substr(0, text.find("\r\n"));
  const size_t at = line.rfind(kName);
  constexpr size_t kSize = kName.size() + 3;
  return at != std::string_view::npos && line.size() - at == kSize && line[at + kSize - 2] == '.';
}

}  // namespace

struct Http1Parser::Machine {
  explicit Machine(size_t max_header_bytes) : bytes_left(max_header_bytes) {}
  virtual ~Machine() = default;
  virtual size_t Put(boost::asio::const_buffer bytes, SystemError& error) = 0;
  virtual void PutEnd(SystemError& error) = 0;
  virtual bool is_done() const = 0;
  virtual bool is_head_done() const = 0;
  virtual bool started() const = 0;

  void OnField(string_view name, string_view value, SystemError& error) {
    constexpr size_t kSeparators = 4;
    if (name.size() + value.size() + kSeparators > bytes_left) {
      error = beast::http::error::header_limit;
      return;
    }
    bytes_left -= name.size() + value.size() + kSeparators;
    (is_trailers ? *trailers : head.fields).emplace_back(ToString(name), ToString(value));
  }
  void OnFirstLine(size_t size, int version, SystemError& error) {
    head.version = version;
    has_first_line = size <= bytes_left;
    if (!has_first_line) error = beast::http::error::header_limit;
    bytes_left -= std::min(size, bytes_left);
  }

  Http1Head head;
  std::optional<FieldList> trailers;
  size_t bytes_left;
  std::vector<uint8_t>* out = nullptr;
  bool has_first_line = false;
  bool is_trailers = false;
};

template <bool kOfRequests>
struct Http1Parser::MachineOf final : Machine, beast::http::basic_parser<kOfRequests> {
  using Base = beast::http::basic_parser<kOfRequests>;

  MachineOf(size_t max_header_bytes, bool no_body)
      : Machine(max_header_bytes), max_header_bytes_(max_header_bytes) {
    // The buffer is bounded, and so what may be incomplete in it.
    Base::header_limit(UINT32_MAX);
    // None would be less than any length.
    Base::body_limit(UINT64_MAX);
    Base::eager(false);
    if (no_body) Base::skip(true);
  }

  size_t Put(boost::asio::const_buffer bytes, SystemError& error) override {
    return Base::put(bytes, error);
  }
  void PutEnd(SystemError& error) override { Base::put_eof(error); }
  bool is_done() const override { return Base::is_done(); }
  bool is_head_done() const override { return Base::is_header_done(); }
  bool started() const override { return Base::got_some(); }

  void on_request_impl(beast::http::verb, string_view method, string_view target, int version,
                       SystemError& error) override {
    head.method = ToString(method);
    head.target = ToString(target);
    OnFirstLine(method.size() + target.size(), version, error);
  }
  void on_response_impl(int status, string_view reason, int version, SystemError& error) override {
    head.status = static_cast<unsigned>(status);
    OnFirstLine(reason.size(), version, error);
  }
  void on_field_impl(beast::http::field, string_view name, string_view value,
                     SystemError& error) override {
    OnField(name, value, error);
  }
  void on_header_impl(SystemError&) override {
    head.chunked = Base::chunked();
    head.keep_alive = Base::keep_alive();
    head.has_body = !Base::is_done();
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, SystemError&) override {
    if (length) head.length = *length;
  }
  size_t on_body_impl(string_view body, SystemError&) override {
    out->insert(out->end(), body.begin(), body.end());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t size, string_view, SystemError&) override {
    if (size > 0) return;
    // Fields that come now are trailers.
    is_trailers = true;
    bytes_left = max_header_bytes_;
    trailers.emplace();
  }
  size_t on_chunk_body_impl(std::uint64_t, string_view body, SystemError&) override {
    out->insert(out->end(), body.begin(), body.end());
    return body.size();
  }
  void on_finish_impl(SystemError&) override {}

 private:
  const size_t max_header_bytes_;
};

Http1Parser::Http1Parser(bool of_requests, size_t max_header_bytes)
    : of_requests_(of_requests), max_header_bytes_(max_header_bytes) {
  Reset();
}
Http1Parser::~Http1Parser() = default;

void Http1Parser::Reset(bool no_body) {
  if (of_requests_)
    machine_ = std::make_unique<MachineOf<true>>(max_header_bytes_, no_body);
  else
    machine_ = std::make_unique<MachineOf<false>>(max_header_bytes_, no_body);
}

bool Http1Parser::started() const { return machine_->started(); }
Http1Head& Http1Parser::head() { return machine_->head; }
std::optional<FieldList>& Http1Parser::trailers() { return machine_->trailers; }

Http1Parser::Step Http1Parser::Fail(Http1Fault fault) {
  fault_ = fault;
  return Step::kFault;
}

Http1Parser::Step Http1Parser::ParseHead(ReadBuffer& buffer) {
  // Empty lines before a request are leftovers of the one before [RFC 9112, 2.2].
  if (of_requests_ && !machine_->started())
    while (buffer.text().starts_with("\r\n")) buffer.Consume(2);
  if (buffer.empty() || (!machine_->started() && buffer.text() == "\r")) return Step::kMore;
  SystemError error;
  const auto bytes = buffer.bytes();
  buffer.Consume(machine_->Put(boost::asio::buffer(bytes.data(), bytes.size()), error));
  if (error == beast::http::error::need_more) {
    if (buffer.size() <= machine_->bytes_left && !buffer.full()) return Step::kMore;
    error = beast::http::error::header_limit;
  }
  if (error == beast::http::error::header_limit)
    return Fail(of_requests_ && !machine_->has_first_line ? Http1Fault::kTargetTooLong
                                                          : Http1Fault::kHeaderTooLarge);
  if (error == beast::http::error::bad_version && HasVersion(buffer.text()))
    return Fail(Http1Fault::kVersion);
  if (error) return Fail(Http1Fault::kMalformed);
  return machine_->is_head_done() ? CheckHead() : Step::kMore;
}

// How long the content is must be beyond doubt [RFC 9112, 6.3].
Http1Parser::Step Http1Parser::CheckHead() {
  const Http1Head& head = machine_->head;
  bool coded = false;
  for (const auto& [name, value] : head.fields) {
    if (!EqualsIgnoringCase(name, "transfer-encoding")) continue;
    if (coded || !EqualsIgnoringCase(value, "chunked")) return Fail(Http1Fault::kTransferCoding);
    coded = true;
  }
  if (coded && of_requests_ && (!head.chunked || head.version < 11))
    return Fail(Http1Fault::kMalformed);
  if (!head.has_body || head.chunked) return Step::kDone;
  if (const std::string* length = FindField(head.fields, "content-length"))
    machine_->head.length = ParseLength(length->substr(0, length->find(',')));
  return Step::kDone;
}

Http1Parser::Step Http1Parser::ParseBody(ReadBuffer& buffer, std::vector<uint8_t>& out) {
  machine_->out = &out;
  while (!machine_->is_done()) {
    if (buffer.empty()) return Step::kMore;
    SystemError error;
    const auto bytes = buffer.bytes();
    const size_t taken = machine_->Put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    buffer.Consume(taken);
    if (error == beast::http::error::need_more) {
      if (taken > 0) continue;
      // Of the framing between chunks, and of trailers, all has to be there at once.
      if (buffer.size() <= max_header_bytes_ && !buffer.full()) return Step::kMore;
      return Fail(Http1Fault::kTrailersTooLarge);
    }
    if (error == beast::http::error::header_limit) return Fail(Http1Fault::kTrailersTooLarge);
    if (error) return Fail(Http1Fault::kMalformed);
  }
  return Step::kDone;
}

Http1Parser::Step Http1Parser::ParseEnd() {
  if (!machine_->started()) return Fail(Http1Fault::kIncomplete);
  SystemError error;
  if (!machine_->is_done()) machine_->PutEnd(error);
  return error ? Fail(Http1Fault::kIncomplete) : Step::kDone;
}

}  // namespace trenail::wasi::http
