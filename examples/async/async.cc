// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Many calls of one instance under way at once: awaited in a coroutine, and with callbacks. What
// they wait for is a coroutine of the host's, and the program's own event loop.

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <thread>

#include "interp/interp.h"
#include "libcomponent/async.h"
#include "libcomponent/libcomponent.h"

using trenail::ComponentEvent;
using trenail::ComponentTask;
using trenail::Result;
using Boil = trenail::TypedComponentFunc<uint32_t(uint32_t)>;
using Clock = std::chrono::steady_clock;

// The event loop: what happens at which time.
class Timers {
 public:
  ComponentEvent<bool> After(Clock::duration time) {
    return events_.emplace(Clock::now() + time, ComponentEvent<bool>())->second;
  }
  // Waits for the next one; false: there is none.
  bool RunOne() {
    if (events_.empty()) return false;
    std::this_thread::sleep_until(events_.begin()->first);
    events_.extract(events_.begin()).mapped().Set(true);
    return true;
  }

 private:
  std::multimap<Clock::time_point, ComponentEvent<bool>> events_;
};

ComponentTask<Result<uint32_t>> Hotter(const Boil& boil, uint32_t one, uint32_t other) {
  auto first = boil.Async(one), second = boil.Async(other);
  Result<uint32_t> a = co_await first;
  if (!a) co_return std::unexpected(std::move(a.error()));
  Result<uint32_t> b = co_await second;
  if (!b) co_return std::unexpected(std::move(b.error()));
  co_return std::max(*a, *b);
}

Result<void> Run(const std::string& text) {
  trenail::Engine engine(trenail::MakeInterpreter());
  const auto component = TRY(trenail::Component::ParseText(engine, text));
  Timers timers;
  trenail::ComponentLinker linker(engine);
  // A minute is a hundredth of a second.
  linker.Root().AsyncFunc("sleep", trenail::TypedTaskHost([&](uint32_t minutes) -> ComponentTask<> {
                            co_await timers.After(minutes * std::chrono::milliseconds(10));
                          }));
  trenail::ComponentStore store(engine);
  store.SetIdle([&]() -> Result<bool> { return timers.RunOne(); });
  const auto instance = TRY(linker.Instantiate(store, component));
  const auto boil = TRY(instance.GetFunc("boil")->Typed<uint32_t(uint32_t)>());

  int left = 0;
  for (const uint32_t minutes : {9, 3, 6}) {
    ++left;
    TRY_VOID(boil.Start(minutes, [&left, minutes](Result<uint32_t> temperature) {
      --left;
      std::printf("after %u minutes: %u degrees\n", minutes, temperature.value_or(0));
    }));
  }
  TRY_VOID(store.RunUntil([&] { return left == 0; }));

  const uint32_t hottest = TRY(RunTask(store, Hotter(boil, 2, 8)));
  std::printf("the hotter one: %u degrees\n", hottest);

  // Nobody waits for this one any more: the sleeping coroutine ends with the store.
  const auto given_up = boil.Async(1'000'000);
  return {};
}

int main(int argc, char** argv) {
  std::ifstream file(argc > 1 ? argv[1] : "guest.wat");
  const Result<void> done = Run(std::string(std::istreambuf_iterator<char>(file), {}));
  if (!done) return std::fprintf(stderr, "%s\n", done.error().message().c_str()), 1;
}
