interface Named {
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/** The document with each named schema where it is referred to. */
export function dereferenced<Document extends Named>(document: Document): Document {
  const { schemas } = document.components;
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    if ('$ref' in node) return walk(schemas[String(node.$ref).split('/').at(-1) ?? '']);
    return Object.fromEntries(Object.entries(node).map(([key, part]) => [key, walk(part)]));
  };
  return walk(document) as Document;
}
