/** Every recorded look-up once more, as people ask: the whole command over manifests that are not applied yet, and the question in Slack. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { z } from 'zod';
import { runProgram } from '../../src/adapters/terminal/program.ts';
import { makeCredentials } from '../../src/flow/credentials.ts';
import { createInquire, createRunInquiry } from '../../src/flow/inquire.ts';
import { Sealed } from '../../src/sealed.ts';
import { makeCommands } from '../../src/wire/commands.ts';
import { ALERTS, ANN, createBed } from '../adapters/slack/bed.ts';
import { handMadeLookups, kubeletLookups } from '../image/corpus.ts';
import type { PlainSecret } from '../image/kubelet-reference.ts';
import { plainTerminal } from '../support/plain-terminal.ts';
import { aStory, fakeCluster, fakeRegistry } from '../support/readers.ts';
import { aPullSecret, aServiceAccount } from '../support/snapshots.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'credentials-command-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const Answer = z.strictObject({
  apiVersion: z.literal('pullcheck/v1'),
  kind: z.literal('Credentials'),
  repository: z.string(),
  tried: z.array(z.strictObject({ secret: z.string(), entry: z.string(), username: z.string() })),
  ignored: z.array(z.strictObject({ secret: z.string(), entry: z.string().nullable(), reason: z.string().min(1) })),
  node: z.literal('unknown'),
  error: z.enum(['invalid-image', 'secrets']).nullable(),
});

/** What a person gets to see, and with which exit code. */
async function type(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { written, terminal } = plainTerminal();
  return { code: await runProgram(args, makeCommands('1.2.3'), terminal), ...written };
}

function manifest({ name, type: kind, data }: PlainSecret, field: 'data' | 'stringData'): object {
  const values = Object.entries(data).map(([key, text]) => [
    key,
    field === 'data' ? Buffer.from(text).toString('base64') : text,
  ]);
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, type: kind, [field]: Object.fromEntries(values) };
}

