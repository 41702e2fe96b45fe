// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:http/types.method] [wasi:http/types.scheme] [wasi:http/types.error-code]

#include "libwasi/component/http_values.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string_view>

namespace trenail::wasi {
namespace {

// The cases of method before `other`, in their order.
constexpr std::string_view kMethods[] = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                         "CONNECT", "OPTIONS", "TRACE", "PATCH"};
constexpr std::string_view kSchemes[] = {"http", "https"};

}  // namespace

http::FieldList ToFieldList(HttpEntries entries) {
  http::FieldList list;
  list.reserve(entries.size());
  for (auto& [name, value] : entries)
    list.emplace_back(std::move(name), std::string(value.begin(), value.end()));
  return list;
}

HttpEntries ToEntries(const http::FieldList& list) {
  HttpEntries entries;
  entries.reserve(list.size());
  for (const auto& [name, value] : list)
    entries.emplace_back(name, std::vector<uint8_t>(value.begin(), value.end()));
  return entries;
}

std::vector<std::vector<uint8_t>> ToByteLists(const std::vector<std::string>& values) {
  std::vector<std::vector<uint8_t>> lists;
  for (const std::string& value : values) lists.emplace_back(value.begin(), value.end());
  return lists;
}

std::vector<std::string> FromByteLists(const std::vector<std::vector<uint8_t>>& values) {
  std::vector<std::string> texts;
  for (const auto& value : values) texts.emplace_back(value.begin(), value.end());
  return texts;
}

}  // namespace trenail::wasi

