// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A handler of wasi:http@0.3 that has the next one answer, except what is not for everybody.

#include <middleware.h>

namespace trenail_tests::wasi::middleware {

namespace http = wasi::http;
using http::types::ErrorCode;

namespace exports::wasi::http::handler {

void Handle(trenail::Completion<std::expected<Response, ErrorCode>> done, Request request) {
  if (request.GetPathWithQuery() == "/secret")
    done.Return(std::unexpected(ErrorCode{ErrorCode::HttpRequestDenied{}}));
  else
    done.Return(middleware::wasi::http::handler::Handle(std::move(request)));
}

}  // namespace exports::wasi::http::handler
}  // namespace trenail_tests::wasi::middleware
