// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From objects to files, by lld as a library: no linker, compiler or sysroot is asked for. Inputs
// and outputs are in memory; the same objects give the same bytes. Thread-safe: lld has global
// state, so that one link runs at a time.

#ifndef TRENAIL_AOTC_LINK_H_
#define TRENAIL_AOTC_LINK_H_

#include <span>
#include <string>
#include <string_view>

#include "libwasm/support/error.h"

namespace wasm::aotc {

struct LinkInput {
  std::span<const std::string> objects;  // in their order in the file
  std::string target;                    // a triple of ResolveTarget
  bool debug = false;                    // keep debug information
};

// A shared library that exports `symbol` and needs nothing. Its checksum is filled in.
Result<std::string> LinkSharedLibrary(const LinkInput& input, const std::string& symbol);

// The same of a component, from the objects of its modules and the one of its record.
Result<std::string> LinkComponent(const LinkInput& input);

// One relocatable file whose only global symbol is `symbol`.
Result<std::string> LinkObject(const LinkInput& input, const std::string& symbol);

// The same of a module of a component, whose modules refer to each other's functions: only
// `private_symbols` become local.
Result<std::string> LinkPart(const LinkInput& input, std::span<const char* const> private_symbols);

// An archive with one member.
Result<std::string> MakeArchive(const std::string& object, const std::string& member);

// A static program: `runtime` is a relocatable file with everything but the module, the C library
// included.
Result<std::string> LinkExecutable(const LinkInput& input, std::string_view runtime);

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_LINK_H_
