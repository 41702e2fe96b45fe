// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "libcomponent/wave/scanner.h"
#include "libcomponent/wave/wave.h"
#include "libwasm/text/numbers.h"

namespace component::wave {

using wasm::Result;

namespace {

bool IsOptionOrResult(const ValType& type) {
  return type.kind == ValKind::kOption || type.kind == ValKind::kResult;
}

// The labels of a type as "one of a, b and c", but not hundreds.
std::string OneOf(const ValType& type) {
  std::string text = type.fields.size() == 1 ? "" : "one of ";
  for (size_t i = 0; i < type.fields.size(); ++i) {
    if (i == 12 && type.fields.size() > 14) return text + ", …";
    if (i > 0) text += ", ";
    if (type.is_variant() && IsKeyword(type.fields[i].label)) text += '%';
    text += type.fields[i].label;
  }
  return text;
}

class Parser {
 public:
  explicit Parser(Scanner& scanner) : in_(scanner) {}

  Result<Value> Parse(const ValType& type) {
    switch (type.kind) {
      case ValKind::kBool:
        return Bool();
      case ValKind::kS8:
        return Integer<int8_t>(Value::Kind::kS8, "s8");
      case ValKind::kU8:
        return Integer<uint8_t>(Value::Kind::kU8, "u8");
      case ValKind::kS16:
        return Integer<int16_t>(Value::Kind::kS16, "s16");
      case ValKind::kU16:
        return Integer<uint16_t>(Value::Kind::kU16, "u16");
      case ValKind::kS32:
        return Integer<int32_t>(Value::Kind::kS32, "s32");
      case ValKind::kU32:
        return Integer<uint32_t>(Value::Kind::kU32, "u32");
      case ValKind::kS64:
        return Integer<int64_t>(Value::Kind::kS64, "s64");
      case ValKind::kU64:
        return Integer<uint64_t>(Value::Kind::kU64, "u64");
      case ValKind::kF32:
      case ValKind::kF64:
        return Float(type.kind == ValKind::kF32);
      case ValKind::kChar:
        return Value::Char(TRY(in_.ExpectChar()));
      case ValKind::kString:
        return Value::String(TRY(in_.ExpectString()));
      case ValKind::kList:
      case ValKind::kMap:
      case ValKind::kFixedLengthList:
        return List(type);
      case ValKind::kRecord:
        return Record(type);
      case ValKind::kTuple:
        return Tuple(type);
      case ValKind::kVariant:
      case ValKind::kEnum:
        return Variant(type);
      case ValKind::kOption:
        return Option(type);
      case ValKind::kResult:
        return ResultValue(type);
      case ValKind::kFlags:
        return Flags(type);
      case ValKind::kErrorContext:
      case ValKind::kOwn:
      case ValKind::kBorrow:
      case ValKind::kStream:
      case ValKind::kFuture:
        return in_.Fail(in_.at(), "a handle cannot be written as text");
    }
    __builtin_unreachable();
  }

 private:
  // The keyword, if it is next and no label.
  bool TakeKeyword(std::string_view keyword) {
    if (!in_.AtWord()) return false;
    const size_t begin = in_.at();
    const auto word = in_.ExpectWord("");
    if (word && !word->percent && word->text == keyword) return true;
    in_.Seek(begin);
    return false;
  }

  Result<Value> Bool() {
    if (TakeKeyword("true")) return Value::Bool(true);
    if (TakeKeyword("false")) return Value::Bool(false);
    return in_.Expected("true or false");
  }

  template <typename T>
  Result<Value> Integer(Value::Kind kind, const char* name) {
    in_.SkipSpace();
    const size_t begin = in_.at();
    std::string_view digits = in_.TakeNumber();
    if (digits.empty() || digits.find_first_of(".eE") != std::string_view::npos) {
      in_.Seek(begin);
      return in_.Expected(std::string("an integer of type ") + name);
    }
    const bool negative = digits.starts_with('-');
    if (negative) digits.remove_prefix(1);
    const uint64_t limit = negative
                               ? uint64_t{0} - static_cast<uint64_t>(std::numeric_limits<T>::min())
                               : uint64_t{std::numeric_limits<T>::max()};
    uint64_t value = 0;
    bool fits = true;
    for (const char c : digits) {
      const auto digit = static_cast<uint64_t>(c - '0');
      fits = fits && value <= limit / 10 && digit <= limit - value * 10;
      value = fits ? value * 10 + digit : value;
    }
    if (!fits) return in_.Fail(begin, std::string("the number is out of the range of ") + name);
    return Value::Scalar(kind, negative ? 0 - value : value);
  }

