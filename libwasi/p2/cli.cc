// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:cli@0.2.12] [wasi:clocks@0.2.12] [wasi:random@0.2.12]

#include <optional>
#include <string>
#include <tuple>
#include <variant>

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

struct TerminalInput {
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("terminal-input"));
    return type;
  }
};
struct TerminalOutput {
  static const ComponentResource& ComponentType() {
    static const ComponentResource& type =
        *new ComponentResource(ComponentResource::Host("terminal-output"));
    return type;
  }
};

template <typename T>
Result<std::optional<ComponentOwn<T>>> Terminal(Context& context, const StandardStream& stream) {
  if (!stream.is_terminal) return std::optional<ComponentOwn<T>>();
  return std::optional<ComponentOwn<T>>(TRY(context.NewOwn<T>()));
}

Result<std::vector<uint8_t>> RandomBytes(Context& context, Random& random, uint64_t length) {
  if (length > kMaxRandomBytes)
    return std::unexpected(Error(ErrorKind::kTrap, "random bytes: more than 64 MiB at once"));
  std::vector<uint8_t> bytes(length);
  if (!random.Fill(bytes, &context.interrupt))
    return std::unexpected(Error(ErrorKind::kInterrupted, "interrupted"));
  return bytes;
}

Result<uint64_t> RandomNumber(Context& context, Random& random) {
  uint64_t number = 0;
  if (!random.Fill({reinterpret_cast<uint8_t*>(&number), sizeof number}, &context.interrupt))
    return std::unexpected(Error(ErrorKind::kHost, "the host has no random numbers"));
  return number;
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
  auto random = linker.Instance(std::string("wasi:random/random") + kVersion);
  random.Func("get-random-bytes", TypedHost([](Context& context, uint64_t length) {
                return RandomBytes(context, context.random, length);
              }));
  random.Func("get-random-u64",
              TypedHost([](Context& context) { return RandomNumber(context, context.random); }));
  auto insecure = linker.Instance(std::string("wasi:random/insecure") + kVersion);
  insecure.Func("get-insecure-random-bytes", TypedHost([](Context& context, uint64_t length) {
                  return RandomBytes(context, context.insecure_random, length);
                }));
  insecure.Func("get-insecure-random-u64", TypedHost([](Context& context) {
                  return RandomNumber(context, context.insecure_random);
                }));
  auto seed = linker.Instance(std::string("wasi:random/insecure-seed") + kVersion);
  seed.Func("insecure-seed", TypedHost([](Context& context) { return context.InsecureSeed(); }));
}

void LinkCli(ComponentLinker& linker) {
  auto environment = linker.Instance(std::string("wasi:cli/environment") + kVersion);
  environment.Func("get-environment", TypedHost([](Context& context) {
                     std::vector<std::tuple<std::string, std::string>> variables;
                     for (const auto& [name, value] : context.environment.variables())
                       variables.emplace_back(name, value);
                     return variables;
                   }));
  environment.Func("get-arguments",
                   TypedHost([](Context& context) { return context.environment.arguments(); }));
  environment.Func("initial-cwd", TypedHost([] { return std::optional<std::string>(); }));

  auto exit = linker.Instance(std::string("wasi:cli/exit") + kVersion);
  exit.Func("exit", TypedHost([](std::expected<void, std::monostate> status) -> Result<void> {
              return std::unexpected(Error::Exit(status ? 0 : 1));
            }));
  exit.Func("exit-with-code", TypedHost([](uint8_t code) -> Result<void> {
              return std::unexpected(Error::Exit(code));
            }));

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

  linker.Instance(std::string("wasi:cli/terminal-input") + kVersion)
      .Resource("terminal-input", TerminalInput::ComponentType());
  linker.Instance(std::string("wasi:cli/terminal-output") + kVersion)
      .Resource("terminal-output", TerminalOutput::ComponentType());
  auto terminal_in = linker.Instance(std::string("wasi:cli/terminal-stdin") + kVersion);
  terminal_in.Resource("terminal-input", TerminalInput::ComponentType());
  terminal_in.Func("get-terminal-stdin", TypedHost([](Context& context) {
                     return Terminal<TerminalInput>(context, context.stdin_stream);
                   }));
  const auto link_terminal = [&](const char* name, const char* function,
                                 StandardStream Context::* stream) {
    auto out = linker.Instance(std::string(name) + kVersion);
    out.Resource("terminal-output", TerminalOutput::ComponentType());
    out.Func(function, TypedHost([stream](Context& context) {
               return Terminal<TerminalOutput>(context, context.*stream);
             }));
  };
  link_terminal("wasi:cli/terminal-stdout", "get-terminal-stdout", &Context::stdout_stream);
  link_terminal("wasi:cli/terminal-stderr", "get-terminal-stderr", &Context::stderr_stream);
}

}  // namespace trenail::wasi::p2
