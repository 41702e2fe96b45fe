// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Switching between stacks, with the interface of Boost.Context (boost/context/detail/fcontext.hpp),
// whose library is not there for every target that programs are made for. A context is the stack
// pointer of who left, below which lies nothing, and above which lie the registers that a call
// preserves.
//
//   fcontext_t make_fcontext(void* end_of_stack, size_t size, void (*body)(transfer_t));
//   transfer_t jump_fcontext(fcontext_t to, void* data);    // {from, data}, in two registers

  .section .note.GNU-stack, "", %progbits
  .section .text.fcontext, "ax", %progbits

#if defined(__x86_64__)

// 8 bytes of control words, r15, r14, r13, r12, rbx, rbp, where to go on.
  .globl jump_fcontext
  .hidden jump_fcontext
  .type jump_fcontext, @function
jump_fcontext:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  subq $8, %rsp
  stmxcsr (%rsp)
  fnstcw 4(%rsp)
  movq %rsp, %rax
  movq %rdi, %rsp
  ldmxcsr (%rsp)
  fldcw 4(%rsp)
  addq $8, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  // For who has jumped away, the result; for a body that begins, the argument.
  movq %rsi, %rdx
  movq %rax, %rdi
  ret
  .size jump_fcontext, . - jump_fcontext

  .globl make_fcontext
  .hidden make_fcontext
  .type make_fcontext, @function
make_fcontext:
  movq %rdi, %rax
  andq $-16, %rax
  subq $64, %rax
  stmxcsr (%rax)
  fnstcw 4(%rax)
  movq $0, 8(%rax)
  movq $0, 16(%rax)
  movq $0, 24(%rax)
  movq $0, 32(%rax)
  movq %rdx, 40(%rax)
  movq $0, 48(%rax)
  leaq begin(%rip), %rcx
  movq %rcx, 56(%rax)
  ret
  .size make_fcontext, . - make_fcontext

begin:
  callq *%rbx
  ud2

#elif defined(__aarch64__)

// d8 to d15, x19 to x29, and x30: where to go on.
  .globl jump_fcontext
  .hidden jump_fcontext
  .type jump_fcontext, %function
jump_fcontext:
  sub sp, sp, #160
  stp d8, d9, [sp]
  stp d10, d11, [sp, #16]
  stp d12, d13, [sp, #32]
  stp d14, d15, [sp, #48]
  stp x19, x20, [sp, #64]
  stp x21, x22, [sp, #80]
  stp x23, x24, [sp, #96]
  stp x25, x26, [sp, #112]
  stp x27, x28, [sp, #128]
  stp x29, x30, [sp, #144]
  mov x9, sp
  mov sp, x0
  ldp d8, d9, [sp]
  ldp d10, d11, [sp, #16]
  ldp d12, d13, [sp, #32]
  ldp d14, d15, [sp, #48]
  ldp x19, x20, [sp, #64]
  ldp x21, x22, [sp, #80]
  ldp x23, x24, [sp, #96]
  ldp x25, x26, [sp, #112]
  ldp x27, x28, [sp, #128]
  ldp x29, x30, [sp, #144]
  add sp, sp, #160
  // The result, and the argument of a body that begins. x1 is the data.
  mov x0, x9
  ret
  .size jump_fcontext, . - jump_fcontext

  .globl make_fcontext
  .hidden make_fcontext
  .type make_fcontext, %function
make_fcontext:
  and x0, x0, #-16
  sub x0, x0, #160
  stp xzr, xzr, [x0]
  stp xzr, xzr, [x0, #16]
  stp xzr, xzr, [x0, #32]
  stp xzr, xzr, [x0, #48]
  stp x2, xzr, [x0, #64]
  stp xzr, xzr, [x0, #80]
  stp xzr, xzr, [x0, #96]
  stp xzr, xzr, [x0, #112]
  stp xzr, xzr, [x0, #128]
  adr x9, begin
  stp xzr, x9, [x0, #144]
  ret
  .size make_fcontext, . - make_fcontext

begin:
  blr x19
  brk #0

#endif
