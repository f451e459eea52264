/** So far days may be from what is to be expected: not one in a thousand million. */
const SIGMAS = 6.5;
/** And so far when lots were few, and the normal distribution says little. */
const FEW = 2;

/** How often somebody was drawn, how often that was to be expected, and how surely. */
export interface Lot {
  readonly drawn: number;
  readonly expected: number;
  readonly variance: number;
}

/**
 * Of all drawings of lots among several agents, the two ends of the list in which they stand: whoever draws wrongly draws
 * one of them too often or not at all.
 */
export interface Lots {
  readonly longestIdle: Lot;
  readonly shortestIdle: Lot;
}

const NOBODY: Lot = { drawn: 0, expected: 0, variance: 0 };

export const NO_LOTS: Lots = { longestIdle: NOBODY, shortestIdle: NOBODY };

/** One of `among` was drawn, who has been idle longest or shortest, or neither. */
export function draw(lots: Lots, among: number, isLongest: boolean, isShortest: boolean): Lots {
  const chance = 1 / among;
  const one = (isDrawn: boolean): Lot => ({
    drawn: isDrawn ? 1 : 0,
    expected: chance,
    variance: chance * (1 - chance),
  });
  return together(lots, { longestIdle: one(isLongest), shortestIdle: one(isShortest) });
}

/** Of several days: many lots show what few do not. */
export const together = (a: Lots, b: Lots): Lots => ({
  longestIdle: sum(a.longestIdle, b.longestIdle),
  shortestIdle: sum(a.shortestIdle, b.shortestIdle),
});

/** R11: everybody has the same chance. Each sentence says who had not; none: nobody can say so. */
export const unevenLots = ({ longestIdle, shortestIdle }: Lots): readonly string[] => [
  ...uneven('longest', longestIdle),
  ...uneven('shortest', shortestIdle),
];

const sum = (a: Lot, b: Lot): Lot => ({
  drawn: a.drawn + b.drawn,
  expected: a.expected + b.expected,
  variance: a.variance + b.variance,
});

function uneven(which: string, { drawn, expected, variance }: Lot): readonly string[] {
  if (Math.abs(drawn - expected) <= SIGMAS * Math.sqrt(variance) + FEW) return [];
  const about = Math.round(expected);
  return [`R11 who has been idle ${which} was drawn ${drawn} times, not about ${about}`];
}
