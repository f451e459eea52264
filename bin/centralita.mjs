#!/usr/bin/env node
// The command line: compiled if it has been compiled (`npm start` does), else by tsx, from the sources.
import { existsSync } from 'node:fs';

const compiled = new URL('../dist/cli/main.js', import.meta.url);
const sources = new URL('../src/cli/main.ts', import.meta.url);
if (existsSync(compiled) && !existsSync(sources)) await import(compiled.href);
else {
  const { register } = await import('tsx/esm/api');
  register();
  await import(sources.href);
}
