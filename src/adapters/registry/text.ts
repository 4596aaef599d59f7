/** Text from a registry, made fit to be shown: no secret, no control character, no query string, not long. */
import type { Sealed } from '../../sealed.ts';

const LONGEST = 500;

/** Knows the secrets of one question and takes them out of whatever a registry sends back (some echo the header). */
export interface Scrubber {
  hide(secret: string): void;
  clean(text: string): string;
  /** True when the text holds one of the secrets. */
  leaks(text: string): boolean;
}

/** A scrubber that knows this user name and password, in the forms in which they travel. */
export function createScrubber(username?: string, password?: Sealed): Scrubber {
  const secrets = new Set<string>();
  function hide(secret: string): void {
    // One or two characters occur in any sentence: replacing them would destroy it and hide nothing.
    if (secret.length > 2) for (const form of [secret, encodeURIComponent(secret)]) secrets.add(form);
  }
  if (password && !password.isEmpty) {
    const plain = password.reveal();
    hide(plain);
    hide(Buffer.from(plain).toString('base64').replace(/=+$/, ''));
    hide(basicPair(username ?? '', password).replace(/=+$/, ''));
  }
  function mask(text: string): string {
    let masked = text;
    for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
      masked = masked.replaceAll(secret, '[removed]');
    }
    return masked;
  }
  return { hide, clean: (text) => tidy(mask(text)), leaks: (text) => mask(text) !== text };
}

/** `base64(user:password)`, the value of a Basic header. */
export function basicPair(username: string, password: Sealed): string {
  return Buffer.from(`${username}:${password.reveal()}`).toString('base64');
}

function tidy(text: string): string {
  const plain = text
    .slice(0, 4 * LONGEST)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/(https?:\/\/)[^/\s"'@]*@/gi, '$1')
    .replace(/((?:https?:\/\/|\/)[^\s"'?#]*)[?#][^\s"']*/gi, '$1')
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [removed]')
    .trim();
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST - 1)}…` : plain;
}
