// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resources of the host and of a guest; exports in interfaces; what callbacks may do.

#include "libcomponent/c_api/test/component_check.h"

static const char kComponent[] =
    "(component"
    "  (import \"test:host/counters@1.0.0\" (instance $api"
    "    (export \"counter\" (type $counter (sub resource)))"
    "    (export \"make\" (func (param \"start\" u32) (result (own $counter))))"
    "    (export \"[method]counter.add\""
    "      (func (param \"self\" (borrow $counter)) (param \"n\" u32) (result u32)))))"
    "  (alias export $api \"counter\" (type $counter))"
    "  (core func $make (canon lower (func $api \"make\")))"
    "  (core func $add (canon lower (func $api \"[method]counter.add\")))"
    "  (core func $drop (canon resource.drop $counter))"
    // Things remember a number; what was dropped last is told.
    "  (core module $Things"
    "    (global $dropped (mut i32) (i32.const 0))"
    "    (func (export \"dtor\") (param i32) (global.set $dropped (local.get 0)))"
    "    (func (export \"dropped\") (result i32) (global.get $dropped)))"
    "  (core instance $things (instantiate $Things))"
    "  (alias core export $things \"dtor\" (core func $dtor))"
    "  (type $thing (resource (rep i32) (dtor (core func $dtor))))"
    "  (core func $new (canon resource.new $thing))"
    "  (core module $M"
    "    (import \"\" \"make\" (func $make (param i32) (result i32)))"
    "    (import \"\" \"add\" (func $add (param i32 i32) (result i32)))"
    "    (import \"\" \"drop\" (func $drop (param i32)))"
    "    (import \"\" \"new\" (func $new (param i32) (result i32)))"
    // A counter from 10, of which n is added twice, and then it is dropped.
    "    (func (export \"count\") (param $n i32) (result i32) (local $c i32) (local $sum i32)"
    "      (local.set $c (call $make (i32.const 10)))"
    "      (drop (call $add (local.get $c) (local.get $n)))"
    "      (local.set $sum (call $add (local.get $c) (local.get $n)))"
    "      (call $drop (local.get $c))"
    "      (local.get $sum))"
    "    (func (export \"keep\") (param i32))"
    "    (func (export \"make-thing\") (param i32) (result i32) (call $new (local.get 0)))"
    "    (func (export \"number\") (param i32) (result i32) (local.get 0)))"
    "  (core instance $m (instantiate $M (with \"\" (instance"
    "    (export \"make\" (func $make)) (export \"add\" (func $add))"
    "    (export \"drop\" (func $drop)) (export \"new\" (func $new))))))"
    "  (func (export \"count\") (param \"n\" u32) (result u32) (canon lift (core func $m "
    "\"count\")))"
    "  (func (export \"keep\") (param \"c\" (own $counter)) (canon lift (core func $m \"keep\")))"
    "  (func (export \"dropped\") (result u32) (canon lift (core func $things \"dropped\")))"
    "  (export $thing' \"thing\" (type $thing))"
    "  (func (export \"make-thing\") (param \"n\" u32) (result (own $thing'))"
    "    (canon lift (core func $m \"make-thing\")))"
    "  (func $number (param \"t\" (borrow $thing')) (result u32)"
    "    (canon lift (core func $m \"number\")))"
    "  (component $Numbers"
    "    (import \"thing\" (type $t (sub resource)))"
    "    (import \"number\" (func $f (param \"t\" (borrow $t)) (result u32)))"
    "    (export $t' \"thing\" (type $t))"
    "    (export \"number\" (func $f) (func (param \"t\" (borrow $t')) (result u32))))"
    "  (instance $numbers (instantiate $Numbers"
    "    (with \"thing\" (type $thing')) (with \"number\" (func $number))))"
    "  (export \"test:guest/numbers@0.3.1\" (instance $numbers)))";

struct host {
  trenail_resource_t* counter;
  uint32_t counts[8];
  int num_counters;
  int dropped;
  int finalized;
  // Deleted by `make`, if they are there.
  wasm_store_t* store;
  trenail_component_instance_t* instance;
  // Called by `make`, if it is there.
  trenail_component_func_t* again;
};

