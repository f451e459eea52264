/** Words that are less alike than this are different words. */
const ALIKE = 0.88;
const PREFIX_MAX = 4;
/** Winkler's weight of a common beginning. */
const PREFIX_WEIGHT = 0.1;

/** What makes another form of a short word, and not another word: "compr" and "comprar", but not "vent" and "ventan". */
const FORMS = /^(?:[aei][rd]|and|iend|acion|ador|ari|ing|ment)$/;
/** A shorter word is the same or another form. */
const SHORT = 6;

/**
 * How alike two stems are: 1 is the same, 0 is different; in between, one is probably a form of the other
 * ("factur", "facturacion") or was misheard. Of short words one must begin the other: there, one letter is another word.
 */
export function likeness(a: string, b: string): number {
  if (a === b) return 1;
  const shorter = Math.min(a.length, b.length);
  if (shorter < 4 || Math.max(a.length, b.length) < 6) return 0;
  if (shorter < SHORT && !isForm(a, b)) return 0;
  const similarity = jaroWinkler(a, b);
  return similarity >= ALIKE ? similarity : 0;
}

function isForm(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return long.startsWith(short) && FORMS.test(long.slice(short.length));
}

/** W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model" (1990). */
export function jaroWinkler(a: string, b: string): number {
  const similarity = jaro(a, b);
  const prefix = Math.min(PREFIX_MAX, commonPrefix(a, b));
  return similarity + prefix * PREFIX_WEIGHT * (1 - similarity);
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

function jaro(a: string, b: string): number {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Set<number>();
  const matched: string[] = [];
  for (const [at, letter] of [...a].entries()) {
    const to = Math.min(b.length - 1, at + reach);
    for (let other = Math.max(0, at - reach); other <= to; other++) {
      if (taken.has(other) || b[other] !== letter) continue;
      taken.add(other);
      matched.push(letter);
      break;
    }
  }
  if (matched.length === 0) return 0;
  const inB = [...taken].sort((x, y) => x - y).map((at) => b[at]);
  const halfMoves = matched.filter((letter, at) => letter !== inB[at]).length;
  const count = matched.length;
  return (count / a.length + count / b.length + (count - halfMoves / 2) / count) / 3;
}
