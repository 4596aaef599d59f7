/**
 * When a token that serves as a password ran out, as far as it says so itself: a hint, never checked against a signature. Amazon ECR's
 * is base64 of JSON with `expiration` in seconds; a JWT has `exp` (RFC 7519, 4.1.4). The token is read and nothing of it is kept.
 */
import { z } from 'zod';
import type { Sealed } from '../sealed.ts';
import { parseJson } from './keyring-schema.ts';

/** No honest token is longer; a Secret holds at most 1 MiB. */
const LONGEST = 65_536;
/** What a date can hold, in seconds; and no token is from before the web. */
const EARLIEST = 631_152_000;
const LATEST = 8_640_000_000_000;

const Instant = z.number().min(EARLIEST).max(LATEST);
const Jwt = z.object({ exp: Instant });
const Ecr = z.object({ expiration: Instant });

/** ms; undefined: it does not say. Never throws. */
export function tokenExpiry(password: Sealed): number | undefined {
  const text = password.reveal();
  if (text.length > LONGEST) return undefined;
  const parts = text.split('.');
  const seconds =
    parts.length === 3
      ? Jwt.safeParse(decoded(parts[1] ?? '')).data?.exp
      : parts.length === 1
        ? Ecr.safeParse(decoded(text)).data?.expiration
        : undefined;
  return seconds === undefined ? undefined : Math.floor(seconds * 1000);
}

/** JSON in base64 or base64url; undefined for anything else. */
function decoded(text: string): unknown {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return undefined;
  const json = Buffer.from(text, 'base64url').toString('utf8');
  return json.startsWith('{') ? parseJson(json) : undefined;
}
