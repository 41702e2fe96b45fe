// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The callee of a call: what stands before the parenthesis. An interface's name has dots of its own
// in its version, so the last dot counts; in [method]r.m, the one before the bracket.

#include <algorithm>

#include "libcomponent/wave/scanner.h"
#include "libcomponent/wave/wave.h"

namespace component::wave {

using wasm::Result;

Result<Call> ParseCall(std::string_view text) {
  Scanner scanner(text);
  scanner.SkipSpace();
  const size_t begin = scanner.at();
  Call call{.text = text};
  size_t end;
  if (scanner.At('"')) {
    // A quoted name is whole, whatever is in it: "…" or "…".f
    size_t close = text.find('"', begin + 1);
    if (close == std::string_view::npos) return scanner.Fail(begin, "the name has no end");
    const std::string_view quoted = text.substr(begin + 1, close - begin - 1);
    end = close + 1;
    call.callee = call.function = quoted;
    if (text.substr(end).starts_with('.')) {
      const size_t function = end + 1;
      end = std::min(text.find_first_of("( \t\r\n", function), text.size());
      call.interface = quoted;
      call.function = text.substr(function, end - function);
      call.callee = text.substr(begin, end - begin);
    }
  } else {
    end = std::min(text.find_first_of("( \t\r\n", begin), text.size());
    call.callee = text.substr(begin, end - begin);
    const size_t dot = call.callee.rfind('.', std::min(call.callee.rfind('['), call.callee.size()));
    if (call.callee.starts_with('[') || dot == std::string_view::npos) {
      call.function = call.callee;
    } else {
      call.interface = call.callee.substr(0, dot);
      call.function = call.callee.substr(dot + 1);
    }
  }
  scanner.Seek(begin);
  if (call.function.empty()) return scanner.Expected("the name of a function");
  scanner.Seek(end);
  call.has_arguments = scanner.Take('(');
  call.arguments = scanner.at();
  if (!call.has_arguments && !scanner.AtEnd()) return scanner.Expected("`(` and arguments");
  return call;
}

}  // namespace component::wave
