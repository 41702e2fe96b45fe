// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What calls take through the interface in C, beside the same calls in C++. One line per kind of
// call: what is called and by which interface, tab, nanoseconds. Arguments are there before;
// results are looked at and deleted. Loops of guest code are measured without calls as well, and
// what that takes is subtracted.
//
//   c_calls [--aot] [--rounds N] [--only PART-OF-NAME]

#include <trenail.h>

#include <cstdio>
#include <cstdlib>
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

using bench::Must;
using trenail::ComponentValue;
using trenail::Result;

struct Item {
  uint32_t number = 0;
  double value = 0;
  bool odd = false;

  static constexpr auto ComponentFields() {
    return std::tuple(&Item::number, &Item::value, &Item::odd);
  }
};

constexpr uint32_t kItems = 1000;

// A function to call, and loops that call the host.
constexpr char kModule[] = R"((module
  (import "" "host" (func $host (param i32 i32) (result i32)))
  (memory 1)
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "empty") (param $n i32) (local $a i32)
    (loop $again
      (local.set $a (i32.xor (local.get $a) (local.get $n)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))
    (i32.store (i32.const 0) (local.get $a)))
  (func (export "calls") (param $n i32) (local $a i32)
    (loop $again
      (local.set $a (call $host (local.get $a) (local.get $n)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))
    (i32.store (i32.const 0) (local.get $a)))))";

