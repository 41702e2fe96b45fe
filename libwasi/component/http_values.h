// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The types of wasi:http/types that both versions have alike, as component values: method, scheme
// and error-code, in the terms of libwasi/http.

#ifndef TRENAIL_LIBWASI_COMPONENT_HTTP_VALUES_H_
#define TRENAIL_LIBWASI_COMPONENT_HTTP_VALUES_H_

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "libcomponent/libcomponent.h"
#include "libcomponent/typed.h"
#include "libwasi/http/fields.h"
#include "libwasi/http/transport.h"

namespace trenail::wasi {

struct HttpMethod {  // as on the wire
  std::string text;
};
struct HttpScheme {
  std::string text;
};

// What a function returns that fails as its WIT type says, where the host may fail as well.
template <typename E>
struct GuestError {
  E error;
  template <typename T>
  operator Result<std::expected<T, E>>() const {  // NOLINT: a result, wherever one is returned
    return std::expected<T, E>(std::unexpected(error));
  }
};
template <typename E>
GuestError(E) -> GuestError<E>;

// A list of names and values as guests pass it.
using HttpEntries = std::vector<std::tuple<std::string, std::vector<uint8_t>>>;
http::FieldList ToFieldList(HttpEntries entries);
HttpEntries ToEntries(const http::FieldList& list);
std::vector<std::vector<uint8_t>> ToByteLists(const std::vector<std::string>& values);
std::vector<std::string> FromByteLists(const std::vector<std::vector<uint8_t>>& values);

inline std::optional<HttpScheme> ToScheme(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return HttpScheme{*text};
}
inline std::optional<std::string> FromScheme(std::optional<HttpScheme> scheme) {
  if (!scheme) return std::nullopt;
  return std::move(scheme->text);
}

}  // namespace trenail::wasi

namespace trenail::internal {

template <>
struct ComponentTypeOf<wasi::HttpMethod> {
  static bool Fits(const component::ValType* type);
  static ComponentValue To(wasi::HttpMethod method);
  static wasi::HttpMethod From(const ComponentValue& value);
};
template <>
struct ComponentTypeOf<wasi::HttpScheme> {
  static bool Fits(const component::ValType* type);
  static ComponentValue To(wasi::HttpScheme scheme);
  static wasi::HttpScheme From(const ComponentValue& value);
};
template <>
struct ComponentTypeOf<wasi::http::ErrorCode> {
  static bool Fits(const component::ValType* type);
  static ComponentValue To(wasi::http::ErrorCode error);
  static wasi::http::ErrorCode From(ComponentValue value);
};

}  // namespace trenail::internal

#endif  // TRENAIL_LIBWASI_COMPONENT_HTTP_VALUES_H_
