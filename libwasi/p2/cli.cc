// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:cli@0.2.12] [wasi:clocks@0.2.12] [wasi:random@0.2.12]

#include <string>
#include <tuple>

#include "libwasi/component/cli_link.h"
#include "libwasi/core/clocks.h"
#include "libwasi/p2/io.h"

namespace trenail::wasi::p2 {
namespace {

constexpr uint64_t kNanosPerSecond = 1'000'000'000;
// [wasi:random] A guest asks for as much as it likes; what is more than this is a mistake.
constexpr uint64_t kMaxRandomBytes = uint64_t{64} << 20;

struct Datetime {
  uint64_t seconds = 0;
  uint32_t nanoseconds = 0;
  static constexpr auto ComponentFields() {
    return std::tuple(&Datetime::seconds, &Datetime::nanoseconds);
  }
};

struct TimezoneDisplay {
  int32_t utc_offset = 0;
  std::string name = "UTC";
  bool in_daylight_saving_time = false;
  static constexpr auto ComponentFields() {
    using Z = TimezoneDisplay;
    return std::tuple(&Z::utc_offset, &Z::name, &Z::in_daylight_saving_time);
  }
};

Datetime ToDatetime(uint64_t nanoseconds) {
  return {nanoseconds / kNanosPerSecond, static_cast<uint32_t>(nanoseconds % kNanosPerSecond)};
}

Result<uint64_t> RandomLength(uint64_t asked) {
  if (asked > kMaxRandomBytes)
    return std::unexpected(Error(ErrorKind::kTrap, "random bytes: more than 64 MiB at once"));
  return asked;
}

uint64_t ResolutionOf(ClockId clock) { return ClockResolution(clock).value_or(1); }

}  // namespace

void LinkClocks(ComponentLinker& linker) {
  auto monotonic = linker.Instance(std::string("wasi:clocks/monotonic-clock") + kVersion);
  monotonic.Resource("pollable", Pollable::ComponentType());
  monotonic.Func("now", TypedHost([] { return MonotonicNow(); }));
  monotonic.Func("resolution", TypedHost([] { return ResolutionOf(ClockId::kMonotonic); }));
  monotonic.Func("subscribe-instant", TypedHost([](Context& context, uint64_t when) {
                   return Subscribe(context, std::make_shared<TimeWaitable>(when));
                 }));
  monotonic.Func("subscribe-duration", TypedHost([](Context& context, uint64_t duration) {
                   return Subscribe(context,
                                    std::make_shared<TimeWaitable>(MonotonicAfter(duration)));
                 }));

  auto wall = linker.Instance(std::string("wasi:clocks/wall-clock") + kVersion);
  wall.Func("now", TypedHost([] { return ToDatetime(RealtimeNow()); }));
  wall.Func("resolution", TypedHost([] { return ToDatetime(ResolutionOf(ClockId::kRealtime)); }));

  // Programs are told no zone of the host's.
  auto zone = linker.Instance(std::string("wasi:clocks/timezone") + kVersion);
  zone.Func("display", TypedHost([](Datetime) { return TimezoneDisplay(); }));
  zone.Func("utc-offset", TypedHost([](Datetime) { return int32_t{0}; }));
}

void LinkRandom(ComponentLinker& linker) {
  LinkRandomOfAllVersions(linker, kVersion, "insecure-seed", RandomLength);
}

void LinkCli(ComponentLinker& linker) {
  LinkCliOfAllVersions(linker, kVersion, "initial-cwd");

  auto in = linker.Instance(std::string("wasi:cli/stdin") + kVersion);
  in.Resource("input-stream", InputStreamResource::ComponentType());
  in.Func("get-stdin", TypedHost([](Context& context) {
            return context.NewOwn<InputStreamResource>(
                MakeInputStream(context.stdin_stream.descriptor));
          }));
  const auto link_output = [&](const char* name, const char* function,
                               StandardStream Context::* stream) {
    auto out = linker.Instance(std::string(name) + kVersion);
    out.Resource("output-stream", OutputStreamResource::ComponentType());
    out.Func(function, TypedHost([stream](Context& context) {
               return context.NewOwn<OutputStreamResource>(context.StandardOutput(context.*stream));
             }));
  };
  link_output("wasi:cli/stdout", "get-stdout", &Context::stdout_stream);
  link_output("wasi:cli/stderr", "get-stderr", &Context::stderr_stream);
}

}  // namespace trenail::wasi::p2
