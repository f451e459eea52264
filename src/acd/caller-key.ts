/** What a caller is known by again, a number as a rule, is no longer than this. */
export const CALLER_KEY_LENGTH_MAX = 64;
