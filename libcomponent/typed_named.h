// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C++ types for those types of WIT that have names, and for handles; part of typed.h.
//
//   record    struct Point { uint32_t x, y;
//               static constexpr auto ComponentFields() {
//                 return std::tuple(&Point::x, &Point::y); } };   // in the order of the record
//   enum      enum class Color { kRed, kBlue };
//             constexpr uint32_t ComponentCases(Color) { return 2; }
//   flags     struct Access { uint32_t bits; static constexpr uint32_t kComponentFlags = 3; };
//   variant   std::variant<A, std::monostate, B>: by position, monostate for a case without payload
//   resource  ComponentOwn<T>, ComponentBorrow<T>: objects of the host, where T has
//               static const ComponentResource& ComponentType();
//   stream<T>, future<T>   ComponentStream<T>, ComponentFuture<T> (void: none); see streams.h

#ifndef TRENAIL_LIBCOMPONENT_TYPED_NAMED_H_
#define TRENAIL_LIBCOMPONENT_TYPED_NAMED_H_

#include <concepts>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "libcomponent/libcomponent.h"

namespace trenail {

template <typename T>
struct ComponentOwn {
  std::shared_ptr<T> object;
};
template <typename T>
struct ComponentBorrow {
  std::shared_ptr<T> object;
  T* operator->() const { return object.get(); }
  T& operator*() const { return *object; }
};
template <typename T>
struct ComponentStream {
  ComponentValue value;
};
template <typename T>
struct ComponentFuture {
  ComponentValue value;
};

namespace internal {

using component::ValKind;

template <typename T>
struct ComponentTypeOf;

template <typename T>
concept ComponentRecordType = requires { T::ComponentFields(); };
template <typename T>
concept ComponentEnumType = std::is_enum_v<T> && requires(T value) {
  { ComponentCases(value) } -> std::convertible_to<uint32_t>;
};
template <typename T>
concept ComponentFlagsType = requires { T::kComponentFlags; };

template <ComponentRecordType T>
struct ComponentTypeOf<T> {
  static bool Fits(const component::ValType* type) {
    if (type == nullptr || !type->is_record()) return false;
    return std::apply(
        [type](auto... members) {
          size_t i = 0;
          return type->fields.size() == sizeof...(members) &&
                 (ComponentTypeOf<Member<decltype(members)>>::Fits(type->fields[i++].type) && ...);
        },
        T::ComponentFields());
  }
  static ComponentValue To(T value) {
    std::vector<ComponentValue> items;
    std::apply(
        [&](auto... members) {
          items.reserve(sizeof...(members));
          (items.push_back(
               ComponentTypeOf<Member<decltype(members)>>::To(std::move(value.*members))),
           ...);
        },
        T::ComponentFields());
    return ComponentValue::Record(std::move(items));
  }
  static T From(ComponentValue value) {
    T record{};
    std::apply(
        [&](auto... members) {
          size_t i = 0;
          ((record.*members =
                ComponentTypeOf<Member<decltype(members)>>::From(std::move(value.items()[i++]))),
           ...);
        },
        T::ComponentFields());
    return record;
  }

 private:
  template <typename P>
  using Member = std::remove_cvref_t<decltype(std::declval<T&>().*std::declval<P>())>;
};

template <ComponentEnumType T>
struct ComponentTypeOf<T> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kEnum &&
           type->fields.size() == ComponentCases(T{});
  }
  static ComponentValue To(T value) {
    return ComponentValue::Variant(static_cast<uint32_t>(value));
  }
  static T From(const ComponentValue& value) { return static_cast<T>(value.case_index()); }
};

template <ComponentFlagsType T>
struct ComponentTypeOf<T> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kFlags &&
           type->fields.size() == T::kComponentFlags;
  }
  static ComponentValue To(T value) { return ComponentValue::Flags(value.bits); }
  static T From(const ComponentValue& value) {
    return T{.bits = static_cast<decltype(T::bits)>(value.bits())};
  }
};

template <>
struct ComponentTypeOf<std::monostate> {
  static bool Fits(const component::ValType* type) { return type == nullptr; }
};

