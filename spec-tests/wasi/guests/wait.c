// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says that it is there, and then waits for what does not come; with an argument it computes
// instead.

#include "guest.h"

RUN {
  Print(GetStdout(), STRING("there\n"));
  struct Strings arguments;
  GetArguments(&arguments);
  if (arguments.size > 1)
    for (volatile uint32_t i = 0;; ++i) {
    }
  Block(SubscribeDuration(~0ull));
  return 0;
}
