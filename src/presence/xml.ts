/** An element without its namespace's prefix: documents of presence are told apart by their names alone. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

const CHARACTERS_MAX = 65_536;
const DEPTH_MAX = 16;
const ELEMENTS_MAX = 1_000;
const ATTRIBUTES_MAX = 32;

const NAME = '[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?';
/** At a place: a declaration or instruction, a comment, character data, a closing tag, an opening tag, or text. */
const TOKEN = new RegExp(
  [
    '<\\?[^<>]{0,512}\\?>',
    '<!--[^<>]{0,4096}?-->',
    '<!\\[CDATA\\[([^<>\\]]{0,8192})\\]\\]>',
    `</(${NAME})\\s*>`,
    `<(${NAME})((?:\\s+${NAME}\\s*=\\s*(?:"[^"<]{0,2048}"|'[^'<]{0,2048}'))*)\\s*(/?)>`,
    '([^<]+)',
  ].join('|'),
  'y',
);
const ATTRIBUTE = new RegExp(`(${NAME})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'g');

interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Element[];
  text: string;
}

/**
 * The document's root. Undefined: it is no well-formed XML, or more than any phone system has to say. What the other
 * system sends is not trusted: there are no document types here, no entities but the five of XML itself, no
 * references to anything, and a limit to everything.
 */
export function parseXml(source: string): Element | undefined {
  if (source.length > CHARACTERS_MAX) return undefined;
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const open: Open[] = [root];
  let elements = 0;
  TOKEN.lastIndex = 0;
  for (let at = 0; at < source.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(source);
    const parent = open.at(-1);
    if (!token || !parent) return undefined;
    const [, data, closing, opening, attributes = '', empty, text] = token;
    if (data !== undefined) parent.text += data;
    if (text !== undefined) parent.text += unescaped(text);
    if (closing !== undefined) {
      if (open.length === 1 || closing !== parent.name) return undefined;
      open.pop();
      open.at(-1)?.children.push(closed(parent));
    }
    if (opening !== undefined) {
      elements += 1;
      const read = readAttributes(attributes);
      if (elements > ELEMENTS_MAX || open.length > DEPTH_MAX || !read) return undefined;
      const element: Open = { name: opening, attributes: read, children: [], text: '' };
      if (empty) parent.children.push(closed(element));
      else open.push(element);
    }
  }
  const isWhole = open.length === 1 && root.children.length === 1 && root.text.trim() === '';
  return isWhole ? root.children[0] : undefined;
}

/** Every element below, itself included. */
export function allOf(element: Element): readonly Element[] {
  return [element, ...element.children.flatMap(allOf)];
}

const closed = ({ name, attributes, children, text }: Open): Element => ({
  name: localName(name),
  attributes,
  children,
  text: text.trim(),
});

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

function readAttributes(source: string): Record<string, string> | undefined {
  const found = [...source.matchAll(ATTRIBUTE)];
  if (found.length > ATTRIBUTES_MAX) return undefined;
  const attributes: Record<string, string> = Object.create(null);
  for (const [, name = '', double, single] of found) {
    // XML 1.0 section 3.1: a name comes once.
    if (name in attributes) return undefined;
    attributes[name] = unescaped(double ?? single ?? '');
  }
  return attributes;
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Of references none but the five: any other stays as it was written. */
const unescaped = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos);/g, (whole, name: string) => ENTITIES.get(name) ?? whole);
