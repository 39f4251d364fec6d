/* SPDX-License-Identifier: MIT */
/*
 * aw__switch_jump: see switch.h, which jumps to it.
 *
 *	rdi	where to store the stack pointer of the stack that is left
 *	rsi	the stack pointer of the one that is entered
 *	rax	the address at which the one that is left resumes
 *
 * The layout of a stack that was left, from its stack pointer upwards:
 *
 *	+0   mxcsr, x87 control word
 *	+8   r15 r14 r13 r12 rbx rbp
 *	+56  the address to resume at
 *	+64  128 bytes that the compiler may be using (the red zone)
 *
 * The control words are always stored, but loaded only if they differ, because loading costs more than
 * all the rest. The low six bits of mxcsr are status flags, which a call need not preserve.
 */
	.text
	.globl	aw__switch_jump
	.hidden	aw__switch_jump
	.type	aw__switch_jump, @function
	.p2align 6
aw__switch_jump:
	.cfi_startproc
	.cfi_def_cfa rsp, 0
	.cfi_register rip, rax
	leaq	-128(%rsp), %rsp
	.cfi_adjust_cfa_offset 128
	pushq	%rax
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rip, 0
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbp, 0
	pushq	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset rbx, 0
	pushq	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r12, 0
	pushq	%r13
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r13, 0
	pushq	%r14
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r14, 0
	pushq	%r15
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset r15, 0
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	stmxcsr	(%rsp)
	fnstcw	4(%rsp)
	movl	(%rsp), %eax
	movzwl	4(%rsp), %ecx
	movq	%rsp, (%rdi)
	/* from here on: the other stack, with the same layout and unwind information */
	movq	%rsi, %rsp
	xorl	(%rsp), %eax
	testl	$0xffffffc0, %eax
	jnz	1f
2:	cmpw	4(%rsp), %cx
	jne	3f
4:	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	popq	%r15
	.cfi_adjust_cfa_offset -8
	.cfi_restore r15
	popq	%r14
	.cfi_adjust_cfa_offset -8
	.cfi_restore r14
	popq	%r13
	.cfi_adjust_cfa_offset -8
	.cfi_restore r13
	popq	%r12
	.cfi_adjust_cfa_offset -8
	.cfi_restore r12
	popq	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore rbx
	popq	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore rbp
	popq	%rcx
	.cfi_adjust_cfa_offset -8
	.cfi_register rip, rcx
	leaq	128(%rsp), %rsp
	.cfi_adjust_cfa_offset -128
	jmpq	*%rcx
	/* reached by the jumps above, where nothing has been popped yet */
	.cfi_adjust_cfa_offset 192
	.cfi_rel_offset rip, 56
	.cfi_rel_offset rbp, 48
	.cfi_rel_offset rbx, 40
	.cfi_rel_offset r12, 32
	.cfi_rel_offset r13, 24
	.cfi_rel_offset r14, 16
	.cfi_rel_offset r15, 8
1:	ldmxcsr	(%rsp)
	jmp	2b
3:	fldcw	4(%rsp)
	jmp	4b
	.cfi_endproc
	.size	aw__switch_jump, . - aw__switch_jump

/*
 * The first entry: r12 is the function, r13 its argument; there is no caller. The function is entered by
 * a jump, to keep return prediction right (see switch.h): a call would never be returned from.
 */
	.globl	aw__switch_entry
	.hidden	aw__switch_entry
	.type	aw__switch_entry, @function
	.p2align 4
aw__switch_entry:
	.cfi_startproc
	.cfi_undefined rip
	.cfi_undefined rbp
	movq	%r13, %rdi
	leaq	1f(%rip), %rcx
	pushq	%rcx
	.cfi_adjust_cfa_offset 8
	jmpq	*%r12
	nop
1:	ud2
	.cfi_endproc
	.size	aw__switch_entry, . - aw__switch_entry

	.section .note.GNU-stack, "", @progbits
