// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs of preview 1: what they are granted, what they write, and how they end.

#include <sys/socket.h>
#include <trenail.h>
#include <unistd.h>

#include "libwasm/c_api/test/check.h"

// Writes its input and file.txt to stdout, its arguments and environment to stderr, and exits with
// the number of its arguments, or with what opening the file fails with.
static const char kProgram[] =
    "(module"
    "  (import \"wasi_snapshot_preview1\" \"fd_read\""
    "    (func $read (param i32 i32 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"fd_write\""
    "    (func $write (param i32 i32 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"args_sizes_get\""
    "    (func $args_sizes (param i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"args_get\" (func $args (param i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"environ_sizes_get\""
    "    (func $env_sizes (param i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"environ_get\" (func $env (param i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"path_open\""
    "    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))"
    "  (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"
    "  (memory (export \"memory\") 1)"
    "  (data (i32.const 600) \"file.txt\")"
    "  (func $put (param $fd i32) (param $at i32) (param $size i32)"
    "    (i32.store (i32.const 0) (local.get $at))"
    "    (i32.store (i32.const 4) (local.get $size))"
    "    (drop (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))"
    "  (func $copy (param $fd i32)"
    "    (i32.store (i32.const 0) (i32.const 1024))"
    "    (i32.store (i32.const 4) (i32.const 256))"
    "    (drop (call $read (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))"
    "    (call $put (i32.const 1) (i32.const 1024) (i32.load (i32.const 8))))"
    "  (func (export \"_start\") (local $error i32)"
    "    (call $copy (i32.const 0))"
    "    (drop (call $args_sizes (i32.const 32) (i32.const 36)))"
    "    (drop (call $args (i32.const 64) (i32.const 2048)))"
    "    (call $put (i32.const 2) (i32.const 2048) (i32.load (i32.const 36)))"
    "    (drop (call $env_sizes (i32.const 40) (i32.const 44)))"
    "    (drop (call $env (i32.const 128) (i32.const 3072)))"
    "    (call $put (i32.const 2) (i32.const 3072) (i32.load (i32.const 44)))"
    "    (local.set $error (call $open (i32.const 3) (i32.const 0) (i32.const 600) (i32.const 8)"
    "      (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 512)))"
    "    (if (local.get $error) (then (call $exit (local.get $error))))"
    "    (call $copy (i32.load (i32.const 512)))"
    "    (call $exit (i32.load (i32.const 32)))"
    "    unreachable))";

static bool is_text(const wasm_byte_vec_t* bytes, const char* text, size_t size) {
  return bytes->size == size && memcmp(bytes->data, text, size) == 0;
}

static int32_t exit_code_of(trenail_error_t* error) {
  if (error == NULL) return 0;
  if (trenail_error_kind(error) != TRENAIL_ERROR_EXIT)
    fprintf(stderr, "%s\n", trenail_error_message(error));
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_EXIT);
  const int32_t code = trenail_error_exit_code(error);
  trenail_error_delete(error);
  return code;
}

static void program(wasm_engine_t* engine, const char* directory) {
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_module_t* const module = module_of(store, kProgram);
  trenail_wasi_config_t* config = trenail_wasi_config_new();
  trenail_wasi_config_add_arg(config, "program");
  trenail_wasi_config_add_arg(config, "argument");
  trenail_wasi_config_add_env(config, "NAME", "value");
  trenail_wasi_config_add_directory(config, directory, "/", true);
  trenail_wasi_config_set_stdin(config, "input, ", 7);
  trenail_wasi_config_capture(config, TRENAIL_WASI_STDOUT, 1000);
  trenail_wasi_config_capture(config, TRENAIL_WASI_STDERR, 1000);
  trenail_wasi_config_set_random_seed(config, 1);
  trenail_wasi_config_set_max_threads(config, 1);
  trenail_wasi_t* wasi = NULL;
  CHECK_OK(trenail_wasi_new(config, store, &wasi));
  CHECK(exit_code_of(trenail_wasi_run(wasi, module)) == 2);
  wasm_byte_vec_t text;
  trenail_wasi_captured(wasi, TRENAIL_WASI_STDOUT, &text);
  CHECK(is_text(&text, "input, contents", 15));
  wasm_byte_vec_delete(&text);
  trenail_wasi_captured(wasi, TRENAIL_WASI_STDERR, &text);
  CHECK(is_text(&text, "program\0argument\0NAME=value\0", 28));
  wasm_byte_vec_delete(&text);
  trenail_wasi_captured(wasi, TRENAIL_WASI_STDIN, &text);
  CHECK(text.size == 0);
  wasm_byte_vec_delete(&text);
  trenail_wasi_delete(wasi);
  wasm_module_delete(module);
  wasm_store_delete(store);
}

