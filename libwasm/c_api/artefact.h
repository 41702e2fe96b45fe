// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a trenail_artefact_t is, for modules and components.

#ifndef TRENAIL_LIBWASM_C_API_ARTEFACT_H_
#define TRENAIL_LIBWASM_C_API_ARTEFACT_H_

#include "libwasm/c_api/include/trenail/core.h"
#include "libwasm/libwasm.h"

struct trenail_artefact_t {
  trenail::Artefact artefact;
};

#endif  // TRENAIL_LIBWASM_C_API_ARTEFACT_H_
