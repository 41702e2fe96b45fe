; Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;
; What activation_test.cc runs: functions as the compiler writes them, and their adapters.

@offset_memory0_base = external constant i64
@offset_stack_limit = external constant i64
@offset_builtins = external constant i64
@offset_functions = external constant i64
@index_call_array = external constant i64
@index_begin_catch = external constant i64
@index_exception_args = external constant i64
@index_throw = external constant i64
@index_div = external constant i64
@index_array_new = external constant i64

@test_personality_slot = global ptr null

declare void @llvm.ubsantrap(i8)
declare ptr @llvm.frameaddress.p0(i32)

define hidden i32 @personality(i32 %version, i32 %actions, i64 %kind, ptr %exception, ptr %context)
    section "wasm_code" {
  %routine = load ptr, ptr @test_personality_slot
  %result = musttail call i32 %routine(i32 %version, i32 %actions, i64 %kind, ptr %exception, ptr %context)
  ret i32 %result
}

define private ptr @builtin(ptr %instance, i64 %index) alwaysinline {
  %offset = load i64, ptr @offset_builtins
  %field = getelementptr i8, ptr %instance, i64 %offset
  %table = load ptr, ptr %field
  %entry = getelementptr ptr, ptr %table, i64 %index
  %function = load ptr, ptr %entry
  ret ptr %function
}

; 1: (i32, i32) -> i32
define i32 @wasm_add(i32 %a, i32 %b, ptr swiftself %instance) noinline uwtable section "wasm_code" {
  %sum = add i32 %a, %b
  ret i32 %sum
}

; 2: (i32) -> i32, traps if the argument is not 0
define i32 @wasm_unreachable(i32 %a, ptr swiftself %instance) noinline uwtable section "wasm_code" {
  %go = icmp eq i32 %a, 0
  br i1 %go, label %fine, label %trap
trap:
  call void @llvm.ubsantrap(i8 1)
  unreachable
fine:
  ret i32 7
}

; 3: (i32) -> i32, i32.load8_u offset=0xffffffff
define i32 @wasm_load(i32 %a, ptr swiftself %instance) noinline uwtable section "wasm_code" {
  %offset = load i64, ptr @offset_memory0_base
  %field = getelementptr i8, ptr %instance, i64 %offset
  %base = load ptr, ptr %field
  %index = zext i32 %a to i64
  %address = add i64 %index, 4294967295
  %at = getelementptr i8, ptr %base, i64 %address
  %byte = load volatile i8, ptr %at
  %result = zext i8 %byte to i32
  ret i32 %result
}

; 4: (i32) -> i32, recursion without end
define i32 @wasm_recurse(i32 %a, ptr swiftself %instance) noinline uwtable section "wasm_code" {
  %local = alloca i32
  %here = call ptr @llvm.frameaddress.p0(i32 0)
  %offset = load i64, ptr @offset_stack_limit
  %field = getelementptr i8, ptr %instance, i64 %offset
  %limit = load ptr, ptr %field
  %low = icmp ult ptr %here, %limit
  br i1 %low, label %exhausted, label %go
exhausted:
  call void @llvm.ubsantrap(i8 20)
  unreachable
go:
  %next = add i32 %a, 1
  %result = call i32 @wasm_recurse(i32 %next, ptr swiftself %instance)
  store volatile i32 %result, ptr %local  ; or it becomes a loop
  %more = add i32 %result, 1
  ret i32 %more
}

; 5: (i32, i32) -> i32, i32.div_s by its builtin
define i32 @wasm_div(i32 %a, i32 %b, ptr swiftself %instance) noinline uwtable section "wasm_code" {
  %slots = alloca [2 x i64]
  %wide_a = zext i32 %a to i64
  %wide_b = zext i32 %b to i64
  store i64 %wide_a, ptr %slots
  %second = getelementptr i64, ptr %slots, i64 1
  store i64 %wide_b, ptr %second
  %index = load i64, ptr @index_div
  %builtin = call ptr @builtin(ptr %instance, i64 %index)
  call void %builtin(ptr %instance, ptr %slots, i64 0, i64 0)
  %result = load i64, ptr %slots
  %narrow = trunc i64 %result to i32
  ret i32 %narrow
}

; 6: (i32) -> i32, throws tag 0 with its argument
define i32 @wasm_throw(i32 %a, ptr swiftself %instance) noinline uwtable section "wasm_code" {
  %slots = alloca i64
  %wide = zext i32 %a to i64
  store i64 %wide, ptr %slots
  %index = load i64, ptr @index_throw
  %builtin = call ptr @builtin(ptr %instance, i64 %index)
  call void %builtin(ptr %instance, ptr %slots, i32 0)
  unreachable
}

