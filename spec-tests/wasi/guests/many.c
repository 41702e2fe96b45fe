// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Asks for streams without end and gives none back.

#include "guest.h"

RUN {
  for (;;) GetStdin();
}
