// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resources that guests implement, as objects of C++; and how generated bindings (`trenail bind`)
// find what an instance exports.
//
//   struct Functions { TypedComponentFunc<uint32_t(ComponentLent<Counter>)> counter_next; };
//   class Counter : public ComponentHandle<Functions> {
//    public:
//     Result<uint32_t> Next() const { return Invoke(&Functions::counter_next, Lend(*this)); }
//   };
//
// Ownership: a handle owns its resource, and drops it at its end unless it has been passed to a
// guest. It is move-only and must not be used after its store has gone; it may end then. The
// functions that its methods call live as long as any handle or what Bind returned.

#ifndef TRENAIL_LIBCOMPONENT_TYPED_HANDLES_H_
#define TRENAIL_LIBCOMPONENT_TYPED_HANDLES_H_

#include <concepts>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "libcomponent/typed.h"
#include "libcomponent/typed_streams.h"

namespace trenail {

namespace internal {
// Its address tells functions of different bindings apart: not constant, so that no linker merges
// it.
template <typename Functions>
inline char kBindingsTag = 0;
}  // namespace internal

template <typename Functions>
class ComponentHandle {
 public:
  using ComponentFunctions = Functions;

  ComponentHandle() = default;
  ComponentHandle(ComponentHandle&& other) noexcept
      : value_(std::exchange(other.value_, ComponentValue())),
        functions_(std::move(other.functions_)) {}
  ComponentHandle& operator=(ComponentHandle&& other) noexcept {
    std::swap(value_, other.value_);
    std::swap(functions_, other.functions_);
    return *this;
  }
  ~ComponentHandle() { static_cast<void>(Drop()); }

  // Ends the resource now. Errors: those of its destructor.
  Result<void> Drop() {
    if (value_.kind() != ComponentValue::Kind::kHandle) return {};
    return ComponentResource::Drop(std::exchange(value_, ComponentValue()));
  }
  // The dynamic form, which still owns the resource.
  const ComponentValue& value() const { return value_; }
  // Internal: takes over a resource that a guest returned.
  void Assign(ComponentValue value) {
    functions_ = std::static_pointer_cast<const Functions>(
        ComponentResource::BindingsOf(value, &internal::kBindingsTag<Functions>));
    value_ = std::move(value);
  }

 protected:
  template <typename Function, typename... Args>
  auto Invoke(Function Functions::* function, Args&&... args) const
      -> decltype((std::declval<const Functions&>().*function)(std::forward<Args>(args)...)) {
    if (IsEmpty()) return std::unexpected(Unbound());
    return (functions_.get()->*function)(std::forward<Args>(args)...);
  }
  template <typename Function, typename... Args>
  auto InvokeStart(Function Functions::* function, Args&&... args) const
      -> decltype((std::declval<const Functions&>().*function).Start(std::forward<Args>(args)...)) {
    if (IsEmpty()) return std::unexpected(Unbound());
    return (functions_.get()->*function).Start(std::forward<Args>(args)...);
  }
  // With libcomponent/async.h.
  template <typename R, typename Function, typename... Args>
  ComponentAwaitable<R> InvokeAsync(Function Functions::* function, Args&&... args) const {
    return ComponentAwaitable<R>([&](TypedComponentOnResult<R> on_result) {
      return InvokeStart(function, std::forward<Args>(args)..., std::move(on_result));
    });
  }

 private:
  // A call with an argument that is no handle would end the instance.
  bool IsEmpty() const {
    return functions_ == nullptr || value_.kind() != ComponentValue::Kind::kHandle;
  }
  static Error Unbound() {
    return Error(ErrorKind::kHost,
                 "the handle has no resource of an instance that is bound to these functions");
  }

  ComponentValue value_;
  std::shared_ptr<const Functions> functions_;
};

// A resource that stays with its owner: for parameters that are borrows.
template <typename T>
class ComponentLent {
 public:
  // `handle` has to outlive the call.
  ComponentLent(const T& handle)  // NOLINT: implicit, as a reference would be
      : value_(ComponentResource::Borrow(handle.value())) {}
  // The dynamic form: a borrow.
  const ComponentValue& value() const { return value_; }

