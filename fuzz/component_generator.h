// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random valid components: two in one, of which the first calls the second with values of a random
// type, some of them damaged, so that calls end with results and with traps.

#ifndef TRENAIL_FUZZ_COMPONENT_GENERATOR_H_
#define TRENAIL_FUZZ_COMPONENT_GENERATOR_H_

#include <string>

#include "libcomponent/abi/random_values_test_util.h"

namespace trenail::fuzz {

// The text of a component that imports nothing and exports functions which go from one component to
// the other:
//   "echo"    list<T> -> list<T>   as it came, if not `damage`
//   "scalar"  S -> S               the same of a number or character
//   "take"    T -> ()
//   "give"    () -> T              from random bytes
//   "raw"     () -> list<T>        of random bytes
// The fixed-length lists in it are behind a feature.
std::string GenerateComponent(component::abi::ValueGenerator& gen, const component::ValType& type,
                              bool damage);

}  // namespace trenail::fuzz

#endif  // TRENAIL_FUZZ_COMPONENT_GENERATOR_H_