namespace trenail::internal {
namespace {

using wasi::http::ErrorCode;
using wasi::http::ErrorKind;

// A variant of cases without payload and a last one of a string.
bool FitsNames(const component::ValType* type, size_t num_names) {
  if (type == nullptr || type->kind != ValKind::kVariant || type->fields.size() != num_names + 1)
    return false;
  for (size_t i = 0; i < num_names; ++i)
    if (type->fields[i].type != nullptr) return false;
  return ComponentTypeOf<std::string>::Fits(type->fields[num_names].type);
}

ComponentValue ToName(std::span<const std::string_view> names, std::string text) {
  const auto at = std::ranges::find(names, text);
  const auto index = static_cast<uint32_t>(at - names.begin());
  if (at != names.end()) return ComponentValue::Variant(index);
  return ComponentValue::Variant(index, ComponentValue::String(std::move(text)));
}

std::string FromName(std::span<const std::string_view> names, const ComponentValue& value) {
  if (value.case_index() < names.size()) return std::string(names[value.case_index()]);
  return value.payload().string();
}

struct DnsError {  // [wasi:http/types.DNS-error-payload]
  std::optional<std::string> rcode;
  std::optional<uint16_t> info_code;
  static constexpr auto ComponentFields() {
    return std::tuple(&DnsError::rcode, &DnsError::info_code);
  }
};
struct TlsAlert {  // [wasi:http/types.TLS-alert-received-payload]
  std::optional<uint8_t> id;
  std::optional<std::string> message;
  static constexpr auto ComponentFields() { return std::tuple(&TlsAlert::id, &TlsAlert::message); }
};
struct FieldSize {  // [wasi:http/types.field-size-payload]
  std::optional<std::string> name;
  std::optional<uint32_t> size;
  static constexpr auto ComponentFields() { return std::tuple(&FieldSize::name, &FieldSize::size); }
};

template <typename T>
std::optional<T> Narrow(const std::optional<uint64_t>& number) {
  if (!number) return std::nullopt;
  return static_cast<T>(std::min<uint64_t>(*number, std::numeric_limits<T>::max()));
}

// How each payload is made of an ErrorCode, and back.
struct NoPayload {};
template <typename T>
struct Payload;
template <>
struct Payload<DnsError> {
  static DnsError To(const ErrorCode& error) {
    return {error.text, Narrow<uint16_t>(error.number)};
  }
  static void From(DnsError payload, ErrorCode& error) {
    error.text = std::move(payload.rcode);
    error.number = payload.info_code;
  }
};
template <>
struct Payload<TlsAlert> {
  static TlsAlert To(const ErrorCode& error) { return {Narrow<uint8_t>(error.number), error.text}; }
  static void From(TlsAlert payload, ErrorCode& error) {
    error.number = payload.id;
    error.text = std::move(payload.message);
  }
};
template <>
struct Payload<FieldSize> {
  static FieldSize To(const ErrorCode& error) {
    return {error.text, Narrow<uint32_t>(error.number)};
  }
  static void From(FieldSize payload, ErrorCode& error) {
    error.text = std::move(payload.name);
    error.number = payload.size;
  }
};
template <>
struct Payload<std::optional<FieldSize>> {
  static std::optional<FieldSize> To(const ErrorCode& error) {
    if (!error.text && !error.number) return std::nullopt;
    return Payload<FieldSize>::To(error);
  }
  static void From(std::optional<FieldSize> payload, ErrorCode& error) {
    if (payload) Payload<FieldSize>::From(*std::move(payload), error);
  }
};
template <typename T>
  requires std::is_integral_v<T>
struct Payload<std::optional<T>> {
  static std::optional<T> To(const ErrorCode& error) { return Narrow<T>(error.number); }
  static void From(std::optional<T> payload, ErrorCode& error) { error.number = payload; }
};
template <>
struct Payload<std::optional<std::string>> {
  static std::optional<std::string> To(const ErrorCode& error) { return error.text; }
  static void From(std::optional<std::string> payload, ErrorCode& error) {
    error.text = std::move(payload);
  }
};

// Calls `visit` with what the case carries as a type.
template <typename Visit>
auto VisitPayload(ErrorKind kind, Visit visit) {
  switch (kind) {
    case ErrorKind::kDnsError:
      return visit(std::type_identity<DnsError>());
    case ErrorKind::kTlsAlertReceived:
      return visit(std::type_identity<TlsAlert>());
    case ErrorKind::kHttpRequestBodySize:
    case ErrorKind::kHttpResponseBodySize:
      return visit(std::type_identity<std::optional<uint64_t>>());
    case ErrorKind::kHttpRequestHeaderSectionSize:
    case ErrorKind::kHttpRequestTrailerSectionSize:
    case ErrorKind::kHttpResponseHeaderSectionSize:
    case ErrorKind::kHttpResponseTrailerSectionSize:
      return visit(std::type_identity<std::optional<uint32_t>>());
    case ErrorKind::kHttpRequestHeaderSize:
      return visit(std::type_identity<std::optional<FieldSize>>());
    case ErrorKind::kHttpRequestTrailerSize:
    case ErrorKind::kHttpResponseHeaderSize:
    case ErrorKind::kHttpResponseTrailerSize:
      return visit(std::type_identity<FieldSize>());
    case ErrorKind::kHttpResponseTransferCoding:
    case ErrorKind::kHttpResponseContentCoding:
    case ErrorKind::kInternalError:
      return visit(std::type_identity<std::optional<std::string>>());
    default:
      return visit(std::type_identity<NoPayload>());
  }
}

constexpr uint32_t kNumErrors = static_cast<uint32_t>(ErrorKind::kInternalError) + 1;

}  // namespace

bool ComponentTypeOf<wasi::HttpMethod>::Fits(const component::ValType* type) {
  return FitsNames(type, std::size(wasi::kMethods));
}
ComponentValue ComponentTypeOf<wasi::HttpMethod>::To(wasi::HttpMethod method) {
  return ToName(wasi::kMethods, std::move(method.text));
}
wasi::HttpMethod ComponentTypeOf<wasi::HttpMethod>::From(const ComponentValue& value) {
  return {FromName(wasi::kMethods, value)};
}

bool ComponentTypeOf<wasi::HttpScheme>::Fits(const component::ValType* type) {
  return FitsNames(type, std::size(wasi::kSchemes));
}
ComponentValue ComponentTypeOf<wasi::HttpScheme>::To(wasi::HttpScheme scheme) {
  return ToName(wasi::kSchemes, std::move(scheme.text));
}
wasi::HttpScheme ComponentTypeOf<wasi::HttpScheme>::From(const ComponentValue& value) {
  return {FromName(wasi::kSchemes, value)};
}

bool ComponentTypeOf<ErrorCode>::Fits(const component::ValType* type) {
  if (type == nullptr || type->kind != ValKind::kVariant || type->fields.size() != kNumErrors)
    return false;
  for (uint32_t i = 0; i < kNumErrors; ++i) {
    const bool fits =
        VisitPayload(static_cast<ErrorKind>(i), [&]<typename T>(std::type_identity<T>) {
          if constexpr (std::is_same_v<T, NoPayload>)
            return type->fields[i].type == nullptr;
          else
            return ComponentTypeOf<T>::Fits(type->fields[i].type);
        });
    if (!fits) return false;
  }
  return true;
}

ComponentValue ComponentTypeOf<ErrorCode>::To(ErrorCode error) {
  const auto index = static_cast<uint32_t>(error.kind);
  return VisitPayload(error.kind, [&]<typename T>(std::type_identity<T>) {
    if constexpr (std::is_same_v<T, NoPayload>)
      return ComponentValue::Variant(index);
    else
      return ComponentValue::Variant(index, ComponentTypeOf<T>::To(Payload<T>::To(error)));
  });
}

ErrorCode ComponentTypeOf<ErrorCode>::From(ComponentValue value) {
  ErrorCode error{.kind = static_cast<ErrorKind>(value.case_index())};
  VisitPayload(error.kind, [&]<typename T>(std::type_identity<T>) {
    if constexpr (!std::is_same_v<T, NoPayload>)
      Payload<T>::From(ComponentTypeOf<T>::From(std::move(value.items().front())), error);
  });
  return error;
}

}  // namespace trenail::internal
