// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/library_path.h"

#include <unistd.h>

#include <climits>

namespace trenail::cli {

wasm::Result<std::string> FindLibrary(const std::string& name, const std::string& what) {
  char program[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", program, sizeof program);
  std::string folder(program, length > 0 ? static_cast<size_t>(length) : 0);
  folder.resize(folder.rfind('/') == std::string::npos ? 0 : folder.rfind('/') + 1);
  for (const char* place : {"", "../lib/trenail/", "../" TRENAIL_LIBDIR "/trenail/"}) {
    std::string path = folder + place + name;
    if (access(path.c_str(), R_OK) == 0) return path;
  }
  return std::unexpected(
      wasm::Error(wasm::ErrorKind::kHost, what + " is not installed: there is no " + name + " in " +
                                              folder + " or " + folder + "../lib/trenail/"));
}

wasm::Result<void*> LoadLibrary(const std::string& path, const std::string& what) {
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle != nullptr) return handle;
  const char* const why = dlerror();
  return std::unexpected(wasm::Error(wasm::ErrorKind::kHost,
                                     what + " cannot be loaded: " + (why != nullptr ? why : "")));
}

wasm::Error OtherVersion(const std::string& path) {
  return wasm::Error(wasm::ErrorKind::kHost, path + " belongs to another version of trenail");
}

}  // namespace trenail::cli
