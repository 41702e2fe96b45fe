// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Test scripts (.wast) as the official suite has them. A script is read form by form: ScriptReader
// finds the next top-level S-expression without looking into it, so that whoever runs the script
// may skip what is out of scope; ParseCommand understands one form; ScriptModuleBytes turns the
// module of a command into bytes, and only then are errors in that module errors.

#ifndef TRENAIL_LIBWASM_TEXT_WAST_SCRIPT_H_
#define TRENAIL_LIBWASM_TEXT_WAST_SCRIPT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libwasm/support/error.h"
#include "libwasm/text/lexer.h"
#include "libwasm/text/parse_module.h"
#include "libwasm/types/types.h"
#include "libwasm/types/v128.h"

namespace wasm::text {

// A top-level S-expression. Views and positions refer to the script's text, which must stay.
struct ScriptForm {
  // The first word: "module", "assert_return", …. Fields of a module that stand in the script
  // without `(module …)` around them are gathered into one form, called "module".
  std::string_view keyword;
  TextPosition position;
  std::string_view source;
  bool inline_module = false;

  std::string_view script;  // the whole text
  std::shared_ptr<const std::vector<Token>> tokens;
  uint32_t begin = 0;  // its part of `tokens`
  uint32_t end = 0;
};

class ScriptReader {
 public:
  explicit ScriptReader(std::string_view script) : script_(script), lexer_(script) {}
  // Also for scripts of components (libcomponent/text), where 'c' is a token.
  ScriptReader(std::string_view script, bool char_literals) : ScriptReader(script) {
    if (char_literals) lexer_.AllowCharLiterals();
  }
  // The next form; nothing at the end. After an error, which is lexical, there is no more.
  Result<std::optional<ScriptForm>> Next();

 private:
  std::string_view script_;
  Lexer lexer_;
  uint32_t known_offset_ = 0;  // whose position is known, so that a script is counted through once
  TextPosition known_position_{1, 1};
};

struct ScriptModule {
  enum class Form : uint8_t { kText, kBinary, kQuote };
  Form form = Form::kText;
  std::string name;  // identifier without `$`; empty: none
  TextPosition position;
  std::string_view source;  // its text in the script

  std::string_view script;
  std::shared_ptr<const std::vector<Token>> tokens;
  uint32_t begin = 0;  // kText: identifier and fields; otherwise the strings
  uint32_t end = 0;
};

// The module's binary format. Positions in errors are those of the script, but for kQuote those of
// the quoted text.
Result<std::vector<uint8_t>> ScriptModuleBytes(const ScriptModule& module,
                                               const WatOptions& options = {});
// kQuote: the text the strings make; kText: its source.
std::string ScriptModuleText(const ScriptModule& module);

struct ScriptValue {
  enum class Kind : uint8_t { kI32, kI64, kF32, kF64, kV128, kRefNull, kRefExtern, kRefHost };
  Kind kind = Kind::kI32;
  uint64_t bits = 0;  // the number's bits; of kRefExtern and kRefHost the host's number
  V128 v128;
  HeapType heap_type;  // kRefNull
};

enum class NanPattern : uint8_t { kNone, kCanonical, kArithmetic };

struct LanePattern {
  uint64_t bits = 0;
  NanPattern nan = NanPattern::kNone;  // if not kNone, `bits` mean nothing
};

struct ResultPattern {
  enum class Kind : uint8_t {
    kI32,
    kI64,
    kF32,
    kF64,      // lanes[0]
    kV128,     // num_lanes, lane_bits, lanes
    kRefNull,  // of heap_type, if there is one
    kRef,      // not null, of heap_type: (ref.func), (ref.struct), (ref.extern) …
    kRefExtern,
    kRefHost,  // the host's reference lanes[0].bits, as externref or anyref
    kEither,   // one of `either`
  };
  Kind kind = Kind::kI32;
  uint8_t num_lanes = 1;
  uint8_t lane_bits = 0;
  bool float_lanes = false;
  std::array<LanePattern, 16> lanes{};
  std::optional<HeapType> heap_type;
  std::vector<ResultPattern> either;
};

struct Action {
  enum class Kind : uint8_t { kInvoke, kGet };
  Kind kind = Kind::kInvoke;
  std::string module;  // identifier without `$`; empty: the current one
  std::string name;    // of the export
  std::vector<ScriptValue> args;
};

struct Command {
  enum class Kind : uint8_t {
    kModule,            // module: define and instantiate
    kModuleDefinition,  // module: define only
    kModuleInstance,    // instantiate `definition` (empty: the last one) as `name`
    kRegister,          // `text`: the name; `name`: the instance (empty: the current one)
    kAction,
    kAssertReturn,      // action, results
    kAssertTrap,        // action or module; text
    kAssertExhaustion,  // action; text
    kAssertException,   // action
    kAssertMalformed,   // module; text
    kAssertMalformedCustom,
    kAssertInvalid,
    kAssertInvalidCustom,
    kAssertUnlinkable,
    kThread,  // `name`; shared_modules; commands
    kWait,    // `name`
  };
  Kind kind = Kind::kModule;
  TextPosition position;
  std::string_view source;
  std::optional<ScriptModule> module;
  std::optional<Action> action;
  std::vector<ResultPattern> results;
  std::string text;
  std::string name;
  std::string definition;
  std::vector<std::string> shared_modules;
  std::vector<ScriptForm> commands;
};

// Fails with kMalformed on a form that is not a command known here.
Result<Command> ParseCommand(const ScriptForm& form);

}  // namespace wasm::text

#endif  // TRENAIL_LIBWASM_TEXT_WAST_SCRIPT_H_
