/** What is put over the names and secrets of a case: one pseudonym a person, a mask over whatever was found in a Secret. */
import type { Evidence } from '../../evidence/evidence.ts';
import { valueOf } from '../../evidence/observation.ts';
import { decodeSecret } from '../../image/keyring-config.ts';
import { createRedactor, maskLines, maskShapes } from '../../telemetry/redact.ts';
import { parseCaseText } from './case-schema.ts';

export interface Covers {
  /** The same pseudonym for the same name in the whole file. */
  name(username: string): string;
  /** Any text, by the field that holds it. */
  text(value: string, field: string): string;
  /** Lines of one text: a key may go over several of them. */
  lines(values: readonly string[], field: string): readonly string[];
}

/** Login names that are the same for everybody: they say which kind of token it is, not who. */
const PUBLIC_NAMES: ReadonlySet<string> = new Set([
  '',
  'AWS',
  'oauth2accesstoken',
  'oauth2',
  '_json_key',
  '_json_key_base64',
  '_token',
  'token',
  'x-access-token',
  '$oauthtoken',
  'iamapikey',
  '00000000-0000-0000-0000-000000000000',
]);

/** Fields that name things, or that a check parses: masking by words would change what they mean (an image may be called `auth:1.4`). */
const NAMES: ReadonlySet<string> = new Set([
  'image',
  'imageID',
  'images',
  'text',
  'tag',
  'digest',
  'repository',
  'registry',
  'host',
  'labels',
  'selector',
  '.dockerconfigjson',
  '.dockercfg',
]);

export function isName(field: string): boolean {
  return NAMES.has(field);
}

/** Shorter ones could stand in any word: they are masked in sentences only. */
const UNMISTAKABLE = 8;
/** Shorter user names are words; in a sentence they stay. */
const SHORTEST_NAME = 4;
/** Images whose spelling is protected in sentences. */
const MOST_IMAGES = 500;

export function makeCovers(all: readonly Partial<Evidence>[]): Covers {
  const secrets = [...new Set(all.flatMap(secretTexts))];
  const redactor = createRedactor();
  for (const secret of secrets) redactor.register(secret);
  const sure = secrets.filter((secret) => secret.length >= UNMISTAKABLE).sort((a, b) => b.length - a.length);
  const images = [...new Set(all.flatMap(imagesIn).map(maskShapes))]
    .slice(0, MOST_IMAGES)
    .sort((a, b) => b.length - a.length);
  const entries = [...new Set(all.flatMap(entriesIn))].filter((entry) => withoutUser(entry) !== entry);
  const pseudonyms = new Map<string, string>();

  function name(username: string): string {
    if (PUBLIC_NAMES.has(username)) return username;
    const known = pseudonyms.get(username) ?? `user-${pseudonyms.size + 1}`;
    pseudonyms.set(username, known);
    return known;
  }
  // Named before any text is read, so that every text knows them all.
  for (const username of all.flatMap(usernamesIn)) name(username);
  const people = nameFinder([...pseudonyms.keys()]);

  function sentence(text: string): string {
    const image = images.find((one) => text.includes(one));
    if (image !== undefined) return text.split(image).map(sentence).join(image);
    const nameless = people === undefined ? text : text.replace(people, (found) => pseudonyms.get(found) ?? found);
    return redactor.mask(nameless);
  }

  function text(value: string, field: string): string {
    const userless = entries.reduce((rest, entry) => rest.replaceAll(entry, withoutUser(entry)), value);
    const linkless = withoutLinks(field === 'host' || field === 'registry' ? withoutUser(userless) : userless);
    // What has the form of a secret is one in a name too.
    const shaped = maskShapes(linkless);
    const masked = NAMES.has(field) ? shaped : sentence(shaped);
    return sure.reduce((rest, secret) => rest.replaceAll(secret, '[masked]'), masked);
  }

  return { name, text, lines: (values, field) => maskLines(values, (line) => text(line, field)) };
}

/** An entry's key may hold `user:password@`, which the kubelet drops. */
export function withoutUser(entry: string): string {
  return entry.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/?#]*@/i, '$1');
}

/** As findings show links: no user info, and no query, which may carry a signature. */
function withoutLinks(text: string): string {
  return text.replaceAll(/(https?:\/\/)[^\s/@"']*@/g, '$1').replaceAll(/(https?:\/\/[^\s?"']+)\?[^\s"']*/g, '$1');
}

