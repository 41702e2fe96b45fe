// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entering and leaving compiled code on x86-64 (enter.h). The frame is described for unwinders and
// debuggers by rbp, so leaving only has to find the stack pointer.

        .text
        .globl  TrenailEnterNative
        .hidden TrenailEnterNative
        .type   TrenailEnterNative, @function
        .p2align 4
TrenailEnterNative:                     // rdi record, rsi thunk, rdx code, rcx context, r8 slots
        .cfi_startproc
        endbr64
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        pushq   %rbx
        .cfi_offset %rbx, -24
        pushq   %r12
        .cfi_offset %r12, -32
        pushq   %r13
        .cfi_offset %r13, -40
        pushq   %r14
        .cfi_offset %r14, -48
        pushq   %r15
        .cfi_offset %r15, -56
        subq    $8, %rsp
        movq    %rsp, (%rdi)
        movq    %rsi, %rax
        movq    %rdx, %rdi
        movq    %rcx, %rsi
        movq    %r8, %rdx
        callq   *%rax
.Lleave:
        leaq    -40(%rbp), %rsp
        popq    %r15
        .cfi_restore %r15
        popq    %r14
        .cfi_restore %r14
        popq    %r13
        .cfi_restore %r13
        popq    %r12
        .cfi_restore %r12
        popq    %rbx
        .cfi_restore %rbx
        popq    %rbp
        .cfi_restore %rbp
        .cfi_def_cfa %rsp, 8
        retq
        .cfi_endproc
        .size   TrenailEnterNative, . - TrenailEnterNative

        .globl  TrenailLeaveNative
        .hidden TrenailLeaveNative
        .type   TrenailLeaveNative, @function
        .p2align 4
TrenailLeaveNative:                     // rdi record, esi value
        .cfi_startproc
        .cfi_undefined %rip
        endbr64
        cld
        movq    (%rdi), %rsp
        leaq    48(%rsp), %rbp
        movl    %esi, %eax
        jmp     .Lleave
        .cfi_endproc
        .size   TrenailLeaveNative, . - TrenailLeaveNative

        .section .note.GNU-stack, "", @progbits
