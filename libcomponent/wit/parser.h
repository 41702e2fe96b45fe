// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One WIT file to its syntax tree, by recursive descent. Only types nest, and they are bounded.

#ifndef TRENAIL_LIBCOMPONENT_WIT_PARSER_H_
#define TRENAIL_LIBCOMPONENT_WIT_PARSER_H_

#include <cstdint>
#include <expected>

#include "libcomponent/wit/ast.h"
#include "libcomponent/wit/diagnostic.h"

namespace component::wit {

// How deep `list<option<…>>` may nest.
inline constexpr uint32_t kMaxTypeNesting = 100;

// Parses a file of the sources.
std::expected<ast::File, Problem> ParseFile(const Sources& sources, uint32_t file);

// The same tokens: white space, comments and `%` do not count.
bool SameTokens(const Sources& sources, Span a, Span b);

}  // namespace component::wit

#endif  // TRENAIL_LIBCOMPONENT_WIT_PARSER_H_