static trenail_error_t* make(void* env, wasm_store_t* store, const trenail_value_t* const args[],
                             size_t count, trenail_value_t** result) {
  struct host* const host = env;
  CHECK(count == 1 && store != NULL);
  const uint64_t start = trenail_value_unsigned(args[0]);
  if (host->again != NULL) return trenail_component_func_call(host->again, args, 1, result);
  if (host->store != NULL) {
    trenail_component_instance_delete(host->instance);
    wasm_store_delete(host->store);
    host->store = NULL;
  }
  CHECK(host->num_counters < 8);
  host->counts[host->num_counters] = (uint32_t)start;
  *result = trenail_resource_new_value(host->counter, (uint32_t)host->num_counters++);
  return NULL;
}
static trenail_error_t* add(void* env, wasm_store_t* store, const trenail_value_t* const args[],
                            size_t count, trenail_value_t** result) {
  (void)store;
  struct host* const host = env;
  CHECK(count == 2 && trenail_value_kind(args[0]) == TRENAIL_VALUE_HANDLE);
  uint32_t rep = 0;
  CHECK_OK(trenail_resource_rep(host->counter, args[0], &rep));
  host->counts[rep] += (uint32_t)trenail_value_unsigned(args[1]);
  if (host->counts[rep] > 1000) {
    // Results that come with an error are not lost.
    *result = string_of("too many");
    return trenail_error_new(TRENAIL_ERROR_HOST, "the counter is full");
  }
  *result = trenail_value_new_u32(host->counts[rep]);
  return NULL;
}
static trenail_error_t* drop(void* env, uint32_t rep) {
  struct host* const host = env;
  CHECK(rep < 8);
  ++host->dropped;
  return NULL;
}
static void finalize(void* env) { ++((struct host*)env)->finalized; }

static trenail_component_linker_t* new_linker(wasm_engine_t* engine, struct host* host) {
  const char* const interface = "test:host/counters@1.0.0";
  trenail_component_linker_t* const linker = trenail_component_linker_new(engine);
  trenail_component_linker_resource(linker, interface, "counter", host->counter);
  trenail_component_linker_func(linker, interface, "make", make, host, finalize);
  trenail_component_linker_func(linker, interface, "[method]counter.add", add, host, NULL);
  return linker;
}

static uint64_t call_u32(const trenail_component_instance_t* instance, const char* name,
                         uint32_t argument, size_t count) {
  trenail_value_t* args[] = {trenail_value_new_u32(argument)};
  if (count == 0) trenail_value_delete(args[0]);
  trenail_value_t* result = NULL;
  CHECK_OK(call_named(instance, name, count, args, &result));
  const uint64_t number = trenail_value_unsigned(result);
  trenail_value_delete(result);
  return number;
}

static int objects_gone = 0;
static void object_gone(void* object) {
  CHECK(*(int*)object == 5);
  ++objects_gone;
}

