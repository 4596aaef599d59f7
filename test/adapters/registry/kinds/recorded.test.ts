/** What the fixtures say of where their answers come from, and what those that others recorded have taught. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { anonymous } from '../../../../src/evidence/registry-access.ts';
import { imageOf, puller } from '../../../contract/registry-reader.ts';
import {
  demand,
  type FakeServer,
  json,
  oneManifest,
  quickReader,
  startFake,
  type TestReader,
} from '../fake-registry.ts';
import { answer, type Fixture, fixtures, PARTS, type Route } from './fixtures.ts';

const signal = new AbortController().signal;
let reader: TestReader | undefined;
let server: FakeServer | undefined;
afterEach(async () => {
  await reader?.close();
  await server?.stop();
});

describe('recorded answers', () => {
  it('are ours for the registry that anybody can run, and partly others’ for the services', () => {
    // Nobody reaches the services from a test; the one that anybody can run is recorded here.
    const ours = fixtures.filter(({ nature }) => nature.startsWith('Recorded: '));
    expect(ours.map(({ kind }) => kind)).toEqual(['plain']);
    expect(fixtures.filter(({ nature }) => nature.startsWith('Mixed: '))).toHaveLength(fixtures.length - 1);
  });

  it('name a public address for every answer that somebody else has recorded', () => {
    const recordings = fixtures.flatMap((one) => routesOf(one).flatMap(({ recorded }) => recorded ?? []));
    expect(recordings.filter(({ at }) => !/^https:\/\/[\w.-]+\/[\w./-]+$/.test(at))).toEqual([]);
    expect(recordings.filter(({ shows }) => shows.length === 0 || shows.some((part) => !PARTS.includes(part)))).toEqual(
      [],
    );
    // Tokens are made up while a test runs: none comes from anywhere.
    expect(JSON.stringify(fixtures)).not.toMatch(/eyJ|gh[opsu]_|dckr_pat|glpat|AKIA/);
  });

  it('are counted in the docs as what they are', () => {
    const docs = readFileSync('docs/registries.md', 'utf8');
    const rows = [...docs.matchAll(/^\| `([\w-]+)` \| (\d+) \| (\d+) \| (\d+) \|$/gm)];
    const counted = fixtures.map((one) => [one.kind, ...countsOf(one)].join(' '));
    expect(new Set(rows.map(([, ...row]) => row.join(' ')))).toEqual(new Set(counted));
    expect(rows).toHaveLength(counted.length);
  });
});

describe('what was learnt from recorded answers', () => {
  it('Harbor is known by its token server also after it wanted Basic of a token without the right', async () => {
    const refused = fixtures.flatMap(({ cases }) => cases).find(({ name }) => name === 'private or missing project');
    server = await startFake((request, response, host) => answer(refused?.routes ?? [], { request, response, host }));
    reader = quickReader();
    const image = imageOf(`${server.host}/shop/api:1.4.2`);
    await reader.manifest(image, anonymous, signal);
    for (const time of ['first', 'again']) {
      const attempt = await reader.manifest(image, puller(), signal);
      expect({ time, ...attempt }).toMatchObject({
        kind: 'harbor',
        challenge: { scheme: 'bearer', realm: `http://${server.host}/service/token` },
        token: { status: 200, granted: [] },
        hides: 'missing-or-forbidden',
      });
    }
  });

  it('Azure wants a token of its own for the attributes of a tag, and gets it', async () => {
    const acr = fixtures.find(({ kind }) => kind === 'acr')?.tagDetails;
    server = await startFake((request, response, host) => {
      const { pathname, searchParams } = new URL(request.url ?? '', `http://${host}`);
      const scopes = searchParams.getAll('scope').join(' ');
      if (pathname === '/oauth2/token') return json(response, 200, { access_token: `e30.${btoa(scopes)}.password` });
      const needed = `repository:shop/api:${pathname.startsWith('/acr/') ? 'metadata_read' : 'pull'}`;
      const granted = atob((request.headers.authorization ?? '').split('.')[1] ?? '').split(' ');
      if (!granted.includes(needed)) {
        return demand(
          response,
          `Bearer realm="http://${host}/oauth2/token",service="shop.azurecr.io",scope="${needed}"`,
        );
      }
      const details = acr?.routes.find(({ at }) => at === 'details');
      return pathname.startsWith('/acr/') ? json(response, 200, details?.body) : json(response, 200, oneManifest);
    });
    reader = quickReader({ kind: 'acr' });
    const image = imageOf(`${server.host}/shop/api:1.4.2`);
    await reader.manifest(image, puller(), signal);
    const told = await reader.tagDetails(image, ['1.4.1'], puller(), signal);
    expect(told).toMatchObject({ kind: 'told', tags: acr?.told });
    expect(server.seen.filter(({ line }) => line === `GET ${acr?.asked}`)).toHaveLength(2);
  });
});

/** Every answer once, however many cases play it. */
function routesOf({ cases, tagDetails }: Fixture): readonly Route[] {
  const all = [...cases.flatMap(({ routes }) => routes), ...(tagDetails?.routes ?? [])];
  return [...new Map(all.map((route) => [JSON.stringify(route), route])).values()];
}

/** How many answers are recorded with all that is played of them, recorded in part, and reconstructed. */
function countsOf(fixture: Fixture): readonly [number, number, number] {
  const routes = routesOf(fixture);
  if (fixture.nature.startsWith('Recorded: ')) return [routes.length, 0, 0];
  const none = routes.filter(({ recorded = [] }) => recorded.length === 0).length;
  const whole = routes.filter(isWhole).length;
  return [whole, routes.length - whole - none, none];
}

/** Status, the headers that are read, and the body: itself, or its code and message where it says nothing else. */
function isWhole({ headers = {}, body, recorded = [] }: Route): boolean {
  const shown = new Set(recorded.flatMap(({ shows }) => shows));
  const challenge = 'www-authenticate' in headers && !shown.has('headers') && !shown.has('challenge');
  const others = Object.keys(headers).some((name) => /^ratelimit-|^retry-after$/.test(name)) && !shown.has('headers');
  const inWords = shown.has('code') && shown.has('message') && !JSON.stringify(body ?? {}).includes('"detail"');
  return shown.has('status') && !challenge && !others && (body === undefined || shown.has('body') || inWords);
}
