// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A WAC document to its syntax tree. The language is a superset of WIT: names, types and functions
// are parsed by WIT's own parser.

#ifndef TRENAIL_LIBCOMPONENT_COMPOSE_WAC_PARSER_H_
#define TRENAIL_LIBCOMPONENT_COMPOSE_WAC_PARSER_H_

#include <cstdint>
#include <expected>

#include "libcomponent/compose/wac_ast.h"
#include "libcomponent/wit/diagnostic.h"

namespace component::compose::wac {

// How deep expressions may nest.
inline constexpr uint32_t kMaxExprNesting = 100;

std::expected<Document, wit::Problem> ParseDocument(const wit::Sources& sources, uint32_t file);

}  // namespace component::compose::wac

#endif  // TRENAIL_LIBCOMPONENT_COMPOSE_WAC_PARSER_H_
