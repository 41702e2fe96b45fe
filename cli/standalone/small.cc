// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Keeps standalone programs small: what the C and C++ libraries do when something is wrong beyond
// repair (throwing, printing demangled names, translated messages with a conversion of character
// sets, shared libraries for that) is half a megabyte. Here such things end the program with one
// line. Nothing of ours throws, and exceptions of a guest never reach a frame of C++.
//
// The linker takes these definitions and leaves the libraries' own in their archives; that of a
// name which another libc does not have is dropped as unused.

#include <unistd.h>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>

namespace {

void Write(const char* text) {
  // An error here has nowhere to go.
  if (write(STDERR_FILENO, text, std::strlen(text)) < 0) return;
}

[[noreturn]] void Die(const char* what) {
  Write("error: ");
  Write(what);
  Write("\n");
  std::abort();
}

void* Allocate(size_t size) {
  void* block = std::malloc(size != 0 ? size : 1);
  if (block == nullptr) Die("out of memory");
  return block;
}
void* Allocate(size_t size, std::align_val_t alignment) {
  void* block = nullptr;
  if (posix_memalign(&block, static_cast<size_t>(alignment), size) != 0) Die("out of memory");
  return block;
}

}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void* operator new(size_t size, std::align_val_t alignment) { return Allocate(size, alignment); }
void* operator new[](size_t size, std::align_val_t alignment) { return Allocate(size, alignment); }
void operator delete(void* block) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete(void* block, size_t) noexcept { std::free(block); }
void operator delete[](void* block, size_t) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, size_t, std::align_val_t) noexcept { std::free(block); }
void operator delete[](void* block, size_t, std::align_val_t) noexcept { std::free(block); }

namespace std {

void __throw_bad_exception() { Die("bad exception"); }
void __throw_bad_alloc() { Die("out of memory"); }
void __throw_bad_array_new_length() { Die("out of memory"); }
void __throw_bad_cast() { Die("bad cast"); }
void __throw_bad_typeid() { Die("bad typeid"); }
void __throw_logic_error(const char* what) { Die(what); }
void __throw_domain_error(const char* what) { Die(what); }
void __throw_invalid_argument(const char* what) { Die(what); }
void __throw_length_error(const char* what) { Die(what); }
void __throw_out_of_range(const char* what) { Die(what); }
void __throw_out_of_range_fmt(const char* what, ...) { Die(what); }
void __throw_runtime_error(const char* what) { Die(what); }
void __throw_range_error(const char* what) { Die(what); }
void __throw_overflow_error(const char* what) { Die(what); }
void __throw_underflow_error(const char* what) { Die(what); }
void __throw_system_error(int error) { Die(strerror(error)); }
void __throw_bad_function_call() { Die("bad function call"); }

}  // namespace std

namespace __cxxabiv1 {
// The libraries' own prints the exception, in the notation of C++.
std::terminate_handler __terminate_handler = [] { Die("the program cannot go on"); };
}  // namespace __cxxabiv1

extern "C" {

[[noreturn]] void __cxa_pure_virtual() { Die("pure virtual function called"); }

// Of the libraries' C++ functions: _URC_CONTINUE_UNWIND, for a trace goes through them.
int __gxx_personality_v0(int, int, uint64_t, void*, void*) { return 8; }

[[noreturn]] void __assert_fail(const char* what, const char*, unsigned, const char*) { Die(what); }

#ifndef TRENAIL_RESOLVER
// Used by pthread_getattr_np alone, and there for the first thread of a process, of which nobody
// asks it.
int __isoc99_sscanf(const char*, const char*, ...) { return 0; }

// What is freed of the resolver with a thread: nothing looks up names.
void __res_thread_freeres() {}
void __res_iclose(void*, bool) {}
void __res_nclose(void*) {}
#endif

// Messages in the user's language: there are none of ours.
char* __dcgettext(const char*, const char* message, int) { return const_cast<char*>(message); }
char* dcgettext(const char*, const char* message, int) { return const_cast<char*>(message); }

// Character sets other than that of the C locale, which is never left, and wide characters in it,
// which nothing prints.
void __wcsmbs_load_conv(void*) {}
int __wcsmbs_getfct(const char*, const char*, size_t*) { return 0; }
void __wcsmbs_clone_conv(void*) {}
int __wcsmbs_named_conv(void*, const char*) { return 1; }
void _nl_cleanup_ctype(void*) {}
extern const void* const __wcsmbs_gconv_fcts_c[8];
const void* const __wcsmbs_gconv_fcts_c[8] = {};

}  // extern "C"
