/**
 * The number that a user part or a `tel:` address stands for, without parameters and password: a local one whose
 * `phone-context` is the beginning of numbers (RFC 3966 section 5.1.5) becomes a global one.
 */
export function subscriberOf(user: string): string {
  const [number = '', ...parameters] = user.split(';');
  const [name = ''] = number.split(':');
  const context = parameters
    .map((each) => /^phone-context=(\+[\d().-]{1,20})$/i.exec(each)?.[1])
    .find(Boolean);
  return context !== undefined && /^[\d().-]+$/.test(name) ? `${context}${name}` : name;
}
