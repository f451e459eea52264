/** FreeSWITCH's own list of what a URL may not hold (switch_utils.h), and everything that is not ASCII. */
const UNSAFE = /[\r\n #%&+:;<=>?@[\\\]^`{|}"]|[^ -~]/;
const UNSAFE_EACH = /[\r\n #%&+:;<=>?@[\\\]^`{|}"]|[^ -~]/gu;

/** Encodes a header's value as FreeSWITCH does; a comma and a slash stay as they are. */
export function urlEncode(value: string): string {
  if (!UNSAFE.test(value)) return value;
  return value.replace(UNSAFE_EACH, (character) => {
    let encoded = '';
    for (const octet of Buffer.from(character, 'utf8')) {
      encoded += `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
    }
    return encoded;
  });
}

/** Decodes; what cannot be decoded stays as it came. */
export function urlDecode(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** One event on its way to the event socket: headers in order, perhaps a body. */
export class SwitchEvent {
  readonly name: string;
  readonly subclass: string | undefined;
  readonly headers: [string, string][] = [];
  body: string | undefined;
  /** What was serialised once serves every listener. */
  #plain: string | undefined;
  #json: string | undefined;

  constructor(name: string, subclass?: string) {
    this.name = name;
    this.subclass = subclass;
  }

  add(name: string, value: string | number): this {
    this.headers.push([name, String(value)]);
    return this;
  }

  /** Names are compared without case, as FreeSWITCH does. */
  get(name: string): string | undefined {
    const wanted = name.toLowerCase();
    return this.headers.find(([key]) => key.toLowerCase() === wanted)?.[1];
  }

  plain(): string {
    this.#plain ??= this.#serialisePlain();
    return this.#plain;
  }

  json(): string {
    this.#json ??= this.#serialiseJson();
    return this.#json;
  }

  #serialisePlain(): string {
    let text = '';
    for (const [name, value] of this.headers) {
      text += `${name}: ${value === '' ? '_undef_' : urlEncode(value)}\n`;
    }
    if (this.body === undefined || this.body === '') return `${text}\n`;
    return `${text}Content-Length: ${Buffer.byteLength(this.body)}\n\n${this.body}`;
  }

  #serialiseJson(): string {
    const object: Record<string, string> = {};
    for (const [name, value] of this.headers) object[name] = value;
    if (this.body !== undefined) {
      object['Content-Length'] = String(Buffer.byteLength(this.body));
      object._body = this.body;
    }
    return JSON.stringify(object);
  }
}
