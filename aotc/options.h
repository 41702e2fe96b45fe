// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What can be asked of the compiler.

#ifndef TRENAIL_AOTC_OPTIONS_H_
#define TRENAIL_AOTC_OPTIONS_H_

#include <cstdint>
#include <functional>
#include <string>

namespace wasm::aotc {

enum class Bounds : uint8_t {
  kGuard,  // 32-bit memories of 64 KiB pages rely on guard pages, all others are checked
  kCheck,  // every access is checked
};

struct CompileOptions {
  std::string target;    // LLVM triple; empty: this machine's
  std::string cpu;       // LLVM's name; empty: the target's baseline; "native": this machine's
  std::string features;  // LLVM's "+a,-b", on top of the processor's
  unsigned opt_level = 2;
  unsigned jobs = 1;  // the output does not depend on it
  Bounds bounds = Bounds::kGuard;
  bool interruptible = false;  // polls at loops and at the beginning of functions
  bool fuel = false;           // counts instructions as the interpreter does
  // The object's line table tells the source lines of the module's DWARF, for debuggers.
  bool source_lines = false;
  bool emit_ir = false;        // CompiledObjects::objects hold LLVM IR as text
  bool emit_assembly = false;  // … or assembly
  // Called from any of the threads with the bytes of code done so far and in all.
  std::function<void(uint64_t done, uint64_t total)> progress;
};

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_OPTIONS_H_