; 7: (i32) -> i32, calls 6 and returns what it threw plus one
define i32 @wasm_catch(i32 %a, ptr swiftself %instance) noinline uwtable section "wasm_code"
    personality ptr @personality {
  %slots = alloca i64
  %unused = invoke i32 @wasm_throw(i32 %a, ptr swiftself %instance) to label %fine unwind label %pad
fine:
  ret i32 0
pad:
  %exception = landingpad { ptr, i32 } catch ptr null
  %catch_index = load i64, ptr @index_begin_catch
  %begin_catch = call ptr @builtin(ptr %instance, i64 %catch_index)
  %ref = call i64 %begin_catch(ptr %instance)
  %args_index = load i64, ptr @index_exception_args
  %args = call ptr @builtin(ptr %instance, i64 %args_index)
  call void %args(ptr %instance, i64 %ref, ptr %slots)
  %wide = load i64, ptr %slots
  %narrow = trunc i64 %wide to i32
  %result = add i32 %narrow, 1
  ret i32 %result
}

; 8: (i32) -> i32, calls function 0, an import; an exception of it becomes 1000
define i32 @wasm_import(i32 %a, ptr swiftself %instance) noinline uwtable section "wasm_code"
    personality ptr @personality {
  %slots = alloca i64
  %wide = zext i32 %a to i64
  store i64 %wide, ptr %slots
  %offset = load i64, ptr @offset_functions
  %field = getelementptr i8, ptr %instance, i64 %offset
  %functions = load ptr, ptr %field
  %func = load ptr, ptr %functions
  %index = load i64, ptr @index_call_array
  %builtin = call ptr @builtin(ptr %instance, i64 %index)
  invoke void %builtin(ptr %instance, ptr %func, ptr %slots) to label %fine unwind label %pad
fine:
  %result = load i64, ptr %slots
  %narrow = trunc i64 %result to i32
  ret i32 %narrow
pad:
  %exception = landingpad { ptr, i32 } catch ptr null
  %catch_index = load i64, ptr @index_begin_catch
  %begin_catch = call ptr @builtin(ptr %instance, i64 %catch_index)
  %ref = call i64 %begin_catch(ptr %instance)
  ret i32 1000
}

; 9: (i32) -> i32, makes that many arrays of type 1 and sums the lengths of the first and the last
define i32 @wasm_arrays(i32 %count, ptr swiftself %instance) noinline uwtable section "wasm_code" {
entry:
  %slots = alloca [2 x i64]
  %kept = alloca i64
  %second = getelementptr i64, ptr %slots, i64 1
  %index = load i64, ptr @index_array_new
  %builtin = call ptr @builtin(ptr %instance, i64 %index)
  store i64 5, ptr %slots
  store i64 1000, ptr %second
  call void %builtin(ptr %instance, ptr %slots, i64 1, i64 0)
  %first = load i64, ptr %slots
  store volatile i64 %first, ptr %kept
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  store i64 6, ptr %slots
  store i64 1000, ptr %second
  call void %builtin(ptr %instance, ptr %slots, i64 1, i64 0)
  %next = add i32 %i, 1
  %done = icmp uge i32 %next, %count
  br i1 %done, label %end, label %loop
end:
  %object = inttoptr i64 %first to ptr
  %payload = getelementptr i8, ptr %object, i64 8
  %element = load i64, ptr %payload
  %narrow = trunc i64 %element to i32
  ret i32 %narrow
}

define i32 @thunk_1(ptr %code, ptr %context, ptr %slots) uwtable section "wasm_code"
    personality ptr @personality {
  %wide = load i64, ptr %slots
  %a = trunc i64 %wide to i32
  %result = invoke i32 %code(i32 %a, ptr swiftself %context) to label %fine unwind label %pad
fine:
  %wide_result = zext i32 %result to i64
  store i64 %wide_result, ptr %slots
  ret i32 0
pad:
  %exception = landingpad { ptr, i32 } catch ptr null
  ret i32 1
}

define i32 @thunk_2(ptr %code, ptr %context, ptr %slots) uwtable section "wasm_code"
    personality ptr @personality {
  %wide = load i64, ptr %slots
  %a = trunc i64 %wide to i32
  %second = getelementptr i64, ptr %slots, i64 1
  %wide_b = load i64, ptr %second
  %b = trunc i64 %wide_b to i32
  %result = invoke i32 %code(i32 %a, i32 %b, ptr swiftself %context) to label %fine unwind label %pad
fine:
  %wide_result = zext i32 %result to i64
  store i64 %wide_result, ptr %slots
  ret i32 0
pad:
  %exception = landingpad { ptr, i32 } catch ptr null
  ret i32 1
}