template <typename... Ts>
struct ComponentTypeOf<std::variant<Ts...>> {
  using Variant = std::variant<Ts...>;

  static bool Fits(const component::ValType* type) {
    if (type == nullptr || type->kind != ValKind::kVariant || type->fields.size() != sizeof...(Ts))
      return false;
    size_t i = 0;
    return (ComponentTypeOf<Ts>::Fits(type->fields[i++].type) && ...);
  }
  static ComponentValue To(Variant value) { return ToCase<0>(std::move(value)); }
  static Variant From(ComponentValue value) { return FromCase<0>(std::move(value)); }

 private:
  template <size_t i>
  static ComponentValue ToCase(Variant value) {
    if constexpr (i + 1 < sizeof...(Ts))
      if (value.index() != i) return ToCase<i + 1>(std::move(value));
    using T = std::variant_alternative_t<i, Variant>;
    if constexpr (std::is_same_v<T, std::monostate>)
      return ComponentValue::Variant(i);
    else
      return ComponentValue::Variant(i, ComponentTypeOf<T>::To(std::get<i>(std::move(value))));
  }
  template <size_t i>
  static Variant FromCase(ComponentValue value) {
    if constexpr (i + 1 < sizeof...(Ts))
      if (value.case_index() != i) return FromCase<i + 1>(std::move(value));
    using T = std::variant_alternative_t<i, Variant>;
    if constexpr (std::is_same_v<T, std::monostate>)
      return Variant(std::in_place_index<i>);
    else
      return Variant(std::in_place_index<i>,
                     ComponentTypeOf<T>::From(std::move(value.items().front())));
  }
};

template <typename T>
struct ComponentTypeOf<ComponentOwn<T>> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kOwn;
  }
  static ComponentValue To(ComponentOwn<T> value) {
    return T::ComponentType().NewObject(std::move(value.object));
  }
  // Null if it is of another type; see HasForeignResource.
  static ComponentOwn<T> From(const ComponentValue& value) {
    auto object = T::ComponentType().Object(value);
    return {object ? std::static_pointer_cast<T>(*std::move(object)) : nullptr};
  }
};
template <typename T>
struct ComponentTypeOf<ComponentBorrow<T>> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kBorrow;
  }
  static ComponentBorrow<T> From(const ComponentValue& value) {
    return {ComponentTypeOf<ComponentOwn<T>>::From(value).object};
  }
};

template <typename T>
struct ComponentTypeOf<ComponentStream<T>> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kStream &&
           ComponentTypeOf<T>::Fits(type->element);
  }
  static ComponentValue To(ComponentStream<T> value) { return std::move(value.value); }
  static ComponentStream<T> From(ComponentValue value) { return {std::move(value)}; }
};
template <typename T>
struct ComponentTypeOf<ComponentFuture<T>> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kFuture &&
           ComponentTypeOf<T>::Fits(type->element);
  }
  static ComponentValue To(ComponentFuture<T> value) { return std::move(value.value); }
  static ComponentFuture<T> From(ComponentValue value) { return {std::move(value)}; }
};

// Whether an argument has a handle to what is no resource of the C++ type: a component may have
// been linked with another implementation of the interface that the resource is from.
template <typename T>
bool HasForeignResource(const T&) {
  return false;
}
template <typename T>
bool HasForeignResource(const ComponentOwn<T>& value) {
  return value.object == nullptr;
}
template <typename T>
bool HasForeignResource(const ComponentBorrow<T>& value) {
  return value.object == nullptr;
}
template <typename T>
bool HasForeignResource(const std::optional<T>& value) {
  return value && HasForeignResource(*value);
}
template <typename T, typename E>
bool HasForeignResource(const std::expected<T, E>& value) {
  if constexpr (std::is_void_v<T>)
    return false;
  else
    return value && HasForeignResource(*value);
}
template <typename T>
bool HasForeignResource(const std::vector<T>& values) {
  for (const auto& value : values)
    if (HasForeignResource(value)) return true;
  return false;
}

}  // namespace internal
}  // namespace trenail

#endif  // TRENAIL_LIBCOMPONENT_TYPED_NAMED_H_