/** The forms in which people keep Secrets; each gives the arguments that name its files. */
const FORMS: Readonly<Record<string, (secrets: readonly PlainSecret[]) => string[]>> = {
  'one YAML file, a document each': (secrets) => {
    const documents = secrets.map((one) => stringify(manifest(one, 'data'), { lineWidth: 76 }));
    return ['-f', written('all.yaml', documents.join('---\n'))];
  },
  'a List in JSON with stringData': (secrets) => {
    const items = secrets.map((one) => manifest(one, 'stringData'));
    return ['--filename', written('list.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))];
  },
  'a file each': (secrets) =>
    secrets.flatMap((one, index) => ['-f', written(`${index}.yaml`, stringify(manifest(one, 'stringData')))]),
};

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const LOGIN = { username: 'bot', password: 'hunter2-of-the-bot' };

interface Case {
  readonly image: string;
  readonly repo: string | undefined;
  readonly error: 'invalid-image' | 'secrets' | null;
  readonly secrets: readonly PlainSecret[];
  /** `SECRET USER`, or the entry's key where the source tells that. */
  readonly tried: readonly string[];
  readonly by: 'user' | 'entry';
}

const CASES: readonly Case[] = [
  ...handMadeLookups().map(({ image, repo, auths, tried }): Case => {
    const text = JSON.stringify({ auths: Object.fromEntries(auths.map((entry) => [entry, LOGIN])) });
    const secret = { name: 'regcred', type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': text } };
    // The kubelet drops a login in the key; ours does not show it.
    const shown = tried.map((entry) => entry.replace('user:pw@', '…@'));
    return { image, repo, error: null, secrets: [secret], tried: shown, by: 'entry' };
  }),
  ...kubeletLookups().map(({ image, repo, error, secrets, tried }): Case => {
    const used = (error ? [] : (tried ?? [])).map(({ secret, username }) => `${secret} ${username}`);
    return { image, repo: repo ?? undefined, error: error ?? null, secrets, tried: used, by: 'user' };
  }),
];

/** Entries that a Secret has for the kubelet: of the type's own key, inside `auths` where the type wants that. */
function entriesOf({ type: kind, data }: PlainSecret): number {
  const Entries = z.record(z.string(), z.unknown());
  const json = (text: string | undefined): unknown => (text === undefined || text === '' ? {} : JSON.parse(text));
  if (kind === 'kubernetes.io/dockercfg') return Object.keys(Entries.parse(json(data['.dockercfg']))).length;
  if (kind !== 'kubernetes.io/dockerconfigjson') return 0;
  const { auths } = z.object({ auths: Entries.nullish() }).parse(json(data['.dockerconfigjson']));
  return Object.keys(auths ?? {}).length;
}

function triedIn({ by }: Case, { tried }: Pick<z.infer<typeof Answer>, 'tried'>): string[] {
  return tried.map(({ secret, entry, username }) => (by === 'entry' ? entry : `${secret} ${username}`));
}

describe.each(Object.entries(FORMS))('pullcheck credentials -f, %s', (_form, files) => {
  it.each(CASES.map((one, index) => [index, one.image, one] as const))('case %i: %s', async (_index, image, one) => {
    const { code, out, err } = await type('credentials', image, ...files(one.secrets), '-o', 'json');
    expect([code, err]).toEqual([0, '']);
    const answer = Answer.parse(JSON.parse(out));
    expect([answer.error, triedIn(one, answer)]).toEqual([one.error, one.tried]);
    if (one.repo !== undefined) expect(answer.repository).toBe(one.repo);
    expect(out).not.toContain(LOGIN.password);
    // Nothing disappears: what is not tried is told, each entry once; a Secret that gives none is told as a whole.
    if (one.error === 'invalid-image') expect(answer.ignored).toEqual([]);
    if (one.error === 'secrets')
      expect(new Set(answer.ignored.map(({ secret }) => secret))).toEqual(new Set(one.secrets.map(({ name }) => name)));
    if (one.error === null) {
      const told = one.secrets.map(({ name }) =>
        [...answer.tried, ...answer.ignored].reduce((sum, { secret }) => sum + Number(secret === name), 0),
      );
      expect(told).toEqual(one.secrets.map((secret) => Math.max(1, entriesOf(secret))));
    }
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['missing.yaml', 'there is no such file'],
    ['.', 'it is a folder'],
    ['there.yaml/x.yaml', 'a part of its path is no folder'],
  ])('%s: %s', async (name, why) => {
    written('there.yaml', '');
    const file = join(folder, name);
    const { code, err } = await type('credentials', 'nginx', '-f', file);
    expect([code, err.split('\n')[0]]).toEqual([2, `pullcheck: ${file} cannot be read: ${why}.`]);
  });
});

describe('pullcheck image', () => {
  const none = ['--kubeconfig', '/nowhere/kubeconfig'];

  it('says what is wrong with the reference before it speaks of the kubeconfig', async () => {
    const { code, err } = await type('image', 'Bad Ref', ...none);
    expect([code, err]).toEqual([2, expect.stringContaining('"Bad Ref": there is a space or a quote')]);
    expect(err).not.toContain('kubeconfig');
  });

  it('speaks of the kubeconfig where the reference is well formed', async () => {
    const { code, err } = await type('image', 'ghcr.io/acme/api:1', ...none);
    expect([code, err]).toEqual([2, expect.stringContaining('kubeconfig')]);
  });
});

describe('the program itself', () => {
  it('takes manifests from a pipe, as kubectl does', () => {
    const login = { name: 'regcred', type: 'kubernetes.io/dockerconfigjson' };
    const data = { '.dockerconfigjson': JSON.stringify({ auths: { 'ghcr.io': LOGIN } }) };
    const args = ['src/cli.ts', 'credentials', 'ghcr.io/org/app:1', '-f', '-', '-ojson'];
    const input = stringify(manifest({ ...login, data }, 'stringData'));
    const ran = spawnSync(process.execPath, args, { input, encoding: 'utf8', env: { PATH: '', HOME: folder } });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    const expected = [{ secret: 'regcred', entry: 'ghcr.io', username: 'bot' }];
    expect(Answer.parse(JSON.parse(ran.stdout)).tried).toEqual(expected);
  });
});

describe('pullcheck credentials as text', () => {
  it.each(CASES.filter((_, index) => index % 9 === 0).map((one) => [one.image, one] as const))(
    '%s',
    async (image, one) => {
      const files = FORMS['one YAML file, a document each']?.(one.secrets) ?? [];
      const { code, out, err } = await type('credentials', image, ...files);
      expect([code, err]).toEqual([0, '']);
      const rows = [...out.matchAll(/^ {2}\d+ +secret\/(\S+) +(\S+)(?: +(\S+))?$/gm)];
      const got = rows.map(([, secret, entry, user]) => (one.by === 'entry' ? entry : `${secret} ${user ?? ''}`));
      expect(got).toEqual(one.tried);
      const head = { 'invalid-image': 'cannot be parsed', secrets: 'cannot be decoded', null: one.repo ?? '' };
      expect(out).toContain(head[`${one.error}`]);
      expect(out).not.toContain(LOGIN.password);
    },
  );
});

describe('/pullcheck credentials', () => {
  it.each(
    CASES.filter((one, index) => index % 9 === 0 && one.error !== 'invalid-image').map(
      (one) => [one.image, one] as const,
    ),
  )('%s, from the Secrets that the service account names', async (image, one) => {
    const names = one.secrets.map(({ name }) => name);
    const secrets = one.secrets.map(({ name, type: kind, data }) =>
      aPullSecret({
        name,
        type: kind,
        data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, new Sealed(text)])),
      }),
    );
    const account = aServiceAccount({ imagePullSecrets: names });
    const cluster = fakeCluster(aStory({ secrets, serviceAccounts: [account] }));
    const said = await askInSlack(`credentials ${image} -n staging`, cluster);
    const order = [...said.matchAll(/^`*(\d+)\. secret\/(\S+) {2}(\S+) {2}(\S*?)`*$/gm)];
    const got = order.map(([, , secret, entry, user]) => (one.by === 'entry' ? entry : `${secret} ${user}`));
    expect(got).toEqual(one.tried);
    if (one.repo !== undefined) expect(said).toContain(`Credentials: ${one.repo}`);
    expect(said).not.toContain(LOGIN.password);
  });
});

