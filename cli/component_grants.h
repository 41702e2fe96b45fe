// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The options that grant a component the network, stores and configuration: those of every verb
// that runs components.

#ifndef TRENAIL_CLI_COMPONENT_GRANTS_H_
#define TRENAIL_CLI_COMPONENT_GRANTS_H_

#include "cli/options.h"
#include "cli/wasi_grants.h"
#include "libwasi/component/grants.h"

namespace trenail::cli {

// --tcp, --udp, --dns, --http, --kv, --config
void AddGrantOptions(Options& options, WasiGrants* grants);

// What they say. Denials are told on stderr. Errors: kHost, wrong usage.
Result<wasi::Grants> ToGrants(const WasiGrants& grants);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_COMPONENT_GRANTS_H_