// Step by step, with nothing granted.
static void nothing_granted(wasm_engine_t* engine) {
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_module_t* const module = module_of(store, kProgram);
  trenail_wasi_t* wasi = NULL;
  CHECK_OK(trenail_wasi_new(trenail_wasi_config_new(), store, &wasi));
  trenail_linker_t* const linker = trenail_linker_new(store);
  CHECK_OK(trenail_wasi_link(wasi, linker, module));
  wasm_instance_t* instance = NULL;
  CHECK_OK(trenail_linker_instantiate(linker, module, &instance));
  trenail_linker_delete(linker);
  wasm_func_t* const start = func_of(instance, "_start");
  wasm_instance_delete(instance);
  // The errno of what is no descriptor.
  CHECK(exit_code_of(trenail_wasi_finish(wasi, wasm_func_call(start, NULL, NULL))) == 8);
  // Instances can still call what it has defined.
  trenail_wasi_delete(wasi);
  wasm_trap_t* const trap = wasm_func_call(start, NULL, NULL);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
  wasm_func_delete(start);
  wasm_module_delete(module);
  wasm_store_delete(store);
}

static void endings(wasm_engine_t* engine) {
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_module_t* module =
      module_of(store,
                "(module (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"
                "  (memory (export \"memory\") 1)"
                "  (func (export \"_start\") (call $exit (i32.const 0)) unreachable))");
  trenail_wasi_t* wasi = NULL;
  CHECK_OK(trenail_wasi_new(trenail_wasi_config_new(), store, &wasi));
  CHECK_OK(trenail_wasi_run(wasi, module));
  trenail_wasi_delete(wasi);
  wasm_module_delete(module);

  module = module_of(store, "(module (func (export \"_start\") unreachable))");
  CHECK_OK(trenail_wasi_new(trenail_wasi_config_new(), store, &wasi));
  trenail_error_t* error = trenail_wasi_run(wasi, module);
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_TRAP && trenail_error_num_frames(error) == 1);
  trenail_error_delete(error);
  trenail_wasi_delete(wasi);
  wasm_module_delete(module);

  module = module_of(store, "(module)");
  CHECK_OK(trenail_wasi_new(trenail_wasi_config_new(), store, &wasi));
  error = trenail_wasi_run(wasi, module);
  CHECK(strstr(trenail_error_message(error), "_start") != NULL);
  trenail_error_delete(error);
  trenail_wasi_delete(wasi);
  wasm_module_delete(module);

  // What waits is ended from outside.
  int ends[2];
  CHECK(pipe(ends) == 0);
  trenail_wasi_config_t* config = trenail_wasi_config_new();
  trenail_wasi_config_set_fd(config, TRENAIL_WASI_STDIN, ends[0]);
  CHECK_OK(trenail_wasi_new(config, store, &wasi));
  trenail_wasi_interrupt(wasi);
  module = module_of(store, kProgram);
  error = trenail_wasi_run(wasi, module);
  CHECK(trenail_error_kind(error) == TRENAIL_ERROR_INTERRUPTED);
  trenail_error_delete(error);
  trenail_wasi_delete(wasi);
  close(ends[0]);
  close(ends[1]);

  config = trenail_wasi_config_new();
  trenail_wasi_config_inherit_stdio(config);
  trenail_wasi_config_add_directory(config, "/there/is no such/directory", "/", false);
  error = trenail_wasi_new(config, store, &wasi);
  CHECK(wasi == NULL && strstr(trenail_error_message(error), "/there/is no such") != NULL);
  trenail_error_delete(error);

  // Linkers are those of the store.
  CHECK_OK(trenail_wasi_new(trenail_wasi_config_new(), store, &wasi));
  wasm_store_t* const other = wasm_store_new(engine);
  trenail_linker_t* const linker = trenail_linker_new(other);
  error = trenail_wasi_link(wasi, linker, module);
  CHECK(error != NULL);
  trenail_error_delete(error);
  trenail_linker_delete(linker);
  wasm_store_delete(other);
  wasm_module_delete(module);
  wasm_store_delete(store);
  trenail_wasi_delete(wasi);
}

