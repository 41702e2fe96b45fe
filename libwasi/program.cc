// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads are made with pthread_create, because std::thread reports a refusal of the system only by
// an exception.

#include "libwasi/program.h"

#include <algorithm>

#include "libwasi/p1/link.h"

namespace trenail {
namespace {

// [wasi-threads] "the thread ID is a positive integer … smaller than 2^29"
constexpr int32_t kMaxThreadId = 0x1fffffff;
constexpr int32_t kCannotSpawn = -static_cast<int32_t>(wasi::Errno::kAgain);

constexpr std::string_view kThreadsModule = "wasi";
constexpr std::string_view kThreadSpawn = "thread-spawn";
constexpr const char* kThreadStart = "wasi_thread_start";

bool IsThreadSpawn(const ImportType& import) {
  return import.type.kind == ExternKind::kFunc && import.module == kThreadsModule &&
         import.name == kThreadSpawn;
}

bool IsSharedMemory(const ImportType& import) {
  return import.type.kind == ExternKind::kMemory && import.type.memory.shared;
}

}  // namespace

// A thread of the guest. Made by the spawning thread, which shares its memories; runs and is
// destroyed on its own.
struct Wasi::Program::Thread {
  Thread(Program& owner, const Module& of)
      : program(owner), module(of), store(of.engine(), owner.thread_limits_), linker(store) {}

  Program& program;
  const Module module;
  Store store;
  Linker linker;
  int32_t id = 0;
  int32_t start_argument = 0;

  Result<void> Run() {
    if (program.thread_fuel_.has_value()) store.SetFuel(*program.thread_fuel_);
    Instance instance = TRY(linker.Instantiate(module));
    std::optional<Func> start = instance.GetFunc(kThreadStart);
    if (!start.has_value()) {
      return std::unexpected(
          Error(ErrorKind::kUnlinkable, "the module does not export wasi_thread_start"));
    }
    TypedFunc<void(int32_t, int32_t)> typed = TRY(start->Typed<void(int32_t, int32_t)>());
    return typed(id, start_argument);
  }
};

Wasi::Program::Program(const WasiConfig& config)
    : max_threads_(config.max_threads),
      thread_limits_(config.thread_limits),
      thread_fuel_(config.thread_fuel) {}

Wasi::Program::~Program() {
  {
    // Without a Finish, the store may already be gone.
    std::lock_guard lock(mutex_);
    main_store_ = nullptr;
  }
  (void)Finish({});
}

Result<void> Wasi::Program::Link(Linker& linker, const Module& module) {
  wasi::p1::LinkFunctions(context_, linker, module);
  std::vector<SharedMemory> memories;
  bool spawns = false;
  for (const ImportType& import : module.imports()) {
    spawns |= IsThreadSpawn(import);
    if (!IsSharedMemory(import)) continue;
    std::optional<Extern> defined = linker.Get(import.module, import.name);
    if (!defined.has_value()) {
      defined = TRY(Memory::New(linker.store(), import.type.memory));
      linker.Define(import.module, import.name, *defined);
    }
    // Of what else is defined under the name, instantiation complains.
    if (const Memory* memory = std::get_if<Memory>(&*defined)) {
      memories.push_back({import.module, import.name, *memory});
    }
  }
  if (!spawns) return {};
  {
    std::lock_guard lock(mutex_);
    if (main_store_ == nullptr) main_store_ = &linker.store();
  }
  DefineSpawn(linker, module, std::move(memories));
  return {};
}

void Wasi::Program::DefineSpawn(Linker& linker, const Module& module,
                                std::vector<SharedMemory> memories) {
  auto spawn = [this, module, memories = std::move(memories)](int32_t start_argument) {
    return Spawn(module, memories, start_argument);
  };
  linker.Func(kThreadsModule, kThreadSpawn, std::move(spawn));
}

int32_t Wasi::Program::Spawn(const Module& module, const std::vector<SharedMemory>& memories,
                             int32_t start_argument) {
  JoinFinished();
  auto thread = std::make_unique<Thread>(*this, module);
  std::vector<SharedMemory> shared;
  for (const auto& [import_module, name, memory] : memories) {
    if (!memory.type().shared) return kCannotSpawn;
    shared.push_back({import_module, name, memory.ShareWith(thread->store)});
    thread->linker.Define(import_module, name, shared.back().memory);
  }
  wasi::p1::LinkFunctions(context_, thread->linker, module);
  DefineSpawn(thread->linker, module, std::move(shared));
  // What only the main thread's store has, such as another module's exports, cannot be given on.
  if (!thread->linker.Resolve(module).has_value()) return kCannotSpawn;
  thread->start_argument = start_argument;

  std::lock_guard lock(mutex_);
  if (outcome_.has_value() || running_.size() >= max_threads_ || last_thread_id_ == kMaxThreadId) {
    return kCannotSpawn;
  }
  int32_t id = ++last_thread_id_;
  thread->id = id;
  running_.push_back(thread.get());
  pthread_t handle;
  if (::pthread_create(&handle, nullptr, &RunThread, thread.get()) != 0) {
    running_.pop_back();
    return kCannotSpawn;
  }
  (void)thread.release();  // RunThread's now
  return id;
}

void* Wasi::Program::RunThread(void* argument) {
  std::unique_ptr<Thread> thread(static_cast<Thread*>(argument));
  Program& program = thread->program;
  Result<void> result = thread->Run();
  // Returning ends the thread; everything else ends the program.
  if (!result.has_value()) program.End(std::move(result));
  {
    // From here on nobody interrupts the store.
    std::lock_guard lock(program.mutex_);
    std::erase(program.running_, thread.get());
    program.finished_.push_back(::pthread_self());
    program.thread_ended_.notify_all();
  }
  return nullptr;  // and destroys the store, which nobody else knows any more
}

void Wasi::Program::End(Result<void> outcome) {
  std::lock_guard lock(mutex_);
  if (outcome_.has_value()) return;
  outcome_ = std::move(outcome);
  context_.interrupt.Raise();
  for (Thread* thread : running_) thread->store.Interrupt();
  if (main_store_ != nullptr) {
    main_store_->Interrupt();
    main_was_interrupted_ = true;
  }
}

void Wasi::Program::JoinFinished() {
  std::vector<pthread_t> finished;
  {
    std::lock_guard lock(mutex_);
    finished.swap(finished_);
  }
  for (pthread_t thread : finished) ::pthread_join(thread, nullptr);
}

void Wasi::Program::Interrupt() {
  context_.interrupt.Raise();
  std::lock_guard lock(mutex_);
  for (Thread* thread : running_) thread->store.Interrupt();
}

Result<void> Wasi::Program::Finish(Result<void> main_result) {
  End(std::move(main_result));
  std::unique_lock lock(mutex_);
  thread_ended_.wait(lock, [this] { return running_.empty(); });
  lock.unlock();
  JoinFinished();
  lock.lock();
  if (main_was_interrupted_) main_store_->ClearInterrupt();
  main_was_interrupted_ = false;
  main_store_ = nullptr;
  Result<void> outcome = std::exchange(*outcome_, {});
  if (!outcome.has_value() && outcome.error().kind() == ErrorKind::kExit &&
      outcome.error().exit_code() == 0) {
    return {};
  }
  return outcome;
}

}  // namespace trenail
