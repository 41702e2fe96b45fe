// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host functions that return later, calls that are begun, streams and futures.

#include "libcomponent/c_api/test/component_check.h"

static const char kComponent[] =
    "(component"
    "  (import \"host\" (instance $host"
    "    (export \"later\" (func async (param \"n\" u32) (result u32)))"
    "    (export \"never\" (func async (param \"n\" u32) (result u32)))))"
    "  (core func $later (canon lower (func $host \"later\")))"
    "  (core func $never (canon lower (func $host \"never\")))"
    "  (core module $M"
    "    (import \"\" \"later\" (func $later (param i32) (result i32)))"
    "    (import \"\" \"never\" (func $never (param i32) (result i32)))"
    "    (func (export \"twice\") (param i32) (result i32)"
    "      (i32.add (call $later (local.get 0)) (call $later (local.get 0))))"
    "    (func (export \"never\") (param i32) (result i32) (call $never (local.get 0)))"
    "    (func (export \"same\") (param i32) (result i32) (local.get 0)))"
    "  (core instance $m (instantiate $M (with \"\" (instance"
    "    (export \"later\" (func $later)) (export \"never\" (func $never))))))"
    "  (func (export \"twice\") async (param \"n\" u32) (result u32)"
    "    (canon lift (core func $m \"twice\")))"
    "  (func (export \"never\") async (param \"n\" u32) (result u32)"
    "    (canon lift (core func $m \"never\")))"
    "  (type $bytes (stream u8))"
    "  (func (export \"bytes\") (param \"s\" $bytes) (result $bytes)"
    "    (canon lift (core func $m \"same\")))"
    "  (type $words (stream u32))"
    "  (func (export \"words\") (param \"s\" $words) (result $words)"
    "    (canon lift (core func $m \"same\")))"
    "  (type $word (future u32))"
    "  (func (export \"word\") (param \"f\" $word) (result $word)"
    "    (canon lift (core func $m \"same\"))))";

// Calls that wait, and what the host does when all guests do.
struct host {
  trenail_async_call_t* waiting[4];
  int num_waiting;
  int idle_calls;
  int cancelled;
  bool fails;
};

static trenail_error_t* later(void* env, trenail_async_call_t* call) {
  struct host* const host = env;
  CHECK(trenail_async_call_num_args(call) == 1 && trenail_async_call_pending(call));
  CHECK(host->num_waiting < 4);
  host->waiting[host->num_waiting++] = call;
  return NULL;
}
static void on_cancel(void* env) { ++((struct host*)env)->cancelled; }
static trenail_error_t* never(void* env, trenail_async_call_t* call) {
  trenail_async_call_on_cancel(call, on_cancel, env);
  trenail_async_call_delete(call);
  return NULL;
}
// Ends the oldest call: what it was given, and one more.
static trenail_error_t* idle(void* env, bool* progress) {
  struct host* const host = env;
  CHECK(*progress);
  ++host->idle_calls;
  if (host->num_waiting == 0) {
    *progress = false;
    return NULL;
  }
  trenail_async_call_t* const call = host->waiting[0];
  --host->num_waiting;
  memmove(host->waiting, host->waiting + 1, sizeof host->waiting - sizeof *host->waiting);
  if (host->fails) {
    trenail_async_call_fail(call, trenail_error_new(TRENAIL_ERROR_HOST, "it did not work"));
  } else {
    const uint64_t n = trenail_value_unsigned(trenail_async_call_arg(call, 0));
    CHECK_OK(trenail_async_call_return(call, trenail_value_new_u32((uint32_t)n + 1)));
  }
  CHECK(!trenail_async_call_pending(call));
  trenail_async_call_delete(call);
  return NULL;
}

static uint64_t unsigned_of(trenail_value_t* value) {
  CHECK(value != NULL);
  const uint64_t number = trenail_value_unsigned(value);
  trenail_value_delete(value);
  return number;
}

// ---- what came out of streams ------------------------------------------------------------------

struct flow {
  uint64_t taken;
  size_t received;
  uint8_t bytes[16];
  uint64_t sum;
  bool open;
  int calls;
};

