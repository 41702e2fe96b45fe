// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Messages of HTTP/1.1 as they come in: Beast's parser, held to the limits and to what RFC 9112
// says about the framing of messages that someone may have made up to be read in two ways.

#ifndef TRENAIL_LIBWASI_NET_HTTP1_PARSER_H_
#define TRENAIL_LIBWASI_NET_HTTP1_PARSER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libwasi/http/transport.h"
#include "libwasi/net/read_buffer.h"

namespace trenail::wasi::http {

struct Http1Head {
  std::string method, target;  // of a request
  unsigned status = 0;         // of a response
  int version = 11;            // or 10
  FieldList fields;            // all of them
  bool chunked = false;
  bool keep_alive = false;
  bool has_body = false;
  std::optional<uint64_t> length;  // if it has one
};

// Why a message was refused.
enum class Http1Fault : uint8_t {
  kMalformed,
  kVersion,
  kTargetTooLong,
  kHeaderTooLarge,
  kTrailersTooLarge,
  kTransferCoding,  // one that is not chunked
  kIncomplete,      // the connection ended before the message
};

// For one message after the other.
class Http1Parser {
 public:
  enum class Step : uint8_t { kMore, kDone, kFault };

  Http1Parser(bool of_requests, size_t max_header_bytes);
  ~Http1Parser();

  // Begins with the next message. `no_body`: the response to a request of HEAD.
  void Reset(bool no_body = false);
  // Take what they can from the buffer. kDone: head(), or all of the body, is there.
  Step ParseHead(ReadBuffer& buffer);
  // Appends content to `out`: about as much as `max`, or as the buffer holds.
  Step ParseBody(ReadBuffer& buffer, std::vector<uint8_t>& out);
  // The connection ended.
  Step ParseEnd();

  // Whether anything of the message has come.
  bool started() const;
  Http1Head& head();
  std::optional<FieldList>& trailers();
  Http1Fault fault() const { return fault_; }

 private:
  struct Machine;
  template <bool kOfRequests>
  struct MachineOf;

  Step Fail(Http1Fault fault);
  Step CheckHead();

  const bool of_requests_;
  const size_t max_header_bytes_;
  std::unique_ptr<Machine> machine_;
  Http1Fault fault_ = Http1Fault::kMalformed;
};

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_NET_HTTP1_PARSER_H_