  Result<Value> Float(bool is_f32) {
    const auto make = [&](double value) {
      return is_f32 ? Value::F32(static_cast<float>(value)) : Value::F64(value);
    };
    constexpr double kInf = std::numeric_limits<double>::infinity();
    if (TakeKeyword("nan")) return make(std::numeric_limits<double>::quiet_NaN());
    if (TakeKeyword("inf")) return make(kInf);
    in_.SkipSpace();
    const size_t begin = in_.at();
    if (in_.Take('-') && TakeKeyword("inf")) return make(-kInf);
    in_.Seek(begin);
    const std::string_view number = in_.TakeNumber();
    if (number.empty()) return in_.Expected("a number, inf, -inf or nan");
    // No value: too large, which is infinity.
    const bool negative = number.starts_with('-');
    if (is_f32) {
      const auto bits = wasm::text::ParseF32(number);
      return bits ? Value::Scalar(Value::Kind::kF32, *bits) : make(negative ? -kInf : kInf);
    }
    const auto bits = wasm::text::ParseF64(number);
    return bits ? Value::Scalar(Value::Kind::kF64, *bits) : make(negative ? -kInf : kInf);
  }

  Result<Value> List(const ValType& type) {
    if (!in_.At('[')) return in_.Expected("a list, as in [1, 2]");
    const size_t begin = in_.at();
    in_.Take('[');
    std::vector<Value> items;
    while (!in_.Take(']')) {
      items.push_back(TRY(Parse(*type.element)));
      if (in_.Take(',')) continue;
      if (!in_.At(']')) return in_.Expected("`,` or `]`");
    }
    if (type.kind == ValKind::kFixedLengthList && items.size() != type.length)
      return in_.Fail(begin, "expected " + std::to_string(type.length) + " elements, got " +
                                 std::to_string(items.size()));
    return Value::List(std::move(items));
  }

  Result<Value> Tuple(const ValType& type) {
    if (!in_.Take('(')) return in_.Expected("a tuple, as in (1, 2)");
    std::vector<Value> items;
    for (const ValType::Field& field : type.fields) {
      if (!items.empty()) TRY_VOID(in_.Expect(','));
      items.push_back(TRY(Parse(*field.type)));
    }
    in_.Take(',');
    TRY_VOID(in_.Expect(')'));
    return Value::Record(std::move(items));
  }

  Result<size_t> Field(const ValType& type, const char* what) {
    const Word word = TRY(in_.ExpectWord(what));
    for (size_t i = 0; i < type.fields.size(); ++i)
      if (type.fields[i].label == word.text) return i;
    return in_.Fail(word.at, "expected " + OneOf(type) + ", got `" + std::string(word.text) + "`");
  }

  Result<Value> Record(const ValType& type) {
    if (!in_.At('{')) return in_.Expected("a record, as in {" + type.fields[0].label + ": …}");
    const size_t begin = in_.at();
    in_.Take('{');
    std::vector<std::optional<Value>> values(type.fields.size());
    if (in_.Take(':')) {
      TRY_VOID(in_.Expect('}'));
    } else {
      bool more = true;
      while (more) {
        in_.SkipSpace();
        const size_t at = in_.at();
        const size_t i = TRY(Field(type, "a field's name"));
        if (values[i]) return in_.Fail(at, "the field " + type.fields[i].label + " is there twice");
        TRY_VOID(in_.Expect(':'));
        values[i] = TRY(Parse(*type.fields[i].type));
        more = in_.Take(',') && !in_.At('}');
      }
      if (!in_.Take('}')) return in_.Expected("`,` or `}`");
    }
    std::vector<Value> items;
    for (size_t i = 0; i < values.size(); ++i) {
      if (!values[i]) {
        if (type.fields[i].type->kind != ValKind::kOption)
          return in_.Fail(begin, "the field " + type.fields[i].label + " is missing");
        values[i] = Value::Variant(0);
      }
      items.push_back(*std::move(values[i]));
    }
    return Value::Record(std::move(items));
  }

