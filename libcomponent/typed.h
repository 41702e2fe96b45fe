// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C++ types for component values: calls and host functions whose signatures the compiler knows.
//
//   auto add = instance->GetFunc("add")->Typed<uint32_t(uint32_t, uint32_t)>();
//   trenail::Result<uint32_t> sum = (*add)(1, 2);
//   linker.Instance("host").Func("log", trenail::TypedHost([](std::string text) { … }));
//
//   bool, int8_t … uint64_t, float, double     bool, s8 … u64, f32, f64
//   char32_t, std::string                      char, string
//   std::vector<T>, std::optional<T>           list<T> (fixed or not, and map), option<T>
//   std::array<T, n>                           list<T, n>
//   std::string_view, std::span<const T>       the same, as arguments and results of the host's
//   std::tuple<…>                              tuple and record, field by field
//   std::expected<T, E>                        result<T, E>; void for T, std::monostate for E: none
//   ComponentValue                             anything
//
//   const T&                                   T, as arguments of the host's
//
// Records, enums, flags, variants, resources and streams: typed_named.h; resources of guests:
// typed_handles.h.

#ifndef TRENAIL_LIBCOMPONENT_TYPED_H_
#define TRENAIL_LIBCOMPONENT_TYPED_H_

#include <array>
#include <bit>
#include <concepts>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "libcomponent/libcomponent.h"
#include "libcomponent/typed_named.h"

namespace trenail {

namespace internal {

using component::ValKind;

template <typename T, ValKind kKind, ComponentValue::Kind kValueKind>
struct ScalarType {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == kKind;
  }
  static ComponentValue To(T value) {
    if constexpr (std::is_same_v<T, float>)
      return ComponentValue::F32(value);
    else if constexpr (std::is_same_v<T, double>)
      return ComponentValue::F64(value);
    else if constexpr (std::is_signed_v<T>)
      return ComponentValue::Scalar(kValueKind, static_cast<uint64_t>(int64_t{value}));
    else
      return ComponentValue::Scalar(kValueKind, static_cast<uint64_t>(value));
  }
  static T From(ComponentValue value) { return FromBits(value.bits()); }
  static const NativeType& Native() {
    static constexpr NativeType kType{.kind = NativeType::Kind::kScalar, .size = sizeof(T)};
    return kType;
  }

