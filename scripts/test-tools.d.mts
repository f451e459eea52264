/** Each returns what is missing and cannot be installed, in words. */
export function ensureTestTools(): string | undefined;
export function ensureEyes(): string | undefined;
