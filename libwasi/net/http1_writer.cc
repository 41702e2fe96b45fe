// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The way out.

#include "libwasi/net/http1_writer.h"

#include <array>
#include <boost/asio/post.hpp>
#include <charconv>
#include <utility>

#include "libwasi/net/error_map.h"
#include "libwasi/net/fields.h"

namespace trenail::wasi::http {
namespace {

constexpr size_t kPieceSize = 64 * 1024;

void AppendHex(std::string& out, size_t number) {
  std::array<char, 16> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16);
  out.append(digits.data(), end);
}

}  // namespace

bool AppendFields(std::string& out, const FieldList& fields) {
  for (const auto& [name, value] : fields) {
    if (!IsFieldName(name) || !IsFieldValue(value)) return false;
    out.append(name).append(": ").append(value).append("\r\n");
  }
  return true;
}

// Of those that people look at; others need none [RFC 9112, 4].
std::string_view ReasonOf(unsigned status) {
  switch (status) {
    case 100:
      return "Continue";
    case 103:
      return "Early Hints";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 418:
      return "I'm a Teapot";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

void Http1Writer::Start(std::string head, std::unique_ptr<Body> body, Http1Framing framing,
                        Done done) {
  out_ = std::move(head);
  framing_ = framing;
  left_ = framing.length;
  done_ = std::move(done);
  if (framing.kind != Http1Framing::Kind::kNone) body_ = std::move(body);
  if (body_ == nullptr) finished_ = true;
  Step();
}

void Http1Writer::Step() {
  if (in_step_) return;
  in_step_ = true;
  while (done_ != nullptr && !writing_) {
    if (error_ && out_.empty()) {
      // Not from inside of Start, nor of the body's callback.
      writing_ = true;
      asio::post(loop_.io(), [self = shared_from_this()] { self->End(self->error_); });
    } else if (out_.size() >= kPieceSize || (!out_.empty() && (finished_ || reading_ || error_))) {
      Flush();
    } else if (finished_) {
      End(std::nullopt);
    } else if (reading_) {
      break;
    } else {
      reading_ = true;
      body_->Read(kPieceSize, [self = shared_from_this()](Body::Chunk chunk) {
        self->OnChunk(std::move(chunk));
      });
    }
  }
  in_step_ = false;
}

void Http1Writer::OnChunk(Body::Chunk chunk) {
  reading_ = false;
  if (done_ == nullptr) return;
  if (chunk.error) {
    error_ = std::move(chunk.error);
  } else {
    Add(chunk);
    // Nothing, again and again, would not be taken for progress.
    if (chunk.bytes.empty() && !chunk.end) {
      asio::post(loop_.io(), [self = shared_from_this()] { self->Step(); });
      return;
    }
  }
  Step();
}

void Http1Writer::Add(const Body::Chunk& chunk) {
  using enum Http1Framing::Kind;
  const size_t size = chunk.bytes.size();
  const auto append = [&] { out_.append(reinterpret_cast<const char*>(chunk.bytes.data()), size); };
  if (framing_.kind == kLength) {
    if (size > left_ || (chunk.end && size < left_)) {
      error_ = ErrorOf(size_error_, std::nullopt, framing_.length - left_ + size);
      return;
    }
    left_ -= size;
    append();
  } else if (framing_.kind == kChunked) {
    if (size > 0) {
      AppendHex(out_, size);
      out_ += "\r\n";
      append();
      out_ += "\r\n";
    }
    if (chunk.end) {
      out_ += "0\r\n";
      if (chunk.trailers) {
        FieldList trailers = *chunk.trailers;
        std::erase_if(trailers, [](const auto& field) {
          return IsConnectionField(field.first) ||
                 EqualsIgnoringCase(field.first, "content-length") ||
                 EqualsIgnoringCase(field.first, "trailer");
        });
        if (!AppendFields(out_, trailers))
          error_ = ErrorOf(ErrorKind::kInternalError, "a trailer cannot be sent");
      }
      out_ += "\r\n";
    }
  } else {
    append();
  }
  finished_ = chunk.end;
}

void Http1Writer::Flush() {
  writing_ = true;
  pending_.emplace(loop_);
  on_the_way_ = std::exchange(out_, {});
  deadline_.Set(timeout_ns_, [self = shared_from_this()] {
    self->End(ErrorOf(ErrorKind::kConnectionWriteTimeout));
  });
  wire_->Write(asio::buffer(on_the_way_),
               [self = shared_from_this()](const SystemError& error, size_t) {
                 self->deadline_.Clear();
                 self->writing_ = false;
                 self->pending_.reset();
                 self->wire_failed_ = error.failed();
                 if (error) return self->End(ToErrorCode(error));
                 if (self->on_progress != nullptr) self->on_progress();
                 self->Step();
               });
}

void Http1Writer::Abort(const ErrorCode& error) { End(error); }

void Http1Writer::End(std::optional<ErrorCode> error) {
  deadline_.Clear();
  on_progress = nullptr;
  if (const Done done = std::exchange(done_, nullptr)) done(std::move(error));
  // Its source learns that nobody wants the rest. It may be calling just now.
  if (body_ != nullptr) asio::post(loop_.io(), [body = std::shared_ptr<Body>(std::move(body_))] {});
}

}  // namespace trenail::wasi::http
