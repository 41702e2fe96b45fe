// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:sockets/ip-name-lookup], and the errors that the whole package has.

#include "libwasi/p3/sockets.h"

#include <vector>

#include "libwasi/component/sockets.h"
#include "libwasi/p3/cli.h"

namespace trenail::wasi::p3 {
namespace {

// [wasi:sockets/ip-name-lookup.error-code]
using LookupErrorValue = std::variant<std::monostate, std::monostate, std::monostate,
                                      std::monostate, std::monostate, std::optional<std::string>>;
using Addresses = std::vector<IpAddressValue>;
using LookupReturn = std::expected<Addresses, LookupErrorValue>;

// Its case in error-code; `other` where there is none.
struct ErrorCase {
  SocketError error;
  size_t index;
};
constexpr size_t kOther = std::variant_size_v<SocketErrorValue> - 1;
constexpr ErrorCase kErrorCases[] = {
    {SocketError::kAccessDenied, 0},
    {SocketError::kNotSupported, 1},
    {SocketError::kInvalidArgument, 2},
    {SocketError::kOutOfMemory, 3},
    {SocketError::kTimeout, 4},
    {SocketError::kInvalidState, 5},
    {SocketError::kAddressNotBindable, 6},
    {SocketError::kAddressInUse, 7},
    {SocketError::kRemoteUnreachable, 8},
    {SocketError::kConnectionRefused, 9},
    {SocketError::kConnectionBroken, 10},
    {SocketError::kConnectionReset, 11},
    {SocketError::kConnectionAborted, 12},
    {SocketError::kDatagramTooLarge, 13},
    // "The socket is already in the `connecting` state. (EALREADY)"
    {SocketError::kConcurrencyConflict, 5},
};
constexpr ErrorCase kLookupErrorCases[] = {
    {SocketError::kAccessDenied, 0},
    {SocketError::kInvalidArgument, 1},
    {SocketError::kNameUnresolvable, 2},
    {SocketError::kTemporaryResolverFailure, 3},
    {SocketError::kPermanentResolverFailure, 4},
};

LookupErrorValue ToLookupError(SocketError error) {
  for (const ErrorCase& entry : kLookupErrorCases)
    if (entry.error == error) return MakeCase<LookupErrorValue>(entry.index);
  if (error == SocketError::kOutOfMemory)
    return LookupErrorValue(std::in_place_index<5>, "out of memory");
  return LookupErrorValue(std::in_place_index<5>);
}

LookupReturn ToLookupReturn(const SocketResult<NameLookup::Addresses>& result) {
  if (!result) return std::unexpected(ToLookupError(result.error()));
  Addresses addresses;
  for (const IpAddress& address : *result) addresses.push_back(ToValue(address));
  return addresses;
}

}  // namespace

SocketErrorValue ToErrorValue(SocketError error) {
  for (const ErrorCase& entry : kErrorCases)
    if (entry.error == error) return MakeCase<SocketErrorValue>(entry.index);
  if (error == SocketError::kNewSocketLimit)
    return SocketErrorValue(std::in_place_index<kOther>, "too many sockets");
  return SocketErrorValue(std::in_place_index<kOther>);
}

SocketReturn<SocketAddressValue> ToReturn(const SocketResult<SocketAddress>& result) {
  if (!result) return Failed<SocketAddressValue>(result.error());
  return ToValue(*result);
}

void LinkNameLookup(ComponentLinker& linker) {
  auto lookup = linker.Instance(std::string("wasi:sockets/ip-name-lookup") + kVersion);
  lookup.AsyncFunc("resolve-addresses",
                   TypedAsyncHost([](Context& context, ComponentCompletion<LookupReturn> done,
                                     std::string name) -> Result<void> {
                     const auto started = StartLookup(context, name);
                     if (!started)
                       return done.Return(std::unexpected(ToLookupError(started.error())));
                     return context.CompleteWhenReady(*started, done, [lookup = *started, done] {
                       done.Finish(ToLookupReturn(lookup->result()));
                     });
                   }));
}

}  // namespace trenail::wasi::p3
