// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail version: which program this is and how it was built; what a bug report should begin with.

#include <cstdio>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/options.h"

namespace trenail::cli {
namespace {

#if defined(__x86_64__)
constexpr std::string_view kArchitecture = "x86_64";
#elif defined(__aarch64__)
constexpr std::string_view kArchitecture = "aarch64";
#else
constexpr std::string_view kArchitecture = "other";
#endif

#if defined(TRENAIL_DISPATCH_SPEED)
constexpr std::string_view kDispatch = "speed";
#elif defined(TRENAIL_DISPATCH_SMALL)
constexpr std::string_view kDispatch = "small";
#else
constexpr std::string_view kDispatch = "portable";
#endif

#ifdef TRENAIL_NO_VM
constexpr bool kVirtualMemory = false;
#else
constexpr bool kVirtualMemory = true;
#endif

}  // namespace

int VersionCommand(const Arguments& arguments) {
  bool json = false;
  Options options("version", "Prints the version and how the program was built.");
  options.Flag("--json", &json, "print JSON");
  if (auto code = options.Parse(arguments)) return *code;
  if (json) {
    JsonWriter writer;
    writer.BeginObject();
    writer.Key("version").String(TRENAIL_VERSION);
    writer.Key("architecture").String(kArchitecture);
    writer.Key("dispatch").String(kDispatch);
    writer.Key("virtual_memory").Bool(kVirtualMemory);
    writer.EndObject();
    writer.Print();
    return kExitOk;
  }
  std::printf("trenail %s (%s, dispatch %s%s)\n", TRENAIL_VERSION, kArchitecture.data(),
              kDispatch.data(), kVirtualMemory ? "" : ", no virtual memory");
  return kExitOk;
}

}  // namespace trenail::cli