  // The core value that it is lowered to: an i32 or f32 in the lower half.
  static uint64_t ToSlot(T value) {
    if constexpr (std::is_same_v<T, float>)
      return std::bit_cast<uint32_t>(value);
    else if constexpr (std::is_same_v<T, double>)
      return std::bit_cast<uint64_t>(value);
    else if constexpr (std::is_signed_v<T> && sizeof(T) < 8)
      return static_cast<uint32_t>(int32_t{value});
    else
      return static_cast<uint64_t>(value);
  }
  static T FromBits(uint64_t bits) {
    if constexpr (std::is_same_v<T, float>)
      return std::bit_cast<float>(static_cast<uint32_t>(bits));
    else if constexpr (std::is_same_v<T, double>)
      return std::bit_cast<double>(bits);
    else
      return static_cast<T>(bits);
  }
};

template <typename T>
concept ComponentScalar = requires(T value) { ComponentTypeOf<T>::ToSlot(value); };

template <>
struct ComponentTypeOf<bool> : ScalarType<bool, ValKind::kBool, ComponentValue::Kind::kBool> {};
template <>
struct ComponentTypeOf<int8_t> : ScalarType<int8_t, ValKind::kS8, ComponentValue::Kind::kS8> {};
template <>
struct ComponentTypeOf<uint8_t> : ScalarType<uint8_t, ValKind::kU8, ComponentValue::Kind::kU8> {};
template <>
struct ComponentTypeOf<int16_t> : ScalarType<int16_t, ValKind::kS16, ComponentValue::Kind::kS16> {};
template <>
struct ComponentTypeOf<uint16_t> : ScalarType<uint16_t, ValKind::kU16, ComponentValue::Kind::kU16> {
};
template <>
struct ComponentTypeOf<int32_t> : ScalarType<int32_t, ValKind::kS32, ComponentValue::Kind::kS32> {};
template <>
struct ComponentTypeOf<uint32_t> : ScalarType<uint32_t, ValKind::kU32, ComponentValue::Kind::kU32> {
};
template <>
struct ComponentTypeOf<int64_t> : ScalarType<int64_t, ValKind::kS64, ComponentValue::Kind::kS64> {};
template <>
struct ComponentTypeOf<uint64_t> : ScalarType<uint64_t, ValKind::kU64, ComponentValue::Kind::kU64> {
};
template <>
struct ComponentTypeOf<float> : ScalarType<float, ValKind::kF32, ComponentValue::Kind::kF32> {};
template <>
struct ComponentTypeOf<double> : ScalarType<double, ValKind::kF64, ComponentValue::Kind::kF64> {};
template <>
struct ComponentTypeOf<char32_t>
    : ScalarType<char32_t, ValKind::kChar, ComponentValue::Kind::kChar> {};

template <>
struct ComponentTypeOf<void> {
  static bool Fits(const component::ValType* type) { return type == nullptr; }
};
template <>
struct ComponentTypeOf<ComponentValue> {
  static bool Fits(const component::ValType* type) { return type != nullptr; }
  static ComponentValue To(ComponentValue value) { return value; }
  static ComponentValue From(ComponentValue value) { return value; }
};
template <>
struct ComponentTypeOf<std::string> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kString;
  }
  static ComponentValue To(std::string value) { return ComponentValue::String(std::move(value)); }
  static std::string From(ComponentValue value) { return value.string(); }
  static const NativeType& Native() {
    static constexpr NativeType kType{
        .kind = NativeType::Kind::kText,
        .size = sizeof(std::string),
        .items =
            [](const void* object) {
              const auto& text = *static_cast<const std::string*>(object);
              return NativeType::Items{text.data(), text.size()};
            },
        .resize = [](void* object, size_t size) -> void* {
          auto& text = *static_cast<std::string*>(object);
          text.resize_and_overwrite(size, [size](char*, size_t) { return size; });
          return text.data();
        }};
    return kType;
  }
};
template <>
struct ComponentTypeOf<std::string_view> {
  static bool Fits(const component::ValType* type) {
    return ComponentTypeOf<std::string>::Fits(type);
  }
  static ComponentValue To(std::string_view value) {
    return ComponentValue::String(std::string(value));
  }
  static const NativeType& Native() {
    static constexpr NativeType kType{.kind = NativeType::Kind::kText,
                                      .size = sizeof(std::string_view),
                                      .items = [](const void* object) {
                                        const auto& text =
                                            *static_cast<const std::string_view*>(object);
                                        return NativeType::Items{text.data(), text.size()};
                                      }};
    return kType;
  }
};
template <typename T>
struct ComponentTypeOf<std::vector<T>> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr &&
           (type->kind == ValKind::kList || type->kind == ValKind::kFixedLengthList ||
            type->kind == ValKind::kMap) &&
           ComponentTypeOf<T>::Fits(type->element);
  }
  static ComponentValue To(std::vector<T> items) {
    if constexpr (std::is_same_v<T, uint8_t>) return ComponentValue::Bytes(items);
    std::vector<ComponentValue> values;
    values.reserve(items.size());
    for (auto&& item : items) values.push_back(ComponentTypeOf<T>::To(std::move(item)));
    return ComponentValue::List(std::move(values));
  }
  static std::vector<T> From(ComponentValue value) {
    if constexpr (std::is_same_v<T, uint8_t>) {
      const std::string bytes = std::move(value).TakeBytes();
      return {bytes.begin(), bytes.end()};
    }
    std::vector<T> items;
    items.reserve(value.size());
    for (ComponentValue& item : value.items())
      items.push_back(ComponentTypeOf<T>::From(std::move(item)));
    return items;
  }
  // bool: such a vector has no objects.
  static const NativeType& Native()
    requires(ComponentNative<T> && !std::is_same_v<T, bool>)
  {
    static const NativeType type{.kind = NativeType::Kind::kList,
                                 .size = sizeof(std::vector<T>),
                                 .element = &ComponentTypeOf<T>::Native(),
                                 .items = Items,
                                 .resize = Resizer()};
    return type;
  }

 private:
  static NativeType::Items Items(const void* object) {
    const auto& items = *static_cast<const std::vector<T>*>(object);
    return {items.data(), items.size()};
  }
  static auto Resizer() -> void* (*)(void*, size_t) {
    if constexpr (ComponentLiftable<T>)
      return [](void* object, size_t size) -> void* {
        auto& items = *static_cast<std::vector<T>*>(object);
        items.resize(size);
        return items.data();
      };
    else
      return nullptr;
  }
};
template <typename T, size_t length>
struct ComponentTypeOf<std::array<T, length>> {
  using Array = std::array<T, length>;

  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kFixedLengthList && type->length == length &&
           ComponentTypeOf<T>::Fits(type->element);
  }
  static ComponentValue To(Array items) {
    std::vector<ComponentValue> values;
    values.reserve(length);
    for (T& item : items) values.push_back(ComponentTypeOf<T>::To(std::move(item)));
    return ComponentValue::List(std::move(values));
  }
  static Array From(ComponentValue value) {
    Array items{};
    for (size_t i = 0; i < length; ++i)
      items[i] = ComponentTypeOf<T>::From(std::move(value.items()[i]));
    return items;
  }
  static const NativeType& Native()
    requires ComponentNative<T>
  {
    static const NativeType type{.kind = NativeType::Kind::kList,
                                 .size = sizeof(Array),
                                 .element = &ComponentTypeOf<T>::Native(),
                                 .items =
                                     [](const void* object) {
                                       return NativeType::Items{
                                           static_cast<const Array*>(object)->data(), length};
                                     },
                                 .resize = [](void* object, size_t) -> void* {
                                   return static_cast<Array*>(object)->data();
                                 }};
    return type;
  }
};
template <typename T>
struct ComponentTypeOf<std::span<const T>> {
  static bool Fits(const component::ValType* type) {
    return ComponentTypeOf<std::vector<T>>::Fits(type);
  }
  static ComponentValue To(std::span<const T> items) {
    return ComponentTypeOf<std::vector<T>>::To(std::vector<T>(items.begin(), items.end()));
  }
  static const NativeType& Native()
    requires ComponentNative<T>
  {
    static const NativeType type{.kind = NativeType::Kind::kList,
                                 .size = sizeof(std::span<const T>),
                                 .element = &ComponentTypeOf<T>::Native(),
                                 .items = [](const void* object) {
                                   const auto& items =
                                       *static_cast<const std::span<const T>*>(object);
                                   return NativeType::Items{items.data(), items.size()};
                                 }};
    return type;
  }
};
template <typename T>
struct ComponentTypeOf<std::optional<T>> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kOption &&
           ComponentTypeOf<T>::Fits(type->fields[1].type);
  }
  static ComponentValue To(std::optional<T> value) {
    if (!value) return ComponentValue::Variant(0);
    return ComponentValue::Variant(1, ComponentTypeOf<T>::To(*std::move(value)));
  }
  static std::optional<T> From(ComponentValue value) {
    if (value.case_index() == 0) return std::nullopt;
    return ComponentTypeOf<T>::From(std::move(value.items().front()));
  }
  static const NativeType& Native()
    requires ComponentNative<T>
  {
    static const NativeType* const cases[] = {nullptr, &ComponentTypeOf<T>::Native()};
    static const NativeType type{.kind = NativeType::Kind::kVariant,
                                 .size = sizeof(std::optional<T>),
                                 .cases = cases,
                                 .payload = Payload,
                                 .emplace = Emplacer()};
    return type;
  }

 private:
  static const void* Payload(const void* object, uint32_t* case_index) {
    const auto& value = *static_cast<const std::optional<T>*>(object);
    *case_index = value ? 1 : 0;
    return value ? &*value : nullptr;
  }
  static auto Emplacer() -> void* (*)(void*, uint32_t) {
    if constexpr (ComponentLiftable<T>)
      return [](void* object, uint32_t case_index) -> void* {
        auto& value = *static_cast<std::optional<T>*>(object);
        return case_index == 0 ? nullptr : &value.emplace();
      };
    else
      return nullptr;
  }
};

