import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What this installation made for itself at its first start. */
export interface Secrets {
  /** For the embedded switch's two control sockets; nobody else ever needs it. */
  readonly switchSecret: string;
  /** What secrets in the database are sealed with, where SECRETS_KEY does not say. */
  readonly sealKey: string;
}

const FILE = 'secrets.json';

/** Reads the data folder's secrets, or makes them. The file is for its owner's eyes only. */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, FILE);
  const kept = await readKept(file);
  if (kept?.switchSecret && kept.sealKey)
    return { switchSecret: kept.switchSecret, sealKey: kept.sealKey };
  const made: Secrets = {
    switchSecret: kept?.switchSecret ?? randomBytes(24).toString('base64url'),
    sealKey: randomBytes(32).toString('base64url'),
  };
  await writeFile(`${file}.new`, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return made;
}

async function readKept(file: string): Promise<Partial<Secrets> | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<Secrets>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) throw new Error(`${file} is not JSON: ${error.message}`);
    throw error;
  }
}
