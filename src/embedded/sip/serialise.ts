import type { SipMessage } from './message.ts';

/** The first line of a message, without its line end. */
export function startLineOf(message: SipMessage): string {
  return message.kind === 'request'
    ? `${message.method} ${message.uri} SIP/2.0`
    : `SIP/2.0 ${message.status} ${message.reason.replace(/[\r\n]+/g, ' ')}`;
}

/** The message as it goes out. Content-Length is always counted anew, and last. */
export function serialise(message: SipMessage): string {
  let text = `${startLineOf(message)}\r\n`;
  for (const { name, value } of message.headers) {
    if (name.toLowerCase() !== 'content-length') text += `${name}: ${value}\r\n`;
  }
  return `${text}Content-Length: ${Buffer.byteLength(message.body)}\r\n\r\n${message.body}`;
}
