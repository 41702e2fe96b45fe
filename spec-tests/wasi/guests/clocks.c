// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Clocks, pollables on them, and random numbers.

#include "guest.h"

#define MILLISECONDS 1000000ull

RUN {
  CHECK(Resolution() != 0);
  const uint64_t begin = Now();
  const Handle soon = SubscribeDuration(20 * MILLISECONDS);
  const Handle late = SubscribeDuration(1000000 * MILLISECONDS);
  const Handle past = SubscribeInstant(begin);
  CHECK(!IsReady(soon) && !IsReady(late) && IsReady(past));

  struct Indices ready;
  const Handle all[] = {late, past, soon, past};
  Poll(all, 4, &ready);
  CHECK(ready.size == 2 && ready.items[0] == 1 && ready.items[1] == 3);
  const Handle waiting[] = {late, soon};
  Poll(waiting, 2, &ready);
  CHECK(ready.size == 1 && ready.items[0] == 1);
  CHECK(Now() - begin >= 20 * MILLISECONDS);
  CHECK(IsReady(soon) && !IsReady(late));
  Block(soon);
  Block(past);
  DropPollable(soon);
  DropPollable(late);
  DropPollable(past);
  const Handle again = SubscribeInstant(Now() + 5 * MILLISECONDS);
  Block(again);
  CHECK(Now() - begin >= 25 * MILLISECONDS);

  Datetime now, resolution;
  WallNow(&now);
  CHECK(now.seconds > 1700000000 && now.nanoseconds < 1000000000);
  WallResolution(&resolution);
  CHECK(resolution.nanoseconds != 0 || resolution.seconds != 0);

  struct Bytes bytes;
  RandomBytes(100, &bytes);
  CHECK(bytes.size == 100);
  uint8_t any = 0;
  for (size_t i = 0; i < bytes.size; ++i) any |= bytes.items[i];
  CHECK(any != 0);
  RandomBytes(0, &bytes);
  CHECK(bytes.size == 0);
  CHECK(RandomNumber() != RandomNumber());
  CHECK(InsecureNumber() != InsecureNumber());
  uint64_t seed[2], same[2];
  InsecureSeed(seed);
  InsecureSeed(same);
  CHECK(seed[0] == same[0] && seed[1] == same[1]);
  return 0;
}
