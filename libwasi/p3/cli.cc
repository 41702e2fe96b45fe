// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:cli@0.3.0] [wasi:clocks@0.3.0] [wasi:random@0.3.0]

#include "libwasi/p3/cli.h"

#include <optional>
#include <string>
#include <tuple>
#include <variant>

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

Result<std::vector<uint8_t>> RandomBytes(Context& context, Random& random, uint64_t max_length) {
  std::vector<uint8_t> bytes(static_cast<size_t>(std::min(max_length, kMaxRandomBytes)));
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
  auto random = linker.Instance(std::string("wasi:random/random") + kVersion);
  random.Func("get-random-bytes", TypedHost([](Context& context, uint64_t max_length) {
                return RandomBytes(context, context.random, max_length);
              }));
  random.Func("get-random-u64",
              TypedHost([](Context& context) { return RandomNumber(context, context.random); }));
  auto insecure = linker.Instance(std::string("wasi:random/insecure") + kVersion);
  insecure.Func("get-insecure-random-bytes", TypedHost([](Context& context, uint64_t max_length) {
                  return RandomBytes(context, context.insecure_random, max_length);
                }));
  insecure.Func("get-insecure-random-u64", TypedHost([](Context& context) {
                  return RandomNumber(context, context.insecure_random);
                }));
  auto seed = linker.Instance(std::string("wasi:random/insecure-seed") + kVersion);
  seed.Func("get-insecure-seed",
            TypedHost([](Context& context) { return context.InsecureSeed(); }));
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
  environment.Func("get-initial-cwd", TypedHost([] { return std::optional<std::string>(); }));

  auto exit = linker.Instance(std::string("wasi:cli/exit") + kVersion);
  exit.Func("exit", TypedHost([](std::expected<void, std::monostate> status) -> Result<void> {
              return std::unexpected(Error::Exit(status ? 0 : 1));
            }));
  exit.Func("exit-with-code", TypedHost([](uint8_t code) -> Result<void> {
              return std::unexpected(Error::Exit(code));
            }));

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

}  // namespace trenail::wasi::p3
