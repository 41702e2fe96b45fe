// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiled code of one module, in memory: finds functions by index and by address, and lets
// signal handlers and unwinding know the code.

#ifndef TRENAIL_LIBWASM_NATIVE_COMPILED_MODULE_H_
#define TRENAIL_LIBWASM_NATIVE_COMPILED_MODULE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "libwasm/native/abi.h"
#include "libwasm/native/positions.h"
#include "libwasm/runtime/compiled_code.h"
#include "libwasm/support/error.h"

namespace wasm::native {

class CompiledModule final : public runtime::CompiledCode {
 public:
  // `header` and what it points to must stay while `owner` lives; null: forever. Checks that this
  // runtime can run the code as far as the header tells: format, version and fingerprint.
  static Result<std::shared_ptr<const CompiledModule>> New(const ArtefactHeader* header,
                                                           std::shared_ptr<const void> owner);
  ~CompiledModule() override;
  CompiledModule(const CompiledModule&) = delete;
  CompiledModule& operator=(const CompiledModule&) = delete;

  const ArtefactHeader& header() const { return *header_; }
  // The module without the bodies of its functions.
  std::span<const uint8_t> wasm() const;
  std::string_view cpu_features() const;

  Function function(uint32_t defined_index) const override;
  runtime::ArrayEntry entry() const override;
  const void* const* builtins() const override;
  uint32_t body(uint32_t defined_index) const override;
  bool needs_guarded_memories() const override {
    return (header_->flags & ArtefactHeader::kGuardPages) != 0;
  }

  // Where an address of the code lies.
  struct Place {
    bool in_function = false;  // otherwise in an adapter
    uint32_t defined_index = 0;
    uint64_t position = 0;  // byte offset in the .wasm file; 0 if unknown
    // Where it is the code of another module that takes the place of a call: the number of the
    // call in `calls`, and `position` is an offset in that module's file.
    uint32_t call = 0;
    std::vector<InlinedCall> calls;
  };
  Place Locate(uintptr_t pc) const;
  // Another module of the component, by its number there; null if it is not in use.
  const CompiledModule* Sibling(uint32_t module) const;

  // Pieces of the code in the order of addresses, for profilers.
  struct Symbol {
    static constexpr uint32_t kNoFunction = ~uint32_t{0};
    uintptr_t begin = 0;
    size_t size = 0;
    uint32_t defined_index = kNoFunction;  // otherwise an adapter
  };
  std::vector<Symbol> Symbols() const;
  // Calls `visit` with each entry of the function's table of positions (positions.h); code offsets
  // count from its symbol.
  void ForEachPosition(uint32_t defined_index,
                       const std::function<void(uint64_t offset, uint64_t position)>& visit) const;
  // `tell` is called with each module that is made from now on.
  static void TellOfNew(void (*tell)(const CompiledModule& module));

  // The module whose code has the address, or null. Async-signal-safe.
  static const CompiledModule* Find(uintptr_t pc);

 private:
  CompiledModule(const ArtefactHeader* header, std::shared_ptr<const void> owner);

  const FunctionRecord& Record(uint32_t defined_index) const;

  // Where something begins that runs up to the next one.
  struct Start {
    uintptr_t address;
    uint32_t defined_index;  // kAdapter: none
  };
  static constexpr uint32_t kAdapter = ~uint32_t{0};
  const std::vector<Start>& Starts() const;

  const ArtefactHeader* header_;
  std::shared_ptr<const void> owner_;
  mutable std::once_flag starts_once_;
  mutable std::vector<Start> starts_;  // sorted; made when an address is first looked up
};

}  // namespace wasm::native

#endif  // TRENAIL_LIBWASM_NATIVE_COMPILED_MODULE_H_
