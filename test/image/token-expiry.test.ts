/** A token's own date is a hint: read where it is written as documented, nothing for every other text, and never a word of the token. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { tokenExpiry } from '../../src/image/token-expiry.ts';
import { Sealed } from '../../src/sealed.ts';

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
const url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const expiry = (text: string) => tokenExpiry(new Sealed(text));
const AT = 1_790_000_000;

describe('when a token runs out', () => {
  it('is read from an Amazon ECR token and from a JWT', () => {
    expect(expiry(base64({ payload: 'x', datakey: 'y', version: '2', type: 'DATA_KEY', expiration: AT }))).toBe(
      AT * 1000,
    );
    expect(expiry(`${url({ alg: 'RS256' })}.${url({ exp: AT, sub: 'canary' })}.${'s'.repeat(40)}`)).toBe(AT * 1000);
  });

  it.each([
    'plain-password',
    '',
    'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    base64({ expiration: 'soon' }),
    base64({ expiration: -1 }),
    base64({ expiration: 1e300 }),
    base64({ expiration: null }),
    base64([AT]),
    `a.${url({ exp: '1790000000' })}.c`,
    `a.${url({ iat: AT })}.c`,
    `a.${url({ exp: AT })}`,
    `a.${url({ exp: AT })}.c.d`,
    `a.${url({ exp: AT }).repeat(5000)}.c`,
  ])('is unknown of %#', (text) => {
    expect(expiry(text)).toBeUndefined();
  });

  it('never throws, and says nothing but an instant, whatever the bytes are', () => {
    const json = fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64'));
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
      json,
      fc.tuple(fc.string(), json, fc.string()).map((parts) => parts.join('.')),
      fc.double().map((expiration) => base64({ expiration })),
      fc.constantFrom('{'.repeat(60_000), Buffer.from(`{"expiration":${'['.repeat(40_000)}`).toString('base64')),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const at = expiry(text);
        if (at === undefined) return;
        expect(Number.isInteger(at)).toBe(true);
        expect(Math.abs(at)).toBeLessThanOrEqual(8.64e15);
      }),
      { numRuns: 2000 },
    );
  });
});
