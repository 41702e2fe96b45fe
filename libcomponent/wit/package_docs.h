// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The custom section `package-docs`: what component types do not say of a package, documentation
// and gates, as JSON by the names of items.

#ifndef TRENAIL_LIBCOMPONENT_WIT_PACKAGE_DOCS_H_
#define TRENAIL_LIBCOMPONENT_WIT_PACKAGE_DOCS_H_

#include <string>
#include <string_view>

#include "libcomponent/wit/resolve.h"
#include "libwasm/support/error.h"

namespace component::wit {

std::string WritePackageDocs(const Resolve& resolve, PackageId package);
// Names that the package does not have are passed over. Errors: kMalformed.
wasm::Result<void> ApplyPackageDocs(std::string_view section, Resolve* resolve, PackageId package);

}  // namespace component::wit

#endif  // TRENAIL_LIBCOMPONENT_WIT_PACKAGE_DOCS_H_
