// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The header that guests in C++ stand on: the same for every world.

#include "libcomponent/bind/guest.h"

namespace component::bind {

// In two parts, as compilers bound the length of a literal.
std::string_view GuestRuntimeTypes() {
  return R"runtime(
#ifndef TRENAIL_GUEST_H_
#define TRENAIL_GUEST_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#ifdef __wasm__
#define TRENAIL_IMPORT(module, name) \
  __attribute__((__import_module__(module), __import_name__(name)))
#define TRENAIL_EXPORT(name) __attribute__((__export_name__(name)))
#else
#define TRENAIL_IMPORT(module, name)
#define TRENAIL_EXPORT(name)
#endif

namespace trenail {

// Flags as a set: struct Access : Flags<Access, uint8_t, 3> {};
template <typename Self, typename Bits, uint32_t count>
struct Flags {
  static constexpr uint32_t kComponentFlags = count;
  Bits bits = 0;

  static constexpr Self Bit(uint32_t index) { return Of(static_cast<Bits>(Bits{1} << index)); }
  static constexpr Self Of(Bits bits) {
    Self self;
    self.bits = bits;
    return self;
  }
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

// A handle to a resource of somebody else: the base of generated classes. Dropped at its end unless
// it is passed on. T has static void ComponentDrop(int32_t handle).
template <typename T>
class Resource {
 public:
  Resource() = default;
  Resource(Resource&& other) noexcept : handle_(std::exchange(other.handle_, 0)) {}
  Resource& operator=(Resource&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Resource() {
    if (handle_ != 0) T::ComponentDrop(handle_);
  }
  int32_t handle() const { return handle_; }
  // Whoever gets the handle owns it.
  int32_t Release() const { return std::exchange(handle_, 0); }
  static T Of(int32_t handle) {
    T resource;
    static_cast<Resource&>(resource).handle_ = handle;
    return resource;
  }

 private:
  mutable int32_t handle_ = 0;  // 0: none
};

template <typename T>
concept ImportedResource = std::is_base_of_v<Resource<T>, T>;

// A resource that stays with its owner. Of an exported one, a reference to the object.
template <typename T>
class Borrow;
template <ImportedResource T>
class Borrow<T> {
 public:
  Borrow(const T& owned) : lent_(T::Of(owned.handle())), received_(false) {}  // NOLINT
  // One that was received, which has to be dropped before the call returns.
  static Borrow Received(int32_t handle) { return Borrow(handle); }
  Borrow(Borrow&&) noexcept = default;
  Borrow& operator=(Borrow&&) noexcept = default;
  ~Borrow() {
    if (!received_) lent_.Release();
  }
  const T* operator->() const { return &lent_; }
  const T& operator*() const { return lent_; }

 private:
  explicit Borrow(int32_t handle) : lent_(T::Of(handle)), received_(true) {}
  T lent_;
  bool received_;
};
template <typename T>
  requires(!ImportedResource<T>)
class Borrow<T> {
 public:
  Borrow(T& object) : object_(&object) {}  // NOLINT
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }

 private:
  T* object_;
};

// A resource of this guest's: an object that nobody has a handle to so far, or a handle that came
// back.
template <typename T>
class Own {
 public:
  Own() = default;
  template <typename U>
    requires std::is_convertible_v<U*, T*>
  Own(std::unique_ptr<U> object) : object_(object.release()) {}  // NOLINT
  static Own Of(int32_t handle) {
    Own own;
    own.handle_ = handle;
    own.object_ = T::ComponentRep(handle);
    return own;
  }
  Own(Own&& other) noexcept
      : object_(std::exchange(other.object_, nullptr)), handle_(std::exchange(other.handle_, 0)) {}
  Own& operator=(Own&& other) noexcept {
    std::swap(object_, other.object_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Own() {
    if (handle_ != 0)
      T::ComponentDrop(handle_);
    else
      delete object_;
  }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  int32_t Release() const {
    T* const object = std::exchange(object_, nullptr);
    const int32_t handle = std::exchange(handle_, 0);
    return handle != 0 ? handle : T::ComponentNew(object);
  }

 private:
  mutable T* object_ = nullptr;
  mutable int32_t handle_ = 0;
};

class ErrorContext {
 public:
  ErrorContext() = default;
  explicit ErrorContext(int32_t handle) : handle_(handle) {}
  int32_t handle() const { return handle_; }

 private:
  int32_t handle_ = 0;
};

extern "C" {
TRENAIL_IMPORT("$root", "[waitable-set-new]") int32_t trenail_waitable_set_new();
TRENAIL_IMPORT("$root", "[waitable-set-wait]") int32_t trenail_waitable_set_wait(int32_t, int32_t);
TRENAIL_IMPORT("$root", "[waitable-set-drop]") void trenail_waitable_set_drop(int32_t);
TRENAIL_IMPORT("$root", "[waitable-join]") void trenail_waitable_join(int32_t, int32_t);
}

// What a read or write of this end results in, which may be still under way.
inline uint32_t Await(int32_t handle, int32_t result) {
  constexpr int32_t kBlocked = -1;
  if (result != kBlocked) return static_cast<uint32_t>(result);
  uint32_t event[2] = {};
  const int32_t set = trenail_waitable_set_new();
  trenail_waitable_join(handle, set);
  trenail_waitable_set_wait(
      set, static_cast<int32_t>(static_cast<uint32_t>(reinterpret_cast<uintptr_t>(event))));
  trenail_waitable_join(handle, 0);
  trenail_waitable_set_drop(set);
  return event[1];
}

// The built-ins for streams and futures of T, which depend on the world.
struct CopyBuiltins {
  int64_t (*make)();
  int32_t (*read)(int32_t handle, void* to, uint32_t count);
  int32_t (*write)(int32_t handle, const void* from, uint32_t count);
  void (*drop_readable)(int32_t handle);
  void (*drop_writable)(int32_t handle);
};
template <typename T>
const CopyBuiltins& StreamBuiltins();
template <typename T>
const CopyBuiltins& FutureBuiltins();

// An end of a stream or future; T says which builtin drops it.
template <auto drop>
class End {
 public:
  End() = default;
  explicit End(int32_t handle) : handle_(handle) {}
  End(End&& other) noexcept : handle_(std::exchange(other.handle_, 0)) {}
  End& operator=(End&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~End() {
    if (handle_ != 0) drop(handle_);
  }
  int32_t handle() const { return handle_; }
  int32_t Release() const { return std::exchange(handle_, 0); }

 private:
  mutable int32_t handle_ = 0;
};

// ---- lowering and lifting

// Memory that is needed until a call is over.
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  ~Scratch() {
    for (void* block : blocks_) std::free(block);
  }
  uint8_t* Allocate(size_t size) {
    if (size == 0) return nullptr;
    void* const block = std::malloc(size);
    if (block == nullptr) std::abort();
    blocks_.push_back(block);
    return static_cast<uint8_t*>(block);
  }

 private:
  std::vector<void*> blocks_;
};

constexpr uint32_t AlignTo(uint32_t at, uint32_t align) { return (at + align - 1) / align * align; }

template <typename T>
T LoadAs(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
template <typename T>
void StoreAs(uint8_t* at, T value) {
  std::memcpy(at, &value, sizeof value);
}
inline uint32_t Address(const void* pointer) {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(pointer));
}
template <typename T>
T* Pointer(uint64_t address) {
  return reinterpret_cast<T*>(static_cast<uintptr_t>(address));
}
inline uint64_t BitsOf(float value) { return __builtin_bit_cast(uint32_t, value); }
inline uint64_t BitsOf(double value) { return __builtin_bit_cast(uint64_t, value); }
inline float F32Of(uint64_t slot) {
  return __builtin_bit_cast(float, static_cast<uint32_t>(slot));
}
inline double F64Of(uint64_t slot) { return __builtin_bit_cast(double, slot); }

// How values of T are laid out: size and alignment in memory, and how many core values they are.
// Values are put into slots of 64 bits, in which all cases of a variant fit, or into memory. What
// is lifted owns its memory.
template <typename T>
struct Abi;

template <typename T>
inline constexpr bool kPlain = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;
template <>
inline constexpr bool kPlain<char32_t> = true;

template <typename T>
  requires(std::is_arithmetic_v<T> || std::is_same_v<T, char32_t>)
struct Abi<T> {
  static constexpr uint32_t kSize = sizeof(T);
  static constexpr uint32_t kAlign = sizeof(T);
  static constexpr size_t kFlat = 1;
  static void Lower(T value, uint64_t* slots, Scratch&) {
    if constexpr (std::is_same_v<T, float>)
      *slots = BitsOf(value);
    else if constexpr (std::is_same_v<T, double>)
      *slots = BitsOf(value);
    else if constexpr (sizeof(T) < 8)
      *slots = static_cast<uint32_t>(value);
    else
      *slots = static_cast<uint64_t>(value);
  }
  static T Lift(const uint64_t* slots) {
    if constexpr (std::is_same_v<T, float>)
      return F32Of(*slots);
    else if constexpr (std::is_same_v<T, double>)
      return F64Of(*slots);
    else
      return static_cast<T>(*slots);
  }
  static void Store(T value, uint8_t* at, Scratch&) { StoreAs(at, value); }
  static T Load(const uint8_t* at) {
    if constexpr (std::is_same_v<T, bool>)
      return *at != 0;
    else
      return LoadAs<T>(at);
  }
};

// An integer of so many bytes in memory, and an i32.
template <typename T, typename Integer>
struct IntegerAbi {
  static constexpr uint32_t kSize = sizeof(Integer);
  static constexpr uint32_t kAlign = sizeof(Integer);
  static constexpr size_t kFlat = 1;
};
template <typename T>
concept EnumType = std::is_enum_v<T> && requires(T value) { ComponentCases(value); };
template <EnumType T>
struct Abi<T> : IntegerAbi<T, std::underlying_type_t<T>> {
  using Integer = std::underlying_type_t<T>;
  static void Lower(T value, uint64_t* slots, Scratch&) { *slots = static_cast<Integer>(value); }
  static T Lift(const uint64_t* slots) { return static_cast<T>(*slots); }
  static void Store(T value, uint8_t* at, Scratch&) { StoreAs(at, value); }
  static T Load(const uint8_t* at) { return LoadAs<T>(at); }
};
template <typename T>
concept FlagsType = requires { T::kComponentFlags; };
template <FlagsType T>
struct Abi<T> : IntegerAbi<T, decltype(T::bits)> {
  static void Lower(T value, uint64_t* slots, Scratch&) { *slots = value.bits; }
  static T Lift(const uint64_t* slots) { return T::Of(static_cast<decltype(T::bits)>(*slots)); }
  static void Store(T value, uint8_t* at, Scratch&) { StoreAs(at, value.bits); }
  static T Load(const uint8_t* at) { return T::Of(LoadAs<decltype(T::bits)>(at)); }
};

// Handles, as what holds them says.
template <typename T, typename Of, typename Release>
struct HandleAbi {
  static constexpr uint32_t kSize = 4;
  static constexpr uint32_t kAlign = 4;
  static constexpr size_t kFlat = 1;
  static void Lower(const T& value, uint64_t* slots, Scratch&) {
    *slots = static_cast<uint32_t>(Release()(value));
  }
  static T Lift(const uint64_t* slots) { return Of()(static_cast<int32_t>(*slots)); }
  static void Store(const T& value, uint8_t* at, Scratch&) { StoreAs(at, Release()(value)); }
  static T Load(const uint8_t* at) { return Of()(LoadAs<int32_t>(at)); }
};
struct ReleaseHandle {
  int32_t operator()(const auto& value) const { return value.Release(); }
};
template <typename T>
struct OfHandle {
  T operator()(int32_t handle) const {
    if constexpr (requires { T::Of(handle); })
      return T::Of(handle);
    else
      return T(handle);
  }
};
template <typename T>
  requires ImportedResource<T>
struct Abi<T> : HandleAbi<T, OfHandle<T>, ReleaseHandle> {};
template <typename T>
struct Abi<Own<T>> : HandleAbi<Own<T>, OfHandle<Own<T>>, ReleaseHandle> {};
struct HandleOf {
  int32_t operator()(const auto& value) const { return value.handle(); }
};
template <>
struct Abi<ErrorContext> : HandleAbi<ErrorContext, OfHandle<ErrorContext>, HandleOf> {};
// A borrow of an exported resource is the object itself when it is received.
template <typename T>
struct OfBorrow {
  Borrow<T> operator()(int32_t value) const {
    if constexpr (ImportedResource<T>)
      return Borrow<T>::Received(value);
    else
      return Borrow<T>(*Pointer<T>(static_cast<uint32_t>(value)));
  }
};
struct LendHandle {
  template <typename T>
  int32_t operator()(const Borrow<T>& value) const {
    if constexpr (ImportedResource<T>)
      return value->handle();
    else
      return static_cast<int32_t>(Address(&*value));
  }
};
template <typename T>
struct Abi<Borrow<T>> : HandleAbi<Borrow<T>, OfBorrow<T>, LendHandle> {};
)runtime";
}

std::string_view GuestRuntimeAbi() {
  return R"runtime(
// ---- text and lists: a pointer and a length

template <typename T>
struct RangeAbi {
  static constexpr uint32_t kSize = 8;
  static constexpr uint32_t kAlign = 4;
  static constexpr size_t kFlat = 2;
  template <typename Value>
  static void Lower(const Value& value, uint64_t* slots, Scratch& scratch) {
    slots[0] = Address(Abi<T>::Items(value, scratch));
    slots[1] = value.size();
  }
  template <typename Value>
  static void Store(const Value& value, uint8_t* at, Scratch& scratch) {
    StoreAs(at, Address(Abi<T>::Items(value, scratch)));
    StoreAs(at + 4, static_cast<uint32_t>(value.size()));
  }
  static T Lift(const uint64_t* slots) {
    return Abi<T>::Take(Pointer<uint8_t>(slots[0]), static_cast<size_t>(slots[1]));
  }
  static T Load(const uint8_t* at) {
    return Abi<T>::Take(Pointer<uint8_t>(LoadAs<uint32_t>(at)), LoadAs<uint32_t>(at + 4));
  }
};

template <>
struct Abi<std::string> : RangeAbi<std::string> {
  static const char* Items(std::string_view text, Scratch&) { return text.data(); }
  static std::string Take(uint8_t* data, size_t size) {
    if (size == 0) return {};
    std::string text(reinterpret_cast<char*>(data), size);
    std::free(data);
    return text;
  }
};
template <>
struct Abi<std::string_view> : RangeAbi<std::string_view> {
  static const char* Items(std::string_view text, Scratch&) { return text.data(); }
};

template <typename T, typename List>
const void* ItemsOf(const List& items, Scratch& scratch) {
  if constexpr (kPlain<T>) {
    return items.data();
  } else {
    uint8_t* const memory = scratch.Allocate(items.size() * Abi<T>::kSize);
    uint8_t* at = memory;
    for (const auto& item : items) {
      Abi<T>::Store(item, at, scratch);
      at += Abi<T>::kSize;
    }
    return memory;
  }
}
template <typename T>
struct Abi<std::vector<T>> : RangeAbi<std::vector<T>> {
  static const void* Items(const std::vector<T>& items, Scratch& scratch) {
    return ItemsOf<T>(items, scratch);
  }
  static std::vector<T> Take(uint8_t* data, size_t size) {
    std::vector<T> items;
    if (size == 0) return items;
    if constexpr (kPlain<T>) {
      items.resize(size);
      std::memcpy(items.data(), data, size * sizeof(T));
    } else {
      items.reserve(size);
      for (size_t i = 0; i < size; ++i) items.push_back(Abi<T>::Load(data + i * Abi<T>::kSize));
    }
    std::free(data);
    return items;
  }
};
template <typename T>
struct Abi<std::span<const T>> : RangeAbi<std::span<const T>> {
  static const void* Items(std::span<const T> items, Scratch& scratch) {
    return ItemsOf<T>(items, scratch);
  }
};

// ---- values one behind the other: records, tuples, arrays

template <typename... Ts>
struct Sequence {
  static constexpr size_t kCount = sizeof...(Ts);
  static constexpr uint32_t kAlign = std::max({uint32_t{1}, Abi<Ts>::kAlign...});
  static constexpr std::array<uint32_t, kCount + 1> kOffsets = [] {
    std::array<uint32_t, kCount + 1> offsets{};
    uint32_t at = 0;
    size_t i = 0;
    ((at = AlignTo(at, Abi<Ts>::kAlign), offsets[i++] = at, at += Abi<Ts>::kSize), ...);
    offsets[i] = at;
    return offsets;
  }();
  static constexpr uint32_t kSize = AlignTo(kOffsets[kCount], kAlign);
  static constexpr size_t kFlat = (size_t{0} + ... + Abi<Ts>::kFlat);

  static void Lower(uint64_t* slots, Scratch& scratch, const Ts&... values) {
    ((Abi<Ts>::Lower(values, slots, scratch), slots += Abi<Ts>::kFlat), ...);
  }
  static void Store(uint8_t* at, Scratch& scratch, const Ts&... values) {
    size_t i = 0;
    (Abi<Ts>::Store(values, at + kOffsets[i++], scratch), ...);
  }
  // Braces fix the order of evaluation.
  static std::tuple<Ts...> Lift(const uint64_t* slots) {
    return std::tuple<Ts...>{LiftNext<Ts>(slots)...};
  }
  static std::tuple<Ts...> Load([[maybe_unused]] const uint8_t* at) {
    return [&]<size_t... is>(std::index_sequence<is...>) {
      return std::tuple<Ts...>{Abi<Ts>::Load(at + kOffsets[is])...};
    }(std::index_sequence_for<Ts...>());
  }

 private:
  template <typename T>
  static T LiftNext(const uint64_t*& slots) {
    const uint64_t* const at = slots;
    slots += Abi<T>::kFlat;
    return Abi<T>::Lift(at);
  }
};

template <typename... Ts>
struct Abi<std::tuple<Ts...>> {
  using All = Sequence<Ts...>;
  static constexpr uint32_t kSize = All::kSize;
  static constexpr uint32_t kAlign = All::kAlign;
  static constexpr size_t kFlat = All::kFlat;
  static void Lower(const std::tuple<Ts...>& value, uint64_t* slots, Scratch& scratch) {
    std::apply([&](const auto&... item) { All::Lower(slots, scratch, item...); }, value);
  }
  static void Store(const std::tuple<Ts...>& value, uint8_t* at, Scratch& scratch) {
    std::apply([&](const auto&... item) { All::Store(at, scratch, item...); }, value);
  }
  static std::tuple<Ts...> Lift(const uint64_t* slots) { return All::Lift(slots); }
  static std::tuple<Ts...> Load(const uint8_t* at) { return All::Load(at); }
};

template <typename T>
concept RecordType = requires { T::ComponentFields(); };
template <typename T, typename... Fields>
Sequence<Fields...> SequenceOf(std::tuple<Fields T::*...>);
template <RecordType T>
struct Abi<T> {
  using All = decltype(SequenceOf<T>(T::ComponentFields()));
  static constexpr uint32_t kSize = All::kSize;
  static constexpr uint32_t kAlign = All::kAlign;
  static constexpr size_t kFlat = All::kFlat;
  static void Lower(const T& value, uint64_t* slots, Scratch& scratch) {
    std::apply([&](auto... field) { All::Lower(slots, scratch, value.*field...); },
               T::ComponentFields());
  }
  static void Store(const T& value, uint8_t* at, Scratch& scratch) {
    std::apply([&](auto... field) { All::Store(at, scratch, value.*field...); },
               T::ComponentFields());
  }
  static T Lift(const uint64_t* slots) { return Make(All::Lift(slots)); }
  static T Load(const uint8_t* at) { return Make(All::Load(at)); }

 private:
  static T Make(auto fields) {
    T value{};
    [&]<size_t... is>(std::index_sequence<is...>) {
      ((value.*std::get<is>(T::ComponentFields()) = std::get<is>(std::move(fields))), ...);
    }(std::make_index_sequence<All::kCount>());
    return value;
  }
};

template <typename T, size_t length>
struct Abi<std::array<T, length>> {
  using Array = std::array<T, length>;
  static constexpr uint32_t kSize = Abi<T>::kSize * length;
  static constexpr uint32_t kAlign = Abi<T>::kAlign;
  static constexpr size_t kFlat = Abi<T>::kFlat * length;
  static void Lower(const Array& value, uint64_t* slots, Scratch& scratch) {
    for (size_t i = 0; i < length; ++i)
      Abi<T>::Lower(value[i], slots + i * Abi<T>::kFlat, scratch);
  }
  static void Store(const Array& value, uint8_t* at, Scratch& scratch) {
    for (size_t i = 0; i < length; ++i) Abi<T>::Store(value[i], at + i * Abi<T>::kSize, scratch);
  }
  static Array Lift(const uint64_t* slots) {
    Array value{};
    for (size_t i = 0; i < length; ++i) value[i] = Abi<T>::Lift(slots + i * Abi<T>::kFlat);
    return value;
  }
  static Array Load(const uint8_t* at) {
    Array value{};
    for (size_t i = 0; i < length; ++i) value[i] = Abi<T>::Load(at + i * Abi<T>::kSize);
    return value;
  }
};

// ---- one of several: variants, options, results

// `Ts` are the payloads; void: none.
template <typename T>
struct CaseAbi : Abi<T> {};
template <>
struct CaseAbi<void> {
  static constexpr uint32_t kSize = 0;
  static constexpr uint32_t kAlign = 1;
  static constexpr size_t kFlat = 0;
};
template <typename... Ts>
struct Union {
  using Tag = std::conditional_t<sizeof...(Ts) <= 256, uint8_t,
                                 std::conditional_t<sizeof...(Ts) <= 65536, uint16_t, uint32_t>>;
  static constexpr uint32_t kAlign = std::max({uint32_t{sizeof(Tag)}, CaseAbi<Ts>::kAlign...});
  static constexpr uint32_t kPayload =
      AlignTo(sizeof(Tag), std::max({uint32_t{1}, CaseAbi<Ts>::kAlign...}));
  static constexpr uint32_t kSize =
      AlignTo(kPayload + std::max({uint32_t{0}, CaseAbi<Ts>::kSize...}), kAlign);
  static constexpr size_t kFlat = 1 + std::max({size_t{0}, CaseAbi<Ts>::kFlat...});

  // `payload` is null where the case has none.
  template <typename T>
  static void Lower(size_t index, const T* payload, uint64_t* slots, Scratch& scratch) {
    slots[0] = index;
    for (size_t i = 1; i < kFlat; ++i) slots[i] = 0;
    if constexpr (!std::is_void_v<T>) Abi<T>::Lower(*payload, slots + 1, scratch);
  }
  template <typename T>
  static void Store(size_t index, const T* payload, uint8_t* at, Scratch& scratch) {
    StoreAs(at, static_cast<Tag>(index));
    if constexpr (!std::is_void_v<T>) Abi<T>::Store(*payload, at + kPayload, scratch);
  }
};
inline constexpr const void* kNoPayload = nullptr;

template <typename T>
struct Abi<std::optional<T>> {
  using All = Union<void, T>;
  static constexpr uint32_t kSize = All::kSize;
  static constexpr uint32_t kAlign = All::kAlign;
  static constexpr size_t kFlat = All::kFlat;
  static void Lower(const std::optional<T>& value, uint64_t* slots, Scratch& scratch) {
    value ? All::Lower(1, &*value, slots, scratch) : All::Lower(0, kNoPayload, slots, scratch);
  }
  static void Store(const std::optional<T>& value, uint8_t* at, Scratch& scratch) {
    value ? All::Store(1, &*value, at, scratch) : All::Store(0, kNoPayload, at, scratch);
  }
  static std::optional<T> Lift(const uint64_t* slots) {
    if (*slots == 0) return std::nullopt;
    return Abi<T>::Lift(slots + 1);
  }
  static std::optional<T> Load(const uint8_t* at) {
    if (*at == 0) return std::nullopt;
    return Abi<T>::Load(at + All::kPayload);
  }
};

template <typename T, typename E>
struct Abi<std::expected<T, E>> {
  using Value = std::expected<T, E>;
  static constexpr bool kHasError = !std::is_same_v<E, std::monostate>;
  using All = Union<T, std::conditional_t<kHasError, E, void>>;
  static constexpr uint32_t kSize = All::kSize;
  static constexpr uint32_t kAlign = All::kAlign;
  static constexpr size_t kFlat = All::kFlat;
  static void Lower(const Value& value, uint64_t* slots, Scratch& scratch) {
    Visit(value, [&](size_t index, auto* payload) {
      All::Lower(index, payload, slots, scratch);
    });
  }
  static void Store(const Value& value, uint8_t* at, Scratch& scratch) {
    Visit(value, [&](size_t index, auto* payload) { All::Store(index, payload, at, scratch); });
  }
  static Value Lift(const uint64_t* slots) {
    return Make(*slots != 0, [slots]<typename P>(P*) { return Abi<P>::Lift(slots + 1); });
  }
  static Value Load(const uint8_t* at) {
    return Make(*at != 0, [at]<typename P>(P*) { return Abi<P>::Load(at + All::kPayload); });
  }

 private:
  static void Visit(const Value& value, auto visit) {
    if (!value) {
      if constexpr (kHasError)
        visit(1, &value.error());
      else
        visit(1, kNoPayload);
    } else if constexpr (std::is_void_v<T>) {
      visit(0, kNoPayload);
    } else {
      visit(0, &*value);
    }
  }
  static Value Make(bool failed, [[maybe_unused]] auto payload) {
    if (failed) {
      if constexpr (kHasError)
        return std::unexpected<E>(payload(static_cast<E*>(nullptr)));
      else
        return std::unexpected<E>(E());
    }
    if constexpr (std::is_void_v<T>)
      return {};
    else
      return payload(static_cast<T*>(nullptr));
  }
};

template <typename T>
concept VariantType = requires { T::kComponentVariant; };
template <typename Case>
struct PayloadOf {
  using Type = void;
};
template <typename Case>
  requires requires(Case item) { item.value; }
struct PayloadOf<Case> {
  using Type = decltype(Case::value);
};
template <typename... Cases>
Union<typename PayloadOf<Cases>::Type...> UnionOf(const std::variant<Cases...>*);

template <VariantType T>
struct Abi<T> {
  using Cases = decltype(T::cases);
  using All = decltype(UnionOf(static_cast<const Cases*>(nullptr)));
  static constexpr uint32_t kSize = All::kSize;
  static constexpr uint32_t kAlign = All::kAlign;
  static constexpr size_t kFlat = All::kFlat;
  static void Lower(const T& value, uint64_t* slots, Scratch& scratch) {
    Visit(value, [&](auto* payload) {
      All::Lower(value.cases.index(), payload, slots, scratch);
    });
  }
  static void Store(const T& value, uint8_t* at, Scratch& scratch) {
    Visit(value, [&](auto* payload) { All::Store(value.cases.index(), payload, at, scratch); });
  }
  static T Lift(const uint64_t* slots) {
    return Make<0>(static_cast<size_t>(*slots),
                   [slots]<typename P>(P*) { return Abi<P>::Lift(slots + 1); });
  }
  static T Load(const uint8_t* at) {
    return Make<0>(LoadAs<typename All::Tag>(at),
                   [at]<typename P>(P*) { return Abi<P>::Load(at + All::kPayload); });
  }

 private:
  static void Visit(const T& value, auto visit) {
    std::visit(
        [&](const auto& item) {
          if constexpr (requires { item.value; })
            visit(&item.value);
          else
            visit(kNoPayload);
        },
        value.cases);
  }
  template <size_t i>
  static T Make(size_t index, auto payload) {
    if constexpr (i + 1 < std::variant_size_v<Cases>)
      if (index != i) return Make<i + 1>(index, payload);
    using Case = std::variant_alternative_t<i, Cases>;
    using P = typename PayloadOf<Case>::Type;
    if constexpr (std::is_void_v<P>)
      return T{Cases(std::in_place_index<i>)};
    else
      return T{Cases(std::in_place_index<i>, Case{payload(static_cast<P*>(nullptr))})};
  }
};

// Values one behind the other in memory, aligned for any.
template <uint32_t size>
struct alignas(16) Area {
  uint8_t bytes[size == 0 ? 1 : size];
};

// ---- streams and futures, whose operations wait

template <>
struct Abi<std::monostate> {
  static constexpr uint32_t kSize = 0;
  static constexpr uint32_t kAlign = 1;
  static constexpr size_t kFlat = 0;
  static void Lower(std::monostate, uint64_t*, Scratch&) {}
  static void Store(std::monostate, uint8_t*, Scratch&) {}
  static std::monostate Lift(const uint64_t*) { return {}; }
  static std::monostate Load(const uint8_t*) { return {}; }
};

template <typename T>
void DropStreamReader(int32_t handle) {
  StreamBuiltins<T>().drop_readable(handle);
}
template <typename T>
void DropStreamWriter(int32_t handle) {
  StreamBuiltins<T>().drop_writable(handle);
}
template <typename T>
void DropFutureReader(int32_t handle) {
  FutureBuiltins<T>().drop_readable(handle);
}
template <typename T>
void DropFutureWriter(int32_t handle) {
  FutureBuiltins<T>().drop_writable(handle);
}

// The readable end of a stream. std::monostate: one without elements.
template <typename T>
class StreamReader : public End<DropStreamReader<T>> {
 public:
  using End<DropStreamReader<T>>::End;
  // Waits for values, at most so many; none come at the end of the stream.
  std::vector<T> Read(size_t count) {
    if (ended_) return {};
    std::vector<uint8_t> memory(count * Abi<T>::kSize);
    const uint32_t result =
        Await(this->handle(), StreamBuiltins<T>().read(this->handle(), memory.data(),
                                                       static_cast<uint32_t>(count)));
    // The end may be told together with the last values, and must not be asked for again.
    ended_ = (result & 15) != 0;
    std::vector<T> values;
    values.reserve(result >> 4);
    for (uint32_t i = 0; i < result >> 4; ++i)
      values.push_back(Abi<T>::Load(memory.data() + i * Abi<T>::kSize));
    return values;
  }

 private:
  bool ended_ = false;
};
template <typename T>
class StreamWriter : public End<DropStreamWriter<T>> {
 public:
  using End<DropStreamWriter<T>>::End;
  // Waits until all are taken. False: the reader has gone.
  bool Write(std::span<const T> values) {
    if (ended_) return false;
    Scratch scratch;
    const auto* at = static_cast<const uint8_t*>(ItemsOf<T>(values, scratch));
    for (size_t left = values.size(); left != 0;) {
      const uint32_t result =
          Await(this->handle(), StreamBuiltins<T>().write(this->handle(), at,
                                                          static_cast<uint32_t>(left)));
      ended_ = (result & 15) != 0;
      if (ended_) return false;
      left -= result >> 4;
      at += (result >> 4) * Abi<T>::kSize;
    }
    return true;
  }

 private:
  bool ended_ = false;
};
template <typename T>
std::pair<StreamReader<T>, StreamWriter<T>> NewStream() {
  const auto ends = static_cast<uint64_t>(StreamBuiltins<T>().make());
  return {StreamReader<T>(static_cast<int32_t>(ends)),
          StreamWriter<T>(static_cast<int32_t>(ends >> 32))};
}

template <typename T>
class FutureReader : public End<DropFutureReader<T>> {
 public:
  using End<DropFutureReader<T>>::End;
  // Waits for the value; none comes if the writer has gone.
  std::optional<T> Read() {
    Area<Abi<T>::kSize> memory;
    if (Await(this->handle(), FutureBuiltins<T>().read(this->handle(), memory.bytes, 1)) != 0)
      return std::nullopt;
    return Abi<T>::Load(memory.bytes);
  }
};
template <typename T>
class FutureWriter : public End<DropFutureWriter<T>> {
 public:
  using End<DropFutureWriter<T>>::End;
  // Waits until the value is taken. False: the reader has gone.
  bool Write(const T& value) {
    Scratch scratch;
    Area<Abi<T>::kSize> memory;
    Abi<T>::Store(value, memory.bytes, scratch);
    return Await(this->handle(), FutureBuiltins<T>().write(this->handle(), memory.bytes, 1)) == 0;
  }
};
template <typename T>
std::pair<FutureReader<T>, FutureWriter<T>> NewFuture() {
  const auto ends = static_cast<uint64_t>(FutureBuiltins<T>().make());
  return {FutureReader<T>(static_cast<int32_t>(ends)),
          FutureWriter<T>(static_cast<int32_t>(ends >> 32))};
}

template <typename T>
struct Abi<StreamReader<T>>
    : HandleAbi<StreamReader<T>, OfHandle<StreamReader<T>>, ReleaseHandle> {};
template <typename T>
struct Abi<FutureReader<T>>
    : HandleAbi<FutureReader<T>, OfHandle<FutureReader<T>>, ReleaseHandle> {};

// ---- calls

// What an export returns in memory, until the caller has read it.
template <typename T>
class Returned {
 public:
  int32_t Set(T value) {
    Clear();
    state_ = new State{std::move(value), {}, {}};
    Abi<T>::Store(state_->value, state_->area.bytes, state_->scratch);
    return static_cast<int32_t>(Address(state_->area.bytes));
  }
  void Clear() {
    delete state_;
    state_ = nullptr;
  }

 private:
  struct State {
    T value;
    Scratch scratch;
    Area<Abi<T>::kSize> area;
  };
  State* state_ = nullptr;
};

// How an asynchronous export returns: once. What it does after that goes on.
template <typename R>
class Completion {
 public:
  explicit Completion(void (*finish)(const R& value)) : finish_(finish) {}
  void Return(const R& value) const { finish_(value); }

 private:
  void (*finish_)(const R& value);
};
template <>
class Completion<void> {
 public:
  explicit Completion(void (*finish)()) : finish_(finish) {}
  void Return() const { finish_(); }

 private:
  void (*finish_)();
};

}  // namespace trenail

#endif  // TRENAIL_GUEST_H_
)runtime";
}

}  // namespace component::bind
