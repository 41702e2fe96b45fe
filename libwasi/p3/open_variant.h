// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A C++ type for those variants of WASI 0.3 that are open: n cases that say all, and a last one,
// other(option<string>), for what they do not cover. See libcomponent/typed.h.

#ifndef TRENAIL_LIBWASI_P3_OPEN_VARIANT_H_
#define TRENAIL_LIBWASI_P3_OPEN_VARIANT_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "libcomponent/typed.h"

namespace trenail {
namespace wasi::p3 {

template <uint32_t kPlainCases>
struct OpenVariant {
  uint32_t case_index = kPlainCases;
  std::optional<std::string> other = std::nullopt;
};

}  // namespace wasi::p3

namespace internal {

template <uint32_t kPlainCases>
struct ComponentTypeOf<wasi::p3::OpenVariant<kPlainCases>> {
  using Variant = wasi::p3::OpenVariant<kPlainCases>;
  using Other = ComponentTypeOf<std::optional<std::string>>;

  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kVariant &&
           type->fields.size() == kPlainCases + 1 &&
           std::all_of(type->fields.begin(), type->fields.end() - 1,
                       [](const auto& field) { return field.type == nullptr; }) &&
           Other::Fits(type->fields.back().type);
  }
  static ComponentValue To(Variant value) {
    if (value.case_index < kPlainCases) return ComponentValue::Variant(value.case_index);
    return ComponentValue::Variant(kPlainCases, Other::To(std::move(value.other)));
  }
  static Variant From(ComponentValue value) {
    Variant variant{.case_index = value.case_index()};
    if (variant.case_index == kPlainCases)
      variant.other = Other::From(std::move(value.items().front()));
    return variant;
  }
};

}  // namespace internal
}  // namespace trenail

#endif  // TRENAIL_LIBWASI_P3_OPEN_VARIANT_H_
