// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Why parts do not fit together, in sentences: who wants what, who offers what instead, and the
// first difference between the two.

#ifndef TRENAIL_LIBCOMPONENT_COMPOSE_EXPLAIN_H_
#define TRENAIL_LIBCOMPONENT_COMPOSE_EXPLAIN_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libcomponent/compose/resources.h"

namespace component::compose {

// The words of Matcher::TakeError as a place and what is wrong there: "in `parse`, parameter
// `line`: expected string, found u32".
std::string Readable(std::string_view why);
// "`a`, `b` and 3 more", "nothing".
std::string ListNames(const std::vector<NamedExtern>& items);
// "; first difference: …", nothing if there is none.
std::string FirstDifference(std::string_view why);
// "the resource `r` is … on one side and … on the other".
std::string Describe(const Split& split);

struct Mismatch {
  std::string wants;           // who: "server.wasm"
  std::string wanted_name;     // "wasi:http/types@0.3.0"
  std::string offers;          // who; empty: an import of the composition itself
  std::string offered_name;    // the same, or in another version; empty: not by that name
  bool compatible = true;      // the versions
  std::string why;             // of Matcher; empty: the types fit
  std::optional<Split> split;  // where resources are to blame
};
std::string Explain(const Mismatch& mismatch);

}  // namespace component::compose

#endif  // TRENAIL_LIBCOMPONENT_COMPOSE_EXPLAIN_H_
