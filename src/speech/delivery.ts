import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { PromptRenderer, Spoken } from '../runtime/ports/index.ts';

/** What may be fetched: a sound directly in the folder, or in one of those below it. */
const NAME = /^(?:(?:own|uploads|music|recordings)\/)?[^/\\\p{Cc}]{1,200}\.wav$/iu;

/** How media servers that do not share the folder get its sounds. */
export interface Delivery {
  /** What a media server is told to play instead of a path. */
  urlOf(path: string): string;
  /** The path again of what `urlOf` has named. */
  pathOf(url: string): string;
  /** What a URL of ours names. Undefined: nothing, or whoever asks has not been told. */
  fileOf(token: string, name: string): string | undefined;
}

/**
 * Sounds by HTTP: `http_cache://http://10.0.0.5:8080/sounds/<token>/own/<hash>.wav`. `base` is where a media server
 * reaches our HTTP server, with FreeSWITCH's own scheme before it if its cache is to be used.
 */
export function deliverByHttp(folder: string, base: string, secret: string): Delivery {
  const token = createHmac('sha256', secret).update('sounds').digest('base64url');
  const ours = `${base}/sounds/${token}/`;
  return {
    urlOf(path) {
      const name = relative(folder, path);
      // What is not ours is none of our business: a tone, a recording elsewhere.
      if (!isAbsolute(path) || name.startsWith('..') || isAbsolute(name)) return path;
      return ours + name.split(sep).map(escaped).join('/');
    },
    pathOf: (url) =>
      url.startsWith(ours) ? join(folder, decodeURIComponent(url.slice(ours.length))) : url,
    fileOf(presented, name) {
      const isKnown = timingSafeEqual(digest(presented), digest(token));
      return isKnown && NAME.test(name) ? join(folder, name) : undefined;
    },
  };
}

/** Of equal length whatever was presented. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** FreeSWITCH parts files in a row by exclamation marks, which need no escape otherwise. */
const escaped = (part: string): string => encodeURIComponent(part).replaceAll('!', '%21');

/** The same prompts, for media servers elsewhere. */
export function delivered(prompts: PromptRenderer, { urlOf }: Delivery): PromptRenderer {
  const spoken = ({ files, rest }: Spoken): Spoken => ({
    files: files.map(urlOf),
    ...(rest ? { rest: () => spoken(rest()) } : {}),
  });
  return {
    speak: async (utterance) => spoken(await prompts.speak(utterance)),
    ready: (utterance) => prompts.ready(utterance)?.map(urlOf),
    say: async (utterance) => (await prompts.say(utterance)).map(urlOf),
    render: async (text, language) => urlOf(await prompts.render(text, language)),
    prepare: (utterances) => prompts.prepare(utterances),
    audio(name, language) {
      const path = prompts.audio(name, language);
      return path === undefined ? undefined : urlOf(path);
    },
  };
}