template <typename... Ts>
struct ComponentTypeOf<std::tuple<Ts...>> {
  static bool Fits(const component::ValType* type) {
    if (type == nullptr || !type->is_record() || type->fields.size() != sizeof...(Ts)) return false;
    size_t i = 0;
    return (ComponentTypeOf<Ts>::Fits(type->fields[i++].type) && ...);
  }
  static ComponentValue To(std::tuple<Ts...> value) {
    return std::apply(
        [](auto&&... items) {
          std::vector<ComponentValue> values;
          (values.push_back(ComponentTypeOf<Ts>::To(std::move(items))), ...);
          return ComponentValue::Record(std::move(values));
        },
        std::move(value));
  }
  static std::tuple<Ts...> From([[maybe_unused]] ComponentValue value) {
    return [&value]<size_t... is>(std::index_sequence<is...>) {
      return std::tuple<Ts...>{ComponentTypeOf<Ts>::From(std::move(value.items()[is]))...};
    }(std::index_sequence_for<Ts...>());
  }
  static const NativeType& Native()
    requires((ComponentNative<Ts> && ...) && std::default_initializable<std::tuple<Ts...>>)
  {
    static const NativeType type =
        NativeRecord<std::tuple<Ts...>>([](const std::tuple<Ts...>& sample) {
          return std::apply([](const auto&... field) { return std::tie(field...); }, sample);
        });
    return type;
  }
};