static void both_ways(wasm_engine_t* engine, const trenail_component_t* component) {
  struct host host = {0};
  host.counter = trenail_resource_new("counter", drop, &host, finalize);
  trenail_component_linker_t* const linker = new_linker(engine, &host);
  wasm_store_t* const store = trenail_component_store_new(engine, NULL);
  trenail_component_instance_t* instance = NULL;
  CHECK_OK(trenail_component_instantiate(linker, store, component, &instance));

  // Those of the host.
  CHECK(call_u32(instance, "count", 16, 1) == 42);
  CHECK(host.num_counters == 1 && host.dropped == 1 && host.counts[0] == 42);
  trenail_value_t* const owned = trenail_resource_new_value(host.counter, 3);
  trenail_value_t* args[] = {trenail_value_copy(owned)};
  CHECK_OK(call_named(instance, "keep", 1, args, NULL));
  // It has been passed on, with every copy.
  args[0] = trenail_value_copy(owned);
  check_error(call_named(instance, "keep", 1, args, NULL), TRENAIL_ERROR_HOST, "passed on before");
  CHECK_OK(trenail_value_drop(owned));
  CHECK(host.dropped == 1);
  trenail_value_delete(owned);
  wasm_store_delete(store);
  trenail_component_instance_delete(instance);

  // Those of the guest.
  wasm_store_t* const second = trenail_component_store_new(engine, NULL);
  CHECK_OK(trenail_component_instantiate(linker, second, component, &instance));
  trenail_resource_t* const thing = trenail_component_instance_resource(instance, NULL, "thing");
  CHECK(thing != NULL);
  CHECK(trenail_component_instance_resource(instance, NULL, "count") == NULL);
  trenail_resource_t* const same =
      trenail_component_instance_resource(instance, "test:guest/numbers@0.3.1", "thing");
  CHECK(trenail_resource_same(thing, same) && !trenail_resource_same(thing, host.counter));
  trenail_resource_delete(same);
  trenail_value_t* made = NULL;
  args[0] = trenail_value_new_u32(77);
  CHECK_OK(call_named(instance, "make-thing", 1, args, &made));
  uint32_t rep = 0;
  check_error(trenail_resource_rep(host.counter, made, &rep), TRENAIL_ERROR_HOST, "counter");
  // Versions that are compatible mean the same.
  trenail_component_func_t* const number =
      component_func(instance, "test:guest/numbers@0.3.0", "number");
  CHECK(trenail_component_instance_func(instance, "test:guest/numbers@0.4.0", "number") == NULL);
  CHECK(trenail_component_instance_func(instance, NULL, "number") == NULL);
  trenail_value_t* const borrowed = trenail_value_borrow(made);
  const trenail_value_t* const number_args[] = {borrowed};
  trenail_value_t* result = NULL;
  CHECK_OK(trenail_component_func_call(number, number_args, 1, &result));
  CHECK(trenail_value_unsigned(result) == 77);
  trenail_value_delete(result);
  trenail_value_delete(borrowed);
  CHECK(call_u32(instance, "dropped", 0, 0) == 0);
  CHECK_OK(trenail_value_drop(made));
  CHECK(call_u32(instance, "dropped", 0, 0) == 77);
  CHECK_OK(trenail_value_drop(made));
  trenail_component_func_delete(number);
  trenail_resource_delete(thing);
  trenail_component_instance_delete(instance);
  wasm_store_delete(second);
  // A value may outlive the store.
  CHECK_OK(trenail_value_drop(made));
  trenail_value_delete(made);

  // Objects instead of numbers.
  int five = 5;
  trenail_value_t* const object = trenail_resource_new_object(host.counter, &five, object_gone);
  trenail_value_t* const copy = trenail_value_copy(object);
  void* found = NULL;
  CHECK_OK(trenail_resource_object(host.counter, copy, &found));
  CHECK(found == &five);
  trenail_value_delete(object);
  CHECK(objects_gone == 0);
  trenail_value_delete(copy);
  CHECK(objects_gone == 1);

  CHECK(host.finalized == 0);
  trenail_component_linker_delete(linker);
  CHECK(host.finalized == 1);
  trenail_resource_delete(host.counter);
  CHECK(host.finalized == 2);
}

