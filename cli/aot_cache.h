// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiled modules by the contents of the .wasm file, the options and the compiler: a folder of
// artefacts, the least recently used removed first. Safe under concurrent runs: entries appear
// complete, and one that is removed stays usable for whoever has it.

#ifndef TRENAIL_CLI_AOT_CACHE_H_
#define TRENAIL_CLI_AOT_CACHE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "cli/aot_library.h"
#include "libwasm/libwasm.h"
#include "libwasm/support/error.h"

namespace trenail::cli {

class AotCache {
 public:
  // The folder of TRENAIL_CACHE, else of XDG_CACHE_HOME, else ~/.cache/trenail; made if need be.
  // The size limit is TRENAIL_CACHE_SIZE ("200M"), else 1 GiB; 0 switches the cache off. A folder
  // that others can write to is not used: it holds code to be run.
  static AotCache Open();

  // From the cache, or compiled now and kept.
  Result<Artefact> Get(std::span<const uint8_t> wasm, const CompileRequest& request);
  // The same of what is compiled in another way. `wasm` distinguishes it from all else.
  Result<Artefact> Get(std::span<const uint8_t> wasm, const CompileRequest& request,
                       const std::function<Result<Compiled>()>& compile);

  const std::string& folder() const { return folder_; }

 private:
  void Evict() const;

  std::string folder_;  // empty: there is none
  uint64_t limit_ = 0;
};

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_AOT_CACHE_H_
