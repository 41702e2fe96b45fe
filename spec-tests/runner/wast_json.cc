// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scripts in JSON, as wabt's wast2json and wasm-tools' json-from-wast write them: the modules are
// files beside the JSON, numbers are decimal strings of their bits.

#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "spec-tests/runner/scope.h"
#include "spec-tests/runner/script.h"

namespace trenail::spec {
namespace {

using Json = nlohmann::json;

std::string Text(const Json& json, const char* key) {
  const auto at = json.find(key);
  return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
}

bool ParseBits(std::string_view text, uint64_t* bits) {
  int64_t negative = 0;
  if (text.starts_with('-')) {
    const auto [end, error] = std::from_chars(text.begin(), text.end(), negative);
    *bits = static_cast<uint64_t>(negative);
    return error == std::errc() && end == text.end();
  }
  const auto [end, error] = std::from_chars(text.begin(), text.end(), *bits);
  return error == std::errc() && end == text.end();
}

// Bits of a lane or number type; 0 for anything else.
uint32_t WidthOf(std::string_view type) {
  if (type == "i8") return 8;
  if (type == "i16") return 16;
  if (type == "i32" || type == "f32") return 32;
  return type == "i64" || type == "f64" ? 64 : 0;
}

ValType TypeOf(std::string_view type) {
  if (type == "i8") return ValType::kI8;
  if (type == "i16") return ValType::kI16;
  if (type == "i64") return ValType::kI64;
  if (type == "f32") return ValType::kF32;
  return type == "f64" ? ValType::kF64 : ValType::kI32;
}

// The heap type behind "funcref" and the like.
std::optional<HeapType> HeapTypeOf(std::string_view type) {
  constexpr std::pair<std::string_view, HeapType::Abstract> kTypes[] = {
      {"funcref", HeapType::kFunc},
      {"externref", HeapType::kExtern},
      {"anyref", HeapType::kAny},
      {"eqref", HeapType::kEq},
      {"i31ref", HeapType::kI31},
      {"structref", HeapType::kStruct},
      {"arrayref", HeapType::kArray},
      {"exnref", HeapType::kExn},
      {"nullref", HeapType::kNone},
      {"nullfuncref", HeapType::kNoFunc},
      {"nullexternref", HeapType::kNoExtern},
      {"nullexnref", HeapType::kNoExn},
      {"refnull", HeapType::kAny},
  };
  for (const auto& [text, heap_type] : kTypes)
    if (text == type) return heap_type;
  return std::nullopt;
}

bool ReadNumber(const std::string& type, const std::string& value, ResultPattern* pattern) {
  pattern->type = TypeOf(type);
  if (value == "nan:canonical")
    pattern->kind = ResultPattern::Kind::kCanonicalNan;
  else if (value == "nan:arithmetic")
    pattern->kind = ResultPattern::Kind::kArithmeticNan;
  else if (!ParseBits(value, &pattern->low))
    return false;
  const uint32_t width = WidthOf(type);
  if (width < 64) pattern->low &= (uint64_t{1} << width) - 1;
  return true;
}

bool ReadPattern(const Json& json, ResultPattern* pattern) {
  const std::string type = Text(json, "type");
  if (type == "either") {
    pattern->kind = ResultPattern::Kind::kEither;
    for (const Json& part : json.value("values", Json::array()))
      if (!ReadPattern(part, &pattern->parts.emplace_back())) return false;
    return true;
  }
  if (WidthOf(type) >= 32) return ReadNumber(type, Text(json, "value"), pattern);
  if (type == "v128") {
    const std::string lane = Text(json, "lane_type");
    pattern->kind = ResultPattern::Kind::kVector;
    pattern->type = ValType::kV128;
    pattern->lane_bits = WidthOf(lane);
    const Json lanes = json.value("value", Json::array());
    if (pattern->lane_bits == 0 || lanes.size() * pattern->lane_bits != 128) return false;
    for (const Json& value : lanes)
      if (!value.is_string() ||
          !ReadNumber(lane, value.get<std::string>(), &pattern->parts.emplace_back()))
        return false;
    return true;
  }
  const auto heap_type = HeapTypeOf(type);
  if (!heap_type) return false;
  const std::string value = Text(json, "value");
  pattern->heap_type = *heap_type;
  if (value == "null" || type.starts_with("null") || type == "refnull") {
    pattern->kind = ResultPattern::Kind::kNull;
    return true;
  }
  pattern->kind = ResultPattern::Kind::kRef;
  if (value.empty() || *heap_type == HeapType(HeapType::kFunc)) return true;
  pattern->kind = type == "externref" ? ResultPattern::Kind::kExtern : ResultPattern::Kind::kHost;
  return ParseBits(value, &pattern->low);
}

// An argument is a pattern without choice.
bool ReadValue(const Json& json, ScriptValue* value) {
  ResultPattern pattern;
  if (!ReadPattern(json, &pattern)) return false;
  value->type = pattern.type;
  value->low = pattern.low;
  value->heap_type = pattern.heap_type;
  switch (pattern.kind) {
    case ResultPattern::Kind::kBits:
      return true;
    case ResultPattern::Kind::kNull:
      value->kind = ScriptValue::Kind::kNull;
      return true;
    case ResultPattern::Kind::kExtern:
      value->kind = ScriptValue::Kind::kExtern;
      return true;
    case ResultPattern::Kind::kHost:
      value->kind = ScriptValue::Kind::kHost;
      return true;
    case ResultPattern::Kind::kVector:
      for (uint32_t i = 0; i < pattern.parts.size(); ++i) {
        const uint32_t at = i * pattern.lane_bits;
        if (pattern.parts[i].kind != ResultPattern::Kind::kBits) return false;
        (at < 64 ? value->low : value->high) |= pattern.parts[i].low << (at % 64);
      }
      return true;
    default:
      return false;
  }
}

bool ReadAction(const Json& json, ScriptAction* action) {
  const std::string type = Text(json, "type");
  if (type != "invoke" && type != "get") return false;
  action->kind = type == "invoke" ? ScriptAction::Kind::kInvoke : ScriptAction::Kind::kGet;
  action->instance = Text(json, "module");
  action->field = Text(json, "field");
  for (const Json& arg : json.value("args", Json::array()))
    if (!ReadValue(arg, &action->args.emplace_back())) return false;
  return true;
}

class JsonReader {
 public:
  JsonReader(std::filesystem::path folder, const OutOfScope& out_of_scope)
      : folder_(std::move(folder)), out_of_scope_(out_of_scope) {}

