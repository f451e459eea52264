/** What is of another kind than it should be, by its name; empty: the value itself; undefined: nothing. */
export type Shape = (value: unknown) => string | undefined;

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isFigure = (value: unknown): value is number => typeof value === 'number';
export const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names with a number each. */
export function areLevels(value: unknown): boolean {
  if (!isRecord(value)) return false;
  for (const name in value) if (!isFigure(value[name])) return false;
  return true;
}

const shapeOf =
  (test: (value: unknown) => boolean): Shape =>
  (value) =>
    test(value) ? undefined : '';

export const text = shapeOf(isText);
export const figure = shapeOf(isFigure);
export const flag = shapeOf(isFlag);
/** Skills, ranks. */
export const levels: Shape = (value) => (areLevels(value) ? undefined : '');

export const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined ? undefined : shape(value);

export const list =
  (shape: Shape): Shape =>
  (value) => {
    if (!Array.isArray(value)) return '';
    for (const [index, item] of value.entries()) {
      const fault = shape(item);
      if (fault !== undefined) return under(String(index), fault);
    }
    return undefined;
  };

export const fields =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value) => {
    if (!isRecord(value)) return '';
    for (const [name, shape] of Object.entries(shapes)) {
      const fault = shape(value[name]);
      if (fault !== undefined) return under(name, fault);
    }
    return undefined;
  };

const under = (name: string, fault: string): string => (fault === '' ? name : `${name}.${fault}`);
