// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libwasm/native, apart from engine.cc because traces and exceptions walk through its frames: it is
// compiled with unwind tables.

#include "libwasm/native/activation.cc"
#include "libwasm/native/artefact_file.cc"
#include "libwasm/native/backtrace.cc"
#include "libwasm/native/builtins.cc"
#include "libwasm/native/builtins_by_hand.cc"
#include "libwasm/native/compiled_module.cc"
#include "libwasm/native/signals.cc"
#include "libwasm/native/unwind.cc"
