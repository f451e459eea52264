/** Each returns what is missing and cannot be had, in words. */
export function ensureTestTools(): string | undefined;
export function ensureEyes(): string | undefined;
export function ensurePromtool(): string | undefined;
/** The command, whether it is there or not. */
export function promtool(): string;
