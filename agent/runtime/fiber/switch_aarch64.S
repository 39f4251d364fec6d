/* SPDX-License-Identifier: MIT */
/*
 * aw__switch_jump: see switch.h, which jumps to it.
 *
 *	x0	where to store the stack pointer of the stack that is left
 *	x1	the stack pointer of the one that is entered
 *	x30	the address at which the one that is left resumes
 *
 * The layout of a stack that was left, from its stack pointer upwards:
 *
 *	+0   x29 x30, x19 to x28
 *	+96  fpcr, padding
 *
 * fpcr is written only if it differs: writing it drains the pipeline. The code that jumps here keeps
 * nothing in the vector registers.
 */
	.text
	.globl	aw__switch_jump
	.hidden	aw__switch_jump
	.type	aw__switch_jump, %function
	.p2align 6
aw__switch_jump:
	.cfi_startproc
	stp	x29, x30, [sp, #-112]!
	.cfi_adjust_cfa_offset 112
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	stp	x19, x20, [sp, #16]
	.cfi_rel_offset x19, 16
	.cfi_rel_offset x20, 24
	stp	x21, x22, [sp, #32]
	.cfi_rel_offset x21, 32
	.cfi_rel_offset x22, 40
	stp	x23, x24, [sp, #48]
	.cfi_rel_offset x23, 48
	.cfi_rel_offset x24, 56
	stp	x25, x26, [sp, #64]
	.cfi_rel_offset x25, 64
	.cfi_rel_offset x26, 72
	stp	x27, x28, [sp, #80]
	.cfi_rel_offset x27, 80
	.cfi_rel_offset x28, 88
	mrs	x9, fpcr
	str	x9, [sp, #96]
	mov	x10, sp
	str	x10, [x0]
	/* from here on: the other stack, with the same layout and unwind information */
	mov	sp, x1
	ldr	x11, [sp, #96]
	cmp	x9, x11
	b.eq	1f
	msr	fpcr, x11
1:	ldp	x27, x28, [sp, #80]
	ldp	x25, x26, [sp, #64]
	ldp	x23, x24, [sp, #48]
	ldp	x21, x22, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #112
	.cfi_adjust_cfa_offset -112
	.cfi_restore x19
	.cfi_restore x20
	.cfi_restore x21
	.cfi_restore x22
	.cfi_restore x23
	.cfi_restore x24
	.cfi_restore x25
	.cfi_restore x26
	.cfi_restore x27
	.cfi_restore x28
	.cfi_restore x29
	.cfi_restore x30
	mov	x16, x30
	br	x16
	.cfi_endproc
	.size	aw__switch_jump, . - aw__switch_jump

/*
 * The first entry: x19 is the function, x20 its argument; there is no caller. The function is entered by
 * a jump, to keep return prediction right (see switch.h): a call would never be returned from.
 */
	.globl	aw__switch_entry
	.hidden	aw__switch_entry
	.type	aw__switch_entry, %function
	.p2align 4
aw__switch_entry:
	.cfi_startproc
	.cfi_undefined x30
	mov	x0, x20
	adr	x30, 1f
	br	x19
	nop
1:	brk	#1
	.cfi_endproc
	.size	aw__switch_entry, . - aw__switch_entry

	.section .note.GNU-stack, "", %progbits