static void taken(void* env, uint64_t count, bool open) {
  struct flow* const flow = env;
  flow->taken += count;
  flow->open = open;
}
static void bytes_came(void* env, const uint8_t* bytes, size_t size, bool open) {
  struct flow* const flow = env;
  CHECK(flow->received + size <= sizeof flow->bytes);
  if (size != 0) memcpy(flow->bytes + flow->received, bytes, size);
  flow->received += size;
  flow->open = open;
  ++flow->calls;
}
static void values_came(void* env, const trenail_value_t* const values[], size_t count, bool open) {
  struct flow* const flow = env;
  for (size_t i = 0; i < count; ++i) flow->sum += trenail_value_unsigned(values[i]);
  flow->received += count;
  flow->open = open;
}
static void value_came(void* env, const trenail_value_t* value) {
  struct flow* const flow = env;
  flow->open = value != NULL;
  if (value != NULL) flow->sum = trenail_value_unsigned(value);
  ++flow->calls;
}
static void was_taken(void* env, bool yes) { ((struct flow*)env)->taken = yes ? 1 : 2; }

// The other end of what comes out of a guest that passes it on.
static trenail_value_t* pass(const trenail_component_instance_t* instance, const char* name,
                             trenail_value_t* reader) {
  trenail_value_t* args[] = {reader};
  trenail_value_t* result = NULL;
  CHECK_OK(call_named(instance, name, 1, args, &result));
  return result;
}

static void streams(const trenail_component_instance_t* instance) {
  struct flow in = {.open = true}, out = {.open = true};
  trenail_value_t* end = NULL;
  trenail_stream_writer_t* writer = trenail_stream_new(&end);
  CHECK(trenail_value_kind(end) == TRENAIL_VALUE_STREAM);
  end = pass(instance, "bytes", end);
  trenail_stream_reader_t* reader = NULL;
  CHECK_OK(trenail_stream_take(end, &reader));
  trenail_value_delete(end);
  CHECK_OK(trenail_stream_write_bytes(writer, "hello", 5, taken, &in));
  CHECK(in.taken == 0);
  check_error(trenail_stream_write_bytes(writer, "x", 1, taken, &in), TRENAIL_ERROR_HOST, "");
  CHECK_OK(trenail_stream_read_bytes(reader, 3, bytes_came, &out));
  CHECK(out.received == 3 && memcmp(out.bytes, "hel", 3) == 0 && out.open);
  // What the reader did not want is offered again.
  CHECK(in.taken == 3 && in.open);
  CHECK_OK(trenail_stream_write_bytes(writer, "lo", 2, taken, &in));
  CHECK_OK(trenail_stream_read_bytes(reader, 8, bytes_came, &out));
  CHECK(out.received == 5 && memcmp(out.bytes, "hello", 5) == 0);
  CHECK(in.taken == 5 && in.open);
  // The writer goes while the reader waits.
  out.calls = 0;
  CHECK_OK(trenail_stream_read_bytes(reader, 8, bytes_came, &out));
  CHECK(out.calls == 0);
  trenail_stream_writer_delete(writer);
  CHECK(out.calls == 1 && !out.open && out.received == 5);
  trenail_stream_reader_delete(reader);

  // Values; the reader goes first.
  in = (struct flow){.open = true};
  out = (struct flow){.open = true};
  writer = trenail_stream_new(&end);
  end = pass(instance, "words", end);
  CHECK_OK(trenail_stream_take(end, &reader));
  trenail_value_delete(end);
  CHECK_OK(trenail_stream_read(reader, 10, values_came, &out));
  trenail_value_t* const words[] = {trenail_value_new_u32(1), trenail_value_new_u32(20),
                                    trenail_value_new_u32(300)};
  CHECK_OK(trenail_stream_write(writer, words, 3, taken, &in));
  CHECK(out.sum == 321 && out.received == 3 && in.taken == 3);
  trenail_stream_reader_delete(reader);
  CHECK_OK(trenail_stream_write_bytes(writer, "", 0, taken, &in));
  CHECK(!in.open);
  trenail_stream_writer_delete(writer);
  trenail_value_t* const number = trenail_value_new_u8(1);
  check_error(trenail_stream_take(number, &reader), TRENAIL_ERROR_HOST, "");
  CHECK(reader == NULL);
  trenail_future_reader_t* future_reader = NULL;
  check_error(trenail_future_take(number, &future_reader), TRENAIL_ERROR_HOST, "");
  trenail_value_delete(number);

  // A future.
  in = out = (struct flow){.open = true};
  trenail_future_writer_t* const future = trenail_future_new(&end);
  end = pass(instance, "word", end);
  CHECK_OK(trenail_future_take(end, &future_reader));
  trenail_value_delete(end);
  CHECK_OK(trenail_future_read(future_reader, value_came, &out));
  CHECK(out.calls == 0);
  CHECK_OK(trenail_future_write(future, trenail_value_new_u32(9), was_taken, &in));
  CHECK(out.calls == 1 && out.sum == 9 && in.taken == 1);
  trenail_future_writer_delete(future);
  trenail_future_reader_delete(future_reader);
}

