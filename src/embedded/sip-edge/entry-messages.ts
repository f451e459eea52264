/** What the worker tells its starter, once. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly adminPort: number; readonly sipPort: number }
  | { readonly kind: 'failed'; readonly reason: string };
