/** What somebody waits for and somebody else brings. */
export interface Promised<T = void> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

/** As `Promise.withResolvers`, which Node has since 22. */
export function promised<T = void>(): Promised<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
