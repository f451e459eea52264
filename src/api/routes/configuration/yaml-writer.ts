// A thread of its own: a company of a thousand agents takes a second to write.
import { parentPort, workerData } from 'node:worker_threads';
import { Document, isMap, type Pair, type Scalar, YAMLMap } from 'yaml';

export interface YamlToWrite {
  readonly document: unknown;
  readonly header: string;
  /** By section. */
  readonly comments: Readonly<Record<string, string>>;
}

const SHORT = 90;

const { document, header, comments } = workerData as YamlToWrite;
const yaml = new Document(document, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
yaml.commentBefore = header;
if (yaml.contents instanceof YAMLMap) commentSections(yaml.contents);
parentPort?.postMessage(yaml.toString({ lineWidth: 110, flowCollectionPadding: true }));

function commentSections(map: YAMLMap): void {
  for (const pair of map.items as Pair<Scalar<string>>[]) {
    const comment = comments[pair.key.value];
    if (comment === undefined) continue;
    pair.key.spaceBefore = true;
    pair.key.commentBefore = comment;
    spaceOut(pair.value);
  }
}

/** What fits on a line stays on one: skills, hours, rules. */
function spaceOut(list: unknown): void {
  const { items = [] } = list as { readonly items?: readonly unknown[] };
  for (const item of items) {
    if (!isMap(item) || item.has('document')) continue;
    for (const { value } of item.items) flowIfShort(value);
  }
}

function flowIfShort(node: unknown): void {
  const collection = node as { flow?: boolean; items?: readonly unknown[]; toJSON?(): unknown };
  if (!Array.isArray(collection.items)) return;
  if (JSON.stringify(collection).length <= SHORT) collection.flow = true;
  else for (const item of collection.items) flowIfShort(item);
}
