// Makes a clone ready to run: installs the packages when they are missing or older than the lock file, and with
// `--build` compiles the sources when they have changed (compiled, Centralita starts three times as fast).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const INSTALLED = 'node_modules/.package-lock.json';
const BUILT = 'dist/main.js';
const NPM_INSTALL = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];

const timeOf = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

function run(what, command, args) {
  console.log(what);
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}

function newestSource() {
  const files = readdirSync('src', { recursive: true, withFileTypes: true });
  return Math.max(
    timeOf('tsconfig.json'),
    ...files
      .filter((file) => file.isFile())
      .map((file) => timeOf(join(file.parentPath ?? file.path, file.name))),
  );
}

if (timeOf(INSTALLED) < timeOf('package-lock.json')) {
  run('Installing packages …', 'npm', NPM_INSTALL);
}
if (process.argv.includes('--build') && timeOf(BUILT) < newestSource()) {
  const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
  run('Compiling …', process.execPath, [tsc, '-p', 'tsconfig.build.json']);
}
