// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the libraries are that the program loads when it needs them: beside the program, as in the
// build folder, or where they are installed.

#ifndef TRENAIL_CLI_LIBRARY_PATH_H_
#define TRENAIL_CLI_LIBRARY_PATH_H_

#include <string>

#include "libwasm/support/error.h"

namespace trenail::cli {

// `what` it is, for the message: "the compiler". Errors: kHost.
wasm::Result<std::string> FindLibrary(const std::string& name, const std::string& what);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_LIBRARY_PATH_H_
