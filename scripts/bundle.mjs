// Makes a folder of JavaScript, `dist`, of the sources and of most packages: a few dozen files instead of the two thousand
// modules that a start would have to find and read. Types are not looked at (`npm run check` does that): it takes a second.
//   node scripts/bundle.mjs [--to FOLDER] [PROGRAM.ts …]     with programs that are not the product's: those of benches
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values, positionals } = parseArgs({
  options: { to: { type: 'string', default: 'dist' } },
  allowPositionals: true,
});
const folder = values.to;

/** Started by hand. Other programs are threads and processes of these: see {@link programsOf}. */
const STARTED = ['src/main.ts', 'src/cli/main.ts', ...positionals];

const LEFT_ALONE = [
  // They write to what has only a getter, which is an error in a module of ECMAScript, and none where they come from.
  ...['drachtio-fsmrf', 'drachtio-srf', 'modesl'],
  // They look for files beside their own.
  ...['@fastify/swagger-ui', 'pino', 'pino-pretty'],
  // eSpeak NG is a work apart by its licence.
  '@echogarden/*',
  // They are not on every machine.
  ...['pg-native', 'sherpa-onnx-node'],
];

/** How a program is named by whoever starts it. */
const STARTS_PROGRAM = /\bbesides\('([\w-]+)', import\.meta\.url\)/g;

/** Packages in CommonJS ask for Node's own modules by `require`; {@link ownPlaces} asks for `__folder`. */
const HEAD = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
const __folder = import.meta.url.slice(0, import.meta.url.lastIndexOf('/${folder}/')) + '/${folder}/';`;

/** From the sources' folder; whatever is not of the sources, from the project's. Without its ending. */
const placeOf = (file) => {
  const inSources = relative('src', file);
  const place = inSources.startsWith('..') ? relative('.', file) : inSources;
  return place.split(sep).join('/').replace(/\.ts$/, '');
};

/** A module goes on knowing where it would lie by itself: programs and data are found from there. */
const ownPlaces = {
  name: 'own places',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes('import.meta.url')) return undefined;
      const ours = path.startsWith(resolve('src') + sep);
      const place = ours ? `(__folder + '${placeOf(path)}.js')` : `'${pathToFileURL(path)}'`;
      return { contents: text.replaceAll('import.meta.url', place), loader: 'ts' };
    });
  },
};

function programsOf(file) {
  const named = readFileSync(file, 'utf8').matchAll(STARTS_PROGRAM);
  return [...named].map(([, name]) => join(file, '..', `${name}.ts`));
}

const sources = readdirSync('src', { recursive: true })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('src', name));
const programs = [...STARTED, ...sources.flatMap(programsOf)];
// Their names change with what is in them.
rmSync(join(folder, 'chunks'), { recursive: true, force: true });
await build({
  entryPoints: Object.fromEntries(programs.map((file) => [placeOf(file), file])),
  outdir: folder,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: LEFT_ALONE,
  banner: { js: HEAD },
  plugins: [ownPlaces],
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
  // What is wrong with a source has been said.
}).catch(() => process.exit(1));
