import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where sentences wait for the next system, within the checkout: a fresh clone speaks everything once itself. */
const KEPT = fileURLToPath(
  new URL('../../node_modules/.cache/centralita/prompts/', import.meta.url),
);

/** Sound files under the hash of all that makes their sound are the same in every system, and never change. */
const isSentence = (name: string): boolean => /^[0-9a-f]{40}\.wav$/.test(name);

/** Gives a system the sentences that earlier ones have spoken: rendering them is most of the work of its start. */
export const lendSentences = (dataDir: string): Promise<void> =>
  linkAll(KEPT, join(dataDir, 'prompts'));

/** Keeps what a system has spoken for the next ones. */
export const keepSentences = (dataDir: string): Promise<void> =>
  linkAll(join(dataDir, 'prompts'), KEPT);

async function linkAll(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const there = new Set(await readdir(to));
  const names = (await readdir(from).catch(() => [])).filter(isSentence);
  for (const name of names) if (!there.has(name)) await linkOne(join(from, name), join(to, name));
}

/** Another test may have been quicker, and the two folders may be on two disks. */
async function linkOne(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to).catch(() => undefined));
}
