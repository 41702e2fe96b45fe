// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one error type of the libraries. Its kinds are the assertions of the official test suite, so
// that a script runner compares kinds and a user reads the message. An Error is one pointer wide:
// results stay in registers and the unhappy path pays for the details. See docs/errors.md.

#ifndef TRENAIL_LIBWASM_SUPPORT_ERROR_H_
#define TRENAIL_LIBWASM_SUPPORT_ERROR_H_

#include <cstdint>
#include <cstdlib>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wasm {

enum class ErrorKind : uint8_t {
  kMalformed,    // the bytes or the text do not follow the grammar [binary], [text]
  kInvalid,      // well-formed, but a validation rule does not hold [valid]
  kUnlinkable,   // an import is missing or does not match [exec-instantiation]
  kTrap,         // execution trapped [exec]
  kException,    // an exception was thrown and nobody caught it
  kExhausted,    // a resource of the implementation ran out: call stack, memory limit
  kInterrupted,  // fuel spent or deadline passed
  kExit,         // the guest asked to end (WASI proc_exit); exit_code() holds its status
  kHost,         // the embedder or the operating system failed (unreadable file, bad argument)
};

// One frame of a WebAssembly backtrace, innermost first (docs/debugging.md).
struct TraceFrame {
  std::string
      module_name;  // from the name section, or the name given by the embedder; may be empty
  // The component instance that the module instance is part of, from the outermost one inwards:
  // "app › parser". Empty for a module by itself, and where the outermost one has no name.
  std::string component;
  std::string function_name;     // from the name section; empty if unknown
  uint32_t function_index = 0;   // in the module's index space, imports included
  uint32_t instance_index = 0;   // of the module instance in its store, in the order of creation
  uint64_t code_offset = 0;      // byte offset of the instruction in the module; 0 if unknown
  uint64_t function_offset = 0;  // the same in the function's body, its locals included
  std::string source_file;       // from DWARF; empty if unknown
  uint32_t source_line = 0;
  bool is_compiled = false;  // of compiled code, or one that it has inlined
  // The runtime's instance, for the libraries above, while its store lives; null if unknown.
  const void* instance = nullptr;
};

// What a trap leaves behind on request (Store::SetCoredump): a file in the format of WebAssembly's
// tool conventions.
struct Coredump {
  std::vector<uint8_t> bytes;
  bool is_complete = true;  // false: bounds have kept frames or parts of memories out
};

// A place in a text, counted from 1.
struct TextPosition {
  uint32_t line = 0;
  uint32_t column = 0;
};

class [[nodiscard]] Error {
 public:
  Error(ErrorKind kind, std::string message)  // what every error has
      : details_(std::make_unique<Details>(Details{.kind = kind, .message = std::move(message)})) {}

  static Error Malformed(uint64_t offset, std::string message) {  // at a byte of the input
    return Error(ErrorKind::kMalformed, std::move(message)).WithOffset(offset);
  }
  static Error Invalid(uint64_t offset, std::string message) {  // the same
    return Error(ErrorKind::kInvalid, std::move(message)).WithOffset(offset);
  }
  static Error Exit(int32_t code) {  // the guest ends, with this status
    Error error(ErrorKind::kExit, "exit");
    error.details_->exit_code = code;
    return error;
  }

  Error&& WithOffset(uint64_t offset) && {  // the byte of the input that it is about
    details_->offset = offset;
    return std::move(*this);
  }
  Error&& WithPosition(TextPosition position) && {  // the same of a text
    details_->position = position;
    return std::move(*this);
  }
  // The function a malformed or invalid body belongs to, as the user knows it.
  Error&& WithFunction(uint32_t index, std::string name) && {
    details_->function_index = index;
    details_->function_name = std::move(name);
    return std::move(*this);
  }

  ErrorKind kind() const { return details_->kind; }  // what programs decide by
  // Begins with the text that the official suite expects for this failure.
  const std::string& message() const { return details_->message; }
  std::optional<uint64_t> offset() const { return details_->offset; }  // of a byte of the input
  std::optional<TextPosition> position() const { return details_->position; }          // in a text
  std::optional<uint32_t> function_index() const { return details_->function_index; }  // or none
  const std::string& function_name() const { return details_->function_name; }  // may be empty
  int32_t exit_code() const { return details_->exit_code; }                     // of kExit
  const std::vector<TraceFrame>& trace() const { return details_->trace; }  // innermost frame first
  std::vector<TraceFrame>& mutable_trace() { return details_->trace; }  // for what makes the error
  // Null unless the store was told to make one.
  const std::shared_ptr<const Coredump>& coredump() const { return details_->coredump; }
  void SetCoredump(std::shared_ptr<const Coredump> coredump) {  // the same
    details_->coredump = std::move(coredump);
  }
  // For an error that takes the place of another: where that one came from.
  Error&& WithOriginOf(Error&& other) && {
    details_->trace = std::move(other.details_->trace);
    details_->coredump = std::move(other.details_->coredump);
    return std::move(*this);
  }

 private:
  struct Details {
    ErrorKind kind;
    std::string message;
    std::optional<uint64_t> offset = std::nullopt;
    std::optional<TextPosition> position = std::nullopt;
    std::optional<uint32_t> function_index = std::nullopt;
    std::string function_name = {};
    int32_t exit_code = 0;
    std::vector<TraceFrame> trace = {};
    std::shared_ptr<const Coredump> coredump = nullptr;
  };
  std::unique_ptr<Details> details_;
};

template <typename T>
using Result = std::expected<T, Error>;

// Evaluates to the value of a Result, or returns its error from the enclosing function.
#define TRY(...)                                                  \
  ({                                                              \
    auto&& try_result_ = (__VA_ARGS__);                           \
    if (!try_result_.has_value()) [[unlikely]]                    \
      return ::std::unexpected(::std::move(try_result_.error())); \
    ::std::move(try_result_).value();                             \
  })

// The same for Result<void>.
#define TRY_VOID(...)                                             \
  do {                                                            \
    auto&& try_result_ = (__VA_ARGS__);                           \
    if (!try_result_.has_value()) [[unlikely]]                    \
      return ::std::unexpected(::std::move(try_result_.error())); \
  } while (0)

// A broken invariant of our own. Input can never reach one.
#define WASM_CHECK(condition)      \
  do {                             \
    if (!(condition)) [[unlikely]] \
      ::std::abort();              \
  } while (0)

#ifdef NDEBUG
#define WASM_DCHECK(condition) ((void)0)
#else
#define WASM_DCHECK(condition) WASM_CHECK(condition)
#endif

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_SUPPORT_ERROR_H_
