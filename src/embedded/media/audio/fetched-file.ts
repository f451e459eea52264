const FETCH_MS_MAX = 5_000;
/** As long as a prompt may be: ten minutes of 16 kHz, and some. */
const FETCHED_OCTETS_MAX = 40 * 1024 * 1024;
/** What says nothing of its age is asked for again after this. */
const FRESH_MS_DEFAULT = 60_000;

export interface FetchedFile {
  readonly content: Buffer;
  /** How long it need not be asked for again (RFC 9111 section 5.2.2.1). */
  readonly freshMs: number;
}

/** The URL in `http_cache://http://host/a.wav` (mod_http_cache) or `http://host/a.wav` (mod_httapi). */
export const urlIn = (name: string): string | undefined =>
  /^(?:http_cache:\/\/)?(https?:\/\/\S+)$/.exec(name)?.[1];

/** Gets a sound by HTTP, as FreeSWITCH's modules do. Rejects with what went wrong. */
export async function fetchFile(url: string): Promise<FetchedFile> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS_MAX) });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the server answered ${response.status}`);
  }
  const pieces: Uint8Array[] = [];
  let octets = 0;
  for await (const piece of response.body ?? []) {
    octets += piece.length;
    if (octets > FETCHED_OCTETS_MAX) throw new Error('the file is too long');
    pieces.push(piece);
  }
  const age = /max-age=(\d{1,9})/.exec(response.headers.get('cache-control') ?? '')?.[1];
  const freshMs = age === undefined ? FRESH_MS_DEFAULT : Number(age) * 1_000;
  return { content: Buffer.concat(pieces), freshMs };
}
