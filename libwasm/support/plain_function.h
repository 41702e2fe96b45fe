// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A HostCallable as the std::function that it is, which is empty if it is: an assignment would take
// it for any callable, empty or not.

#ifndef TRENAIL_LIBWASM_SUPPORT_PLAIN_FUNCTION_H_
#define TRENAIL_LIBWASM_SUPPORT_PLAIN_FUNCTION_H_

#include <functional>
#include <utility>

#include "libwasm/support/host_callable.h"

namespace wasm {

template <typename Signature>
std::function<Signature> PlainFunction(HostCallable<Signature> callable) {
  return std::move(static_cast<std::function<Signature>&>(callable));
}

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_SUPPORT_PLAIN_FUNCTION_H_
