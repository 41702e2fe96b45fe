// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The personality routine of compiled functions: every landing pad of theirs catches everything and
// looks at the exception itself, so the tables of actions and types are not read. An exception
// carries nothing: what was thrown is the thread's pending exception.

#include "libwasm/native/unwind.h"

#include <unwind.h>

#include <cstring>

#include "libwasm/native/compiled_module.h"
#include "libwasm/support/leb128.h"

namespace wasm::native {

namespace {

constexpr uint64_t kExceptionClass = 0x5452'4e4c'5741'534d;  // "TRNLWASM"

// Encodings of pointers in unwind tables, as LLVM writes them: DW_EH_PE_*.
enum : uint8_t {
  kAbsolute = 0x00,
  kUleb128 = 0x01,
  kUdata2 = 0x02,
  kUdata4 = 0x03,
  kUdata8 = 0x04,
  kSleb128 = 0x09,
  kSdata2 = 0x0a,
  kSdata4 = 0x0b,
  kSdata8 = 0x0c,
  kFormat = 0x0f,
  kRelative = 0x70,
  kPcRelative = 0x10,
  kOmit = 0xff,
};

template <typename T>
uint64_t ReadFixed(const uint8_t*& at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  at += sizeof(value);
  return static_cast<uint64_t>(value);
}

uint64_t ReadEncoded(uint8_t encoding, const uint8_t*& at) {
  const auto place = reinterpret_cast<uintptr_t>(at);
  uint64_t value = 0;
  switch (encoding & kFormat) {
    case kUleb128:
      value = ReadTrustedUnsignedLeb(&at);
      break;
    case kSleb128:
      value = static_cast<uint64_t>(ReadTrustedSignedLeb(&at));
      break;
    case kUdata2:
      value = ReadFixed<uint16_t>(at);
      break;
    case kSdata2:
      value = ReadFixed<int16_t>(at);
      break;
    case kUdata4:
      value = ReadFixed<uint32_t>(at);
      break;
    case kSdata4:
      value = ReadFixed<int32_t>(at);
      break;
    case kAbsolute:
    case kUdata8:
    case kSdata8:
      value = ReadFixed<uint64_t>(at);
      break;
    default:
      break;
  }
  return (encoding & kRelative) == kPcRelative ? value + place : value;
}

// The landing pad for a call at `pc` in the function that begins at `function`; 0 if it has none.
uintptr_t FindLandingPad(const uint8_t* at, uintptr_t function, uintptr_t pc) {
  const uint8_t base_encoding = *at++;
  const uintptr_t base = base_encoding == kOmit ? function : ReadEncoded(base_encoding, at);
  const uint8_t types_encoding = *at++;
  if (types_encoding != kOmit) ReadTrustedUnsignedLeb(&at);
  const uint8_t encoding = *at++;
  const uint64_t table_size = ReadTrustedUnsignedLeb(&at);
  const uint8_t* const end = at + table_size;
  const uint64_t offset = pc - function;
  while (at < end) {
    const uint64_t begin = ReadEncoded(encoding, at);
    const uint64_t length = ReadEncoded(encoding, at);
    const uint64_t pad = ReadEncoded(encoding, at);
    ReadTrustedUnsignedLeb(&at);  // the action
    if (offset < begin) break;    // ascending
    if (offset < begin + length) return pad == 0 ? 0 : base + pad;
  }
  return 0;
}

_Unwind_Reason_Code Personality(int version, _Unwind_Action actions, _Unwind_Exception_Class kind,
                                _Unwind_Exception* exception, _Unwind_Context* context) {
  if (version != 1) return _URC_FATAL_PHASE1_ERROR;
  if (kind != kExceptionClass || (actions & _UA_FORCE_UNWIND) != 0) return _URC_CONTINUE_UNWIND;
  const auto* tables = reinterpret_cast<const uint8_t*>(_Unwind_GetLanguageSpecificData(context));
  if (tables == nullptr) return _URC_CONTINUE_UNWIND;
  int before = 0;
  uintptr_t pc = _Unwind_GetIPInfo(context, &before);
  if (before == 0) --pc;
  const uintptr_t function = _Unwind_GetRegionStart(context);
  const uintptr_t pad = FindLandingPad(tables, function, pc);
  if (pad == 0) return _URC_CONTINUE_UNWIND;
  if ((actions & _UA_SEARCH_PHASE) != 0) {
    // Caught by the adapter at the bottom: the activation ends, and its frames with it.
    const CompiledModule* module = CompiledModule::Find(pc);
    if (module != nullptr && !module->Locate(pc).in_function) CollectLeftFrames();
    return _URC_HANDLER_FOUND;
  }
  if ((actions & _UA_HANDLER_FRAME) == 0) return _URC_CONTINUE_UNWIND;
  _Unwind_SetGR(context, __builtin_eh_return_data_regno(0), reinterpret_cast<uintptr_t>(exception));
  _Unwind_SetGR(context, __builtin_eh_return_data_regno(1), 1);
  _Unwind_SetIP(context, pad);
  return _URC_INSTALL_CONTEXT;
}

}  // namespace

const void* PersonalityRoutine() { return reinterpret_cast<const void*>(&Personality); }

void RaisePending(runtime::VMThread*) {
  // Needed only until the handler is reached; no other code of ours runs before.
  static thread_local _Unwind_Exception exception;
  std::memset(&exception, 0, sizeof(exception));
  exception.exception_class = kExceptionClass;
  _Unwind_RaiseException(&exception);
}

}  // namespace wasm::native
