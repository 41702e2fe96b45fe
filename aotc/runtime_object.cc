// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The files lie beside the compiler's library, as trenail-runtime-ARCH.o, or in the folder that
// builds them below it.

#include "aotc/runtime_object.h"

#include <dlfcn.h>

#include <cstdio>

namespace wasm::aotc {

Result<std::string> RuntimeObject(const std::string& target, const std::string& runtime) {
  const std::string arch = target.substr(0, target.find('-'));
  Dl_info info;
  std::string path;
  if (dladdr(reinterpret_cast<const void*>(&RuntimeObject), &info) != 0 &&
      info.dli_fname != nullptr)
    path = info.dli_fname;
  path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
  const std::string name =
      "trenail-runtime-" + (runtime.empty() ? "" : runtime + "-") + arch + ".o";
  std::FILE* file = std::fopen((path + name).c_str(), "rbe");
  if (file == nullptr) file = std::fopen((path + "cli/standalone/" + name).c_str(), "rbe");
  path += name;
  if (file == nullptr)
    return std::unexpected(Error(
        ErrorKind::kHost,
        std::string("programs ") +
            (runtime.empty()     ? ""
             : runtime == "http" ? "with HTTP "
                                 : "of components ") +
            "for " + arch + " cannot be made: there is no " + path + ", which is built where the " +
            (runtime == "http" ? "libraries that it needs are those of that target; .so can"
             : runtime.empty() ? "C library for that target is installed; .so and .o can"
                               : "C library for that target is installed; .so can")));
  std::string bytes;
  char block[1 << 16];
  while (const size_t count = std::fread(block, 1, sizeof block, file)) bytes.append(block, count);
  const bool failed = std::ferror(file) != 0;
  std::fclose(file);
  if (failed) return std::unexpected(Error(ErrorKind::kHost, "cannot read " + path));
  return bytes;
}

}  // namespace wasm::aotc