template <typename T, typename E>
struct ComponentTypeOf<std::expected<T, E>> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kResult &&
           ComponentTypeOf<T>::Fits(type->fields[0].type) && FitsError(type->fields[1].type);
  }
  static ComponentValue To(std::expected<T, E> value) {
    if (!value) {
      if constexpr (std::is_same_v<E, std::monostate>)
        return ComponentValue::Variant(1);
      else
        return ComponentValue::Variant(1, ComponentTypeOf<E>::To(std::move(value.error())));
    }
    if constexpr (std::is_void_v<T>)
      return ComponentValue::Variant(0);
    else
      return ComponentValue::Variant(0, ComponentTypeOf<T>::To(*std::move(value)));
  }
  static std::expected<T, E> From(ComponentValue value) {
    if (value.case_index() == 1) {
      if constexpr (std::is_same_v<E, std::monostate>)
        return std::unexpected(std::monostate());
      else
        return std::unexpected(ComponentTypeOf<E>::From(std::move(value.items().front())));
    }
    if constexpr (std::is_void_v<T>)
      return {};
    else
      return ComponentTypeOf<T>::From(std::move(value.items().front()));
  }

  static const NativeType& Native()
    requires((std::is_void_v<T> || ComponentNative<T>) &&
             (std::is_same_v<E, std::monostate> || ComponentNative<E>))
  {
    static const NativeType* const cases[] = {NativeCase<T>(), NativeCase<E>()};
    static const NativeType type{.kind = NativeType::Kind::kVariant,
                                 .size = sizeof(std::expected<T, E>),
                                 .cases = cases,
                                 .payload = Payload,
                                 .emplace = Emplacer()};
    return type;
  }

 private:
  static bool FitsError(const component::ValType* type) { return ComponentTypeOf<E>::Fits(type); }
  static const void* Payload(const void* object, uint32_t* case_index) {
    const auto& value = *static_cast<const std::expected<T, E>*>(object);
    *case_index = value ? 0 : 1;
    if (!value) return &value.error();
    if constexpr (std::is_void_v<T>)
      return nullptr;
    else
      return &*value;
  }
  static auto Emplacer() -> void* (*)(void*, uint32_t) {
    if constexpr ((std::is_void_v<T> || ComponentLiftable<T>) &&
                  (std::is_same_v<E, std::monostate> || ComponentLiftable<E>))
      return Emplace;
    else
      return nullptr;
  }
  static void* Emplace(void* object, uint32_t case_index) {
    auto& value = *static_cast<std::expected<T, E>*>(object);
    if (case_index == 1) {
      value = std::unexpected(E());
      return &value.error();
    }
    if constexpr (std::is_void_v<T>) {
      value.emplace();
      return nullptr;
    } else {
      value = T();
      return &*value;
    }
  }
};

