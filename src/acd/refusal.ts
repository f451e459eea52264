import type { RefusalCode, Refused, Reply } from './commands.ts';

export const DONE: Reply = { ok: true };

/** Every refusal has a code for machines and a sentence for people. */
export const refuse = (code: RefusalCode, detail: string): Refused => ({ ok: false, code, detail });
