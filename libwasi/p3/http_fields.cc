// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:http/types@0.3.0.fields] [wasi:http/types@0.3.0.request-options]

#include <expected>
#include <string>
#include <vector>

#include "libwasi/p3/http.h"

namespace trenail::wasi::p3 {
namespace {

using Name = std::string;
using Value = std::vector<uint8_t>;
using Values = std::vector<Value>;
using Self = ComponentBorrow<HttpFields>;
// [wasi:http/types.header-error]: invalid-syntax, forbidden, immutable, size-exceeded, other
using HeaderError = std::variant<std::monostate, std::monostate, std::monostate, std::monostate,
                                 std::optional<std::string>>;
template <typename T>
using HeaderReturn = std::expected<T, HeaderError>;

HeaderError ToHeaderError(http::FieldsError error) {
  switch (error) {
    case http::FieldsError::kInvalidSyntax:
      return HeaderError(std::in_place_index<0>);
    case http::FieldsError::kForbidden:
      return HeaderError(std::in_place_index<1>);
    case http::FieldsError::kImmutable:
      return HeaderError(std::in_place_index<2>);
    case http::FieldsError::kSizeExceeded:
      break;
  }
  return HeaderError(std::in_place_index<3>);
}

template <typename T>
HeaderReturn<void> ToReturn(const http::FieldsResult<T>& result) {
  if (!result) return std::unexpected(ToHeaderError(result.error()));
  return {};
}

using Duration = std::optional<uint64_t>;
// [wasi:http/types.request-options-error]: not-supported, immutable, other
using OptionsError = std::variant<std::monostate, std::monostate, std::optional<std::string>>;

void LinkOption(ComponentLinkerInstance& types, const std::string& name,
                Duration http::ClientOptions::* option) {
  types.Func(
      "[method]request-options.get-" + name,
      TypedHost([option](ComponentBorrow<RequestOptions> self) { return self->options.*option; }));
  types.Func("[method]request-options.set-" + name,
             TypedHost([option](ComponentBorrow<RequestOptions> self,
                                Duration duration) -> std::expected<void, OptionsError> {
               if (self->frozen) return std::unexpected(OptionsError(std::in_place_index<1>));
               self->options.*option = duration;
               return {};
             }));
}

}  // namespace

const ComponentResource& HttpFields::ComponentType() {
  static const ComponentResource& type = *new ComponentResource(ComponentResource::Host("fields"));
  return type;
}
const ComponentResource& RequestOptions::ComponentType() {
  static const ComponentResource& type =
      *new ComponentResource(ComponentResource::Host("request-options"));
  return type;
}

void LinkHttpFields(ComponentLinkerInstance& types) {
  types.Resource("fields", HttpFields::ComponentType());
  // Other names of it.
  types.Resource("headers", HttpFields::ComponentType());
  types.Resource("trailers", HttpFields::ComponentType());
  types.Func("[constructor]fields", TypedHost([](Context& context) {
               return context.NewOwn<HttpFields>(std::make_shared<http::Fields>(context.budget()));
             }));
  types.Func("[static]fields.from-list",
             TypedHost([](Context& context,
                          HttpEntries entries) -> Result<HeaderReturn<ComponentOwn<HttpFields>>> {
               auto fields =
                   http::Fields::FromGuest(context.budget(), ToFieldList(std::move(entries)));
               if (!fields) return GuestError{ToHeaderError(fields.error())};
               return TRY(context.NewOwn<HttpFields>(*std::move(fields)));
             }));
  types.Func("[method]fields.get",
             TypedHost([](Self self, Name name) { return ToByteLists(self->fields->Get(name)); }));
  types.Func("[method]fields.has",
             TypedHost([](Self self, Name name) { return self->fields->Has(name); }));
  types.Func("[method]fields.set", TypedHost([](Self self, Name name, Values values) {
               return ToReturn(self->fields->Set(name, FromByteLists(values)));
             }));
  types.Func("[method]fields.delete",
             TypedHost([](Self self, Name name) { return ToReturn(self->fields->Delete(name)); }));
  types.Func("[method]fields.get-and-delete",
             TypedHost([](Self self, Name name) -> HeaderReturn<Values> {
               const auto values = self->fields->Delete(name);
               if (!values) return std::unexpected(ToHeaderError(values.error()));
               return ToByteLists(*values);
             }));
  types.Func("[method]fields.append", TypedHost([](Self self, Name name, Value value) {
               return ToReturn(self->fields->Append(name, std::string(value.begin(), value.end())));
             }));
  types.Func("[method]fields.copy-all",
             TypedHost([](Self self) { return ToEntries(self->fields->list()); }));
  types.Func(
      "[method]fields.clone",
      TypedHost([](Context& context, Self self) -> Result<ComponentOwn<HttpFields>> {
        auto fields = self->fields->Clone();
        if (!fields)
          return std::unexpected(Error(ErrorKind::kExhausted, "too many fields of messages"));
        return context.NewOwn<HttpFields>(*std::move(fields));
      }));

  types.Resource("request-options", RequestOptions::ComponentType());
  types.Func("[constructor]request-options",
             TypedHost([](Context& context) { return context.NewOwn<RequestOptions>(); }));
  LinkOption(types, "connect-timeout", &http::ClientOptions::connect_timeout);
  LinkOption(types, "first-byte-timeout", &http::ClientOptions::first_byte_timeout);
  LinkOption(types, "between-bytes-timeout", &http::ClientOptions::between_bytes_timeout);
  types.Func("[method]request-options.clone",
             TypedHost([](Context& context, ComponentBorrow<RequestOptions> self) {
               return context.NewOwn<RequestOptions>(self->options);
             }));
}

}  // namespace trenail::wasi::p3
