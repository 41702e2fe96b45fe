// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What calls between the host and components, and from one component to another, take beside plain
// core calls. One line per kind of call, separated by tabs: name, nanoseconds per call. Loops of
// guest code are measured without calls as well, and what that takes is subtracted.
//
//   component_calls [--aot] [--no-adapters] [--rounds N]

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "bench/call_times.h"
#include "cli/aot_component.h"
#include "cli/aot_library.h"
#include "interp/interp.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/typed.h"
#include "libwasm/libwasm.h"

namespace {

struct Item {  // of the records
  uint32_t number = 0;
  double value = 0;
  bool odd = false;

  static constexpr auto ComponentFields() {
    return std::tuple(&Item::number, &Item::value, &Item::odd);
  }
};

using bench::Must;
using trenail::ComponentFunc;
using trenail::ComponentValue;
using trenail::Result;

constexpr char kCallee[] = R"(
  (core module $m
    (memory (export "memory") 64)
    (global $next (mut i32) (i32.const 1048576))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (local.get $at))
    (func (export "none"))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "take") (param i32 i32) (result i32)
      (global.set $next (i32.const 1048576))
      (i32.add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m))
  (func (export "none") (canon lift (core func $i "none")))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32)
    (canon lift (core func $i "add")))
  (func (export "string") (param "s" string) (result u32)
    (canon lift (core func $i "take") (memory (core memory $i "memory"))
      (realloc (core func $i "realloc"))))
  (func (export "records") (param "l" (list (tuple u32 f64 bool))) (result u32)
    (canon lift (core func $i "take") (memory (core memory $i "memory"))
      (realloc (core func $i "realloc"))))
  (func (export "bytes") (param "l" (list u8)) (result u32)
    (canon lift (core func $i "take") (memory (core memory $i "memory"))
      (realloc (core func $i "realloc"))))
)";

constexpr char kTypes[] = R"(
    (import "none" (func $none))
    (import "add" (func $add (param "a" u32) (param "b" u32) (result u32)))
    (import "string" (func $string (param "s" string) (result u32)))
    (import "records" (func $records (param "l" (list (tuple u32 f64 bool))) (result u32)))
    (import "bytes" (func $bytes (param "l" (list u8)) (result u32)))
)";

