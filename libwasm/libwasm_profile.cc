// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The facade over what profilers are told. Apart from the rest, so that only programs that ask for
// it link it.

#include "libwasm/libwasm.h"

#ifdef TRENAIL_NATIVE
#include "libwasm/native/profile.h"
#endif

namespace trenail {

Result<void> StartProfiling([[maybe_unused]] Profiling kind,
                            [[maybe_unused]] const std::string& folder) {
#ifdef TRENAIL_NATIVE
  return kind == Profiling::kPerfMap ? wasm::native::StartPerfMap(folder)
                                     : wasm::native::StartJitDump(folder);
#else
  return std::unexpected(
      Error(ErrorKind::kUnlinkable, "this build of trenail cannot run compiled code"));
#endif
}

}  // namespace trenail
