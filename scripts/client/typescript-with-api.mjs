// openapi-typescript builds on TypeScript's own API, which TypeScript 7 does not have: it gets the older one.
export const resolve = (specifier, context, next) =>
  next(specifier === 'typescript' ? 'typescript-with-api' : specifier, context);
