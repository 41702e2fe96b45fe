// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The interpreter against compiled code: random modules, every exported function with interesting
// arguments, two stores side by side. After every call results or traps, globals, tables and
// memories must be the same, bit by bit: the generator hides the bits of NaNs.
//
// One difference is known (docs/testing.md): where guard pages do the checking, LLVM does not know
// that a load or store may trap. From -O1 on it moves one behind others or to where its value is
// used. So what follows an access out of bounds there is only compared with --strict.
//
//   differential [--seed S] [--count N] [--level N] [--bounds guard|check] [--compiler LIBRARY]
//                [--functions N] [--traces] [--minimise] [--output FILE.wasm] [--verbose]
//                [--strict]
//
// Module i has the seed S + i; without --level, that also chooses level and bounds, so that
// `--seed X --count 1` repeats a failure. Exit code: 0 agreement, 1 not, 77 no compiler.

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/aot_library.h"
#include "fuzz/module_generator.h"
#include "interp/interp.h"
#include "libwasm/libwasm.h"

namespace trenail::fuzz {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr uint64_t kFuel = 20'000'000;
constexpr int kSecondsPerModule = 60;
constexpr int kCallsPerExport = 4;
constexpr char kOutOfBounds[] = "out of bounds memory access";

struct Settings {
  uint64_t seed = 1;
  uint64_t count = 1000;
  std::optional<unsigned> level;
  std::optional<bool> check_bounds;
  uint32_t functions = 8;
  bool minimise = false;
  bool strict = false;
  bool traces = false;
  bool verbose = false;  // also counts the kinds of traps
  std::string output;
};

// How one module is compiled and called.
struct Variant {
  unsigned level = 2;
  bool check_bounds = false;
  bool strict = false;
  bool traces = false;
  uint64_t seed = 0;  // of the arguments
};

struct Counts {
  uint64_t modules = 0;
  uint64_t calls = 0;
  uint64_t results = 0;
  uint64_t traps = 0;
  uint64_t exceptions = 0;
  std::map<std::string, uint64_t> messages;
  uint64_t out_of_order = 0;  // the known difference
  uint64_t incomparable = 0;  // the stack, the heap or the fuel of one of them was exhausted
};

// What a crash or a module that does not end is reported as.
volatile uint64_t current_seed = 0;

void OnCrash(int signal) {
  char text[96];
  const int length = snprintf(text, sizeof text, "seed %" PRIu64 ": signal %d\n",
                              static_cast<uint64_t>(current_seed), signal);
  if (write(STDERR_FILENO, text, static_cast<size_t>(length)) < 0) _exit(3);
  _exit(1);
}

// Of the processor's time: others may use it too.
void LimitTime() {
  const itimerval limit = {.it_interval = {},
                           .it_value = {.tv_sec = kSecondsPerModule, .tv_usec = 0}};
  setitimer(ITIMER_PROF, &limit, nullptr);
}

std::string Hex(uint64_t value) {
  char text[24];
  snprintf(text, sizeof text, "%" PRIx64, value);
  return text;
}

// A value as far as two stores can agree on it.
std::string Text(const Value& value) {
  std::string text = ToString(value.type()) + " ";
  if (value.type() == ValType(ValType::kV128))
    return text + Hex(value.high()) + ":" + Hex(value.low());
  if (!value.is_ref()) return text + Hex(value.low());
  switch (value.ref_kind()) {
    case RefKind::kNull:
      return text + "null";
    case RefKind::kI31:
      return text + "i31 " + Hex(value.i31());
    default:
      return text + "reference of kind " + std::to_string(static_cast<int>(value.ref_kind()));
  }
}

uint64_t InterestingNumber(Entropy& entropy) {
  static constexpr uint64_t kValues[] = {0,
                                         1,
                                         2,
                                         8,
                                         31,
                                         32,
                                         64,
                                         0xff,
                                         0xfff0,
                                         0x10000,
                                         0x7fffffff,
                                         0x80000000,
                                         0xffffffff,
                                         0x7fffffffffffffff,
                                         0x8000000000000000,
                                         ~uint64_t{0},
                                         0x3f800000,
                                         0x7fc00000,
                                         0x7fa00000,
                                         0xff800000,
                                         0x80000000,
                                         0x4f000000,
                                         0x3ff0000000000000,
                                         0x7ff8000000000000,
                                         0x7ff4000000000000,
                                         0xfff0000000000000,
                                         0x43e0000000000000,
                                         0xbff8000000000000};
  switch (entropy.Below(4)) {
    case 0:
      return entropy.Below(300);
    case 1:
      return entropy.Next() | entropy.Next() << 32;
    default:
      return kValues[entropy.Below(std::size(kValues))];
  }
}

// The same argument for both stores: what matters of a reference is whether it is there.
Value Argument(ValType type, uint64_t low, uint64_t high) {
  if (type.is_ref()) {
    const HeapType heap = type.heap_type();
    const bool takes_i31 = !heap.is_concrete() && (type == wasm::kAnyRef || type == wasm::kI31Ref);
    return takes_i31 && (low & 1) != 0 ? Value::I31(static_cast<uint32_t>(low >> 1))
                                       : Value::Null(heap);
  }
  if (type == ValType(ValType::kI32) || type == ValType(ValType::kF32))
    low = static_cast<uint32_t>(low);
  return Value::FromSlots(type, low, type == ValType(ValType::kV128) ? high : 0);
}

// One of the two: a store with an instance of the module.
class Side {
 public:
  // `compiled` may be null. Errors go to `failure`.
  Side(const Bytes& wasm, const Artefact* compiled, std::string& failure)
      : engine_(MakeInterpreter()), store_(engine_, Limits()) {
    auto module = Module::Parse(engine_, wasm);
    if (!module) {
      failure = "not valid: " + module.error().message();
      return;
    }
    if (compiled != nullptr) {
      if (auto attached = module->Attach(*compiled); !attached) {
        failure = "not attached: " + attached.error().message();
        return;
      }
    } else {
      store_.SetFuel(kFuel);
    }
    auto instance = store_.Instantiate(*module, {});
    if (!instance) {
      failure = "not instantiated: " + instance.error().message();
      return;
    }
    for (auto& [name, value] : instance->exports()) {
      names_.push_back(name);
      exports_.push_back(value);
    }
  }