// Starts a thread, which tells that it runs and does as it is told; comes back once it runs, or
// never.
#define THREADS(thread, end)                                                                   \
  "(module"                                                                                    \
  "  (import \"env\" \"memory\" (memory 1 1 shared))"                                          \
  "  (import \"wasi\" \"thread-spawn\" (func $spawn (param i32) (result i32)))"                \
  "  (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"               \
  "  (func (export \"wasi_thread_start\") (param i32 i32)"                                     \
  "    (i32.atomic.store (i32.const 0) (i32.const 1))" thread                                  \
  ")"                                                                                          \
  "  (func (export \"_start\")"                                                                \
  "    (if (i32.lt_s (call $spawn (i32.const 0)) (i32.const 0)) (then (call $exit (i32.const " \
  "99))))"                                                                                     \
  "    (loop $wait (br_if $wait (i32.eqz (i32.atomic.load (i32.const 0)))))" end "))"

static const char kSpinning[] = THREADS("(loop $forever (br $forever))", "");
static const char kTrapping[] = THREADS("unreachable", "");
static const char kExiting[] = THREADS("(call $exit (i32.const 3))", "(loop $ever (br $ever))");
static const char kBurning[] = THREADS("(loop $forever (br $forever))", "(loop $ever (br $ever))");

// Nobody finishes the program: its thread ends before the store, whatever it does meanwhile.
static void left_running(wasm_engine_t* engine, const char* text) {
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_module_t* const module = module_of(store, text);
  trenail_wasi_t* wasi = NULL;
  CHECK_OK(trenail_wasi_new(trenail_wasi_config_new(), store, &wasi));
  trenail_linker_t* const linker = trenail_linker_new(store);
  CHECK_OK(trenail_wasi_link(wasi, linker, module));
  wasm_instance_t* instance = NULL;
  CHECK_OK(trenail_linker_instantiate(linker, module, &instance));
  trenail_linker_delete(linker);
  wasm_func_t* const start = func_of(instance, "_start");
  wasm_instance_delete(instance);
  wasm_trap_t* const trap = wasm_func_call(start, NULL, NULL);
  wasm_trap_delete(trap);  // the thread may have been faster
  CHECK(text == kTrapping || trap == NULL);
  wasm_func_delete(start);
  trenail_wasi_delete(wasi);
  wasm_module_delete(module);
  wasm_store_delete(store);
}

static trenail_error_t* run_threads(wasm_engine_t* engine, const char* text,
                                    trenail_wasi_config_t* config) {
  wasm_store_t* const store = wasm_store_new(engine);
  wasm_module_t* const module = module_of(store, text);
  trenail_wasi_t* wasi = NULL;
  CHECK_OK(trenail_wasi_new(config, store, &wasi));
  wasm_store_delete(store);
  trenail_error_t* const error = trenail_wasi_run(wasi, module);
  wasm_module_delete(module);
  trenail_wasi_delete(wasi);
  return error;
}

