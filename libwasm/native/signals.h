// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Traps of compiled code that arrive as signals: trapping instructions, accesses to the guard of a
// memory, and the end of the native stack.

#ifndef TRENAIL_LIBWASM_NATIVE_SIGNALS_H_
#define TRENAIL_LIBWASM_NATIVE_SIGNALS_H_

namespace wasm::native {

// Before the calling thread first runs compiled code: installs the process's handlers, once, and a
// signal stack for the thread. False if there is no memory for it.
bool PrepareThreadForSignals();

// Again, where something else has replaced them since. What they replaced gets what is not theirs.
void InstallSignalHandlers();

}  // namespace wasm::native

#endif  // TRENAIL_LIBWASM_NATIVE_SIGNALS_H_