constexpr char kComponent[] = R"((component
  (import "host" (func $host (param "a" u32) (param "b" u32) (result u32)))
  (core func $host' (canon lower (func $host)))
  (core module $m
    (import "" "host" (func $host (param i32 i32) (result i32)))
    (memory (export "memory") 4)
    (global $next (mut i32) (i32.const 65536))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (local.get $at))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "take") (param i32 i32) (result i32)
      (global.set $next (i32.const 65536))
      (i32.add (local.get 0) (local.get 1)))
    (func (export "give") (result i32)
      (i32.store (i32.const 0) (i32.const 1024))
      (i32.store (i32.const 4) (i32.const 1000))
      (i32.const 0))
    (func (export "empty") (param $n i32) (local $a i32)
      (loop $again
        (local.set $a (i32.xor (local.get $a) (local.get $n)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br_if $again (local.get $n)))
      (i32.store (i32.const 0) (local.get $a)))
    (func (export "calls") (param $n i32) (local $a i32)
      (loop $again
        (local.set $a (call $host (local.get $a) (local.get $n)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br_if $again (local.get $n)))
      (i32.store (i32.const 0) (local.get $a))))
  (core instance $i (instantiate $m (with "" (instance (export "host" (func $host'))))))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32)
    (canon lift (core func $i "add")))
  (func (export "string") (param "s" string) (result u32)
    (canon lift (core func $i "take") (memory (core memory $i "memory"))
      (realloc (core func $i "realloc"))))
  (func (export "records") (param "l" (list (tuple u32 f64 bool))) (result u32)
    (canon lift (core func $i "take") (memory (core memory $i "memory"))
      (realloc (core func $i "realloc"))))
  (func (export "give") (result (list (tuple u32 f64 bool)))
    (canon lift (core func $i "give") (memory (core memory $i "memory"))))
  (func (export "empty") (param "n" u32) (canon lift (core func $i "empty")))
  (func (export "calls") (param "n" u32) (canon lift (core func $i "calls")))))";

// ---- what C hands over

void Must(std::string_view what, trenail_error_t* error) {
  if (error != nullptr) bench::Fail(what, trenail_error_message(error));
}
void Must(std::string_view what, wasm_trap_t* trap) {
  if (trap != nullptr) Must(what, trenail_trap_error(trap));
}

wasm_trap_t* AddInC(const wasm_val_vec_t*, wasm_val_vec_t* results) {
  results->data[0].of.i32 = 2;
  return nullptr;
}
trenail_error_t* AddInSlots(void*, trenail_caller_t*, uint64_t* slots) {
  slots[0] = 2;
  return nullptr;
}
trenail_error_t* AddOfComponent(void*, wasm_store_t*, const trenail_value_t* const*, size_t,
                                trenail_value_t** result) {
  *result = trenail_value_new_u32(2);
  return nullptr;
}

class Bench {
 public:
  explicit Bench(bool aot)
      : aot_(aot), engine_(trenail::MakeInterpreter(), {.guard_memories = aot}), store_(engine_) {
    wasm_config_t* const config = wasm_config_new();
    trenail_config_set_guard_memories(config, aot);
    c_engine_ = wasm_engine_new_with_config(config);
    c_store_ = trenail_component_store_new(c_engine_, nullptr);
    ModuleInCpp();
    ModuleInC();
    ComponentInCpp();
    ComponentInC();
  }
  ~Bench() {
    for (auto* value : c_values_) trenail_value_delete(value);
    for (auto* func : c_component_funcs_) trenail_component_func_delete(func);
    for (auto* func : c_funcs_) wasm_func_delete(func);
    wasm_store_delete(c_store_);
    wasm_engine_delete(c_engine_);
  }

  void Run(int rounds, std::string_view only) { times_.Run(rounds, only); }

 private:
  std::vector<uint8_t> Compiled(std::span<const uint8_t> bytes) {
    trenail::cli::CompileRequest request;
    request.features = engine_.options().features;
    return Must("compile", trenail::cli::CompileAot(bytes, request)).bytes;
  }

  // ---- modules

  trenail::Instance InstanceInCpp(const trenail::Func& host) {
    const std::vector<uint8_t> bytes = Must("text", trenail::ParseText(kModule));
    trenail::Module module = Must("module", trenail::Module::Parse(engine_, bytes));
    if (aot_)
      Must("attach",
           module.Attach(Must("artefact", trenail::Artefact::FromMemory(Compiled(bytes)))));
    return Must("instance", store_.core().Instantiate(module, {{host}}));
  }

  void ModuleInCpp() {
    const trenail::Func wrapped =
        trenail::Func::Wrap(store_.core(), [](uint32_t, uint32_t) { return uint32_t{2}; });
    const trenail::Func boxed =
        trenail::Func::Host(store_.core(), wrapped.type(),
                            [](trenail::Caller&, std::span<const trenail::Value>,
                               std::span<trenail::Value> results) -> Result<void> {
                              results[0] = trenail::Value(int32_t{2});
                              return {};
                            });
    const trenail::Instance instance = InstanceInCpp(wrapped);
    const trenail::Func add = *instance.GetFunc("add");
    times_.Add("module, two i32: C++ typed",
               [add = Must("add", add.Typed<uint32_t(uint32_t, uint32_t)>())](uint32_t count) {
                 uint32_t sum = 0;
                 for (uint32_t i = 0; i < count; ++i) sum = *add(sum, i);
               });
    times_.Add("module, two i32: C++ values", [add](uint32_t count) {
      int32_t sum = 0;
      for (uint32_t i = 0; i < count; ++i) {
        const trenail::Value args[] = {trenail::Value(sum),
                                       trenail::Value(static_cast<int32_t>(i))};
        sum = (*add.Call(args))[0].i32();
      }
    });
    LoopInCpp(instance, "empty", "empty module loop", nullptr);
    LoopInCpp(instance, "calls", "host function of a module, two i32: C++ typed",
              "empty module loop");
    LoopInCpp(InstanceInCpp(boxed), "calls", "host function of a module, two i32: C++ values",
              "empty module loop");
  }
  void LoopInCpp(const trenail::Instance& instance, const char* loop, const char* name,
                 const char* empty) {
    const auto run = Must(loop, instance.GetFunc(loop)->Typed<void(uint32_t)>());
    times_.Add(name, [run](uint32_t count) { Must("loop", run(count)); }, empty);
  }

  wasm_instance_t* InstanceInC(const wasm_func_t* host) {
    const std::vector<uint8_t> bytes = Must("text", trenail::ParseText(kModule));
    wasm_module_t* module = nullptr;
    Must("module", trenail_module_new(c_store_, bytes.data(), bytes.size(), &module));
    if (aot_) {
      const std::vector<uint8_t> compiled = Compiled(bytes);
      trenail_artefact_t* artefact = nullptr;
      Must("artefact", trenail_artefact_from_memory(compiled.data(), compiled.size(), &artefact));
      Must("attach", trenail_module_attach(module, artefact));
      trenail_artefact_delete(artefact);
    }
    wasm_extern_t* externs[] = {wasm_func_as_extern(const_cast<wasm_func_t*>(host))};
    const wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
    wasm_trap_t* trap = nullptr;
    wasm_instance_t* const instance = wasm_instance_new(c_store_, module, &imports, &trap);
    Must("instance", trap);
    wasm_module_delete(module);
    return instance;
  }
  wasm_func_t* FuncInC(const wasm_instance_t* instance, const char* name) {
    return c_funcs_.emplace_back(trenail_instance_func(instance, name));
  }

  void ModuleInC() {
    wasm_functype_t* const type = wasm_functype_new_2_1(
        wasm_valtype_new_i32(), wasm_valtype_new_i32(), wasm_valtype_new_i32());
    wasm_func_t* const host = c_funcs_.emplace_back(wasm_func_new(c_store_, type, AddInC));
    wasm_func_t* const raw = c_funcs_.emplace_back(
        trenail_func_new_raw(c_store_, type, AddInSlots, nullptr, nullptr, nullptr));
    wasm_functype_delete(type);
    wasm_instance_t* const instance = InstanceInC(host);
    const wasm_func_t* const add = FuncInC(instance, "add");
    times_.Add("module, two i32: C", [add](uint32_t count) {
      int32_t sum = 0;
      for (uint32_t i = 0; i < count; ++i) {
        wasm_val_t values[2], result[1];
        values[0].kind = WASM_I32;
        values[0].of.i32 = sum;
        values[1].kind = WASM_I32;
        values[1].of.i32 = static_cast<int32_t>(i);
        const wasm_val_vec_t args = WASM_ARRAY_VEC(values);
        wasm_val_vec_t results = WASM_ARRAY_VEC(result);
        Must("add", wasm_func_call(add, &args, &results));
        sum = result[0].of.i32;
      }
    });
    times_.Add("module, two i32: C slots", [add](uint32_t count) {
      uint64_t sum = 0;
      for (uint32_t i = 0; i < count; ++i) {
        uint64_t slots[] = {sum, i};
        Must("add", trenail_func_call_raw(add, slots, 2));
        sum = slots[0];
      }
    });
    wasm_instance_t* const raw_instance = InstanceInC(raw);
    LoopInC(instance, "empty", "empty module loop in C", nullptr);
    LoopInC(instance, "calls", "host function of a module, two i32: C", "empty module loop in C");
    LoopInC(raw_instance, "calls", "host function of a module, two i32: C slots",
            "empty module loop in C");
    wasm_instance_delete(raw_instance);
    wasm_instance_delete(instance);
  }
  void LoopInC(const wasm_instance_t* instance, const char* loop, const char* name,
               const char* empty) {
    times_.Add(
        name,
        [run = FuncInC(instance, loop)](uint32_t count) {
          uint64_t slots[] = {count};
          Must("loop", trenail_func_call_raw(run, slots, 1));
        },
        empty);
  }

  // ---- components

  std::vector<uint8_t> CompiledComponent(const trenail::Component& component) {
    trenail::cli::CompileRequest request;
    request.features = engine_.options().features;
    // Only the modules are asked for.
    static constexpr uint8_t kNoBytes[1] = {};
    return Must("compile", trenail::cli::CompileAotComponent(component, kNoBytes, request)).bytes;
  }

  void ComponentInCpp() {
    trenail::Component component =
        Must("component", trenail::Component::ParseText(engine_, kComponent));
    if (aot_) {
      Must("attach", component.Attach(Must(
                         "artefact", trenail::Artefact::FromMemory(CompiledComponent(component)))));
    }
    trenail::ComponentLinker linker(engine_), typed_linker(engine_);
    linker.Root().Func(
        "host",
        [](trenail::ComponentCall&, const std::vector<ComponentValue>&) -> Result<ComponentValue> {
          return ComponentValue::U32(2);
        });
    typed_linker.Root().Func("host",
                             trenail::TypedHost([](uint32_t, uint32_t) { return uint32_t{2}; }));
    const auto instance = Must("instance", linker.Instantiate(store_, component));
    const auto typed_instance = Must("instance", typed_linker.Instantiate(store_, component));
    const auto func = [&](const char* name) { return *instance.GetFunc(name); };

    times_.Add(
        "component, two u32: C++ typed",
        [add = Must("add", func("add").Typed<uint32_t(uint32_t, uint32_t)>())](uint32_t count) {
          uint32_t sum = 0;
          for (uint32_t i = 0; i < count; ++i) sum = *add(sum, i);
        });
    times_.Add("component, a string of 1 KB: C++ typed",
               [take = Must("string", func("string").Typed<uint32_t(std::string_view)>()),
                text = std::string(1024, 'a')](uint32_t count) {
                 for (uint32_t i = 0; i < count; ++i) Must("string", take(text));
               });
    std::vector<Item> items;
    for (uint32_t i = 0; i < kItems; ++i) items.push_back({i, double(i), i % 2 != 0});
    times_.Add("component, a list of 1,000 records: C++ typed",
               [take = Must("records", func("records").Typed<uint32_t(std::span<const Item>)>()),
                items](uint32_t count) {
                 for (uint32_t i = 0; i < count; ++i) Must("records", take(items));
               });
    times_.Add("component, a result of 1,000 records: C++ typed",
               [give = Must("give", func("give").Typed<std::vector<Item>()>())](uint32_t count) {
                 for (uint32_t i = 0; i < count; ++i) Must("give", give());
               });
    std::vector<ComponentValue> records;
    for (const Item& item : items) {
      records.push_back(
          ComponentValue::Record({ComponentValue::U32(item.number), ComponentValue::F64(item.value),
                                  ComponentValue::Bool(item.odd)}));
    }
    ValuesInCpp("two u32", func("add"), {ComponentValue::U32(1), ComponentValue::U32(2)});
    ValuesInCpp("a string of 1 KB", func("string"),
                {ComponentValue::String(std::string(1024, 'a'))});
    ValuesInCpp("a list of 1,000 records", func("records"),
                {ComponentValue::List(std::move(records))});
    ValuesInCpp("a result of 1,000 records", func("give"), {});

    const auto loop = [&](const trenail::ComponentInstance& in, const char* name, const char* title,
                          const char* empty) {
      times_.Add(
          title,
          [run = Must(name, in.GetFunc(name)->Typed<void(uint32_t)>())](uint32_t count) {
            Must("loop", run(count));
          },
          empty);
    };
    loop(instance, "empty", "empty component loop", nullptr);
    loop(typed_instance, "calls", "host function of a component, two u32: C++ typed",
         "empty component loop");
    loop(instance, "calls", "host function of a component, two u32: C++ values",
         "empty component loop");
  }
  void ValuesInCpp(const std::string& what, const trenail::ComponentFunc& func,
                   std::vector<ComponentValue> args) {
    times_.Add("component, " + what + ": C++ values",
               [func, args = std::move(args)](uint32_t count) {
                 for (uint32_t i = 0; i < count; ++i) Must("call", func.Call(args));
               });
  }

  void ComponentInC() {
    trenail_component_t* component = nullptr;
    Must("component", trenail_component_new_from_text(c_engine_, kComponent, sizeof kComponent - 1,
                                                      nullptr, &component));
    if (aot_) {
      const std::vector<uint8_t> compiled =
          CompiledComponent(Must("component", trenail::Component::ParseText(engine_, kComponent)));
      trenail_artefact_t* artefact = nullptr;
      Must("artefact", trenail_artefact_from_memory(compiled.data(), compiled.size(), &artefact));
      Must("attach", trenail_component_attach(component, artefact));
      trenail_artefact_delete(artefact);
    }
    trenail_component_linker_t* const linker = trenail_component_linker_new(c_engine_);
    trenail_component_linker_func(linker, nullptr, "host", AddOfComponent, nullptr, nullptr);
    trenail_component_instance_t* instance = nullptr;
    Must("instance", trenail_component_instantiate(linker, c_store_, component, &instance));
    trenail_component_linker_delete(linker);
    trenail_component_delete(component);

    std::vector<trenail_value_t*> records;
    for (uint32_t i = 0; i < kItems; ++i) {
      trenail_value_t* const fields[] = {trenail_value_new_u32(i), trenail_value_new_f64(i),
                                         trenail_value_new_bool(i % 2 != 0)};
      records.push_back(trenail_value_new_record(fields, 3));
    }
    const std::string text(1024, 'a');
    ValuesInC("two u32", instance, "add", {trenail_value_new_u32(1), trenail_value_new_u32(2)});
    ValuesInC("a string of 1 KB", instance, "string",
              {trenail_value_new_string(text.data(), text.size())});
    ValuesInC("a list of 1,000 records", instance, "records",
              {trenail_value_new_list(records.data(), records.size())});
    ValuesInC("a result of 1,000 records", instance, "give", {});
    for (const auto& [name, title, empty] :
         {std::tuple("empty", "empty component loop in C", (const char*)nullptr),
          std::tuple("calls", "host function of a component, two u32: C",
                     "empty component loop in C")}) {
      times_.Add(
          title,
          [run = ComponentFuncInC(instance, name)](uint32_t count) {
            trenail_value_t* const arg = trenail_value_new_u32(count);
            Must("loop", trenail_component_func_call(run, &arg, 1, nullptr));
            trenail_value_delete(arg);
          },
          empty);
    }
    trenail_component_instance_delete(instance);
  }
  trenail_component_func_t* ComponentFuncInC(const trenail_component_instance_t* instance,
                                             const char* name) {
    return c_component_funcs_.emplace_back(
        trenail_component_instance_func(instance, nullptr, name));
  }
  void ValuesInC(const std::string& what, const trenail_component_instance_t* instance,
                 const char* name, std::vector<trenail_value_t*> args) {
    c_values_.insert(c_values_.end(), args.begin(), args.end());
    times_.Add("component, " + what + ": C", [func = ComponentFuncInC(instance, name),
                                              args](uint32_t count) {
      for (uint32_t i = 0; i < count; ++i) {
        trenail_value_t* result = nullptr;
        Must("call", trenail_component_func_call(func, args.data(), args.size(), &result));
        trenail_value_delete(result);
      }
    });
  }

  const bool aot_;
  trenail::Engine engine_;
  trenail::ComponentStore store_;
  wasm_engine_t* c_engine_;
  wasm_store_t* c_store_;
  std::vector<wasm_func_t*> c_funcs_;
  std::vector<trenail_component_func_t*> c_component_funcs_;
  std::vector<trenail_value_t*> c_values_;
  bench::CallTimes times_;
};

}  // namespace

int main(int argc, char** argv) {
  bool aot = false;
  int rounds = 10;
  std::string_view only;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg == "--aot")
      aot = true;
    else if (arg == "--rounds" && i + 1 < argc)
      rounds = std::atoi(argv[++i]);
    else if (arg == "--only" && i + 1 < argc)
      only = argv[++i];
    else
      bench::Fail(arg, "usage: c_calls [--aot] [--rounds N] [--only PART-OF-NAME]");
  }
  Bench(aot).Run(rounds, only);
  return 0;
}
