// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether what one world asks for is what another gives: for the difference of two texts, and for
// a component that is held against the world it claims to be for. Documentation and gates do not
// count; names and types do.

#ifndef TRENAIL_LIBCOMPONENT_WIT_COMPARE_H_
#define TRENAIL_LIBCOMPONENT_WIT_COMPARE_H_

#include <optional>
#include <string>

#include "libcomponent/wit/resolve.h"

namespace component::wit {

// The first difference between two worlds, in the order of `a`; nothing if there is none. Where it
// is comes first: "import wasi:io/streams@0.2.0: function `read`: the result is …".
std::optional<std::string> DifferenceOfWorlds(const Resolve& a, WorldId a_id, const Resolve& b,
                                              WorldId b_id);

// Why a component of the world `component` cannot stand where `target` is expected: it imports what
// the target does not have, lacks an export of it, or one of them is of another type. Of an
// interface, it may import fewer and export more functions and types than the target says. The
// version of an import or export may be another one that is compatible.
std::optional<std::string> MismatchWithWorld(const Resolve& component, WorldId component_id,
                                             const Resolve& target, WorldId target_id);

}  // namespace component::wit

#endif  // TRENAIL_LIBCOMPONENT_WIT_COMPARE_H_
