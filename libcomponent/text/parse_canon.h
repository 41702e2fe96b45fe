// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonical definitions [Explainer: Canonical Definitions].

#ifndef TRENAIL_LIBCOMPONENT_TEXT_PARSE_CANON_H_
#define TRENAIL_LIBCOMPONENT_TEXT_PARSE_CANON_H_

#include "libcomponent/text/state.h"

namespace component::text {

// Behind `( canon`: the name, operands and options, up to what is defined.
bool ParseCanonOperands(State& s, Canon* canon);

// Behind `( canon`: a definition on its own, with `(func …)` or `(core func …)` at its end.
bool ParseCanonDefinition(State& s);

}  // namespace component::text

#endif  // TRENAIL_LIBCOMPONENT_TEXT_PARSE_CANON_H_
