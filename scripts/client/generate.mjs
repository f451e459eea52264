// The types of a client for the API, from its OpenAPI document:
//   npm run client -- http://127.0.0.1:8080/openapi.json [centralita.d.ts]
// The document may also be a file. With `openapi-fetch`, they are a client that is checked by the compiler: docs/api.md.
import { readFile, writeFile } from 'node:fs/promises';
import { register } from 'node:module';

const [source, target = 'centralita.d.ts'] = process.argv.slice(2);
if (!source) {
  console.error('Usage: npm run client -- URL_OR_FILE_OF_OPENAPI_JSON [TARGET]');
  process.exit(2);
}

register('./typescript-with-api.mjs', import.meta.url);
const { default: openapiTypescript, astToString } = await import('openapi-typescript');

/** @returns {Promise<object>} */
async function read() {
  if (!/^https?:/.test(source)) return JSON.parse(await readFile(source, 'utf8'));
  const answer = await fetch(source, { signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`${source} answered ${answer.status}.`);
  return answer.json();
}

const types = astToString(await openapiTypescript(await read(), { defaultNonNullable: false }));
await writeFile(target, `// Generated from ${source} by npm run client. Do not edit.\n${types}`);
console.log(`${target}: ${types.split('\n').length} lines`);