  void ReadCommands(const Json& commands, bool top_level, std::vector<ScriptCommand>* out) {
    uint32_t ordinal = 0;
    for (const Json& json : commands) {
      ScriptCommand& command = out->emplace_back();
      command.name = Text(json, "type");
      command.line = json.value("line", 0u);
      command.ordinal = ++ordinal;
      const std::string why = top_level ? out_of_scope_(ordinal) : std::string();
      if (!why.empty()) {
        command.kind = ScriptCommand::Kind::kOutOfScope;
        command.text = why;
      } else if (!Read(json, &command)) {
        command.kind = ScriptCommand::Kind::kNotUnderstood;
        command.text = json.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 200);
      }
    }
  }

 private:
  void ReadModule(const Json& json, ScriptModule* module) {
    module->id = Text(json, "name");
    // wasm-tools keeps the text in "filename" and a binary made of it, if it could, beside it.
    std::string file = Text(json, "binary_filename");
    if (file.empty()) file = Text(json, "filename");
    const bool text = file.ends_with(".wat");
    module->bytes = [path = (folder_ / file).string(), text]() -> Result<std::vector<uint8_t>> {
      const std::string contents = TRY(ReadFile(path));
      if (text) return ParseText(contents);
      return std::vector<uint8_t>(contents.begin(), contents.end());
    };
  }

  bool Read(const Json& json, ScriptCommand* command) {
    using Kind = ScriptCommand::Kind;
    const std::string& type = command->name;
    command->text = Text(json, "text");
    if (json.contains("filename")) ReadModule(json, &command->module);
    if (json.contains("action")) {
      command->has_action = true;
      if (!ReadAction(json["action"], &command->action)) return false;
    }
    constexpr std::pair<std::string_view, Kind> kKinds[] = {
        {"module", Kind::kModule},
        {"module_definition", Kind::kModuleDefinition},
        {"module_instance", Kind::kModuleInstance},
        {"register", Kind::kRegister},
        {"action", Kind::kAction},
        {"assert_return", Kind::kAssertReturn},
        {"assert_trap", Kind::kAssertTrap},
        {"assert_exhaustion", Kind::kAssertExhaustion},
        {"assert_exception", Kind::kAssertException},
        {"assert_malformed", Kind::kAssertMalformed},
        {"assert_invalid", Kind::kAssertInvalid},
        {"assert_malformed_custom", Kind::kAssertMalformed},
        {"assert_invalid_custom", Kind::kAssertInvalid},
        {"assert_unlinkable", Kind::kAssertUnlinkable},
        {"assert_uninstantiable", Kind::kAssertUninstantiable},
        {"thread", Kind::kThread},
        {"wait", Kind::kWait},
    };
    bool known = false;
    for (const auto& [text, kind] : kKinds) {
      if (text != type) continue;
      command->kind = kind;
      known = true;
    }
    if (!known) return false;
    switch (command->kind) {
      case Kind::kModuleInstance:
        command->module.id = Text(json, "instance");
        command->definition = Text(json, "module");
        break;
      case Kind::kRegister:
        command->as = Text(json, "as");
        command->action.instance = Text(json, "name");
        break;
      case Kind::kAssertReturn:
        for (const Json& result : json.value("expected", Json::array()))
          if (!ReadPattern(result, &command->results.emplace_back())) return false;
        break;
      case Kind::kThread:
      case Kind::kWait:
        command->thread = Text(json, command->kind == Kind::kThread ? "name" : "thread");
        if (!Text(json, "shared_module").empty())
          command->shared.push_back(Text(json, "shared_module"));
        ReadCommands(json.value("commands", Json::array()), false, &command->commands);
        break;
      default:
        break;
    }
    return true;
  }

  std::filesystem::path folder_;
  const OutOfScope& out_of_scope_;
};

}  // namespace

Result<Script> ReadJsonScript(const std::string& path, std::string_view text,
                              const OutOfScope& out_of_scope) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded() || !json.is_object() || !json.contains("commands") ||
      !json["commands"].is_array())
    return std::unexpected(
        Error(ErrorKind::kMalformed, "not a test script in JSON: no list of commands"));
  Script script;
  try {
    JsonReader(std::filesystem::path(path).parent_path(), out_of_scope)
        .ReadCommands(json["commands"], true, &script.commands);
  } catch (const Json::exception& error) {
    return std::unexpected(
        Error(ErrorKind::kMalformed, std::string("not a test script in JSON: ") + error.what()));
  }
  return script;
}

}  // namespace trenail::spec