template <typename Signature>
struct ComponentSignature;
template <typename R, typename... Args>
struct ComponentSignature<R(Args...)> {
  static bool Fits(const component::FuncType& type) {
    if (type.params.size() != sizeof...(Args)) return false;
    [[maybe_unused]] size_t i = 0;
    return (ComponentTypeOf<std::remove_cvref_t<Args>>::Fits(type.params[i++].type) && ...) &&
           ComponentTypeOf<R>::Fits(type.result);
  }
};

// What holds an argument of a host function while it is called.
template <typename T>
struct OwnerOf {
  using type = T;
};
template <>
struct OwnerOf<std::string_view> {
  using type = std::string;
};
template <typename T>
struct OwnerOf<std::span<const T>> {
  using type = std::vector<T>;
};

// A host function's signature, without a first parameter that is a reference: what it is told of
// its call.
template <typename F>
struct HostSignature : HostSignature<decltype(&F::operator())> {};
struct PlainCallable;  // stands for the class of a function that has none
template <typename R, typename... Args>
struct HostSignature<R (*)(Args...)> : HostSignature<R (PlainCallable::*)(Args...) const> {};
template <typename C, typename R, typename... Args>
struct HostSignature<R (C::*)(Args...) const> {
  using Return = R;
  using Plain = typename UnwrapResult<R>::type(std::remove_cvref_t<Args>...);
  using Arguments = std::tuple<typename OwnerOf<std::remove_cvref_t<Args>>::type...>;
  static constexpr bool kHasContext = false;
};
template <typename C, typename R, typename Context, typename... Args>
  requires(!std::is_const_v<Context>)
struct HostSignature<R (C::*)(Context&, Args...) const> {
  using Return = R;
  using Plain = typename UnwrapResult<R>::type(std::remove_cvref_t<Args>...);
  using Arguments = std::tuple<typename OwnerOf<std::remove_cvref_t<Args>>::type...>;
  using ContextType = Context;
  static constexpr bool kHasContext = true;
};

template <typename Arguments>
Result<void> CheckHostArguments(const Arguments& arguments) {
  if (HasForeignResource(arguments))
    return std::unexpected(Error(
        ErrorKind::kHost, "a handle is of a resource type that this host does not implement"));
  return {};
}
template <typename Arguments>
Result<Arguments> HostArguments(std::vector<ComponentValue> args) {
  Arguments arguments = ComponentTypeOf<Arguments>::From(ComponentValue::Record(std::move(args)));
  if (auto checked = CheckHostArguments(arguments); !checked)
    return std::unexpected(std::move(checked.error()));
  return arguments;
}
// The same without Values.
template <typename Arguments, typename Call>
Result<void> LiftHostArguments(Call& call, Arguments& arguments) {
  Result<void> lifted = std::apply(
      [&](auto&... argument) {
        const component::NativePlace places[] = {
            component::NativePlace{
                &ComponentTypeOf<std::remove_cvref_t<decltype(argument)>>::Native(), &argument}...,
            component::NativePlace()};
        return call.Args({places, sizeof...(argument)});
      },
      arguments);
  if (!lifted) return lifted;
  return CheckHostArguments(arguments);
}

// Calls a host function with arguments that stay where they are: what it returns may be a view of
// them.
template <typename Signature, typename F>
typename Signature::Return CallHost(const F& callable, ComponentCall& call,
                                    typename Signature::Arguments& arguments) {
  return std::apply(
      [&](auto&... argument) -> typename Signature::Return {
        if constexpr (!Signature::kHasContext)
          return callable(std::move(argument)...);
        else if constexpr (std::is_same_v<typename Signature::ContextType, ComponentCall>)
          return callable(call, std::move(argument)...);
        else
          return callable(*static_cast<typename Signature::ContextType*>(call.host_data()),
                          std::move(argument)...);
      },
      arguments);
}