 private:
  ComponentValue value_;
};
// The same where it has to be said: in lists and the like.
template <typename T>
ComponentLent<T> Lend(const T& handle) {
  return ComponentLent<T>(handle);
}

namespace internal {

template <typename T>
concept ComponentHandleType = requires { typename T::ComponentFunctions; } &&
                              std::is_base_of_v<ComponentHandle<typename T::ComponentFunctions>, T>;

// Either kind of handle, as an argument.
template <typename T>
const NativeType& NativeGuestHandle() {
  static constexpr NativeType kType{
      .kind = NativeType::Kind::kHandle,
      .size = sizeof(T),
      .to_value = [](const void* object) { return static_cast<const T*>(object)->value(); },
      .from_value = []() -> void (*)(void*, ComponentValue) {
        if constexpr (ComponentHandleType<T>)
          return [](void* object, ComponentValue value) {
            static_cast<T*>(object)->Assign(std::move(value));
          };
        else
          return nullptr;
      }()};
  return kType;
}

template <ComponentHandleType T>
struct ComponentTypeOf<T> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kOwn;
  }
  static ComponentValue To(const T& value) { return value.value(); }
  static T From(ComponentValue value) {
    T handle;
    handle.Assign(std::move(value));
    return handle;
  }
  static const NativeType& Native() { return NativeGuestHandle<T>(); }
};
template <typename T>
struct ComponentTypeOf<ComponentLent<T>> {
  static bool Fits(const component::ValType* type) {
    return type != nullptr && type->kind == ValKind::kBorrow;
  }
  static ComponentValue To(const ComponentLent<T>& value) { return value.value(); }
  static const NativeType& Native() { return NativeGuestHandle<ComponentLent<T>>(); }
};

}  // namespace internal

// The error of a function whose type is a result, as what a host function returns.
template <typename E>
struct ComponentFailure {
  E error;
  template <typename T, typename F>
    requires std::constructible_from<F, E>
  operator std::expected<T, F>() && {  // NOLINT: implicit on purpose
    return std::unexpected<F>(F(std::move(error)));
  }
};
// return trenail::Err("no such file"); of a function that returns Result<std::expected<…>>.
template <typename E>
ComponentFailure<std::decay_t<E>> Err(E&& error) {
  return {std::forward<E>(error)};
}

// Finds the exports that bindings have been generated for. The first error stays.
class ComponentBinder {
 public:
  // Of the exported instance `name`; empty: of the root.
  ComponentBinder(const ComponentInstance& instance, std::string_view name)
      : name_(name), instance_(instance) {
    if (name.empty()) return;
    if (auto found = instance.GetInstance(name))
      instance_ = *found;
    else
      Fail("there is no export `" + name_ + "`");
  }

  // Finds a function of this type.
  template <typename Signature>
  void Func(std::string_view name, TypedComponentFunc<Signature>& function) {
    if (error_) return;
    const auto found = instance_.GetFunc(name);
    if (!found) return Fail("there is no exported function `" + Described(name) + "`");
    auto typed = found->template Typed<Signature>();
    if (!typed) return Fail("the exported function `" + Described(name) + "` has another type");
    function = *std::move(typed);
  }
  // Handles to resources of this type call these functions from now on. What is bound already
  // stays.
  template <typename Functions>
  void Resource(std::string_view name, std::shared_ptr<Functions>& functions) {
    if (error_) return;
    const auto found = instance_.GetResource(name);
    if (!found) return Fail("there is no exported resource `" + Described(name) + "`");
    found->SetBindings(&internal::kBindingsTag<Functions>, functions);
  }
  // Whether all was found. Errors: kUnlinkable, naming what is missing or of another type.
  Result<void> Finish() {
    if (error_) return std::unexpected(std::move(*error_));
    return {};
  }

 private:
  std::string Described(std::string_view name) const {
    return name_.empty() ? std::string(name) : name_ + "." + std::string(name);
  }
  void Fail(std::string message) {
    if (!error_) error_.emplace(ErrorKind::kUnlinkable, std::move(message));
  }

  std::string name_;
  ComponentInstance instance_;
  std::optional<Error> error_;
};

}  // namespace trenail

#endif  // TRENAIL_LIBCOMPONENT_TYPED_HANDLES_H_