  Result<Value> Flags(const ValType& type) {
    if (!in_.Take('{')) return in_.Expected("flags, as in {" + type.fields[0].label + "}");
    uint32_t bits = 0;
    while (!in_.Take('}')) {
      in_.SkipSpace();
      const size_t at = in_.at();
      const size_t i = TRY(Field(type, "a flag or `}`"));
      if ((bits >> i & 1) != 0)
        return in_.Fail(at, "the flag " + type.fields[i].label + " is there twice");
      bits |= uint32_t{1} << i;
      if (in_.Take(',')) continue;
      if (!in_.At('}')) return in_.Expected("`,` or `}`");
    }
    return Value::Flags(bits);
  }

  // The case's payload in parentheses, if it has one.
  Result<Value> Case(const ValType& type, uint32_t index) {
    const ValType* payload = type.fields[index].type;
    if (payload == nullptr) {
      if (in_.At('('))
        return in_.Fail(in_.at(), "the case " + type.fields[index].label + " has no payload");
      return Value::Variant(index);
    }
    TRY_VOID(in_.Expect('('));
    Value value = TRY(Parse(*payload));
    TRY_VOID(in_.Expect(')'));
    return Value::Variant(index, std::move(value));
  }

  Result<Value> Variant(const ValType& type) {
    const Word word = TRY(in_.ExpectWord(OneOf(type)));
    if (!word.percent && IsKeyword(word.text))
      return in_.Fail(word.at,
                      "expected " + OneOf(type) + ", got the keyword " + std::string(word.text));
    for (uint32_t i = 0; i < type.fields.size(); ++i)
      if (type.fields[i].label == word.text) return Case(type, i);
    return in_.Fail(word.at, "expected " + OneOf(type) + ", got `" + std::string(word.text) + "`");
  }

  Result<Value> Option(const ValType& type) {
    if (TakeKeyword("none")) return Value::Variant(0);
    if (TakeKeyword("some")) return Case(type, 1);
    const ValType& payload = *type.fields[1].type;
    if (IsOptionOrResult(payload)) return in_.Expected("none or some(…)");
    return Value::Variant(1, TRY(Parse(payload)));
  }

  Result<Value> ResultValue(const ValType& type) {
    if (TakeKeyword("ok")) return Case(type, 0);
    if (TakeKeyword("err")) return Case(type, 1);
    const ValType* payload = type.fields[0].type;
    if (payload == nullptr || IsOptionOrResult(*payload)) return in_.Expected("ok or err");
    return Value::Variant(0, TRY(Parse(*payload)));
  }

  Scanner& in_;
};

}  // namespace

Result<Value> ParseValue(std::string_view text, const ValType& type) {
  Scanner scanner(text);
  Value value = TRY(Parser(scanner).Parse(type));
  TRY_VOID(scanner.ExpectEnd());
  return value;
}

Result<std::vector<Value>> ParseArguments(const Call& call, const FuncType& type) {
  Scanner scanner(call.text, call.arguments);
  std::vector<Value> values;
  bool more = call.has_arguments && !scanner.At(')');
  for (const ValType::Field& param : type.params) {
    if (more) {
      values.push_back(TRY(Parser(scanner).Parse(*param.type)));
      more = scanner.Take(',') && !scanner.At(')');
    } else if (param.type->kind == ValKind::kOption) {
      values.push_back(Value::Variant(0));
    } else {
      return scanner.Expected("an argument for the parameter " + param.label);
    }
  }
  if (more) return scanner.Expected("`)`: there are no more parameters");
  if (call.has_arguments) TRY_VOID(scanner.Expect(')'));
  TRY_VOID(scanner.ExpectEnd());
  return values;
}

}  // namespace component::wave