/** The slash command through the bot's own listener, job and announcer; gives all words of the answer. */
async function askInSlack(words: string, cluster: ReturnType<typeof fakeCluster>): Promise<string> {
  const bed = createBed();
  const { stores, clock, slack, voice } = bed;
  const credentials = makeCredentials({ clock, readers: () => ({ cluster, registry: fakeRegistry() }) });
  const unexpected = async () => Promise.reject(new Error('was not asked'));
  let ids = 0;
  const inquire = createInquire({
    claims: stores.claims,
    inquiries: stores.inquiries,
    queue: stores.queue,
    store: stores.incidents,
    ids: () => `inquiry${(ids += 1)}`,
  });
  await bed.app({ inquire });
  await slack.user(ANN).runs(`/pullcheck ${words}`, { channel: ALERTS });
  const answer = createRunInquiry({
    inquiries: stores.inquiries,
    announcer: voice.announcer,
    diagnose: unexpected,
    scope: unexpected,
    preflight: unexpected,
    credentials,
    offerActions: async () => [],
    clock,
    defaultCluster: 'test',
    report: () => undefined,
  });
  await answer('inquiry1');
  const [root] = slack.channel(ALERTS).roots;
  return slack
    .thread(root?.ts ?? '')
    .flatMap(({ blocks }) => blocks ?? [])
    .map((block) => z.object({ text: z.object({ text: z.string() }).optional() }).parse(block).text?.text ?? '')
    .join('\n');
}
