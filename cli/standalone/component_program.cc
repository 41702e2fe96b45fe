// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program around a component; see engine.cc.

#include "cli/component_call.cc"
#include "cli/json.cc"
#include "cli/report.cc"
#include "cli/standalone/component.cc"
#include "libcomponent/wave/call.cc"
#include "libcomponent/wave/parse.cc"
#include "libcomponent/wave/print.cc"
#include "libcomponent/wave/scanner.cc"
#include "libwasm/fiber.cc"
#include "libwasm/text/numbers.cc"