static void threads(wasm_engine_t* engine) {
  left_running(engine, kSpinning);
  for (int i = 0; i < 50; ++i) left_running(engine, kTrapping);
  CHECK(exit_code_of(run_threads(engine, kExiting, trenail_wasi_config_new())) == 3);

  trenail_wasi_config_t* config = trenail_wasi_config_new();
  trenail_wasi_config_set_max_threads(config, 0);
  CHECK(exit_code_of(run_threads(engine, kExiting, config)) == 99);

  config = trenail_wasi_config_new();
  trenail_wasi_config_set_thread_limits(config, &(trenail_store_limits_t){.max_instances = 1});
  trenail_wasi_config_set_thread_fuel(config, 100000);
  trenail_error_t* const error = run_threads(engine, kBurning, config);
  CHECK(error != NULL && trenail_error_kind(error) == TRENAIL_ERROR_INTERRUPTED);
  CHECK(strstr(trenail_error_message(error), "fuel") != NULL);
  trenail_error_delete(error);
}

// What belongs to the guest is closed with it; what waits is given a time.
static void sockets_and_time(wasm_engine_t* engine) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = module_of(
      store,
      "(module"
      "  (import \"wasi_snapshot_preview1\" \"sock_send\""
      "    (func $send (param i32 i32 i32 i32 i32) (result i32)))"
      "  (import \"wasi_snapshot_preview1\" \"sock_recv\""
      "    (func $receive (param i32 i32 i32 i32 i32 i32) (result i32)))"
      "  (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"
      "  (memory (export \"memory\") 1)"
      "  (data (i32.const 64) \"hello\")"
      "  (func (export \"_start\")"
      "    (i32.store (i32.const 0) (i32.const 64))"
      "    (i32.store (i32.const 4) (i32.const 5))"
      "    (if (call $send (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 8))"
      "      (then (call $exit (i32.const 1))))"
      "    (call $exit (call $receive (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 0)"
      "      (i32.const 8) (i32.const 12)))))");
  trenail_wasi_config_t* config = trenail_wasi_config_new();
  trenail_wasi_config_add_socket(config, pair[0]);
  trenail_wasi_t* wasi = NULL;
  CHECK_OK(trenail_wasi_new(config, store, &wasi));
  trenail_wasi_set_timeout(wasi, 20000000);
  trenail_error_t* error = trenail_wasi_run(wasi, module);
  CHECK(error != NULL && trenail_error_kind(error) == TRENAIL_ERROR_INTERRUPTED);
  trenail_error_delete(error);
  char text[8];
  CHECK(read(pair[1], text, sizeof text) == 5 && memcmp(text, "hello", 5) == 0);
  trenail_wasi_delete(wasi);
  wasm_module_delete(module);
  wasm_store_delete(store);
  CHECK(read(pair[1], text, sizeof text) == 0);  // the other end is closed
  close(pair[1]);

  // Also if the guest cannot be made.
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  store = wasm_store_new(engine);
  config = trenail_wasi_config_new();
  trenail_wasi_config_add_socket(config, pair[0]);
  trenail_wasi_config_add_directory(config, "/there/is no such/directory", "/", false);
  error = trenail_wasi_new(config, store, &wasi);
  CHECK(error != NULL && wasi == NULL);
  trenail_error_delete(error);
  CHECK(read(pair[1], text, sizeof text) == 0);
  close(pair[1]);
  wasm_store_delete(store);
}

int main(void) {
  char directory[] = "/tmp/trenail-c-wasi-XXXXXX";
  CHECK(mkdtemp(directory) != NULL);
  char file[64];
  snprintf(file, sizeof file, "%s/file.txt", directory);
  FILE* const out = fopen(file, "w");
  CHECK(out != NULL && fputs("contents", out) >= 0 && fclose(out) == 0);

  wasm_engine_t* const engine = wasm_engine_new();
  program(engine, directory);
  nothing_granted(engine);
  endings(engine);
  threads(engine);
  sockets_and_time(engine);
  wasm_engine_delete(engine);
  unlink(file);
  rmdir(directory);
  return 0;
}
