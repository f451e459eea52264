const JSON_DEPTH_MAX = 64;

/** Deeper than anything that is meant: a walk over it could run out of stack. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    if (inString && char === 0x5c) index += 1;
    else if (char === 0x22) inString = !inString;
    else if (inString) continue;
    else if (char === 0x5b || char === 0x7b) depth += 1;
    else if (char === 0x5d || char === 0x7d) depth -= 1;
    if (depth > JSON_DEPTH_MAX) return true;
  }
  return false;
}
