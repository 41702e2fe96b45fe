// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Standard input to standard output by every function there is. The input is "0123456789" and then
// a hundred thousand times "x".

#include "guest.h"

static size_t CountOf(CountResult result) {
  CHECK(!result.is_error);
  return (size_t)result.count;
}

RUN {
  const Handle in = GetStdin();
  const Handle out = GetStdout();
  const Handle readable = SubscribeInput(in);
  const Handle writable = SubscribeOutput(out);
  Block(readable);
  CHECK(IsReady(readable) && IsReady(writable));

  BytesResult bytes;
  CountResult count;
  UnitResult unit;
  Read(in, 0, &bytes);
  CHECK(!bytes.is_error && bytes.size == 0);
  Read(in, 3, &bytes);
  CHECK(!bytes.is_error && Equal(ToString(bytes), STRING("012")));
  BlockingRead(in, 1, &bytes);
  CHECK(!bytes.is_error && Equal(ToString(bytes), STRING("3")));
  Skip(in, 1, &count);
  CHECK(CountOf(count) == 1);
  BlockingSkip(in, 1, &count);
  CHECK(CountOf(count) == 1);

  CheckWrite(out, &count);
  CHECK(CountOf(count) >= 4096);
  Write(out, "out:", 4, &unit);
  CHECK(!unit.is_error);
  Flush(out, &unit);
  CHECK(!unit.is_error);
  BlockingFlush(out, &unit);
  CHECK(!unit.is_error);
  Splice(out, in, 2, &count);
  CHECK(CountOf(count) == 2);
  BlockingSplice(out, in, 2, &count);
  CHECK(CountOf(count) == 2);
  WriteZeroes(out, 3, &unit);
  CHECK(!unit.is_error);
  BlockingWriteZeroes(out, 4096, &unit);
  CHECK(!unit.is_error);

  // What is left, as it comes.
  size_t left = 0;
  for (;;) {
    BlockingRead(in, 1000000, &bytes);
    if (bytes.is_error) break;
    left += bytes.size;
    heap_end = 0;  // gives everything back
  }
  CHECK(bytes.why == kClosed);
  CHECK(left == 100000);
  CHECK(IsReady(readable));
  Read(in, 10, &bytes);
  CHECK(bytes.is_error && bytes.why == kClosed);
  Splice(out, in, 10, &count);
  CHECK(count.is_error && count.why == kClosed);

  DropPollable(readable);
  DropPollable(writable);
  DropInput(in);
  DropOutput(out);
  return 0;
}