  const std::vector<std::string>& names() const { return names_; }
  const std::vector<Extern>& exports() const { return exports_; }

  struct Outcome {
    std::string text;
    std::string trace;  // where it trapped
    std::optional<ErrorKind> error;
  };
  Outcome Call(size_t index, std::span<const Value> args) {
    std::get<Global>(exports_.back()).Set(Value(int32_t{kInitialCalls}));
    auto results = std::get<Func>(exports_[index]).Call(args);
    Outcome outcome;
    if (results) {
      for (const Value& result : *results) outcome.text += Text(result) + "; ";
      return outcome;
    }
    outcome.error = results.error().kind();
    outcome.text = results.error().message();
    for (const TraceFrame& frame : results.error().trace())
      outcome.trace += " " + std::to_string(frame.function_index) + "@" + Hex(frame.code_offset);
    return outcome;
  }

 private:
  static StoreLimits Limits() {
    StoreLimits limits;
    limits.max_heap_bytes = 256 << 20;
    return limits;
  }

  Engine engine_;
  Store store_;
  std::vector<std::string> names_;
  std::vector<Extern> exports_;
};

// The first difference of the states, or an empty text.
std::string CompareState(const Side& one, const Side& other) {
  for (size_t i = 0; i < one.exports().size(); ++i) {
    const Extern& a = one.exports()[i];
    const Extern& b = other.exports()[i];
    const std::string& name = one.names()[i];
    if (std::holds_alternative<Global>(a)) {
      const std::string left = Text(std::get<Global>(a).Get());
      const std::string right = Text(std::get<Global>(b).Get());
      if (left != right) return "global " + name + ": " + left + " against " + right;
    } else if (std::holds_alternative<Memory>(a)) {
      const auto left = std::get<Memory>(a).data(), right = std::get<Memory>(b).data();
      if (left.size() != right.size())
        return "size of memory " + name + ": " + Hex(left.size()) + " against " + Hex(right.size());
      if (std::memcmp(left.data(), right.data(), left.size()) == 0) continue;
      size_t at = 0;
      while (left[at] == right[at]) ++at;
      return "memory " + name + " at " + Hex(at) + ": " + Hex(left[at]) + " against " +
             Hex(right[at]);
    } else if (std::holds_alternative<Table>(a)) {
      const Table &left = std::get<Table>(a), &right = std::get<Table>(b);
      if (left.size() != right.size()) return "size of table " + name;
      for (uint64_t at = 0; at < left.size(); ++at)
        if (Text(*left.Get(at)) != Text(*right.Get(at)))
          return "table " + name + " at " + Hex(at) + ": " + Text(*left.Get(at)) + " against " +
                 Text(*right.Get(at));
    }
  }
  return {};
}

bool IsIncomparable(const Side::Outcome& outcome) {
  return outcome.error == ErrorKind::kExhausted || outcome.error == ErrorKind::kInterrupted;
}

// A description of the first disagreement about a module; empty if there is none.
std::string Compare(const Bytes& wasm, const Variant& variant, Counts& counts) {
  cli::CompileRequest request;
  request.opt_level = variant.level;
  request.check_bounds = variant.check_bounds;
  const auto compiled = cli::CompileAot(wasm, request);
  if (!compiled) return "not compiled: " + compiled.error().message();
  const auto artefact = Artefact::FromMemory(compiled->bytes);
  if (!artefact) return "not loaded: " + artefact.error().message();

  std::string failure;
  Side interpreted(wasm, nullptr, failure), native(wasm, &*artefact, failure);
  if (!failure.empty()) return failure;
  if (failure = CompareState(interpreted, native); !failure.empty()) return "at first: " + failure;

  ++counts.modules;
  Entropy entropy(variant.seed ^ 0x5eed);
  for (int round = 0; round < kCallsPerExport; ++round) {
    for (size_t i = 0; i < interpreted.exports().size(); ++i) {
      if (!std::holds_alternative<Func>(interpreted.exports()[i])) continue;
      const std::vector<ValType> params = std::get<Func>(interpreted.exports()[i]).type().params;
      const std::vector<ValType> params2 = std::get<Func>(native.exports()[i]).type().params;
      std::vector<Value> args, args2;
      std::string call = interpreted.names()[i] + "(";
      for (size_t p = 0; p < params.size(); ++p) {
        const uint64_t low = InterestingNumber(entropy), high = InterestingNumber(entropy);
        args.push_back(Argument(params[p], low, high));
        args2.push_back(Argument(params2[p], low, high));
        call += (p != 0 ? ", " : "") + Text(args.back());
      }
      call += ")";
      const Side::Outcome left = interpreted.Call(i, args);
      // Endless by the interpreter's fuel: compiled code has none.
      if (left.error == ErrorKind::kInterrupted) return ++counts.incomparable, std::string();
      const Side::Outcome right = native.Call(i, args2);
      ++counts.calls;
      if (IsIncomparable(left) || IsIncomparable(right)) {
        ++counts.incomparable;  // from here on the states differ
        return {};
      }
      (!left.error                           ? counts.results
       : left.error == ErrorKind::kException ? counts.exceptions
                                             : counts.traps) += 1;
      if (left.error) ++counts.messages[left.text];
      std::string difference;
      if (left.error != right.error || left.text != right.text)
        difference = "\n  interpreter: " + left.text + left.trace +
                     "\n  compiled:    " + right.text + right.trace;
      else if (variant.traces && left.trace != right.trace)
        difference = "trace of " + left.text + "\n  interpreter:" + left.trace +
                     "\n  compiled:   " + right.trace;
      else if (std::string state = CompareState(interpreted, native); !state.empty())
        difference =
            "ended with " + (left.error ? left.text : "results") + left.trace + "\n  " + state;
      if (difference.empty()) continue;
      if (left.text == kOutOfBounds && !variant.strict && variant.level > 0 &&
          !variant.check_bounds) {
        ++counts.out_of_order;
        return {};
      }
      return call + " in round " + std::to_string(round) + ": " + difference;
    }
  }
  return {};
}

GeneratorOptions Options(const Settings& settings) {
  GeneratorOptions options;
  options.max_functions = settings.functions;
  options.canonical_nans = true;
  return options;
}

// Leaves out choices of the generator as long as the two disagree about what remains, whatever it
// is. Each try runs in this process, so a crash is not made smaller.
Entropy::Choices Minimise(Entropy::Choices choices, const Settings& settings,
                          const Variant& variant) {
  Counts counts;
  auto fails = [&](const Entropy::Choices& tried) {
    Entropy entropy = Entropy::Replay(tried);
    LimitTime();
    return !Compare(GenerateModule(entropy, Options(settings)), variant, counts).empty();
  };
  for (bool shorter = true; shorter;) {
    shorter = false;
    for (size_t chunk = choices.size() / 2; chunk > 0; chunk /= 2) {
      for (size_t at = 0; at + chunk <= choices.size();) {
        Entropy::Choices tried = choices;
        tried.erase(tried.begin() + static_cast<ptrdiff_t>(at),
                    tried.begin() + static_cast<ptrdiff_t>(at + chunk));
        if (fails(tried)) {
          choices = std::move(tried);
          shorter = true;
        } else {
          at += chunk;
        }
      }
    }
    if (choices.size() > 600) break;
  }
  return choices;
}

int Run(const Settings& settings) {
  for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGPROF})
    ::signal(signal, OnCrash);
  Counts counts;
  uint64_t disagreements = 0;
  for (uint64_t i = 0; i < settings.count; ++i) {
    const uint64_t seed = settings.seed + i;
    current_seed = seed;
    LimitTime();
    Variant variant = {.level = static_cast<unsigned>(seed % 3),
                       .strict = settings.strict,
                       .traces = settings.traces,
                       .seed = seed};
    if (settings.level) variant.level = *settings.level;
    variant.check_bounds = settings.check_bounds.value_or(seed / 3 % 4 == 3);

    Entropy entropy(seed * 0x9e3779b97f4a7c15ull);
    Entropy::Choices choices;
    entropy.Record(choices);
    Bytes wasm = GenerateModule(entropy, Options(settings));
    if (!settings.output.empty() && settings.count == 1)
      std::ofstream(settings.output, std::ios::binary)
          .write(reinterpret_cast<const char*>(wasm.data()),
                 static_cast<std::streamsize>(wasm.size()));
    std::string failure = Compare(wasm, variant, counts);
    if (failure.empty()) continue;
    ++disagreements;
    printf("seed %" PRIu64 ", -O%u%s: %s\n", seed, variant.level,
           variant.check_bounds ? ", --bounds=check" : "", failure.c_str());
    if (settings.minimise) {
      choices = Minimise(std::move(choices), settings, variant);
      Entropy less = Entropy::Replay(choices);
      wasm = GenerateModule(less, Options(settings));
      printf("  made smaller: %s\n", Compare(wasm, variant, counts).c_str());
    }
    fflush(stdout);
    if (settings.output.empty()) continue;
    const std::string path =
        settings.count == 1 ? settings.output : settings.output + "." + std::to_string(seed);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(wasm.data()),
               static_cast<std::streamsize>(wasm.size()));
  }
  printf("%" PRIu64 " modules, %" PRIu64 " calls: %" PRIu64 " results, %" PRIu64 " traps, %" PRIu64
         " exceptions, %" PRIu64 " out of order, %" PRIu64 " incomparable; %" PRIu64
         " disagreements\n",
         counts.modules, counts.calls, counts.results, counts.traps, counts.exceptions,
         counts.out_of_order, counts.incomparable, disagreements);
  if (settings.verbose)
    for (const auto& [message, count] : counts.messages)
      printf("  %" PRIu64 " %s\n", count, message.c_str());
  return disagreements == 0 ? 0 : 1;
}

}  // namespace
}  // namespace trenail::fuzz

