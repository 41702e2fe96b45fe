// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Libraries of ours that are loaded when they are needed: where they are, and their interfaces.

#ifndef TRENAIL_LIBWASM_SUPPORT_SHARED_LIBRARY_H_
#define TRENAIL_LIBWASM_SUPPORT_SHARED_LIBRARY_H_

#include <dlfcn.h>

#include <cstdint>
#include <string>

#include "libwasm/support/error.h"

namespace wasm {

// Looks for `name` beside the file that this code is part of, the program or libtrenail.so, as in a
// build folder; then where it is installed with it, or else was to be. `what` it is, for the
// message: "the compiler". Errors: kHost.
Result<std::string> FindSharedLibrary(const std::string& name, const std::string& what);

// Loads one, never to be unloaded; the result is a handle for dlsym(3). Errors: kHost.
Result<void*> LoadSharedLibrary(const std::string& path, const std::string& what);
// That it has not the interface which this code expects.
Error OfOtherVersion(const std::string& path);

// Loads a library whose one function `entry` returns its interface, or null where that is another
// than `interface`.
template <typename Interface>
Result<const Interface*> LoadInterfaceOf(const std::string& path, const std::string& what,
                                         const char* entry, uint32_t interface) {
  void* const handle = TRY(LoadSharedLibrary(path, what));
  const auto get = reinterpret_cast<const Interface* (*)(uint32_t)>(dlsym(handle, entry));
  const Interface* const found = get != nullptr ? get(interface) : nullptr;
  if (found == nullptr) return std::unexpected(OfOtherVersion(path));
  return found;
}

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_SUPPORT_SHARED_LIBRARY_H_
