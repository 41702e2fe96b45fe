// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arguments, environment, clocks, randomness, and the end of the program.

#include <sched.h>

#include <string>

#include "libwasi/core/clocks.h"
#include "libwasi/p1/functions.h"
#include "libwasm/support/error.h"

namespace trenail::wasi::p1 {
namespace {

constexpr uint32_t kPointerSize = 4;

// Strings as C programs want them: an array of pointers, and the bytes they point to.
class StringList {
 public:
  void Add(std::string_view name, std::string_view separator, std::string_view value) {
    offsets_.push_back(bytes_.size());
    bytes_.append(name).append(separator).append(value).push_back('\0');
  }

  IoStatus StoreSizes(const GuestMemory& memory, Address count, Address bytes) const {
    // The sizes come from the embedder, so a list that is too long is its mistake.
    if (bytes_.size() > UINT32_MAX) return std::unexpected(Errno::kOverflow);
    uint8_t* count_at = TRY(memory.Range(count, sizeof(Size)));
    uint8_t* bytes_at = TRY(memory.Range(bytes, sizeof(Size)));
    GuestMemory::Store(count_at, static_cast<Size>(offsets_.size()));
    GuestMemory::Store(bytes_at, static_cast<Size>(bytes_.size()));
    return {};
  }

  IoStatus StoreStrings(const GuestMemory& memory, Address pointers, Address buffer) const {
    uint8_t* pointers_at = TRY(memory.Range(pointers, uint64_t{kPointerSize} * offsets_.size()));
    uint8_t* buffer_at = TRY(memory.Range(buffer, bytes_.size()));
    for (size_t i = 0; i < offsets_.size(); ++i) {
      GuestMemory::Store(pointers_at + i * kPointerSize,
                         buffer + static_cast<Address>(offsets_[i]));
    }
    if (!bytes_.empty()) std::memcpy(buffer_at, bytes_.data(), bytes_.size());
    return {};
  }

 private:
  std::string bytes_;
  std::vector<size_t> offsets_;
};

StringList Arguments(const Environment& environment) {
  StringList list;
  for (const std::string& argument : environment.arguments()) list.Add(argument, "", "");
  return list;
}

StringList Variables(const Environment& environment) {
  StringList list;
  for (const auto& [name, value] : environment.variables()) list.Add(name, "=", value);
  return list;
}

// [wasi_snapshot_preview1.signal]
enum class SignalAction : uint8_t { kInvalid, kNone, kTerminate, kStop };

SignalAction ActionOf(uint32_t signal) {
  switch (signal) {
    case 0:   // none
    case 13:  // pipe
    case 16:  // chld
    case 17:  // cont
    case 22:  // urg
    case 27:  // winch
      return SignalAction::kNone;
    case 18:  // stop
    case 19:  // tstp
    case 20:  // ttin
    case 21:  // ttou
      return SignalAction::kStop;
    default:
      return signal <= 30 ? SignalAction::kTerminate : SignalAction::kInvalid;
  }
}

}  // namespace

IoStatus ArgsGet(Call& call, Address argv, Address argv_buf) {
  return Arguments(call.context.environment).StoreStrings(call.memory, argv, argv_buf);
}

IoStatus ArgsSizesGet(Call& call, Address count, Address bytes) {
  return Arguments(call.context.environment).StoreSizes(call.memory, count, bytes);
}

IoStatus EnvironGet(Call& call, Address environ, Address environ_buf) {
  return Variables(call.context.environment).StoreStrings(call.memory, environ, environ_buf);
}

IoStatus EnvironSizesGet(Call& call, Address count, Address bytes) {
  return Variables(call.context.environment).StoreSizes(call.memory, count, bytes);
}

IoStatus ClockResGet(Call& call, uint32_t id, Address result) {
  uint8_t* to = TRY(call.memory.Range(result, sizeof(uint64_t)));
  GuestMemory::Store(to, TRY(ClockResolution(static_cast<ClockId>(id))));
  return {};
}

IoStatus ClockTimeGet(Call& call, uint32_t id, uint64_t, Address result) {
  uint8_t* to = TRY(call.memory.Range(result, sizeof(uint64_t)));
  GuestMemory::Store(to, TRY(ClockTime(static_cast<ClockId>(id))));
  return {};
}

IoStatus ProcExit(Call& call, uint32_t code) {
  call.exit_code = code;
  return {};
}

IoStatus ProcRaise(Call& call, uint32_t signal) {
  switch (ActionOf(signal)) {
    case SignalAction::kInvalid:
      return std::unexpected(Errno::kInval);
    case SignalAction::kNone:
      return {};
    case SignalAction::kStop:
      return std::unexpected(Errno::kNotsup);
    case SignalAction::kTerminate:
      call.exit_code = 128 + signal;  // as shells report the end by a signal
      return {};
  }
  return {};
}

IoStatus SchedYield(Call&) {
  ::sched_yield();
  return {};
}

IoStatus RandomGet(Call& call, Address buffer, Size length) {
  uint8_t* to = TRY(call.memory.Range(buffer, length));
  return call.context.random.Fill({to, length}, &call.context.interrupt);
}

}  // namespace trenail::wasi::p1