// Whether a host function can do without Values.
template <typename Arguments, typename R>
inline constexpr bool kNativeHost = false;
template <typename... Args, typename R>
inline constexpr bool kNativeHost<std::tuple<Args...>, R> =
    (ComponentLiftable<Args> && ...) && (std::is_void_v<R> || ComponentNative<R>);

}  // namespace internal

// How a call has ended: a ComponentOnResult.
template <typename R>
using TypedComponentOnResult = HostCallable<void(Result<R> result)>;

// A call that has begun: a ComponentCallHandle.
template <typename R>
class TypedComponentCall {
 public:
  // Internal: of a call whose result is an R.
  explicit TypedComponentCall(ComponentCallHandle call) : call_(std::move(call)) {}

  // As of ComponentCallHandle:
  bool done() const { return call_.done(); }
  // The result; nothing if it is not done or was cancelled. Handles in it can be taken once.
  std::optional<R> result() const
    requires(!std::is_void_v<R>)
  {
    std::optional<ComponentValue> value = call_.result();
    if (!value) return std::nullopt;
    return internal::ComponentTypeOf<R>::From(*std::move(value));
  }
  // As of ComponentCallHandle:
  const Error* error() const { return call_.error(); }
  Result<void> Cancel() { return call_.Cancel(); }
  void Abandon() { call_.Abandon(); }

 private:
  ComponentCallHandle call_;
};

// A component function with its C++ signature checked once.
template <typename Signature>
class TypedComponentFunc;
template <typename R, typename... Args>
class TypedComponentFunc<R(Args...)> {
  template <typename T>
  using TypeOf = internal::ComponentTypeOf<std::remove_cvref_t<T>>;

 public:
  // Internal: of a function that has been checked (ComponentFunc::Typed).
  explicit TypedComponentFunc(ComponentFunc func)
      : func_(std::move(func)), lifted_(func_.lifted()) {}
  // None: to be assigned before it is called.
  TypedComponentFunc() : func_(nullptr, nullptr) {}

  // Calls it and waits for the result. Errors: as of ComponentFunc::Call.
  Result<R> operator()(Args... args) const {
    if constexpr (kFlat) {
      if (lifted_ != nullptr) {
        uint64_t slots[] = {TypeOf<Args>::ToSlot(args)..., 0};
        if (auto called = component::runtime::CallFlatFromHost(*lifted_, slots); !called)
            [[unlikely]]
          return std::unexpected(std::move(called.error()));
        if constexpr (std::is_void_v<R>)
          return {};
        else
          return internal::ComponentTypeOf<R>::FromBits(slots[0]);
      }
    }
    if constexpr (kNative) {
      if (func_.is_guest() && !func_.type()->is_async) {
        const component::NativeSource sources[] = {
            component::NativeSource{&TypeOf<Args>::Native(), &args}..., component::NativeSource()};
        const std::span<const component::NativeSource> all(sources, sizeof...(Args));
        if constexpr (std::is_void_v<R>) {
          return func_.CallNative(all, nullptr);
        } else {
          R result{};
          const component::NativePlace place{&internal::ComponentTypeOf<R>::Native(), &result};
          if (auto called = func_.CallNative(all, &place); !called)
            return std::unexpected(std::move(called.error()));
          return result;
        }
      }
    }
    const ComponentValue values[] = {TypeOf<Args>::To(std::forward<Args>(args))...,
                                     ComponentValue()};
    auto result = func_.Call(std::span<const ComponentValue>(values, sizeof...(Args)));
    if (!result) return std::unexpected(std::move(result.error()));
    if constexpr (std::is_void_v<R>)
      return {};
    else
      return internal::ComponentTypeOf<R>::From(*std::move(result));
  }
  // Begins a call that goes on while the store ticks: as ComponentFunc::Start, errors as well.
  // Views among the arguments need not outlive this.
  Result<TypedComponentCall<R>> Start(Args... args,
                                      TypedComponentOnResult<R> on_result = nullptr) const {
    const ComponentValue values[] = {TypeOf<Args>::To(std::forward<Args>(args))...,
                                     ComponentValue()};
    auto call = func_.Start(std::span<const ComponentValue>(values, sizeof...(Args)),
                            Untyped(std::move(on_result)));
    if (!call) return std::unexpected(std::move(call.error()));
    return TypedComponentCall<R>(*std::move(call));
  }
  // The same as something to co_await, which then is a Result<R>: libcomponent/async.h.
  ComponentAwaitable<R> Async(Args... args) const;

