// The arrows of docs/ARCHITECTURE.md. A room may import itself, what its row names, and nothing else of src.
const arrows = {
  lib: [],
  model: ['lib'],
  acd: ['model', 'lib'],
  grammar: ['model', 'lib'],
  ivr: ['grammar', 'model', 'lib'],
  callers: ['model', 'lib'],
  planning: ['acd', 'model', 'lib'],
  runtime: ['acd', 'ivr', 'callers', 'facts', 'model', 'lib'],
  telephony: ['runtime/ports', 'model', 'lib'],
  registrar: ['runtime/ports', 'model', 'lib'],
  presence: ['runtime/ports', 'model', 'lib'],
  facts: ['model', 'lib'],
  store: ['runtime/ports', 'facts', 'model', 'lib'],
  data: ['runtime/ports', 'model', 'lib'],
  archive: ['runtime/ports', 'model', 'lib'],
  speech: ['runtime/ports', 'grammar', 'model', 'lib'],
  reporting: ['runtime/ports', 'model', 'lib'],
  api: ['runtime/ports', 'facts', 'model', 'lib'],
  feed: ['runtime/ports', 'model', 'lib'],
  webhooks: ['runtime/ports', 'model', 'lib'],
  embedded: ['lib'],
  cli: [],
};

const pureRooms = '^src/(acd|grammar|ivr|callers|planning|facts|model)/';

const roomRules = Object.entries(arrows).map(([room, targets]) => ({
  name: `arrows-of-${room}`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: [room, ...targets].map((target) => `^src/${target}([./]|$)`) },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'pure-rooms-import-nothing-of-the-world',
      comment: 'Time, randomness, ids and data are arguments there.',
      severity: 'error',
      from: { path: pureRooms },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-rooms-know-no-libraries-but-these',
      severity: 'error',
      from: { path: pureRooms },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: 'node_modules/(libphonenumber-js|typebox|luxon|@marcbachmann/cel-js)/',
      },
    },
    {
      name: 'pure-rooms-have-no-clock-ids-or-log',
      severity: 'error',
      from: { path: pureRooms },
      to: { path: '^src/lib/(ids|log)' },
    },
    {
      name: 'only-main-starts-the-embedded-switch',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(embedded/|house/|switch\\.ts)' },
      to: { path: '^src/embedded/' },
    },
    {
      name: 'no-room-knows-the-house',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(house\\.ts|house/|main\\.ts|banner\\.ts)' },
      to: { path: '^src/house(/|\\.ts)' },
    },
    { name: 'no-circles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'nothing-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
