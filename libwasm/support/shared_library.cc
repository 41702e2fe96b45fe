// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/support/shared_library.h"

#include <link.h>
#include <unistd.h>

#include <climits>

namespace wasm {
namespace {

// The folder, with a slash, of the file that this code has been linked into.
std::string OwnFolder() {
  std::string file;
  Dl_info info;
  void* map = nullptr;
  if (dladdr1(reinterpret_cast<void*>(&OwnFolder), &info, &map, RTLD_DL_LINKMAP) != 0 &&
      map != nullptr)
    file = static_cast<const link_map*>(map)->l_name;
  if (file.empty()) {  // the program, which is known by the name that it was called by
    char path[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    file.assign(path, length > 0 ? static_cast<size_t>(length) : 0);
  }
  const size_t slash = file.rfind('/');
  return slash == std::string::npos ? std::string() : file.substr(0, slash + 1);
}

}  // namespace

Result<std::string> FindSharedLibrary(const std::string& name, const std::string& what) {
  const std::string folder = OwnFolder();
  const std::string places[] = {folder, folder + "trenail/", folder + "../lib/trenail/",
                                folder + "../" TRENAIL_LIBDIR "/trenail/",
                                TRENAIL_PREFIX "/" TRENAIL_LIBDIR "/trenail/"};
  for (const std::string& place : places) {
    std::string path = place + name;
    if (access(path.c_str(), R_OK) == 0) return path;
  }
  return std::unexpected(Error(ErrorKind::kHost, what + " is not installed: there is no " + name +
                                                     " in " + folder + " or " + folder +
                                                     "../lib/trenail/"));
}

Result<void*> LoadSharedLibrary(const std::string& path, const std::string& what) {
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle != nullptr) return handle;
  const char* const why = dlerror();
  return std::unexpected(
      Error(ErrorKind::kHost, what + " cannot be loaded: " + (why != nullptr ? why : "")));
}

Error OfOtherVersion(const std::string& path) {
  return Error(ErrorKind::kHost, path + " belongs to another version of trenail");
}

}  // namespace wasm
