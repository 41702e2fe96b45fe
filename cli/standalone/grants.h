// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What `trenail compile -o PROGRAM` writes into a program beside its code: what the guest is
// granted whenever it runs. A list of texts, each with a letter before it and a NUL behind it, up
// to an empty one.

#ifndef TRENAIL_CLI_STANDALONE_GRANTS_H_
#define TRENAIL_CLI_STANDALONE_GRANTS_H_

namespace trenail::cli {

inline constexpr char kGrantDirectory = 'd';  // HOST[::GUEST][:ro], as run --dir has it
inline constexpr char kGrantVariable = 'e';   // NAME=VALUE or NAME, as run --env has it
inline constexpr char kGrantBenchHooks = 'b';

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_STANDALONE_GRANTS_H_
