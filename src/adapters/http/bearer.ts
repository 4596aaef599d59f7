/** Compares a bearer token without telling by time how much of it was right. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Sealed } from '../../sealed.ts';

/** `header` is the Authorization header as sent. */
export function isAuthorized(header: string | undefined, token: Sealed): boolean {
  const sent = /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];
  if (sent === undefined || token.isEmpty) return false;
  return timingSafeEqual(digest(sent), digest(token.reveal()));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
