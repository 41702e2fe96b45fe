// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The errors of wasi:sockets of WASI 0.3. [wasi:sockets@0.3.0]

#ifndef TRENAIL_LIBWASI_P3_SOCKETS_H_
#define TRENAIL_LIBWASI_P3_SOCKETS_H_

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "libwasi/component/context.h"
#include "libwasi/component/socket_values.h"
#include "libwasi/core/socket_handle.h"

namespace trenail::wasi::p3 {

// [wasi:sockets/types.error-code] By position; the last one is `other`.
using SocketErrorValue =
    std::variant<std::monostate, std::monostate, std::monostate, std::monostate, std::monostate,
                 std::monostate, std::monostate, std::monostate, std::monostate, std::monostate,
                 std::monostate, std::monostate, std::monostate, std::monostate,
                 std::optional<std::string>>;
template <typename T>
using SocketReturn = std::expected<T, SocketErrorValue>;

SocketErrorValue ToErrorValue(SocketError error);

template <typename T>
SocketReturn<T> Failed(SocketError error) {
  return std::unexpected(ToErrorValue(error));
}
template <typename T>
SocketReturn<T> ToReturn(SocketResult<T> result) {
  if (!result) return Failed<T>(result.error());
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return *std::move(result);
}
SocketReturn<SocketAddressValue> ToReturn(const SocketResult<SocketAddress>& result);

// A variant's case by its number; one without payload.
template <typename Variant, size_t... i>
Variant MakeCase(size_t index, std::index_sequence<i...>) {
  Variant variant;
  ((i == index ? static_cast<void>(variant.template emplace<i>()) : void()), ...);
  return variant;
}
template <typename Variant>
Variant MakeCase(size_t index) {
  return MakeCase<Variant>(index, std::make_index_sequence<std::variant_size_v<Variant>>());
}

void LinkTcp(ComponentLinker& linker);
void LinkUdp(ComponentLinker& linker);
void LinkNameLookup(ComponentLinker& linker);

}  // namespace trenail::wasi::p3

#endif  // TRENAIL_LIBWASI_P3_SOCKETS_H_
