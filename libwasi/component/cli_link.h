// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What wasi:cli and wasi:random have in common in 0.2 and 0.3. `version`: "@0.2.12".

#ifndef TRENAIL_LIBWASI_COMPONENT_CLI_LINK_H_
#define TRENAIL_LIBWASI_COMPONENT_CLI_LINK_H_

#include <cstdint>
#include <string>

#include "libwasi/component/context.h"

namespace trenail::wasi {

// Environment, exit and terminals. `initial_cwd`: the name of that function.
void LinkCliOfAllVersions(ComponentLinker& linker, const std::string& version,
                          const char* initial_cwd);

// How many bytes a guest gets that asks for so many. Errors: a trap.
using RandomLength = Result<uint64_t> (*)(uint64_t asked);
// All of it. `insecure_seed`: the name of that function.
void LinkRandomOfAllVersions(ComponentLinker& linker, const std::string& version,
                             const char* insecure_seed, RandomLength length);

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_COMPONENT_CLI_LINK_H_
