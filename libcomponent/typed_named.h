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
//             or struct Access : ComponentFlags<Access, uint8_t, 3> {};
//   variant   std::variant<A, std::monostate, B>: by position, monostate for a case without payload
//             or struct Shape { struct Dot {}; struct Circle { double value; };
//               std::variant<Dot, Circle> cases;
//               static constexpr bool kComponentVariant = true; };
//   resource  ComponentOwn<T>, ComponentBorrow<T>: objects of the host, where T has
//               static const ComponentResource& ComponentType();
//             of guests: typed_handles.h
//   stream<T>, future<T>   ComponentStream<T>, ComponentFuture<T> (void: none); see streams.h

#ifndef TRENAIL_LIBCOMPONENT_TYPED_NAMED_H_
#define TRENAIL_LIBCOMPONENT_TYPED_NAMED_H_

#include <array>
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
  // The object, of a resource of this host's; null if it is another's (TypedHost refuses those).
  T* operator->() const { return object.get(); }
  T& operator*() const { return *object; }  // the same
};
struct ComponentErrorContext {
  ComponentValue value;
};
template <typename T>
struct ComponentStream {
  ComponentValue value;
};
template <typename T>
struct ComponentFuture {
  ComponentValue value;
};

// Flags as a set, with the operators of one: struct Access : ComponentFlags<Access, uint8_t, 3> {};
template <typename Self, typename Bits, uint32_t count>
struct ComponentFlags {
  static constexpr uint32_t kComponentFlags = count;
  Bits bits = 0;

  // The set of one flag, and of those whose bits are set.
  static constexpr Self Bit(uint32_t index) { return Of(static_cast<Bits>(Bits{1} << index)); }
  static constexpr Self Of(Bits bits) {  // see Bit
    Self self;
    self.bits = bits;
    return self;
  }
  // Whether there is none.
  constexpr bool empty() const { return bits == 0; }
  // All that `other` has.
  constexpr bool Has(Self other) const { return (bits & other.bits) == other.bits; }
  friend constexpr Self operator|(Self a, Self b) { return Of(static_cast<Bits>(a.bits | b.bits)); }
  friend constexpr Self operator&(Self a, Self b) { return Of(static_cast<Bits>(a.bits & b.bits)); }
  friend constexpr Self operator^(Self a, Self b) { return Of(static_cast<Bits>(a.bits ^ b.bits)); }
  friend constexpr Self operator-(Self a, Self b) {
    return Of(static_cast<Bits>(a.bits & ~b.bits));
  }
  friend constexpr Self& operator|=(Self& a, Self b) { return a = a | b; }
  friend constexpr Self& operator&=(Self& a, Self b) { return a = a & b; }
  friend constexpr bool operator==(Self a, Self b) { return a.bits == b.bits; }
};

namespace internal {

using component::NativeType;
using component::ValKind;

// Fits(type): may values of T stand for that type (null: none)? To and From convert; From gets
// values of a type that fits. Native describes objects, so that they need not be converted: all
// types have it that hold no ComponentValue and no bool in a vector.
template <typename T>
struct ComponentTypeOf;

template <typename T>
concept ComponentNative = requires { ComponentTypeOf<T>::Native(); };
// What lifting can make objects of.
template <typename T>
concept ComponentLiftable =
    ComponentNative<T> && std::default_initializable<T> && std::movable<T> &&
    requires(ComponentValue value) { ComponentTypeOf<T>::From(std::move(value)); };

// Of a case with such a payload, or without one.
template <typename T>
const NativeType* NativeCase() {
  if constexpr (std::is_void_v<T> || std::is_same_v<T, std::monostate>)
    return nullptr;
  else
    return &ComponentTypeOf<T>::Native();
}

// Of a record, whose fields `fields_of` ties. An object that is made once shows where they are.
template <typename Object, typename FieldsOf>
NativeType NativeRecord(FieldsOf fields_of) {
  static const Object sample{};
  static const auto fields = std::apply(
      [](const auto&... field) {
        return std::array<NativeType::Field, sizeof...(field)>{
            NativeType::Field{&ComponentTypeOf<std::remove_cvref_t<decltype(field)>>::Native(),
                              static_cast<size_t>(reinterpret_cast<const char*>(&field) -
                                                  reinterpret_cast<const char*>(&sample))}...};
      },
      fields_of(sample));
  return {.kind = NativeType::Kind::kRecord, .size = sizeof(Object), .fields = fields};
}

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
 private:
  template <typename P>
  using Member = std::remove_cvref_t<decltype(std::declval<T&>().*std::declval<P>())>;
  template <typename... Ps>
  static consteval bool AreNative(std::tuple<Ps...>) {
    return (ComponentNative<Member<Ps>> && ...);
  }

