// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The worlds that a core module carries in custom sections `component-type…`, and the module
// without them.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_METADATA_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_METADATA_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "libcomponent/wit/encode.h"
#include "libcomponent/wit/resolve.h"
#include "libwasm/libwasm.h"
#include "libwasm/support/error.h"

namespace component::encode {

struct EmbeddedWorld {
  wit::Resolve resolve;
  wit::WorldId world;
  wit::StringEncoding encoding = wit::StringEncoding::kUtf8;
};

struct DescribedModule {
  std::vector<uint8_t> bytes;  // without the sections
  std::vector<EmbeddedWorld> worlds;
};

// Errors: kMalformed, kInvalid: the bytes are no valid core module, or a section holds no world.
// The bodies of an adapter are not looked at: most of them may never get into a component.
wasm::Result<DescribedModule> ReadMetadata(const trenail::Engine& engine,
                                           std::span<const uint8_t> module, bool is_adapter);

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_METADATA_H_