// Each of its functions makes so many calls.
constexpr char kCaller[] = R"(
    (core module $memory (memory (export "memory") 64)
      ;; Pages that are never written to would all be the system's one page of zeros.
      (func $fill (memory.fill (i32.const 0) (i32.const 97) (i32.const 4194304)))
      (start $fill))
    (core instance $memory (instantiate $memory))
    (core func $none' (canon lower (func $none)))
    (core func $add' (canon lower (func $add)))
    (core func $string' (canon lower (func $string) (memory (core memory $memory "memory"))))
    (core func $records' (canon lower (func $records) (memory (core memory $memory "memory"))))
    (core func $bytes' (canon lower (func $bytes) (memory (core memory $memory "memory"))))
    (core instance $in
      (export "memory" (memory $memory "memory"))
      (export "none" (func $none')) (export "add" (func $add')) (export "string" (func $string'))
      (export "records" (func $records')) (export "bytes" (func $bytes')))
    (core module $m LOOPS)
    (core instance $loops (instantiate $m (with "in" (instance $in))))
    (func (export "loop-none") (param "n" u32) (canon lift (core func $loops "none")))
    (func (export "loop-add") (param "n" u32) (canon lift (core func $loops "add")))
    (func (export "loop-empty") (param "n" u32) (canon lift (core func $loops "empty")))
    (func (export "loop-string") (param "n" u32) (canon lift (core func $loops "string")))
    (func (export "loop-records") (param "n" u32) (canon lift (core func $loops "records")))
    (func (export "loop-bytes") (param "n" u32) (canon lift (core func $loops "bytes")))
)";

std::string Loop(std::string_view name, std::string_view call) {
  return "(func (export \"" + std::string(name) + "\") (param $n i32) (local $a i32)" +
         "(loop $again " + std::string(call) +
         "(local.set $n (i32.sub (local.get $n) (i32.const 1)))"
         "(br_if $again (local.get $n)))"
         "(i32.store (i32.const 0) (local.get $a)))";
}

// Of a core module with the imports `in`.
std::string Loops() {
  return R"((import "in" "memory" (memory 1))
    (import "in" "none" (func $none))
    (import "in" "add" (func $add (param i32 i32) (result i32)))
    (import "in" "string" (func $string (param i32 i32) (result i32)))
    (import "in" "records" (func $records (param i32 i32) (result i32)))
    (import "in" "bytes" (func $bytes (param i32 i32) (result i32)))
  )" + Loop("empty", "(local.set $a (i32.xor (local.get $a) (local.get $n)))") +
         Loop("none", "(call $none)") +
         Loop("add", "(local.set $a (call $add (local.get $a) (local.get $n)))") +
         Loop("string", "(local.set $a (call $string (i32.const 1024) (i32.const 1024)))") +
         Loop("records", "(local.set $a (call $records (i32.const 65536) (i32.const 1000)))") +
         Loop("bytes", "(local.set $a (call $bytes (i32.const 65536) (i32.const 1048576)))");
}

std::string Caller() {
  std::string text = kCaller;
  return text.replace(text.find("LOOPS"), 5, Loops());
}

Result<void> Compile(trenail::Module& module, std::span<const uint8_t> bytes) {
  trenail::cli::CompileRequest request;
  request.features = module.engine().options().features;
  const trenail::cli::Compiled compiled = TRY(trenail::cli::CompileAot(bytes, request));
  return module.Attach(TRY(trenail::Artefact::FromMemory(compiled.bytes)));
}

class Bench {
 public:
  Bench(bool aot, bool adapters)
      : aot_(aot), engine_(trenail::MakeInterpreter(), {.guard_memories = aot}), store_(engine_) {
    options_.adapters = adapters;
    Core();
    Components();
    Copies();
  }

  void Run(int rounds) { times_.Run(rounds); }

 private:
  void Add(std::string name, std::function<void(uint32_t)> run, const char* empty = nullptr) {
    times_.Add(std::move(name), std::move(run), empty);
  }

  // Plain calls of core WebAssembly: two modules, the second of which imports the first's
  // functions.
  void Core() {
    const auto parse = [&](const std::string& text) {
      const std::vector<uint8_t> bytes = Must("text", trenail::ParseText(text));
      trenail::Module module = Must("module", trenail::Module::Parse(engine_, bytes));
      if (aot_) Must("compile", Compile(module, bytes));
      return module;
    };
    const trenail::Module callee = parse(
        "(module (memory (export \"memory\") 1) (func (export \"none\"))"
        "(func (export \"add\") (param i32 i32) (result i32)"
        "(i32.add (local.get 0) (local.get 1))))");
    const trenail::Module caller = parse("(module " + Loops() + ")");
    const trenail::Instance in = Must("callee", store_.core().Instantiate(callee, {}));
    const trenail::Func add = *in.GetFunc("add");
    std::vector<trenail::Extern> imports;
    imports.emplace_back(*in.GetMemory("memory"));
    imports.emplace_back(*in.GetFunc("none"));
    for (int i = 0; i < 4; ++i) imports.emplace_back(add);
    const trenail::Instance loops = Must("caller", store_.core().Instantiate(caller, imports));

    const auto none = Must("none", in.GetFunc("none")->Typed<void()>());
    Add("host to core: no arguments", [none](uint32_t count) {
      for (uint32_t i = 0; i < count; ++i) Must("none", none());
    });
    const auto typed = Must("add", add.Typed<uint32_t(uint32_t, uint32_t)>());
    Add("host to core: two u32", [typed](uint32_t count) {
      uint32_t sum = 0;
      for (uint32_t i = 0; i < count; ++i) sum = *typed(sum, i);
    });
    using Names = std::tuple<const char*, const char*, const char*>;
    for (const auto& [name, title, empty] :
         {Names("empty", "empty core loop", nullptr),
          Names("none", "core to core: no arguments", "empty core loop"),
          Names("add", "core to core: two u32", "empty core loop")}) {
      const auto loop = Must(name, loops.GetFunc(name)->Typed<void(uint32_t)>());
      Add(title, [loop](uint32_t count) { Must("loop", loop(count)); }, empty);
    }
  }

  trenail::Component Parse(const std::string& text) {
    auto parsed = Must("component", trenail::Component::ParseText(engine_, text, options_));
    if (!aot_) return parsed;
    trenail::cli::CompileRequest request;
    request.features = engine_.options().features;
    // Only the modules are asked for.
    static constexpr uint8_t kNoBytes[1] = {};
    const auto compiled =
        Must("compile", trenail::cli::CompileAotComponent(parsed, kNoBytes, request));
    const auto artefact = Must("artefact", trenail::Artefact::FromMemory(compiled.bytes));
    Must("attach", parsed.Attach(artefact));
    return parsed;
  }

  // A callee, a caller of it, and a caller of the host.
  void Components() {
    const std::string text = "(component (component $callee " + std::string(kCallee) +
                             ") (component $caller " + kTypes + Caller() + ")" + R"(
      (instance $callee (instantiate $callee))
      (instance $caller (instantiate $caller
        (with "none" (func $callee "none")) (with "add" (func $callee "add"))
        (with "string" (func $callee "string")) (with "records" (func $callee "records"))
        (with "bytes" (func $callee "bytes"))))
      (export "callee" (instance $callee)) (export "caller" (instance $caller))))";
    trenail::ComponentLinker linker(engine_);
    const trenail::Component pair = Parse(text);
    const auto made = Must("components", linker.Instantiate(store_, pair));
    for (const char* name : {"none", "add", "string", "records", "bytes"}) {
      linker.Root().Func(
          name,
          [](trenail::ComponentCall&, std::vector<ComponentValue> args) -> Result<ComponentValue> {
            if (args.empty()) return ComponentValue();
            return ComponentValue::U32(static_cast<uint32_t>(args.size()));
          });
    }
    const trenail::Component single = Parse(std::string("(component ") + kTypes + Caller() + ")");
    const auto to_host = Must("component", linker.Instantiate(store_, single));

    const trenail::ComponentInstance callee = *made.GetInstance("callee");
    std::vector<ComponentValue> records;
    for (uint32_t i = 0; i < 1000; ++i)
      records.push_back(ComponentValue::Record(
          {ComponentValue::U32(i), ComponentValue::F64(i), ComponentValue::Bool(i % 2 != 0)}));
    const auto none = Must("none", callee.GetFunc("none")->Typed<void()>());
    Add("typed host to component: no arguments", [none](uint32_t count) {
      for (uint32_t i = 0; i < count; ++i) Must("none", none());
    });
    const auto add = Must("add", callee.GetFunc("add")->Typed<uint32_t(uint32_t, uint32_t)>());
    Add("typed host to component: two u32", [add](uint32_t count) {
      uint32_t sum = 0;
      for (uint32_t i = 0; i < count; ++i) sum = *add(sum, i);
    });
    const auto string =
        Must("string", callee.GetFunc("string")->Typed<uint32_t(std::string_view)>());
    Add("typed host to component: a string of 1 KB",
        [string, text = std::string(1024, 'a')](uint32_t count) {
          for (uint32_t i = 0; i < count; ++i) Must("string", string(text));
        });
    const auto list =
        Must("records", callee.GetFunc("records")->Typed<uint32_t(std::span<const Item>)>());
    std::vector<Item> items;
    for (uint32_t i = 0; i < 1000; ++i) items.push_back({i, double(i), i % 2 != 0});
    Add("typed host to component: a list of 1,000 records", [list, items](uint32_t count) {
      for (uint32_t i = 0; i < count; ++i) Must("records", list(items));
    });
    FromHost("no arguments", *callee.GetFunc("none"), {});
    FromHost("two u32", *callee.GetFunc("add"), {ComponentValue::U32(1), ComponentValue::U32(2)});
    FromHost("a string of 1 KB", *callee.GetFunc("string"),
             {ComponentValue::String(std::string(1024, 'a'))});
    FromHost("a list of 1,000 records", *callee.GetFunc("records"),
             {ComponentValue::List(std::move(records))});
    InLoops("component to host: ", to_host, "empty loop (to host)");
    trenail::ComponentLinker typed_linker(engine_);
    typed_linker.Root()
        .Func("none", trenail::TypedHost([] {}))
        .Func("add", trenail::TypedHost([](uint32_t, uint32_t) { return uint32_t{2}; }))
        .Func("string", trenail::TypedHost([](std::string_view) { return uint32_t{1}; }))
        .Func("records", trenail::TypedHost([](std::span<const Item>) { return uint32_t{1}; }))
        .Func("bytes", trenail::TypedHost([](std::span<const uint8_t>) { return uint32_t{1}; }));
    const auto to_typed = Must("component", typed_linker.Instantiate(store_, single));
    InLoops("component to typed host: ", to_typed, "empty loop (to typed host)");
    InLoops("component to component: ", *made.GetInstance("caller"), "empty loop");
  }

  void FromHost(const std::string& name, const ComponentFunc& func,
                std::vector<ComponentValue> args) {
    Add("host to component: " + name, [func, args = std::move(args)](uint32_t count) {
      for (uint32_t i = 0; i < count; ++i) Must("call", func.Call(args));
    });
  }

  void InLoops(const std::string& title, const trenail::ComponentInstance& instance,
               const char* empty) {
    constexpr std::pair<const char*, const char*> kLoops[] = {
        {"empty", "empty"},
        {"none", "no arguments"},
        {"add", "two u32"},
        {"string", "a string of 1 KB"},
        {"records", "a list of 1,000 records"},
        {"bytes", "1 MB of u8"},
    };
    for (const auto& [name, what] : kLoops) {
      const bool is_empty = std::string_view(name) == "empty";
      const bool to_host = title.find("to host") != std::string::npos;
      if (to_host && std::string_view(name) == "bytes") continue;  // a million Values
      const ComponentFunc loop = *instance.GetFunc(std::string("loop-") + name);
      const auto run = [loop](uint32_t count) {
        Must("loop", loop.Call({ComponentValue::U32(count)}));
      };
      if (is_empty)
        Add(empty, run);
      else
        Add(title + what, run, empty);
    }
  }

  void Copies() {
    // Between memories of the same kind.
    const trenail::MemType type{.limits = {.min = 64}};
    const auto from = Must("memory", trenail::Memory::New(store_.core(), type));
    const auto to = Must("memory", trenail::Memory::New(store_.core(), type));
    std::memset(from.data().data(), 'a', from.size());
    std::memset(to.data().data(), 'b', to.size());
    Add("memcpy of 1 MB", [from, to](uint32_t count) {
      for (uint32_t i = 0; i < count; ++i) {
        std::memcpy(to.data().data() + 65536, from.data().data() + 65536, 1 << 20);
        asm volatile("" : : "r"(to.data().data()) : "memory");
      }
    });
  }

  const bool aot_;
  trenail::Engine engine_;
  trenail::ComponentOptions options_;
  trenail::ComponentStore store_;
  bench::CallTimes times_;
};

}  // namespace

int main(int argc, char** argv) {
  bool aot = false, adapters = true;
  int rounds = 10;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg == "--aot")
      aot = true;
    else if (arg == "--no-adapters")
      adapters = false;
    else if (arg == "--rounds" && i + 1 < argc)
      rounds = std::atoi(argv[++i]);
    else
      bench::Fail(arg, "usage: component_calls [--aot] [--no-adapters] [--rounds N]");
  }
  Bench(aot, adapters).Run(rounds);
  return 0;
}
