type WithoutNulls<T> = { [Key in keyof T]: Exclude<T[Key], null> };

/** In a merge patch, null takes away (RFC 7396 section 1). */
export const withoutNulls = <T extends object>(item: T): WithoutNulls<T> =>
  Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null)) as WithoutNulls<T>;
