// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:http/types@0.2.12.fields]

#include <expected>
#include <string>
#include <tuple>
#include <vector>

#include "libwasi/p2/http.h"

namespace trenail::wasi::p2 {
namespace {

using Name = std::string;
using Value = std::vector<uint8_t>;
using Self = ComponentBorrow<HttpFields>;
// [wasi:http/types.header-error]: invalid-syntax, forbidden, immutable
using HeaderError = std::variant<std::monostate, std::monostate, std::monostate>;
template <typename T>
using HeaderReturn = std::expected<T, HeaderError>;

// This version has no case for fields that are too large.
Result<HeaderError> ToHeaderError(http::FieldsError error) {
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
  return std::unexpected(
      Error(ErrorKind::kExhausted, "the fields of a message are larger than 256 KiB"));
}

template <typename T>
Result<HeaderReturn<void>> ToReturn(const http::FieldsResult<T>& result) {
  if (!result) return GuestError{TRY(ToHeaderError(result.error()))};
  return HeaderReturn<void>();
}

Result<ComponentOwn<HttpFields>> New(Context& context,
                                     http::FieldsResult<std::shared_ptr<http::Fields>> fields) {
  if (!fields) return std::unexpected(Error(ErrorKind::kExhausted, "too many fields of messages"));
  return context.NewOwn<HttpFields>(*std::move(fields));
}

}  // namespace

const ComponentResource& HttpFields::ComponentType() {
  static const ComponentResource& type = *new ComponentResource(ComponentResource::Host("fields"));
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
               if (!fields) return GuestError{TRY(ToHeaderError(fields.error()))};
               return TRY(context.NewOwn<HttpFields>(*std::move(fields)));
             }));
  types.Func("[method]fields.get",
             TypedHost([](Self self, Name name) { return ToByteLists(self->fields->Get(name)); }));
  types.Func("[method]fields.has",
             TypedHost([](Self self, Name name) { return self->fields->Has(name); }));
  types.Func("[method]fields.set", TypedHost([](Self self, Name name, std::vector<Value> values) {
               return ToReturn(self->fields->Set(name, FromByteLists(values)));
             }));
  types.Func("[method]fields.delete",
             TypedHost([](Self self, Name name) { return ToReturn(self->fields->Delete(name)); }));
  types.Func("[method]fields.append", TypedHost([](Self self, Name name, Value value) {
               return ToReturn(self->fields->Append(name, std::string(value.begin(), value.end())));
             }));
  types.Func("[method]fields.entries",
             TypedHost([](Self self) { return ToEntries(self->fields->list()); }));
  types.Func("[method]fields.clone", TypedHost([](Context& context, Self self) {
               return New(context, self->fields->Clone());
             }));
}

}  // namespace trenail::wasi::p2
