const TOLD_MAX = 100;

/** Those that are told of one document, and a line for all others: a file indented by tabs is wrong in every line. */
export function firstProblems<Problem>(problems: readonly Problem[]): {
  readonly told: readonly Problem[];
  readonly others: readonly string[];
} {
  const told = problems.slice(0, TOLD_MAX);
  const more = problems.length - told.length;
  return { told, others: more > 0 ? [`1:1: and ${more} more like these`] : [] };
}
