// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes more than check-write permits, which traps.

#include "guest.h"

static char bytes[1 << 20];

RUN {
  const Handle out = GetStdout();
  CountResult room;
  CheckWrite(out, &room);
  CHECK(!room.is_error && room.count < sizeof bytes);
  UnitResult unit;
  Write(out, bytes, (size_t)room.count + 1, &unit);
  return 0;
}
