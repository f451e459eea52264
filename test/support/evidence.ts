import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let count = 0;

/** A folder for the logs, recordings and captures of one thing. It is removed unless somebody wants it. */
export class Evidence {
  readonly path: string;
  #wanted = process.env.KEEP_EVIDENCE === '1';

  constructor(name: string) {
    count += 1;
    const folder = `${process.pid}-${String(count).padStart(3, '0')}-${slug(name)}`;
    this.path = join(process.env.EVIDENCE_DIR ?? join(tmpdir(), 'centralita-evidence'), folder);
    mkdirSync(this.path, { recursive: true });
  }

  file(name: string): string {
    return join(this.path, name);
  }

  folder(name: string): string {
    const path = join(this.path, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Something failed: what is here will be read by a person. */
  keep(): void {
    this.#wanted = true;
  }

  get kept(): boolean {
    return this.#wanted;
  }

  close(): void {
    if (!this.#wanted) rmSync(this.path, { recursive: true, force: true });
  }
}

function slug(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
    .toLowerCase();
}
