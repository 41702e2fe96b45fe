// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One host function of raw slots for every row; what differs between rows is data.

#include "libwasi/p1/link.h"

#include <string>

namespace trenail::wasi::p1 {
namespace {

FuncType TypeOf(const Function& function) {
  FuncType type;
  for (char param : function.params) {
    type.params.push_back(param == 'I' ? ValType::kI64 : ValType::kI32);
  }
  if (function.has_result) type.results.push_back(ValType::kI32);
  return type;
}

Result<void> RunRow(Context& context, const Function& function, Caller& caller, uint64_t* slots) {
  Call call = {context, GuestMemory(caller.memory())};
  IoStatus status = function.run(call, slots);
  if (call.exit_code.has_value()) {
    return std::unexpected(Error::Exit(static_cast<int32_t>(*call.exit_code)));
  }
  Errno code = status.has_value() ? Errno::kSuccess : status.error();
  if (code == Errno::kCanceled && context.interrupt.IsDue()) {
    return std::unexpected(Interrupted());
  }
  if (function.has_result) slots[0] = static_cast<uint32_t>(code);
  return {};
}

}  // namespace

void LinkFunctions(Context& context, Linker& linker, const Module& module) {
  for (const ImportType& import : module.imports()) {
    if (import.type.kind != ExternKind::kFunc) continue;
    const Function* function = FindFunction(import.module, import.name);
    if (function == nullptr) continue;
    auto callback = [&context, function](Caller& caller, uint64_t* slots) {
      return RunRow(context, *function, caller, slots);
    };
    linker.Define(
        import.module, import.name,
        Func::HostRaw(linker.store(), TypeOf(*function), std::move(callback), import.name));
  }
}

Error Interrupted() { return Error(ErrorKind::kInterrupted, "ended by the host while waiting"); }

}  // namespace trenail::wasi::p1
