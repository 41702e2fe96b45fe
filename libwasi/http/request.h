// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a request says besides its headers and its body, and how a guest's becomes one that can be
// sent. [wasi:http/types.outgoing-request] [wasi:http/types.request]

#ifndef TRENAIL_LIBWASI_HTTP_REQUEST_H_
#define TRENAIL_LIBWASI_HTTP_REQUEST_H_

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "libwasi/core/budget.h"
#include "libwasi/http/fields.h"
#include "libwasi/http/rules.h"
#include "libwasi/http/transport.h"

namespace trenail::wasi::http {

// Checked and charged as it is set. Setters return whether the text was taken.
class RequestLine {
 public:
  explicit RequestLine(std::shared_ptr<Budget> budget) : charge_(std::move(budget)) {}
  // Of a request from the wire, as it is. False if the guest cannot hold it.
  bool Assign(const Request& request);

  const std::string& method() const { return method_; }
  const std::optional<std::string>& scheme() const { return scheme_; }
  const std::optional<std::string>& authority() const { return authority_; }
  const std::optional<std::string>& path_with_query() const { return path_with_query_; }

  bool SetMethod(std::string method);
  // http and https become lower case, as they are the same in any.
  bool SetScheme(std::optional<std::string> scheme);
  bool SetAuthority(std::optional<std::string> authority);
  // An empty one becomes "/".
  bool SetPathWithQuery(std::optional<std::string> path_with_query);

  // The request as it is sent, without its body: defaults are filled in, Content-Length is left to
  // the body. Errors: what cannot be sent.
  std::expected<Request, ErrorCode> ToWire(const Fields& headers) const;

 private:
  template <typename T>
  bool Replace(T& part, T value);
  bool Recharge();

  std::string method_ = "GET";
  std::optional<std::string> scheme_;
  std::optional<std::string> authority_;
  std::optional<std::string> path_with_query_;
  Charge charge_;
};

// Where a request that ToWire has made goes to.
struct Destination {
  Authority address;  // with its port
  bool is_literal = false;
};
Destination DestinationOf(const Request& request);
// Names may stand for the host's own network, which is what whoever granted the name has meant; but
// not for addresses that are nobody's name, such as those of a cloud's metadata: only who is
// granted them as they are gets there.
AddressFilter FilterFor(const Destination& destination);

// Content-Length is said by the body; where there is none it stays (an answer to HEAD).
FieldList ToWireFields(const Fields& fields, bool has_body);

}  // namespace trenail::wasi::http

#endif  // TRENAIL_LIBWASI_HTTP_REQUEST_H_