 private:
  static constexpr bool kFlat = sizeof...(Args) <= component::kMaxFlatParams &&
                                (internal::ComponentScalar<std::remove_cvref_t<Args>> && ...) &&
                                (std::is_void_v<R> || internal::ComponentScalar<R>);
  static constexpr bool kNative = (internal::ComponentNative<std::remove_cvref_t<Args>> && ...) &&
                                  (std::is_void_v<R> || internal::ComponentLiftable<R>);

  static ComponentOnResult Untyped(TypedComponentOnResult<R> on_result) {
    if (!on_result) return nullptr;
    return [on_result = std::move(on_result)](Result<ComponentValue> result) {
      if (!result)
        on_result(std::unexpected(std::move(result.error())));
      else if constexpr (std::is_void_v<R>)
        on_result({});
      else
        on_result(internal::ComponentTypeOf<R>::From(*std::move(result)));
    };
  }

  ComponentFunc func_;
  component::runtime::LiftedFunc* lifted_ = nullptr;  // null: it is no guest's
};

template <typename Signature>
Result<TypedComponentFunc<Signature>> ComponentFunc::Typed() const {
  if (type() == nullptr || !internal::ComponentSignature<Signature>::Fits(*type()))
    return std::unexpected(Error(ErrorKind::kHost, "the function has another type"));
  return TypedComponentFunc<Signature>(*this);
}

// A host function from a callable of C++ types: R f(Args...), where R may be a Result. Its first
// parameter may be a ComponentCall&, or a reference to what the store's host data points to.
template <typename F, bool kCatch = wasm::kExceptions>
TypedComponentHostFunc TypedHost(F callable) {
  using Signature = internal::HostSignature<F>;
  using R = typename Signature::Return;
  using Value = typename internal::UnwrapResult<R>::type;
  using Arguments = typename Signature::Arguments;
  const auto shared = std::make_shared<const F>(std::move(callable));
  TypedComponentHostFunc typed;
  typed.accepts = [](const component::FuncType& type) {
    return internal::ComponentSignature<typename Signature::Plain>::Fits(type);
  };
  typed.func = [shared](ComponentCall& call,
                        std::vector<ComponentValue> args) -> Result<ComponentValue> {
    auto checked = internal::HostArguments<Arguments>(std::move(args));
    if (!checked) return std::unexpected(std::move(checked.error()));
    Arguments& arguments = *checked;
    if constexpr (std::is_void_v<R>) {
      internal::CallHost<Signature>(*shared, call, arguments);
      return ComponentValue();
    } else if constexpr (internal::UnwrapResult<R>::kIsResult) {
      R result = internal::CallHost<Signature>(*shared, call, arguments);
      if (!result) return std::unexpected(std::move(result.error()));
      if constexpr (std::is_void_v<Value>)
        return ComponentValue();
      else
        return internal::ComponentTypeOf<Value>::To(*std::move(result));
    } else {
      return internal::ComponentTypeOf<R>::To(
          internal::CallHost<Signature>(*shared, call, arguments));
    }
  };
  if constexpr (internal::kNativeHost<Arguments, Value>) {
    typed.native = [shared](ComponentCall& call, ComponentNativeCall& values) -> Result<void> {
      Arguments arguments;
      if (auto lifted = internal::LiftHostArguments(values, arguments); !lifted)
        return std::unexpected(std::move(lifted.error()));
      const auto give = [&]<typename T>(const T& value) {
        const component::NativeSource source{&internal::ComponentTypeOf<T>::Native(), &value};
        return values.Return(&source);
      };
      if constexpr (std::is_void_v<R>) {
        internal::CallHost<Signature>(*shared, call, arguments);
        return values.Return(nullptr);
      } else if constexpr (internal::UnwrapResult<R>::kIsResult) {
        R result = internal::CallHost<Signature>(*shared, call, arguments);
        if (!result) return std::unexpected(std::move(result.error()));
        if constexpr (std::is_void_v<Value>)
          return values.Return(nullptr);
        else
          return give(*result);
      } else {
        return give(internal::CallHost<Signature>(*shared, call, arguments));
      }
    };
  }
  return typed;
}