/** A name as a word of its own, not as a part of a host, path or address. */
function nameFinder(names: readonly string[]): RegExp | undefined {
  const words = names.filter((name) => name.length >= SHORTEST_NAME).sort((a, b) => b.length - a.length);
  if (words.length === 0) return undefined;
  const either = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)).join('|');
  return new RegExp(`(?<![\\w./:@-])(?:${either})(?![\\w/:@-]|\\.\\w)`, 'g');
}

function secretsOf(evidence: Partial<Evidence>) {
  const attached = evidence.pullSecrets === undefined ? [] : (valueOf(evidence.pullSecrets) ?? []);
  return attached.flatMap(({ secret }) => valueOf(secret) ?? []);
}

function credentialsOf({ keyring, registryAccess }: Partial<Evidence>) {
  const tried = keyring === undefined ? [] : (valueOf(keyring)?.tried ?? []);
  const attempts = registryAccess === undefined ? [] : (valueOf(registryAccess)?.attempts ?? []);
  const asked = attempts.flatMap(({ credential }) => (credential.kind === 'password' ? [credential] : []));
  return [...tried, ...asked];
}

function secretTexts(evidence: Partial<Evidence>): string[] {
  const stored = secretsOf(evidence).flatMap((secret) => {
    const decoded = decodeSecret(secret);
    const passwords = decoded.is === 'entries' ? decoded.entries.map(({ password }) => password.reveal()) : [];
    const texts = Object.values(secret.data).map((value) => value.reveal());
    return [...passwords, ...texts.flatMap((text) => [text, ...partsOf(text)])];
  });
  return [...stored, ...credentialsOf(evidence).map(({ password }) => password.reveal())].filter((text) => text !== '');
}

/** Keys of a docker config whose values say who or which program, not what opens the door; user names get pseudonyms. */
const NO_SECRET: ReadonlySet<string> = new Set(['username', 'email', 'serveraddress', 'credsStore', 'credHelpers']);

/** Every text in a configuration that may be a secret; of what is no JSON, every long word. */
function partsOf(text: string): string[] {
  const json = parseCaseText(text);
  if (json === undefined) return text.match(/[^\s"',:;{}[\]()!]{8,}/g) ?? [];
  return leaves(json, '', (key) => !NO_SECRET.has(key)).flatMap((leaf) => [
    leaf,
    ...(leaf.match(/[\w.~+/=-]{8,}/g) ?? []),
  ]);
}

function leaves(value: unknown, key: string, wanted: (key: string) => boolean): string[] {
  if (typeof value === 'string') return wanted(key) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => leaves(part, Array.isArray(value) ? key : name, wanted));
}

function usernamesIn(evidence: Partial<Evidence>): string[] {
  const stored = secretsOf(evidence).flatMap((secret) => {
    const decoded = decodeSecret(secret);
    const used = decoded.is === 'entries' ? decoded.entries.map(({ username }) => username) : [];
    const written = Object.values(secret.data).flatMap((value) =>
      leaves(parseCaseText(value.reveal()), '', (key) => key === 'username'),
    );
    return [...used, ...written];
  });
  return [...credentialsOf(evidence).map(({ username }) => username), ...stored];
}

function entriesIn(evidence: Partial<Evidence>): string[] {
  const ignored = evidence.keyring === undefined ? [] : (valueOf(evidence.keyring)?.ignored ?? []);
  return [...ignored, ...credentialsOf(evidence)].flatMap(({ entry }) => entry ?? []);
}

function imagesIn({ container, pod, pullFailure, scope, revisions }: Partial<Evidence>): string[] {
  const own = container === undefined ? undefined : valueOf(container)?.image;
  const beside = pod === undefined ? [] : (valueOf(pod)?.containers ?? []).map(({ image }) => image);
  const said = pullFailure === undefined ? undefined : valueOf(pullFailure)?.classification.image;
  const failing = scope === undefined ? [] : (valueOf(scope)?.failing ?? []).map(({ image }) => image);
  const before =
    revisions === undefined ? [] : (valueOf(revisions) ?? []).flatMap(({ images }) => Object.values(images));
  return [own ?? '', ...beside, said ?? '', ...failing, ...before].filter((image) => image.length > 3);
}
