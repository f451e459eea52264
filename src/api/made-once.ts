/** Answers that come again as the same object. */
const kept = new WeakSet<object>();

/**
 * What is asked for again and again is made once: of the same object, and the same view of it, comes the same answer. They
 * are values, replaced when something changes and never changed themselves. Such an answer is written as JSON once, too
 * (`plugins/serialization.ts`).
 */
export function madeOnce<Of extends object, Answer extends object, View = undefined>(
  make: (of: Of, view?: View) => Answer,
): (of: Of, view?: View) => Answer {
  const made = new WeakMap<Of, { readonly view: View | undefined; readonly answer: Answer }>();
  return (of, view) => {
    const last = made.get(of);
    if (last && last.view === view) return last.answer;
    const answer = make(of, view);
    made.set(of, { view, answer });
    kept.add(answer);
    return answer;
  };
}

/** Whether the answer may come again. */
export const isKept = (answer: object): boolean => kept.has(answer);
