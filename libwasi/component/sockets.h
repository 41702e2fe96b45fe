// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sockets of a component: what it is granted of the network, and how much of it it may hold.

#ifndef TRENAIL_LIBWASI_COMPONENT_SOCKETS_H_
#define TRENAIL_LIBWASI_COMPONENT_SOCKETS_H_

#include <memory>
#include <string>

#include "libwasi/core/name_lookup.h"
#include "libwasi/core/socket_handle.h"

namespace trenail::wasi {

class Context;

// What one component may hold of sockets at once, each with a buffer of OutputStream::kBufferSize.
inline constexpr int kMaxSockets = 1000;

// `context` must outlive every call of it.
std::shared_ptr<SocketOwner> MakeSocketOwner(Context& context);

// Begins to look up a name, or an address that is taken as it is. Errors: kInvalidArgument,
// kAccessDenied, kTemporaryResolverFailure if too many are under way.
SocketResult<std::shared_ptr<NameLookup>> StartLookup(Context& context, const std::string& name);

}  // namespace trenail::wasi

#endif  // TRENAIL_LIBWASI_COMPONENT_SOCKETS_H_