int main(void) {
  wasm_engine_t* const engine = wasm_engine_new();
  trenail_component_t* const component = component_of(engine, kComponent, NULL);
  struct host host = {0};
  trenail_component_linker_t* const linker = trenail_component_linker_new(engine);
  trenail_component_linker_async_func(linker, "host", "later", later, &host, NULL);
  trenail_component_linker_async_func(linker, "host", "never", never, &host, NULL);
  wasm_store_t* const store = trenail_component_store_new(engine, NULL);
  CHECK_OK(trenail_component_store_set_idle(store, idle, &host, NULL));
  trenail_component_instance_t* instance = NULL;
  CHECK_OK(trenail_component_instantiate(linker, store, component, &instance));

  // A call waits for as long as it takes.
  trenail_value_t* args[] = {trenail_value_new_u32(20)};
  trenail_value_t* result = NULL;
  CHECK_OK(call_named(instance, "twice", 1, args, &result));
  CHECK(unsigned_of(result) == 42 && host.idle_calls == 2);

  // One that is begun goes on when somebody lets it.
  trenail_component_func_t* const twice = component_func(instance, NULL, "twice");
  CHECK(trenail_functype_is_async(trenail_component_func_type(twice)));
  trenail_value_t* const one = trenail_value_new_u32(1);
  const trenail_value_t* const task_args[] = {one};
  trenail_task_t* task = NULL;
  CHECK_OK(trenail_component_func_start(twice, task_args, 1, &task));
  CHECK(!trenail_task_done(task) && trenail_task_result(task) == NULL);
  bool progress = true;
  while (!trenail_task_done(task)) {
    CHECK_OK(trenail_component_store_tick(store, &progress));
    if (!progress) {
      progress = true;
      CHECK_OK(idle(&host, &progress));
    }
  }
  CHECK(unsigned_of(trenail_task_result(task)) == 4);
  trenail_task_delete(task);
  CHECK_OK(trenail_component_func_start(twice, task_args, 1, &task));
  CHECK_OK(trenail_task_wait(task));
  CHECK(unsigned_of(trenail_task_result(task)) == 4);
  CHECK_OK(trenail_task_cancel(task));
  trenail_task_delete(task);
  trenail_value_delete(one);
  trenail_component_func_delete(twice);

  streams(instance);

  // Waiting for what cannot come.
  args[0] = trenail_value_new_u32(1);
  check_error(call_named(instance, "never", 1, args, &result), TRENAIL_ERROR_TRAP, "");
  CHECK(result == NULL);
  trenail_component_instance_delete(instance);

  CHECK_OK(trenail_component_instantiate(linker, store, component, &instance));
  host.fails = true;
  args[0] = trenail_value_new_u32(1);
  check_error(call_named(instance, "twice", 1, args, &result), TRENAIL_ERROR_HOST,
              "it did not work");

  trenail_component_instance_delete(instance);
  trenail_component_linker_delete(linker);
  trenail_component_delete(component);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
