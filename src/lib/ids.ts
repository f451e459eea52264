import { randomUUID } from 'node:crypto';

/** Makes identifiers. The pure rooms never call it: they get ids as arguments. */
export type NewId = () => string;

/** A random version 4 UUID (RFC 9562 section 5.4). */
export const newUuid: NewId = () => randomUUID();
