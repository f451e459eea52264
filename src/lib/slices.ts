/** A long computation that can be left wherever it yields. */
export type InSteps<T> = Generator<void, T>;

/** What whoever shares the thread waits for at most. */
const SLICE_MS = 10;

/** What becomes of each item, in steps. */
export function* mapInSteps<Item, Made>(
  items: Iterable<Item>,
  make: (item: Item) => Made,
): InSteps<Made[]> {
  const made: Made[] = [];
  for (const item of items) {
    yield;
    made.push(make(item));
  }
  return made;
}

/** Runs it to its end in one go. */
export function atOnce<T>(steps: InSteps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Runs it in short turns, between which others have theirs. */
export async function inSlices<T>(steps: InSteps<T>): Promise<T> {
  const pause = breather();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await pause();
  }
}

/** To be awaited in long loops: lets others have their turn when this one has taken long enough. */
export function breather(sliceMs = SLICE_MS): () => Promise<void> | undefined {
  let began = performance.now();
  return () => {
    if (performance.now() - began < sliceMs) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        began = performance.now();
        resolve();
      }),
    );
  };
}
