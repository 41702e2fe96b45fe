// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A gigabyte each way in constant memory. Of the long tests.

#include <sys/resource.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "libwasi/net/test_support.h"

namespace trenail::wasi::http {
namespace {

uint64_t MaxResidentBytes() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

TEST_CASE("A gigabyte goes to the server and comes back") {
  TestLoop test;
  const auto server = test.Listen([](Request request, std::shared_ptr<Responder> responder) {
    responder->Respond({.status = 200, .headers = {}, .body = std::move(request.body)}, nullptr);
  });
  const bool chunked = GENERATE(false, true);
  constexpr uint64_t kSize = uint64_t{1} << 30;
  const uint64_t before = MaxResidentBytes();
  const auto call = Send(test, server->port(),
                         {.method = "POST",
                          .body = std::make_unique<PatternBody>(
                              kSize, chunked ? std::nullopt : std::optional<uint64_t>(kSize)),
                          .collect = false});
  test.RunUntil([&] { return call->answered(); });
  REQUIRE(call->response.has_value());
  const auto body = Collect(std::move(call->response->body), false);
  while (!body->ended) REQUIRE(test.loop().RunOnce(nullptr).value_or(false));
  CHECK(body->size == kSize);
  CHECK(body->matches_pattern);
  CHECK(MaxResidentBytes() - before < 16 * 1024 * 1024);
}

}  // namespace
}  // namespace trenail::wasi::http