 public:
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
  static const NativeType& Native()
    requires(std::default_initializable<T> && AreNative(T::ComponentFields()))
  {
    static const NativeType type = NativeRecord<T>([](const T& sample) {
      return std::apply([&](auto... members) { return std::tie(sample.*members...); },
                        T::ComponentFields());
    });
    return type;
  }
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
  static const NativeType& Native() {
    static constexpr NativeType kType{.kind = NativeType::Kind::kEnum, .size = sizeof(T)};
    return kType;
  }
};

template <ComponentFlagsType T>
struct ComponentTypeOf<T> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kFlags &&
           type->fields.size() == T::kComponentFlags;
  }
  static ComponentValue To(T value) { return ComponentValue::Flags(value.bits); }
  static T From(const ComponentValue& value) {
    T flags{};
    flags.bits = static_cast<decltype(T::bits)>(value.bits());
    return flags;
  }
  static const NativeType& Native()
    requires(sizeof(T) == sizeof(T::bits))
  {
    static constexpr NativeType kType{.kind = NativeType::Kind::kFlags, .size = sizeof(T)};
    return kType;
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
  static const NativeType& Native()
    requires((std::is_same_v<Ts, std::monostate> || ComponentNative<Ts>) && ...)
  {
    static const NativeType* const cases[] = {NativeCase<Ts>()...};
    static const NativeType type{.kind = NativeType::Kind::kVariant,
                                 .size = sizeof(Variant),
                                 .cases = cases,
                                 .payload = Payload,
                                 .emplace = Emplacer()};
    return type;
  }

 private:
  static const void* Payload(const void* object, uint32_t* case_index) {
    const auto& value = *static_cast<const Variant*>(object);
    *case_index = static_cast<uint32_t>(value.index());
    return std::visit([](const auto& payload) -> const void* { return &payload; }, value);
  }
  static auto Emplacer() -> void* (*)(void*, uint32_t) {
    if constexpr (((std::is_same_v<Ts, std::monostate> || ComponentLiftable<Ts>) && ...))
      return [](void* object, uint32_t case_index) {
        return Emplace<0>(*static_cast<Variant*>(object), case_index);
      };
    else
      return nullptr;
  }
  template <size_t i>
  static void* Emplace(Variant& value, uint32_t case_index) {
    if constexpr (i + 1 < sizeof...(Ts))
      if (case_index != i) return Emplace<i + 1>(value, case_index);
    return &value.template emplace<i>();
  }
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

// A variant whose cases are structs with names: `value` is the payload, and without one there is
// none.
template <typename T>
concept ComponentVariantType = requires { T::kComponentVariant; };
template <typename Case>
struct CasePayload {
  using Type = std::monostate;
};
template <typename Case>
  requires requires(Case item) { item.value; }
struct CasePayload<Case> {
  using Type = decltype(Case::value);
};

template <ComponentVariantType T>
struct ComponentTypeOf<T> {
 private:
  using Cases = decltype(T::cases);
  static constexpr size_t kCount = std::variant_size_v<Cases>;
  template <size_t i>
  using Case = std::variant_alternative_t<i, Cases>;
  template <size_t i>
  using Payload = typename CasePayload<Case<i>>::Type;
  template <size_t... is>
  static consteval bool AreNative(std::index_sequence<is...>) {
    return ((std::is_same_v<Payload<is>, std::monostate> || ComponentNative<Payload<is>>) && ...);
  }
  template <size_t... is>
  static consteval bool AreLiftable(std::index_sequence<is...>) {
    return ((std::is_same_v<Payload<is>, std::monostate> || ComponentLiftable<Payload<is>>) && ...);
  }
  using All = std::make_index_sequence<kCount>;

 public:
  static bool Fits(const component::ValType* type) {
    if (type == nullptr || type->kind != ValKind::kVariant || type->fields.size() != kCount)
      return false;
    return [type]<size_t... is>(std::index_sequence<is...>) {
      return (ComponentTypeOf<Payload<is>>::Fits(type->fields[is].type) && ...);
    }(All());
  }
  static ComponentValue To(T value) { return ToCase<0>(value.cases); }
  static T From(ComponentValue value) {
    T result{};
    FromCase<0>(result.cases, value);
    return result;
  }
  static const NativeType& Native()
    requires(AreNative(All()))
  {
    return NativeOf(All());
  }

 private:
  template <size_t... is>
  static const NativeType& NativeOf(std::index_sequence<is...>) {
    static const NativeType* const cases[] = {NativeCase<Payload<is>>()...};
    static const NativeType type{.kind = NativeType::Kind::kVariant,
                                 .size = sizeof(T),
                                 .cases = cases,
                                 .payload = FindPayload,
                                 .emplace = Emplacer()};
    return type;
  }
  template <typename C>
  static auto* PayloadOf(C& item) {
    if constexpr (requires { item.value; })
      return &item.value;
    else
      return &item;
  }
  static const void* FindPayload(const void* object, uint32_t* case_index) {
    const Cases& cases = static_cast<const T*>(object)->cases;
    *case_index = static_cast<uint32_t>(cases.index());
    return std::visit([](const auto& item) -> const void* { return PayloadOf(item); }, cases);
  }
  static auto Emplacer() -> void* (*)(void*, uint32_t) {
    if constexpr (AreLiftable(All()))
      return [](void* object, uint32_t case_index) {
        return Emplace<0>(static_cast<T*>(object)->cases, case_index);
      };
    else
      return nullptr;
  }
  template <size_t i>
  static void* Emplace(Cases& cases, uint32_t case_index) {
    if constexpr (i + 1 < kCount)
      if (case_index != i) return Emplace<i + 1>(cases, case_index);
    return PayloadOf(cases.template emplace<i>());
  }
  template <size_t i>
  static ComponentValue ToCase(Cases& cases) {
    if constexpr (i + 1 < kCount)
      if (cases.index() != i) return ToCase<i + 1>(cases);
    if constexpr (std::is_same_v<Payload<i>, std::monostate>)
      return ComponentValue::Variant(i);
    else
      return ComponentValue::Variant(
          i, ComponentTypeOf<Payload<i>>::To(std::move(std::get<i>(cases).value)));
  }
  template <size_t i>
  static void FromCase(Cases& cases, ComponentValue& value) {
    if constexpr (i + 1 < kCount)
      if (value.case_index() != i) return FromCase<i + 1>(cases, value);
    [[maybe_unused]] auto& item = cases.template emplace<i>();
    if constexpr (!std::is_same_v<Payload<i>, std::monostate>)
      item.value = ComponentTypeOf<Payload<i>>::From(std::move(value.items().front()));
  }
};

// Of handles, which become Values on their way, and nothing around them does.
template <typename T>
const NativeType& NativeHandle() {
  static constexpr NativeType kType{
      .kind = NativeType::Kind::kHandle,
      .size = sizeof(T),
      .to_value = []() -> ComponentValue (*)(const void*) {
        if constexpr (requires(T handle) { ComponentTypeOf<T>::To(handle); })
          return [](const void* object) {
            return ComponentTypeOf<T>::To(*static_cast<const T*>(object));
          };
        else
          return nullptr;
      }(),
      .from_value =
          [](void* object, ComponentValue value) {
            *static_cast<T*>(object) = ComponentTypeOf<T>::From(std::move(value));
          }};
  return kType;
}

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
  static const NativeType& Native() { return NativeHandle<ComponentOwn<T>>(); }
};
template <typename T>
struct ComponentTypeOf<ComponentBorrow<T>> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kBorrow;
  }
  static ComponentValue To(ComponentBorrow<T> value) {
    return ComponentResource::Borrow(T::ComponentType().NewObject(std::move(value.object)));
  }
  static ComponentBorrow<T> From(const ComponentValue& value) {
    return {ComponentTypeOf<ComponentOwn<T>>::From(value).object};
  }
  static const NativeType& Native() { return NativeHandle<ComponentBorrow<T>>(); }
};

