import { err, ok, type Result } from '../lib/result.ts';
import { LANGUAGES } from '../model/contact.ts';

/** An engine's address, and the languages that are sent there: `es-MX`, a base such as `es`, or `*`. */
export interface RecogniserAddress {
  readonly languages: readonly string[];
  readonly kind: 'vosk' | 'openai' | 'sherpa';
  /** A URL without its options; for sherpa, a folder. */
  readonly address: string;
  readonly options: Readonly<Record<string, string>>;
}

/** What may follow the `?` of an address. */
const OPTIONS: Readonly<Record<RecogniserAddress['kind'], Readonly<Record<string, RegExp>>>> = {
  vosk: { alternatives: /^\d{1,2}$/ },
  openai: { model: /^[^\s]{1,200}$/ },
  sherpa: { threads: /^[1-9]\d?$/ },
};

const KNOWN: readonly string[] = [
  '*',
  ...new Set(LANGUAGES.flatMap((language) => [language, language.split('-')[0] ?? language])),
];

/** Reads `es=ws://127.0.0.1:2700,en=http://127.0.0.1:8000/v1?model=small,*=sherpa:/opt/models/es`. */
export function parseRecognisers(text: string): Result<readonly RecogniserAddress[], string> {
  const found = new Map<string, RecogniserAddress>();
  const seen = new Set<string>();
  for (const part of text.split(',').map((each) => each.trim())) {
    const [, language = '', address = ''] = /^([^=]+)=(.+)$/.exec(part) ?? [];
    if (!KNOWN.includes(language)) {
      return err(
        `${JSON.stringify(part)} does not begin with a language of ${KNOWN.join(', ')}, and =`,
      );
    }
    if (seen.has(language)) return err(`${language} has two recognisers`);
    seen.add(language);
    const parsed = parseAddress(address);
    if (!parsed.ok) return parsed;
    const languages = [...(found.get(address)?.languages ?? []), language];
    found.set(address, { ...parsed.value, languages });
  }
  return ok([...found.values()]);
}

function parseAddress(text: string): Result<Omit<RecogniserAddress, 'languages'>, string> {
  const [before = '', query = ''] = text.split('?', 2);
  const options = Object.fromEntries(new URLSearchParams(query));
  const kind = kindOf(before);
  if (!kind) return err(`${JSON.stringify(text)} is neither ws://…, http://… nor sherpa:FOLDER`);
  for (const [name, value] of Object.entries(options)) {
    const form = OPTIONS[kind][name];
    if (!form) return err(`${kind} has no option ${name}`);
    if (!form.test(value)) return err(`${name}=${value} is not possible`);
  }
  const address = kind === 'sherpa' ? before.slice('sherpa:'.length) : before.replace(/\/+$/, '');
  return ok({ kind, address, options });
}

function kindOf(address: string): RecogniserAddress['kind'] | undefined {
  if (address.startsWith('sherpa:') && address.length > 'sherpa:'.length) return 'sherpa';
  if (!URL.canParse(address)) return undefined;
  const { protocol } = new URL(address);
  if (protocol === 'ws:' || protocol === 'wss:') return 'vosk';
  return protocol === 'http:' || protocol === 'https:' ? 'openai' : undefined;
}
