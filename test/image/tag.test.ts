import { describe, expect, it } from '@jest/globals';
import { commitOf, isMutableTag, nearestTags, timeOf, twinTag } from '../../src/image/tag.ts';

describe('a tag tells its commit and its time', () => {
  it.each([
    ['a1b2c3d-2026-05-24-17-54', 'a1b2c3d', Date.UTC(2026, 4, 24, 17, 54)],
    ['main-a1b2c3d', 'a1b2c3d', undefined],
    ['sha-1234567', '1234567', undefined],
    ['v1.4.2-3-gabc1234', 'abc1234', undefined],
    ['20260524175401', undefined, Date.UTC(2026, 4, 24, 17, 54, 1)],
    ['20260524-1754', undefined, Date.UTC(2026, 4, 24, 17, 54)],
    ['2026.05.24', undefined, Date.UTC(2026, 4, 24)],
    ['build-1779645240', undefined, 1_779_645_240_000],
    ['2026-05-24T17-54-01Z', undefined, Date.UTC(2026, 4, 24, 17, 54, 1)],
    ['v1.4.2', undefined, undefined],
    ['2026-99-99', undefined, undefined],
    ['facade', undefined, undefined],
    ['1234567', undefined, undefined],
  ])('%s', (tag, commit, time) => {
    expect([commitOf(tag), timeOf(tag)]).toEqual([commit, time]);
  });
});

describe('the tag that was pushed for the same commit', () => {
  const missing = 'a1b2c3d-2026-05-24-17-54';
  it.each([
    [
      'of two the nearest in time',
      ['a1b2c3d-2026-05-24-17-52', 'a1b2c3d-2026-05-24-11-00'],
      'a1b2c3d-2026-05-24-17-52',
    ],
    ['not one of another commit', ['ffffff1-2026-05-24-17-54'], undefined],
    [
      'not one of another pattern, which may be another image',
      ['a1b2c3d-2026-05-24-17-52-debug', 'a1b2c3d'],
      undefined,
    ],
    ['not itself', [missing], undefined],
  ])('%s', (_what, existing, twin) => {
    expect(twinTag(missing, existing)).toBe(twin);
  });
  it('is unknown where the tag names no commit', () => {
    expect(twinTag('1.4.2', ['1.4.1'])).toBeUndefined();
  });
});

describe('tags that move', () => {
  it.each(['latest', 'main', 'stable', 'stable-alpine', 'nightly', '1', '1.27', 'v2', '1.27-alpine'])(
    '%s does',
    (tag) => {
      expect(isMutableTag(tag)).toBe(true);
    },
  );

  it.each(['1.27.3', 'v1.4.2', 'a1b2c3d', 'main-a1b2c3d', '20260524', 'a1b2c3d-2026-05-24-17-54'])(
    '%s does not',
    (tag) => {
      expect(isMutableTag(tag)).toBe(false);
    },
  );
});

describe('the tag that was probably meant', () => {
  it('the same commit pushed two minutes before the missing tag was made up', () => {
    const existing = ['latest', 'a1b2c3d-2026-05-20-09-00', 'a1b2c3d-2026-05-24-17-52', 'ffe1230-2026-05-24-17-54'];
    expect(nearestTags('a1b2c3d-2026-05-24-17-54', existing)).toEqual([
      { tag: 'a1b2c3d-2026-05-24-17-52', why: 'same commit a1b2c3d, 2m earlier' },
      { tag: 'a1b2c3d-2026-05-20-09-00', why: 'same commit a1b2c3d, 4d 8h earlier' },
    ]);
    expect(nearestTags('a1b2c3d-2026-05-24-17-54', existing, 1)).toHaveLength(1);
  });

  it('a shortened commit is the same commit', () => {
    expect(nearestTags('a1b2c3d4e5f60718293a4b5c6d7e8f9012345678', ['a1b2c3d', 'b1b2c3d'], 1)).toEqual([
      { tag: 'a1b2c3d', why: 'same commit a1b2c3d' },
    ]);
  });

  it('the same version with another spelling, then its neighbours, and no other major version', () => {
    expect(nearestTags('v1.4.3', ['2.0.0', '1.4.3', 'v1.4.2', 'v1.5.0', 'v1.4.3-rc1'], 4)).toEqual([
      { tag: '1.4.3', why: 'same version without "v"' },
      { tag: 'v1.4.3-rc1', why: 'same version, "-rc1"' },
      { tag: 'v1.4.2', why: 'an earlier version' },
      { tag: 'v1.5.0', why: 'a later version' },
    ]);
  });

  it('a slip of the keyboard', () => {
    expect(nearestTags('lastest', ['latest', 'edge'])).toEqual([{ tag: 'latest', why: 'differs in 1 character' }]);
  });

  it('nothing, where nothing is near', () => {
    expect(nearestTags('v1.0.0', ['latest', 'main', 'v1.0.0'])).toEqual([]);
  });
});
