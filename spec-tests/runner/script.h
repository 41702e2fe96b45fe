// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A test script, whichever way it was written: .wast text, or the JSON that wast2json makes of it.
// The runner knows only this form.

#ifndef TRENAIL_SPEC_TESTS_RUNNER_SCRIPT_H_
#define TRENAIL_SPEC_TESTS_RUNNER_SCRIPT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libcomponent/libcomponent.h"
#include "libcomponent/text/script_values.h"
#include "libwasm/libwasm.h"

namespace trenail::spec {

// An argument of an action.
struct ScriptValue {
  enum class Kind : uint8_t { kNumber, kNull, kExtern, kHost };
  Kind kind = Kind::kNumber;
  ValType type = ValType::kI32;         // kNumber: a number or vector type
  uint64_t low = 0, high = 0;           // kNumber: its bits; kExtern, kHost: the host's number
  HeapType heap_type = HeapType::kAny;  // kNull
};

// What a result must look like.
struct ResultPattern {
  enum class Kind : uint8_t {
    kBits,          // exactly these bits
    kCanonicalNan,  // of type f32 or f64
    kArithmeticNan,
    kVector,  // lane by lane
    kNull,    // a null reference
    kRef,     // a reference to something of `heap_type`
    kExtern,  // a host value seen as extern, with its number
    kHost,    // a host value seen as any, with its number
    kEither,
  };
  Kind kind = Kind::kBits;
  ValType type = ValType::kI32;
  uint64_t low = 0, high = 0;
  HeapType heap_type = HeapType::kAny;
  // kVector: one pattern per lane, all of them of lane_bits bits; kEither: the alternatives.
  uint32_t lane_bits = 0;
  std::vector<ResultPattern> parts;
};

struct ScriptAction {
  enum class Kind : uint8_t { kInvoke, kGet };
  Kind kind = Kind::kInvoke;
  std::string instance;  // its identifier; empty: the latest
  std::string field;
  std::vector<ScriptValue> args;
};

struct ScriptModule {
  std::string id;
  // Its bytes; text is parsed when it is asked for, since many scripts are about texts that must
  // be refused.
  std::function<Result<std::vector<uint8_t>>()> bytes;
};

using ComponentScriptValue = component::text::ScriptValue;

struct ScriptComponent {
  std::string id;
  // Decodes and validates it; text is parsed only then.
  std::function<Result<Component>(const Engine& engine, const ComponentOptions& options)> load;
};

struct ScriptCommand {
  enum class Kind : uint8_t {
    kModule,  // defines and instantiates
    kModuleDefinition,
    kModuleInstance,  // instantiates the definition `definition` (empty: the latest)
    kRegister,
    kAction,
    kAssertReturn,
    kAssertTrap,
    kAssertExhaustion,
    kAssertException,
    kAssertMalformed,
    kAssertInvalid,
    kAssertUnlinkable,
    kAssertUninstantiable,  // a trap while instantiating
    kThread,
    kWait,
    kNotUnderstood,  // the command itself is not well-formed; `text` says why
    kOutOfScope,     // not looked at; `text` says why
  };
  Kind kind = Kind::kModule;
  std::string name;  // as written: assert_return, module …
  uint32_t line = 0;
  uint32_t ordinal = 0;  // counted from 1 among the top-level commands
  // What would be a module is a component: then `component` stands for `module`.
  bool of_component = false;
  ScriptComponent component;
  ScriptModule module;
  std::string definition;  // kModuleInstance
  std::string as;          // kRegister; the instance is action.instance
  ScriptAction action;
  bool has_action = false;
  // Whether the values of an action can be those of a core function, or of a component's; without
  // values, either.
  bool core_values = true;
  bool component_values = false;
  std::vector<ComponentScriptValue> component_args;
  std::vector<ComponentScriptValue> component_results;
  std::vector<ResultPattern> results;
  std::string text;  // the expected message
  // kThread, kWait: the thread's identifier; kThread: the modules it shares, and what it does.
  std::string thread;
  std::vector<std::string> shared;
  std::vector<ScriptCommand> commands;
};

struct Script {
  std::vector<ScriptCommand> commands;
  std::shared_ptr<const std::string> text;  // of a script in text
};

// Tells why the command of this ordinal is not to be looked at; empty: it is.
using OutOfScope = std::function<std::string(uint32_t ordinal)>;

// Errors: kMalformed with a position if not even the commands can be told apart.
Result<Script> ReadTextScript(std::string text, const OutOfScope& out_of_scope);
// `path` is for the files that the JSON names.
Result<Script> ReadJsonScript(const std::string& path, std::string_view text,
                              const OutOfScope& out_of_scope);

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_RUNNER_SCRIPT_H_
