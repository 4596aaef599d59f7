/** Which registry hosts may be typed for one another. */
import { describe, expect, it } from '@jest/globals';
import { isNearHost } from '../../src/image/near-host.ts';

describe('a host is near', () => {
  it.each([
    ['a letter too many', 'goood.box:5000', 'good.box:5000'],
    ['a letter too few', 'registy.example.com', 'registry.example.com'],
    ['two letters', 'regisry.exmple.com', 'registry.example.com'],
    ['neighbours swapped in a short name', 'ghrc.io', 'ghcr.io'],
    ['capitals and a slip', 'Regisry.Example.com', 'registry.example.com'],
    ['labels in another order', 'example.registry.com', 'registry.example.com'],
    ['a label too few', 'registry.com', 'registry.example.com'],
    ['a label too many', 'registry.dev.example.com', 'registry.example.com'],
    ['another port', 'registry.example.com:5001', 'registry.example.com:5000'],
    ['a port where the other has none', 'registry.example.com:443', 'registry.example.com'],
  ])('%s', (_story, typed, known) => {
    expect([isNearHost(typed, known), isNearHost(known, typed)]).toEqual([true, true]);
  });
});

describe('a host is not near', () => {
  it.each([
    ['the same', 'ghcr.io', 'ghcr.io'],
    ['three letters', 'regitsyr.exmple.com', 'registry.example.com'],
    ['two letters of a short name', 'qcr.io', 'quay.io'],
    ['only the domain is shared', 'images.example.com', 'registry.example.com'],
    ['neighbouring addresses', '10.0.0.1:5000', '10.0.0.2:5000'],
    ['a word and a letter', 'a.io', 'b.io'],
    ['one label, which many share', 'registry', 'registry.infra'],
    ['nothing', '', 'ghcr.io'],
  ])('%s', (_story, typed, known) => {
    expect([isNearHost(typed, known), isNearHost(known, typed)]).toEqual([false, false]);
  });
});
