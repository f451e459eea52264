// A reporter for node's test runner: the files in which something failed, a line each. A test says where it was written, which
// may be a helper of the tests; what stands on top, a suite mostly, is in the file that was run.
export default async function* failedFiles(events) {
  const named = new Set();
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.nesting > 0 || named.has(data.file)) continue;
    named.add(data.file);
    yield `${data.file}\n`;
  }
}
