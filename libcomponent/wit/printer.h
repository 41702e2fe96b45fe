// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A Resolve as WIT text. What the text leaves out (implied imports, items whose feature was off) is
// what parsing puts back: the result parses to an equal Resolve.

#ifndef TRENAIL_LIBCOMPONENT_WIT_PRINTER_H_
#define TRENAIL_LIBCOMPONENT_WIT_PRINTER_H_

#include <string>

#include "libcomponent/wit/resolve.h"

namespace component::wit {

// The package alone, as the content of a file.
std::string PrintPackage(const Resolve& resolve, PackageId package);
// The package, and all others nested below it, so that the text stands alone.
std::string PrintAll(const Resolve& resolve, PackageId root);
// The world, and of all packages only the interfaces that it needs.
std::string PrintWorld(const Resolve& resolve, WorldId world);
// A type as it is written where it is used.
std::string PrintType(const Resolve& resolve, Type type);

}  // namespace component::wit

#endif  // TRENAIL_LIBCOMPONENT_WIT_PRINTER_H_
