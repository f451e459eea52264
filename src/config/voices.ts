import { isAbsolute, join } from 'node:path';
import { err, ok, type Result } from '../lib/result.ts';
import { LANGUAGES, type Language } from '../model/contact.ts';

/** Who speaks each language, as `VOICES` says; a language that it does not name is spoken by eSpeak. */
export interface VoicesConfig {
  readonly sherpa: readonly {
    readonly language: Language;
    readonly name: string;
    readonly folder: string;
    readonly speaker: number;
  }[];
  readonly openai?: {
    readonly baseUrl: string;
    readonly apiKey?: string;
    readonly model: string;
    readonly voices: Readonly<Partial<Record<Language, string>>>;
  };
}

export interface VoicesSettings {
  /** `es-MX=openai:nova,es-ES=sherpa:vits-piper-es_ES-davefx-medium,en=sherpa:kokoro-en#3`. */
  readonly voices: string;
  /** Absolute: sherpa's voices are folders in it. */
  readonly voicesDir: string;
  readonly url?: string;
  readonly key?: string;
  readonly model: string;
}

const ENTRY = /^([A-Za-z-]+)=(espeak|sherpa|openai)(?::([^#,\s]+)(?:#(\d{1,4}))?)?$/;

/** Reads `VOICES`; the error says which entry is wrong, and how. */
export function voicesOf(settings: VoicesSettings): Result<VoicesConfig, string> {
  const sherpa: VoicesConfig['sherpa'][number][] = [];
  const voices: Partial<Record<Language, string>> = {};
  const named = new Set<string>();
  for (const entry of settings.voices
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [, tag = '', kind, name, speaker = '0'] = ENTRY.exec(entry) ?? [];
    const language = LANGUAGES.find((known) => known === tag);
    if (!kind)
      return err(
        `expected language=espeak, language=sherpa:folder or language=openai:voice, got ${entry}`,
      );
    if (!language) return err(`expected one of ${LANGUAGES.join(' ')}, got ${tag}`);
    if (named.has(language)) return err(`${language} has two voices`);
    named.add(language);
    if (kind === 'espeak') continue;
    if (name === undefined) return err(`expected a name after ${entry}:`);
    if (kind === 'openai') voices[language] = name;
    else
      sherpa.push({ language, name, folder: folderOf(settings, name), speaker: Number(speaker) });
  }
  if (Object.keys(voices).length === 0) return ok({ sherpa });
  if (!settings.url)
    return err('expected TTS_URL to have a value because a voice is openai, got none');
  const { url, key, model } = settings;
  const baseUrl = url.replace(/\/+$/, '');
  return ok({ sherpa, openai: { baseUrl, ...(key ? { apiKey: key } : {}), model, voices } });
}

const folderOf = ({ voicesDir }: VoicesSettings, name: string): string =>
  isAbsolute(name) ? name : join(voicesDir, name);
