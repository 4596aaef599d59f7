import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { describeAddress, parseRedisUrl } from '../../../src/adapters/redis/address.ts';
import { ConfigError } from '../../../src/errors.ts';

describe('REDIS_URL', () => {
  it.each([
    ['redis://redis', { kind: 'single', hosts: [{ host: 'redis', port: 6379 }], tls: false, db: 0 }],
    ['rediss://h:6380/2', { kind: 'single', hosts: [{ host: 'h', port: 6380 }], tls: true, db: 2 }],
    ['redis://[::1]:7000', { kind: 'single', hosts: [{ host: '::1', port: 7000 }], tls: false, db: 0 }],
    [
      'redis+sentinel://h1,h2:26380/main',
      {
        kind: 'sentinel',
        hosts: [
          { host: 'h1', port: 26_379 },
          { host: 'h2', port: 26_380 },
        ],
        tls: false,
        db: 0,
        group: 'main',
      },
    ],
    [
      'rediss+cluster://h1,h2:7001',
      {
        kind: 'cluster',
        hosts: [
          { host: 'h1', port: 6379 },
          { host: 'h2', port: 7001 },
        ],
        tls: true,
        db: 0,
      },
    ],
  ])('reads %s', (text, address) => {
    expect(parseRedisUrl(text)).toEqual(address);
  });

  it('seals the password, and never shows it', () => {
    const address = parseRedisUrl('redis://bot:p%40ss%2Fword@redis:6379/1');
    expect(address.username).toBe('bot');
    expect(address.password?.reveal()).toBe('p@ss/word');
    expect(describeAddress(address)).toBe('redis:6379');
    expect(JSON.stringify(address)).not.toMatch(/p@ss|p%40ss|ss.word/);
  });

  it.each([
    '',
    'redis',
    'http://redis:6379',
    'redis://',
    'redis://h1,h2',
    'redis://h:99999',
    'redis://h/one',
    'redis+sentinel://h1',
    'redis+cluster://h1/3',
    'redis://user:%zz@h',
  ])('refuses %j with the forms that exist', (text) => {
    const attempt = () => parseRedisUrl(text);
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(expect.objectContaining({ hint: expect.stringContaining('redis+sentinel://') as unknown }));
  });

  it('repeats nothing of an address that it cannot read', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9]{12}$/),
        fc.constantFrom(':bad', '/x', ' ', ',,', '#'),
        (password, rest) => {
          try {
            parseRedisUrl(`redis://user:${password}@host:1${rest}`);
          } catch (error) {
            expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(password);
          }
        },
      ),
    );
  });
});
