/**
 * `npm run bench:ivr`: how fast flows are. Prints JSON, and fails when a goal is missed.
 *
 *   npm run bench:ivr -- [--json] [--calls N] [--only interpreter|prompts|menus]
 */

import { parseArgs } from 'node:util';
import { measureInterpreter } from './interpreter.ts';
import { measureMenus } from './menus.ts';
import { measurePrompts } from './prompts.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: true },
    calls: { type: 'string', default: '200' },
    only: { type: 'string' },
  },
});

const parts = {
  interpreter: async () => measureInterpreter(),
  prompts: measurePrompts,
  menus: () => measureMenus(Number(values.calls)),
};
const figures: Record<string, { readonly reached: boolean }> = {};
for (const [name, measure] of Object.entries(parts)) {
  if (!values.only || values.only === name) figures[name] = await measure();
}
process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
process.exitCode = Object.values(figures).every(({ reached }) => reached) ? 0 : 1;
process.exit();