static void misuse(wasm_engine_t* engine, const trenail_component_t* component) {
  struct host host = {0};
  host.counter = trenail_resource_new("counter", NULL, NULL, NULL);
  trenail_component_linker_t* const linker = new_linker(engine, &host);
  trenail_component_instance_t* instance = NULL;

  // A store for modules alone, and one of another engine.
  wasm_store_t* store = wasm_store_new(engine);
  check_error(trenail_component_instantiate(linker, store, component, &instance),
              TRENAIL_ERROR_HOST, "not one for components");
  bool progress = true;
  check_error(trenail_component_store_tick(store, &progress), TRENAIL_ERROR_HOST,
              "not one for components");
  wasm_store_delete(store);
  wasm_engine_t* const other_engine = wasm_engine_new();
  store = trenail_component_store_new(other_engine, NULL);
  check_error(trenail_component_instantiate(linker, store, component, &instance),
              TRENAIL_ERROR_HOST, "another engine");
  wasm_store_delete(store);
  wasm_engine_delete(other_engine);

  // Nothing defined.
  trenail_component_linker_t* const empty = trenail_component_linker_new(engine);
  store = trenail_component_store_new(engine, NULL);
  check_error(trenail_component_instantiate(empty, store, component, &instance),
              TRENAIL_ERROR_UNLINKABLE, "test:host/counters@1.0.0");
  CHECK(instance == NULL);
  trenail_component_linker_delete(empty);

  // An error of the host ends the guest, which cannot go on afterwards.
  CHECK_OK(trenail_component_instantiate(linker, store, component, &instance));
  trenail_value_t* args[] = {trenail_value_new_u32(600)};
  check_error(call_named(instance, "count", 1, args, NULL), TRENAIL_ERROR_HOST,
              "the counter is full");
  args[0] = trenail_value_new_u32(1);
  check_error(call_named(instance, "count", 1, args, NULL), TRENAIL_ERROR_TRAP, "cannot enter");
  trenail_component_instance_delete(instance);

  // Calling the instance that calls.
  CHECK_OK(trenail_component_instantiate(linker, store, component, &instance));
  host.again = component_func(instance, NULL, "count");
  args[0] = trenail_value_new_u32(1);
  check_error(call_named(instance, "count", 1, args, NULL), TRENAIL_ERROR_TRAP, "cannot enter");
  trenail_component_func_delete(host.again);
  host.again = NULL;
  trenail_component_instance_delete(instance);

  // Calling another one does.
  trenail_component_instance_t* other = NULL;
  struct host second = {0};
  second.counter = trenail_resource_new("counter", NULL, NULL, NULL);
  trenail_component_linker_t* const second_linker = new_linker(engine, &second);
  CHECK_OK(trenail_component_instantiate(second_linker, store, component, &other));
  CHECK_OK(trenail_component_instantiate(linker, store, component, &instance));
  trenail_component_func_t* const count = component_func(other, NULL, "count");
  host.again = count;
  args[0] = trenail_value_new_u32(1);
  // What comes back is no counter.
  check_error(call_named(instance, "count", 1, args, NULL), TRENAIL_ERROR_HOST, "");
  CHECK(second.num_counters == 1 && second.counts[0] == 30);
  host.again = NULL;
  trenail_component_func_delete(count);
  trenail_component_linker_delete(second_linker);
  trenail_resource_delete(second.counter);
  trenail_component_instance_delete(other);
  trenail_component_instance_delete(instance);

  // Giving everything up in the middle of a call.
  CHECK_OK(trenail_component_instantiate(linker, store, component, &host.instance));
  host.store = store;
  host.num_counters = 0;
  CHECK(call_u32(host.instance, "count", 1, 1) == 12);
  CHECK(host.store == NULL);
  trenail_component_linker_delete(linker);
  trenail_resource_delete(host.counter);

  // Handles of a component alone keep its store.
  trenail_component_t* const small =
      component_of(engine,
                   "(component (core module $M (func (export \"f\") (result i32) i32.const 1)"
                   "    (func (export \"loop\") (loop br 0)))"
                   "  (core instance $m (instantiate $M))"
                   "  (func (export \"loop\") (canon lift (core func $m \"loop\")))"
                   "  (func (export \"f\") (result bool) (canon lift (core func $m \"f\"))))",
                   NULL);
  trenail_component_linker_t* const none = trenail_component_linker_new(engine);
  store = trenail_component_store_new(engine, NULL);
  CHECK_OK(trenail_component_instantiate(none, store, small, &instance));
  trenail_component_linker_delete(none);
  trenail_component_delete(small);
  trenail_component_func_t* const f = component_func(instance, NULL, "f");
  trenail_component_func_t* const loop = component_func(instance, NULL, "loop");
  CHECK(trenail_store_set_timeout(store, 10 * 1000 * 1000));
  check_error(trenail_component_func_call(loop, NULL, 0, NULL), TRENAIL_ERROR_INTERRUPTED, "");
  trenail_component_func_delete(loop);
  trenail_component_instance_delete(instance);
  trenail_store_set_timeout(store, 0);
  wasm_store_delete(store);
  trenail_value_t* result = NULL;
  check_error(trenail_component_func_call(f, NULL, 0, &result), TRENAIL_ERROR_TRAP, "cannot enter");
  trenail_component_func_delete(f);
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  CHECK(!trenail_is_component("\0asm\1\0\0\0", 8) && trenail_is_component("\0asm\15\0\1\0", 8));
  trenail_component_t* component = NULL;
  check_error(trenail_component_new(engine, "\0asm\15\0\1\0\377", 9, NULL, &component),
              TRENAIL_ERROR_MALFORMED, "");
  check_error(trenail_component_new(engine, "", 0, "cm-none-such", &component), TRENAIL_ERROR_HOST,
              "cm-none-such");
  check_error(trenail_component_new_from_text(engine, "(component\n (funk))", 19, NULL, &component),
              TRENAIL_ERROR_MALFORMED, "");
  CHECK(component == NULL);
  component = component_of(engine, kComponent, "cm-threading,-cm-map");
  trenail_component_t* const copy = trenail_component_copy(component);
  trenail_component_delete(component);
  both_ways(engine, copy);
  misuse(engine, copy);
  trenail_component_delete(copy);
  wasm_engine_delete(engine);
  return 0;
}
