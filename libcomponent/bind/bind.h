// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bindings: source text that makes a world of WIT a part of a language, for hosts that embed
// components of the world and for guests that are compiled to one. docs/bindings.md describes what
// becomes of what.

#ifndef TRENAIL_LIBCOMPONENT_BIND_BIND_H_
#define TRENAIL_LIBCOMPONENT_BIND_BIND_H_

#include <string>
#include <vector>

#include "libcomponent/wit/resolve.h"
#include "libwasm/support/error.h"

namespace component::bind {

struct BindOptions {
  // Namespaces around everything, `a::b`, in C a prefix; empty: those of the package and the world.
  std::string outer;
  // Who generates, for the first line of the files.
  std::string generator = "trenail bind";
};

struct GeneratedFile {
  std::string name;
  std::string text;
};
using GeneratedFiles = std::vector<GeneratedFile>;

// WORLD.h and WORLD.cc for an embedder in C++, over libcomponent.
GeneratedFiles BindHostCpp(const wit::Resolve& resolve, wit::WorldId world,
                           const BindOptions& options);

// WORLD.h and WORLD.c for a component in C.
GeneratedFiles BindGuestC(const wit::Resolve& resolve, wit::WorldId world,
                          const BindOptions& options);

// WORLD.h, WORLD.cc and trenail_guest.h for a component in C++.
GeneratedFiles BindGuestCpp(const wit::Resolve& resolve, wit::WorldId world,
                            const BindOptions& options);

// What the names of files are made of: `log-parser` as log_parser.
std::string FileStem(const wit::Resolve& resolve, wit::WorldId world);

}  // namespace component::bind

#endif  // TRENAIL_LIBCOMPONENT_BIND_BIND_H_
