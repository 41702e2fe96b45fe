// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Deadlines of stores, all watched by one thread of the process.

#ifndef TRENAIL_LIBWASM_C_API_DEADLINE_H_
#define TRENAIL_LIBWASM_C_API_DEADLINE_H_

#include <cstdint>
#include <memory>

#include "libwasm/c_api/handles.h"

namespace trenail::c_api {

// Interrupts the store of `target` after so long. The result: for CancelTimer; 0 if there is no
// thread to be had. Thread-safe, as the other one.
uint64_t StartTimer(std::shared_ptr<InterruptTarget> target, uint64_t nanoseconds);
// After it, the timer does not interrupt any more.
void CancelTimer(uint64_t timer);

}  // namespace trenail::c_api

#endif  // TRENAIL_LIBWASM_C_API_DEADLINE_H_
