/** Each registry by name: answers recorded by us or by others, or as its documentation has them, played by a server, up to the cause. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HABITS } from '../../../../src/adapters/registry/kinds/index.ts';
import type { Finding } from '../../../../src/diagnosis/check.ts';
import { registryAcceptsCredential } from '../../../../src/diagnosis/checks/registry-accepts-credential.ts';
import { tagExists } from '../../../../src/diagnosis/checks/tag-exists.ts';
import { absent, notCollected, type Observation, observed } from '../../../../src/evidence/observation.ts';
import { anonymous, type RegistryAccess, type TagAnswer } from '../../../../src/evidence/registry-access.ts';
import { tagReader } from '../../../../src/evidence/tag-reader.ts';
import { type RegistryKind, registryKind } from '../../../../src/image/registry.ts';
import { imageOf, puller } from '../../../contract/registry-reader.ts';
import { evidence as aCase } from '../../../diagnosis/support.ts';
import { type FakeServer, quickReader, startFake, type TestReader } from '../fake-registry.ts';
import { answer, fixtures, type Played } from './fixtures.ts';

const signal = new AbortController().signal;
let reader: TestReader | undefined;
let server: FakeServer | undefined;
afterEach(async () => {
  await reader?.close();
  await server?.stop();
});

describe('the registries that are known by name', () => {
  const files = readdirSync('src/adapters/registry/kinds').filter((file) => file !== 'index.ts');
  it('have one file each, and one fixture each that names its source', () => {
    expect(files.map((file) => file.replace('.ts', '')).sort()).toEqual(Object.keys(HABITS).sort());
    expect(fixtures.map(({ kind }) => kind).sort()).toEqual(Object.keys(HABITS).sort());
    expect(fixtures.filter(({ source }) => source.length < 20)).toEqual([]);
  });

  it('have a row each in the docs', () => {
    const rows = [...readFileSync('docs/registries.md', 'utf8').matchAll(/^\| `([\w-]+)` \| \D/gm)].map(
      ([, name]) => name,
    );
    expect(rows).toHaveLength(Object.keys(HABITS).length);
    expect(new Set(rows)).toEqual(new Set(Object.keys(HABITS)));
  });

  it.each(fixtures)('$kind is recognised by its hosts', ({ kind, hosts }) => {
    expect(hosts.filter((host) => registryKind(host) !== kind)).toEqual([]);
    expect(HABITS[kind].kind).toBe(kind);
  });
});

describe.each(fixtures)('$kind answers', ({ kind, cases }) => {
  it.each(cases)('$name', async (played) => {
    const { access, tags, last } = await play(kind, played);
    expect(last).toMatchObject({ kind, outcome: { kind: played.outcome } });
    expect(last?.hides === undefined ? 'absent' : last.hides).toBe(played.hides);
    expect(last?.blocked).toBe(played.blocked);
    expect(last?.quota).toEqual(played.quota);
    const findings = findingsOf(access, tags);
    expect(findings.map(({ cause, confidence, alternatives }) => ({ cause, confidence, alternatives }))).toEqual(
      played.findings,
    );
    // What hides is never called certain for one side.
    const sides = ['repository-not-found', 'tag-not-found', 'permission-denied', 'credentials-required'];
    const oneSided = findings.filter(({ cause, confidence }) => confidence === 'certain' && sides.includes(cause));
    if (last?.hides === 'missing-or-forbidden') {
      expect(oneSided).toEqual([]);
      for (const { summary } of findings) expect(summary).toMatch(/missing, or hidden from these credentials/);
    }
  });
});

describe.each(fixtures)('of $kind', ({ kind, hosts, tagDetails: played }) => {
  const image = () => imageOf(`${server?.host ?? hosts[0] ?? 'registry.example.com'}/shop/api:1.4.2`);

  it('push times are asked for with one question, which carries a credential to the registry itself only', async () => {
    server = await startFake((request, response, host) =>
      answer(played?.routes ?? [], { request, response, host, details: played?.asked }),
    );
    reader = quickReader({ kind });
    await reader.manifest(image(), puller(), signal);
    const before = server.seen.length;
    const told = await reader.tagDetails(image(), ['1.4.1', '1.4.0'], puller(), signal);
    const lines = server.seen.slice(before);
    expect(HABITS[kind].tagApi === undefined).toBe(played === null);
    if (played === null) {
      expect(told).toEqual({ kind: 'untold', reason: 'this registry tells no push times' });
      expect(lines).toEqual([]);
      return;
    }
    expect(told).toEqual({ kind: 'told', source: HABITS[kind].tagApi?.source, tags: played.told });
    expect(lines.map(({ line }) => line)).toEqual([`GET ${played.asked}`]);
    const sent = { nothing: undefined, password: /^Basic /, token: /^Bearer .*\.password$/ }[played.sends];
    if (sent === undefined) expect(lines[0]?.authorization).toBeUndefined();
    else expect(lines[0]?.authorization).toMatch(sent);
    // Another host than the registry's own never sees a credential.
    expect(HABITS[kind].tagApi?.host === undefined || played.sends === 'nothing').toBe(true);
  });

  it.each([
    [401, {}],
    [404, { errors: [] }],
    [500, {}],
    [200, '<html>'],
    [200, { tags: 'x', name: 7, tag: null, manifest: [] }],
    [200, [{ name: '../x', push_time: 'never' }, null]],
  ])('an answer that does not fit tells nothing and breaks nothing: %s %j', async (status, body) => {
    server = await startFake((request, response, host) => {
      const routes = (played?.routes ?? []).map((route) =>
        route.at === 'details' ? { ...route, status, body } : route,
      );
      answer(routes, { request, response, host, details: played?.asked });
    });
    reader = quickReader({ kind });
    await reader.manifest(image(), puller(), signal);
    const told = await reader.tagDetails(image(), ['1.4.1'], puller(), signal);
    expect(told.kind).toBe('untold');
  });
});

async function play(kind: RegistryKind, { routes, ask }: Played) {
  server = await startFake((request, response, host) => answer(routes, { request, response, host }));
  reader = quickReader({ kind });
  const image = imageOf(`${server.host}/shop/api:1.4.2`);
  const attempts = [await reader.manifest(image, anonymous, signal)];
  if (ask === 'password') attempts.push(await reader.manifest(image, puller(), signal));
  // As an image of this registry would name it.
  const access: RegistryAccess = { host: hostOf(kind), attempts };
  const who = tagReader(access);
  const tags: Observation<TagAnswer> =
    who === undefined ? notCollected('not asked') : observed(await reader.tags(image, who.credential, signal));
  return { access, tags, last: attempts.at(-1) };
}

function hostOf(kind: RegistryKind): string {
  return fixtures.find((one) => one.kind === kind)?.hosts[0] ?? 'registry.example.com';
}

function findingsOf(access: RegistryAccess, tags: Observation<TagAnswer>): readonly Finding[] {
  const reference = observed({ ok: true as const, reference: imageOf(`${access.host}/shop/api:1.4.2`) });
  const evidence = aCase({ registryAccess: observed(access), tags, reference, pullFailure: absent });
  return [registryAcceptsCredential, tagExists].flatMap((check) => {
    const result = check.run(evidence);
    return result.verdict === 'fail' ? result.findings : [];
  });
}
