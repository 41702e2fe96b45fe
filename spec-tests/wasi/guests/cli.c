// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Prints its arguments and variables; `exit` ends it at once, and `fail` makes it not succeed.

#include "guest.h"

RUN {
  const Handle out = GetStdout();
  struct Strings arguments;
  GetArguments(&arguments);
  for (size_t i = 1; i < arguments.size; ++i) {
    Print(out, arguments.items[i]);
    Print(out, STRING("\n"));
  }
  struct Pairs variables;
  GetEnvironment(&variables);
  for (size_t i = 0; i < variables.size; ++i) {
    Print(out, variables.items[i].name);
    Print(out, STRING("="));
    Print(out, variables.items[i].value);
    Print(out, STRING("\n"));
  }
  Print(GetStderr(), STRING("done\n"));
  if (arguments.size > 1 && Equal(arguments.items[1], STRING("exit"))) Exit(0);
  return arguments.size > 1;
}
