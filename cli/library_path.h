// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the libraries are that the program loads when it needs them: beside the program, as in the
// build folder, or where they are installed.

#ifndef TRENAIL_CLI_LIBRARY_PATH_H_
#define TRENAIL_CLI_LIBRARY_PATH_H_

#include <dlfcn.h>

#include <cstdint>
#include <string>

#include "libwasm/support/error.h"

namespace trenail::cli {

// `what` it is, for the message: "the compiler". Errors: kHost.
wasm::Result<std::string> FindLibrary(const std::string& name, const std::string& what);

// Loads one, never to be unloaded; the result is a handle for dlsym(3). Errors: kHost.
wasm::Result<void*> LoadLibrary(const std::string& path, const std::string& what);
// That it has not the interface which this program expects.
wasm::Error OtherVersion(const std::string& path);

// The two together, for a library whose one function `entry` returns its interface, or null where
// that is another than `interface`.
template <typename Interface>
wasm::Result<const Interface*> LoadInterface(const std::string& name, const std::string& what,
                                             const char* entry, uint32_t interface) {
  const std::string path = TRY(FindLibrary(name, what));
  void* const handle = TRY(LoadLibrary(path, what));
  const auto get = reinterpret_cast<const Interface* (*)(uint32_t)>(dlsym(handle, entry));
  const Interface* const found = get != nullptr ? get(interface) : nullptr;
  if (found == nullptr) return std::unexpected(OtherVersion(path));
  return found;
}

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_LIBRARY_PATH_H_