// How an asynchronous host function of C++ types returns: as ComponentAsyncCall.
template <typename R>
class ComponentCompletion {
 public:
  // Internal: of a call whose result is an R.
  explicit ComponentCompletion(ComponentAsyncCall call) : call_(std::move(call)) {}

  // As of ComponentAsyncCall, errors as well.
  template <typename T = R>
    requires(!std::is_void_v<T>)
  Result<void> Return(T value) const {
    return call_.Return(internal::ComponentTypeOf<R>::To(std::move(value)));
  }
  // The same of a function without a result.
  Result<void> Return() const
    requires std::is_void_v<R>
  {
    return call_.Return(ComponentValue());
  }
  // Where the result cannot be given back, whoever runs the store's threads gets the error.
  template <typename... T>
  void Finish(T&&... value) const {
    if (auto returned = Return(std::forward<T>(value)...); !returned)
      call_.Fail(std::move(returned.error()));
  }
  // As of ComponentAsyncCall:
  void Fail(Error error) const { call_.Fail(std::move(error)); }
  bool pending() const { return call_.pending(); }
  void OnCancel(HostCallable<void()> on_cancel) const { call_.OnCancel(std::move(on_cancel)); }
  ComponentQueue queue() const { return call_.queue(); }
  void* host_data() const { return call_.host_data(); }

 private:
  ComponentAsyncCall call_;
};

namespace internal {

template <typename F>
struct AsyncHostSignature : AsyncHostSignature<decltype(&F::operator())> {};
template <typename C, typename R, typename... Args>
struct AsyncHostSignature<Result<void> (C::*)(ComponentCompletion<R>, Args...) const> {
  using Return = R;
  using Plain = R(std::remove_cvref_t<Args>...);
  using Arguments = std::tuple<std::remove_cvref_t<Args>...>;
  static constexpr bool kHasContext = false;
};
template <typename C, typename Context, typename R, typename... Args>
  requires(!std::is_const_v<Context>)
struct AsyncHostSignature<Result<void> (C::*)(Context&, ComponentCompletion<R>, Args...) const> {
  using Return = R;
  using Plain = R(std::remove_cvref_t<Args>...);
  using Arguments = std::tuple<std::remove_cvref_t<Args>...>;
  using ContextType = Context;
  static constexpr bool kHasContext = true;
};

}  // namespace internal

// The same for one that returns later: Result<void> f(ComponentCompletion<R>, Args...), before
// which may come a reference to what the store's host data points to. An error it returns ends the
// guest's execution.
template <typename F, bool kCatch = wasm::kExceptions>
TypedComponentAsyncHostFunc TypedAsyncHost(F callable) {
  using Signature = internal::AsyncHostSignature<F>;
  using Completion = ComponentCompletion<typename Signature::Return>;
  using Arguments = typename Signature::Arguments;
  auto func = [callable = std::move(callable)](ComponentAsyncCall call) -> Result<void> {
    auto arguments = internal::HostArguments<Arguments>(call.TakeArgs());
    if (!arguments) return std::unexpected(std::move(arguments.error()));
    return std::apply(
        [&](auto&&... argument) {
          if constexpr (Signature::kHasContext)
            return callable(*static_cast<typename Signature::ContextType*>(call.host_data()),
                            Completion(call), std::move(argument)...);
          else
            return callable(Completion(call), std::move(argument)...);
        },
        *std::move(arguments));
  };
  return {std::move(func), [](const component::FuncType& type) {
            return internal::ComponentSignature<typename Signature::Plain>::Fits(type);
          }};
}

}  // namespace trenail

#endif  // TRENAIL_LIBCOMPONENT_TYPED_H_