int main(int argc, char** argv) {
  trenail::fuzz::Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    const std::string value = i + 1 < argc ? argv[i + 1] : "";
    if (arg == "--minimise") {
      settings.minimise = true;
      continue;
    }
    if (arg == "--strict") {
      settings.strict = true;
      continue;
    }
    if (arg == "--verbose") {
      settings.verbose = true;
      continue;
    }
    if (arg == "--traces") {
      settings.traces = true;
      continue;
    }
    if (value.empty()) {
      fprintf(stderr, "%s: no value\n", argv[i]);
      return 2;
    }
    ++i;
    if (arg == "--seed")
      settings.seed = std::stoull(value);
    else if (arg == "--count")
      settings.count = std::stoull(value);
    else if (arg == "--level")
      settings.level = static_cast<unsigned>(std::stoul(value));
    else if (arg == "--bounds")
      settings.check_bounds = value == "check";
    else if (arg == "--functions")
      settings.functions = static_cast<uint32_t>(std::stoul(value));
    else if (arg == "--output")
      settings.output = value;
    else if (arg == "--compiler")
      trenail::cli::SetAotLibrary(value);
    else
      return fprintf(stderr, "unknown option %s\n", arg.c_str()), 2;
  }
  if (trenail::cli::AotBackend().empty()) {
    puts("there is no compiler");
    return 77;
  }
  return trenail::fuzz::Run(settings);
}
