// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// std::function for callbacks of the embedder's. The libraries are built without exceptions, and
// nothing may be thrown through their frames; so where the embedder's code has exceptions, they end
// in the callback: as an Error of kind kHost with what() as its message, or, where a callback
// cannot fail, by std::terminate.

#ifndef TRENAIL_LIBWASM_SUPPORT_HOST_CALLABLE_H_
#define TRENAIL_LIBWASM_SUPPORT_HOST_CALLABLE_H_

#include <concepts>
#include <exception>
#include <functional>
#include <type_traits>
#include <utility>

#include "libwasm/support/error.h"

namespace wasm {

// A property of the file that is being compiled. Templates that depend on it take it as a
// parameter, so that those of files with and without exceptions are not taken for the same.
#ifdef __cpp_exceptions
inline constexpr bool kExceptions = true;
#else
inline constexpr bool kExceptions = false;
#endif

template <typename R>
inline constexpr bool kIsResult = false;
template <typename T>
inline constexpr bool kIsResult<Result<T>> = true;

#ifdef __cpp_exceptions
// `callable` without exceptions coming out of it.
template <typename R, typename F>
struct Catching {
  F callable;
  template <typename... Args>
  R operator()(Args&&... args) {  // calls it
    if constexpr (kIsResult<R>) {
      try {
        return std::invoke_r<R>(callable, std::forward<Args>(args)...);
      } catch (Error& error) {
        return std::unexpected(std::move(error));
      } catch (const std::exception& exception) {
        return std::unexpected(Error(ErrorKind::kHost, exception.what()));
      } catch (...) {
        return std::unexpected(
            Error(ErrorKind::kHost, "a host function has thrown what is no std::exception"));
      }
    } else {
      return [&]() noexcept { return std::invoke_r<R>(callable, std::forward<Args>(args)...); }();
    }
  }
};
#endif

template <typename Signature>
class HostCallable;
template <typename R, typename... Args>
class HostCallable<R(Args...)> : public std::function<R(Args...)> {
 public:
  HostCallable() = default;
  HostCallable(std::nullptr_t) {}  // NOLINT: none
  template <typename F, bool kCatch = kExceptions>
    requires(!std::derived_from<std::remove_cvref_t<F>, HostCallable> &&
             std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
  HostCallable(F&& callable)  // NOLINT: a function, or nothing as of std::function
      : std::function<R(Args...)>(Wrap<kCatch>(std::forward<F>(callable))) {}

 private:
  template <bool kCatch, typename F>
  static std::function<R(Args...)> Wrap(F&& callable) {
    if constexpr (requires { callable == nullptr; }) {
      if (callable == nullptr) return nullptr;
    }
#ifdef __cpp_exceptions
    if constexpr (kCatch) return Catching<R, std::decay_t<F>>{std::forward<F>(callable)};
#endif
    return std::forward<F>(callable);
  }
};

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_SUPPORT_HOST_CALLABLE_H_
