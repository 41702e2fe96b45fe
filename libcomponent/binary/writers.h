// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The encoder's inside: a writer per phrase of the grammar, in the order of the decoder's files.

#ifndef TRENAIL_LIBCOMPONENT_BINARY_WRITERS_H_
#define TRENAIL_LIBCOMPONENT_BINARY_WRITERS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "libcomponent/syntax/component.h"

namespace component::binary {

using Bytes = std::vector<uint8_t>;

// component_encoder.cc
void WriteExternName(Bytes& out, const ExternName& name);
void WriteExternType(Bytes& out, const ExternDesc& type);
void WriteAlias(Bytes& out, const Alias& alias);
// encode_types.cc
void WriteType(Bytes& out, const TypeDef& type);
void WriteCoreType(Bytes& out, const CoreType& type);
void WriteValType(Bytes& out, const ValTypeUse& type);
void WriteResultList(Bytes& out, const std::optional<ValTypeUse>& result);
// encode_canon.cc
void WriteCanon(Bytes& out, const Canon& canon);

}  // namespace component::binary

#endif  // TRENAIL_LIBCOMPONENT_BINARY_WRITERS_H_
