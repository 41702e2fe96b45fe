// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A signal is ours if it was raised by an instruction of compiled code, for a reason that compiled
// code is allowed to have. Then the frames are noted and the interrupted context is changed so that
// the thread goes on in the trampoline through which it entered. Everything else goes to the
// handler that was there before.

#include "libwasm/native/signals.h"

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cstdint>
#include <cstring>
#include <mutex>

#include "libwasm/native/activation.h"
#include "libwasm/native/compiled_module.h"
#include "libwasm/native/enter.h"
#include "libwasm/native/unwind.h"
#include "libwasm/runtime/backing.h"
#include "libwasm/runtime/running_thread.h"
#include "libwasm/runtime/vm_layout.h"

namespace wasm::native {

namespace {

using runtime::VMThread;

constexpr int kSignals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS};
struct sigaction previous_actions[4];

// How far below the limit a function that passed its check may reach.
constexpr uintptr_t kFarBelowLimit = uintptr_t{64} << 20;

#if defined(__x86_64__)
uintptr_t ProgramCounter(const ucontext_t& context) {
  return static_cast<uintptr_t>(context.uc_mcontext.gregs[REG_RIP]);
}
void GoOnLeaving(ucontext_t& context, runtime::EntryRecord* record, uint32_t value) {
  auto& registers = context.uc_mcontext.gregs;
  registers[REG_RIP] = reinterpret_cast<greg_t>(&TrenailLeaveNative);
  registers[REG_RDI] = reinterpret_cast<greg_t>(record);
  registers[REG_RSI] = static_cast<greg_t>(value);
}
// ud1 kind(%eax), %eax
bool DecodeTrap(int signal, uintptr_t pc, uint32_t* kind) {
  uint8_t code[5];
  if (signal != SIGILL) return false;
  std::memcpy(code, reinterpret_cast<const void*>(pc), sizeof(code));
  *kind = code[4];
  return code[0] == 0x67 && code[1] == 0x0f && code[2] == 0xb9 && code[3] == 0x40;
}
#elif defined(__aarch64__)
uintptr_t ProgramCounter(const ucontext_t& context) { return context.uc_mcontext.pc; }
void GoOnLeaving(ucontext_t& context, runtime::EntryRecord* record, uint32_t value) {
  context.uc_mcontext.pc = reinterpret_cast<uintptr_t>(&TrenailLeaveNative);
  context.uc_mcontext.regs[0] = reinterpret_cast<uintptr_t>(record);
  context.uc_mcontext.regs[1] = value;
}
// brk #0x5500 + kind
bool DecodeTrap(int signal, uintptr_t pc, uint32_t* kind) {
  uint32_t code;
  if (signal != SIGTRAP) return false;
  std::memcpy(&code, reinterpret_cast<const void*>(pc), sizeof(code));
  *kind = code >> 5 & 0xff;
  return (code & 0xffe0001f) == 0xd4200000 && (code >> 5 & 0xff00) == 0x5500;
}
#endif

// Why compiled code stopped at `pc`, or kNone.
Trap TrapOf(int signal, const siginfo_t& info, uintptr_t pc, const VMThread& thread) {
  if (signal == SIGILL || signal == SIGTRAP) {
    uint32_t kind;
    if (!DecodeTrap(signal, pc, &kind) || kind > static_cast<uint32_t>(Trap::kHostError))
      return Trap::kNone;
    return static_cast<Trap>(kind);
  }
  const auto address = reinterpret_cast<uintptr_t>(info.si_addr);
  if (runtime::Backing::IsGuarded(address)) return Trap::kMemoryOutOfBounds;
  if (address < thread.native_stack_limit && thread.native_stack_limit - address < kFarBelowLimit)
    return Trap::kStackExhausted;
  return Trap::kNone;
}

void PassOn(int signal, siginfo_t* info, void* context) {
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    if (kSignals[i] != signal) continue;
    const struct sigaction& previous = previous_actions[i];
    if ((previous.sa_flags & SA_SIGINFO) != 0) {
      previous.sa_sigaction(signal, info, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
      previous.sa_handler(signal);
    } else {
      // The instruction is executed again, without us.
      struct sigaction action = {};
      action.sa_handler = SIG_DFL;
      sigaction(signal, &action, nullptr);
      // One that somebody sent does not come again by itself.
      if (info->si_code <= 0) raise(signal);
    }
    return;
  }
}

void Handle(int signal, siginfo_t* info, void* raw_context) {
  auto& context = *static_cast<ucontext_t*>(raw_context);
  VMThread* const thread = RunningThread();
  const uintptr_t pc = ProgramCounter(context);
  if (thread != nullptr && info->si_code > 0 && CompiledModule::Find(pc) != nullptr) {
    const Trap trap = TrapOf(signal, *info, pc, *thread);
    if (trap != Trap::kNone) {
      CollectLeftFrames();
      GoOnLeaving(context, thread->native_top, kLeftByTrap + static_cast<uint32_t>(trap));
      return;
    }
  }
  PassOn(signal, info, raw_context);
}

// The signal stack of a thread that had none large enough.
class SignalStack {
 public:
  // Contexts of today's vector registers take more than ten KiB by themselves.
  static constexpr size_t kBytes = 128 * 1024;
  static constexpr size_t kGuardBytes = 64 * 1024;

  ~SignalStack() {
    if (base_ == nullptr) return;
    stack_t current = {};
    if (sigaltstack(nullptr, &current) == 0 && current.ss_sp == base_ + kGuardBytes) {
      stack_t off = {};
      off.ss_flags = SS_DISABLE;
      sigaltstack(&off, nullptr);
    }
    munmap(base_, kGuardBytes + kBytes);
  }

  bool Install() {
    stack_t current = {};
    if (sigaltstack(nullptr, &current) == 0 && (current.ss_flags & SS_DISABLE) == 0 &&
        current.ss_size >= kBytes / 2)
      return true;
    void* at = mmap(nullptr, kGuardBytes + kBytes, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) return false;
    base_ = static_cast<uint8_t*>(at);
    stack_t stack = {};
    stack.ss_sp = base_ + kGuardBytes;
    stack.ss_size = kBytes;
    return mprotect(stack.ss_sp, kBytes, PROT_READ | PROT_WRITE) == 0 &&
           sigaltstack(&stack, nullptr) == 0;
  }

 private:
  uint8_t* base_ = nullptr;
};

}  // namespace

void InstallSignalHandlers() {
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    struct sigaction present = {};
    sigaction(kSignals[i], nullptr, &present);
    if ((present.sa_flags & SA_SIGINFO) != 0 && present.sa_sigaction == Handle) continue;
    previous_actions[i] = present;
    struct sigaction action = {};
    action.sa_sigaction = Handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(kSignals[i], &action, nullptr);
  }
}

bool PrepareThreadForSignals() {
  static std::once_flag once;
  std::call_once(once, InstallSignalHandlers);
  static thread_local SignalStack stack;
  return stack.Install();
}

}  // namespace wasm::native
