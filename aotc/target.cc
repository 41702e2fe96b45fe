// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "aotc/target.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

#include <mutex>

namespace wasm::aotc {
namespace {

void InitializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeAArch64AsmParser();
  });
}

}  // namespace

std::string ResolveTarget(const std::string& target) {
  llvm::Triple triple(target.empty() ? llvm::sys::getDefaultTargetTriple() : target);
  // "aarch64", "aarch64-linux-gnu": what is left out is what we support.
  triple.setVendor(llvm::Triple::UnknownVendor);
  if (triple.getArchName() == "arm64") triple.setArch(llvm::Triple::aarch64);
  if (triple.getOS() == llvm::Triple::UnknownOS && target.find("linux") != std::string::npos)
    triple = llvm::Triple(llvm::Triple::normalize(target));
  if (triple.getOS() == llvm::Triple::UnknownOS) triple.setOS(llvm::Triple::Linux);
  if (triple.getEnvironment() == llvm::Triple::UnknownEnvironment)
    triple.setEnvironment(llvm::Triple::GNU);
  triple.setVendorName("unknown");
  return triple.str();
}

Result<std::unique_ptr<llvm::TargetMachine>> MakeTargetMachine(const std::string& triple_text,
                                                               const std::string& cpu,
                                                               const std::string& features,
                                                               unsigned opt_level) {
  InitializeTargets();
  const llvm::Triple triple(triple_text);
  if ((triple.getArch() != llvm::Triple::x86_64 && triple.getArch() != llvm::Triple::aarch64) ||
      !triple.isOSLinux())
    return std::unexpected(
        Error(ErrorKind::kHost, "no target is called \"" + triple_text +
                                    "\"; there are x86_64-linux-gnu and aarch64-linux-gnu"));
  std::string message;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple_text, message);
  if (target == nullptr) return std::unexpected(Error(ErrorKind::kHost, message));
  std::string name = cpu;
  std::string all_features = features;
  if (cpu == "native") {
    if (llvm::Triple(llvm::sys::getDefaultTargetTriple()).getArch() != triple.getArch())
      return std::unexpected(
          Error(ErrorKind::kHost, "the processor \"native\" is not one of the target"));
    name = llvm::sys::getHostCPUName().str();
    // The name alone would include what this machine's system has switched off.
    const llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
    std::string list;
    for (const auto& feature : host)
      list += (feature.second ? "+" : "-") + feature.first().str() + ",";
    all_features = list + features;
    if (all_features.ends_with(",")) all_features.pop_back();
  } else if (cpu.empty()) {
    name = triple.isX86() ? "x86-64-v2" : "generic";
  }
  {
    // An unknown name is a warning on stderr for LLVM, and the baseline.
    const std::unique_ptr<llvm::MCSubtargetInfo> baseline(
        target->createMCSubtargetInfo(triple_text, "", ""));
    if (!baseline->isCPUStringValid(name))
      return std::unexpected(Error(ErrorKind::kHost, "LLVM knows no processor \"" + name +
                                                         "\" for " + triple.getArchName().str()));
  }
  llvm::TargetOptions options;
  const auto level = opt_level == 0   ? llvm::CodeGenOptLevel::None
                     : opt_level == 1 ? llvm::CodeGenOptLevel::Less
                     : opt_level == 2 ? llvm::CodeGenOptLevel::Default
                                      : llvm::CodeGenOptLevel::Aggressive;
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple_text, name, all_features, options, llvm::Reloc::PIC_, llvm::CodeModel::Small, level));
  if (machine == nullptr)
    return std::unexpected(Error(ErrorKind::kHost, "LLVM cannot compile for " + triple_text));
  // LLVM 19's GlobalISel, the default of AArch64 at -O0, takes the wrong register for the instance
  // in landing pads.
  machine->setGlobalISel(false);
  // Selecting instructions one at a time halves the time of -O1.
  if (opt_level == 1) machine->setFastISel(true);
  // Rounding to an integral value is one instruction there, and a call of libm without.
  if (triple.isX86() && !machine->getMCSubtargetInfo()->checkFeatures("+sse4.1"))
    return std::unexpected(Error(ErrorKind::kHost, "the processor \"" + name +
                                                       "\" has no SSE4.1, which compiled code "
                                                       "needs; the oldest is x86-64-v2"));
  return machine;
}

}  // namespace wasm::aotc