template <>
struct ComponentTypeOf<ComponentErrorContext> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kErrorContext;
  }
  static ComponentValue To(ComponentErrorContext value) { return std::move(value.value); }
  static ComponentErrorContext From(ComponentValue value) { return {std::move(value)}; }
  static const NativeType& Native() { return NativeHandle<ComponentErrorContext>(); }
};

template <typename T>
struct ComponentTypeOf<ComponentStream<T>> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kStream &&
           ComponentTypeOf<T>::Fits(type->element);
  }
  static ComponentValue To(ComponentStream<T> value) { return std::move(value.value); }
  static ComponentStream<T> From(ComponentValue value) { return {std::move(value)}; }
  static const NativeType& Native() { return NativeHandle<ComponentStream<T>>(); }
};
template <typename T>
struct ComponentTypeOf<ComponentFuture<T>> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kFuture &&
           ComponentTypeOf<T>::Fits(type->element);
  }
  static ComponentValue To(ComponentFuture<T> value) { return std::move(value.value); }
  static ComponentFuture<T> From(ComponentValue value) { return {std::move(value)}; }
  static const NativeType& Native() { return NativeHandle<ComponentFuture<T>>(); }
};

// Whether an argument has a handle to what is no resource of the C++ type: a component may have
// been linked with another implementation of the interface that the resource is from.
template <typename T>
struct ForeignResource {
  static bool In([[maybe_unused]] const T& value) {
    if constexpr (ComponentRecordType<T>)
      return std::apply(
          [&](auto... members) {
            return (ForeignResource<std::remove_cvref_t<decltype(value.*members)>>::In(value.*
                                                                                       members) ||
                    ...);
          },
          T::ComponentFields());
    else if constexpr (ComponentVariantType<T>)
      return std::visit(
          []<typename C>(const C& item) {
            if constexpr (requires { item.value; })
              return ForeignResource<std::remove_cvref_t<decltype(item.value)>>::In(item.value);
            else
              return false;
          },
          value.cases);
    else
      return false;
  }
};
template <typename T>
bool HasForeignResource(const T& value) {
  return ForeignResource<T>::In(value);
}
template <typename T>
struct ForeignResource<ComponentOwn<T>> {
  static bool In(const ComponentOwn<T>& value) { return value.object == nullptr; }
};
template <typename T>
struct ForeignResource<ComponentBorrow<T>> {
  static bool In(const ComponentBorrow<T>& value) { return value.object == nullptr; }
};
template <typename T>
struct ForeignResource<std::optional<T>> {
  static bool In(const std::optional<T>& value) { return value && HasForeignResource(*value); }
};
template <typename T, typename E>
struct ForeignResource<std::expected<T, E>> {
  static bool In(const std::expected<T, E>& value) {
    if (!value) return HasForeignResource(value.error());
    if constexpr (std::is_void_v<T>)
      return false;
    else
      return HasForeignResource(*value);
  }
};
template <typename T>
struct ForeignResource<std::vector<T>> {
  static bool In(const std::vector<T>& values) {
    if constexpr (!std::is_arithmetic_v<T>)
      for (const auto& value : values)
        if (HasForeignResource(value)) return true;
    return false;
  }
};
template <typename T, size_t length>
struct ForeignResource<std::array<T, length>> {
  static bool In(const std::array<T, length>& values) {
    if constexpr (!std::is_arithmetic_v<T>)
      for (const auto& value : values)
        if (HasForeignResource(value)) return true;
    return false;
  }
};
template <typename... Ts>
struct ForeignResource<std::tuple<Ts...>> {
  static bool In(const std::tuple<Ts...>& values) {
    return std::apply([](const auto&... value) { return (HasForeignResource(value) || ...); },
                      values);
  }
};
template <typename... Ts>
struct ForeignResource<std::variant<Ts...>> {
  static bool In(const std::variant<Ts...>& value) {
    return std::visit([](const auto& payload) { return HasForeignResource(payload); }, value);
  }
};

}  // namespace internal
}  // namespace trenail

#endif  // TRENAIL_LIBCOMPONENT_TYPED_NAMED_H_
