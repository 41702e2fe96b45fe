// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The main thread's stack is measured from where it is asked first, since finding its exact end
// means parsing /proc, which would cost more than starting a small module; other threads know
// theirs.

#include "libwasm/runtime/native_stack.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace wasm::runtime {

namespace {

[[gnu::noinline]] uintptr_t ComputeLimit() {
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  if (syscall(SYS_gettid) != getpid()) {
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
      void* low = nullptr;
      size_t size = 0;
      const bool known = pthread_attr_getstack(&attributes, &low, &size) == 0;
      pthread_attr_destroy(&attributes);
      if (known) return reinterpret_cast<uintptr_t>(low) + std::min<uintptr_t>(kHostRoom, size / 4);
    }
  }
  constexpr uintptr_t kUsual = 8 * 1024 * 1024;
  rlimit limit{};
  uintptr_t size = kUsual;
  if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    size = std::min<uintptr_t>(kUsual, limit.rlim_cur);
  // Of what may be there, some is already in use and some is for host functions.
  const uintptr_t room = std::min<uintptr_t>(2 * kHostRoom, size / 2);
  return here > size ? here - (size - room) : 1;
}

constinit thread_local uintptr_t thread_limit = 0;

}  // namespace

uintptr_t NativeStackLimit() {
  if (thread_limit == 0) thread_limit = ComputeLimit();
  return thread_limit;
}

uintptr_t ExchangeNativeStackLimit(uintptr_t limit) {
  const uintptr_t before = NativeStackLimit();
  thread_limit = limit;
  return before;
}

}  // namespace wasm::runtime
