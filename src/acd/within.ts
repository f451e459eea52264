/** A whole number from one to the other, both included. */
export const isWithin = (value: number, min: number, max: number): boolean =>
  Number.isSafeInteger(value) && value >= min && value <= max;

/** What is wrong with a figure that is not within its range, as a sentence; empty: nothing. */
export const rangeProblems = (
  name: string,
  value: number,
  min: number,
  max: number,
): readonly string[] =>
  isWithin(value, min, max) ? [] : [`${name} is ${value}, not ${min} to ${max}.`];
