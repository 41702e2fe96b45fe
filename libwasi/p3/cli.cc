// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:cli@0.3.0] [wasi:clocks@0.3.0] [wasi:random@0.3.0]

#include "libwasi/p3/cli.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>

#include "libwasi/component/cli_link.h"
#include "libwasi/core/clocks.h"
#include "libwasi/p3/pump.h"

namespace trenail::wasi::p3 {
namespace {

constexpr uint64_t kNanosPerSecond = 1'000'000'000;
// [wasi:random/random] "up to max-len": a guest that wants more asks again.
constexpr uint64_t kMaxRandomBytes = 64 * 1024;

struct Instant {  // [wasi:clocks/system-clock.instant]
  int64_t seconds = 0;
  uint32_t nanoseconds = 0;
  static constexpr auto ComponentFields() {
    return std::tuple(&Instant::seconds, &Instant::nanoseconds);
  }
};

enum class ErrorCode : uint8_t { kIo, kIllegalByteSequence, kPipe };  // [wasi:cli/types.error-code]
constexpr uint32_t ComponentCases(ErrorCode) { return 3; }

ErrorCode ToErrorCode(const IoError& error) {
  switch (error.code) {
    case Errno::kIlseq:
      return ErrorCode::kIllegalByteSequence;
    case Errno::kPipe:
      return ErrorCode::kPipe;
    default:
      return ErrorCode::kIo;
  }
}

using Outcome = std::expected<void, ErrorCode>;

Result<uint64_t> RandomLength(uint64_t asked) { return std::min(asked, kMaxRandomBytes); }

Result<void> WaitUntil(Context& context, const ComponentCompletion<void>& done, uint64_t when) {
  return context.CompleteWhenReady(std::make_shared<TimeWaitable>(when), done,
                                   [done] { done.Finish(); });
}

}  // namespace

void LinkClocks(ComponentLinker& linker) {
  auto monotonic = linker.Instance(std::string("wasi:clocks/monotonic-clock") + kVersion);
  monotonic.Func("now", TypedHost([] { return MonotonicNow(); }));
  monotonic.Func("get-resolution",
                 TypedHost([] { return ClockResolution(ClockId::kMonotonic).value_or(1); }));
  monotonic.AsyncFunc(
      "wait-until",
      TypedAsyncHost([](Context& context, ComponentCompletion<void> done,
                        uint64_t when) -> Result<void> { return WaitUntil(context, done, when); }));
  monotonic.AsyncFunc("wait-for",
                      TypedAsyncHost([](Context& context, ComponentCompletion<void> done,
                                        uint64_t how_long) -> Result<void> {
                        return WaitUntil(context, done, MonotonicAfter(how_long));
                      }));
  auto system = linker.Instance(std::string("wasi:clocks/system-clock") + kVersion);
  system.Func("now", TypedHost([] {
                const uint64_t now = RealtimeNow();
                return Instant{static_cast<int64_t>(now / kNanosPerSecond),
                               static_cast<uint32_t>(now % kNanosPerSecond)};
              }));
  system.Func("get-resolution",
              TypedHost([] { return ClockResolution(ClockId::kRealtime).value_or(1); }));

  // Programs are told no zone of the host's.
  auto zone = linker.Instance(std::string("wasi:clocks/timezone") + kVersion);
  zone.Func("iana-id", TypedHost([] { return std::optional<std::string>(); }));
  zone.Func("utc-offset", TypedHost([](Instant) { return std::optional<int64_t>(); }));
  zone.Func("to-debug-string", TypedHost([] { return std::string("UTC"); }));
}

void LinkRandom(ComponentLinker& linker) {
  LinkRandomOfAllVersions(linker, kVersion, "get-insecure-seed", RandomLength);
}

void LinkCli(ComponentLinker& linker) {
  LinkCliOfAllVersions(linker, kVersion, "get-initial-cwd");

  auto in = linker.Instance(std::string("wasi:cli/stdin") + kVersion);
  in.Func("read-via-stream", TypedHost([](Context& context) {
            auto [future, done] = OutcomeFuture<Outcome>(ToErrorCode);
            ComponentValue stream = PumpToGuest(
                context, MakeInputStream(context.stdin_stream.descriptor), std::move(done));
            return std::tuple(ComponentStream<uint8_t>{std::move(stream)}, std::move(future));
          }));
  const auto link_output = [&](const char* name, StandardStream Context::* stream) {
    auto out = linker.Instance(std::string(name) + kVersion);
    out.Func("write-via-stream",
             TypedHost([stream](Context& context,
                                ComponentStream<uint8_t> data) -> Result<ComponentFuture<Outcome>> {
               auto [future, done] = OutcomeFuture<Outcome>(ToErrorCode);
               TRY_VOID(PumpFromGuest(context, data.value, context.StandardOutput(context.*stream),
                                      std::move(done)));
               return std::move(future);
             }));
  };
  link_output("wasi:cli/stdout", &Context::stdout_stream);
  link_output("wasi:cli/stderr", &Context::stderr_stream);
}

}  // namespace trenail::wasi::p3
