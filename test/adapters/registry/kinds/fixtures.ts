/** The answers of each registry, by kind, and a server's handler that plays them. */
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Finding } from '../../../../src/diagnosis/check.ts';
import type { TagDetail } from '../../../../src/evidence/tag-details.ts';
import type { RegistryKind } from '../../../../src/image/registry.ts';
import { oneManifest } from '../fake-registry.ts';

/** Where somebody else's recording of this answer can be read: facts and figures are theirs, hosts, names, ids and tokens ours. */
interface Recording {
  readonly at: string;
  /** What is seen there. `challenge`: of the headers only that one; `code`, `message`: in the words of a client that got the answer. */
  readonly shows: readonly (typeof PARTS)[number][];
  /** What was asked there, where it was something else than here. */
  readonly of?: string;
}
export interface Route {
  readonly at: 'manifest' | 'token' | 'tags' | 'base' | 'details';
  readonly as: 'nobody' | 'anonymous' | 'password';
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Absent: reconstructed, or the whole fixture is recorded. */
  readonly recorded?: readonly Recording[];
}
export interface Played {
  readonly name: string;
  readonly ask: 'anonymous' | 'password';
  readonly routes: readonly Route[];
  readonly outcome: string;
  /** `absent`: nothing documented decides. */
  readonly hides: 'missing-or-forbidden' | 'absent' | null;
  readonly blocked?: true;
  readonly quota?: Readonly<Record<string, string>>;
  readonly findings: readonly Pick<Finding, 'cause' | 'confidence' | 'alternatives'>[];
}
interface PlayedDetails {
  readonly source: string;
  /** Path and query of the one question. */
  readonly asked: string;
  /** What it carries. */
  readonly sends: 'nothing' | 'password' | 'token';
  readonly routes: readonly Route[];
  readonly told: readonly TagDetail[];
}
export interface Fixture {
  readonly kind: RegistryKind;
  /** Names that show the shape; empty: any host. */
  readonly hosts: readonly string[];
  /** null: it tells none. */
  readonly tagDetails: PlayedDetails | null;
  readonly source: string;
  readonly nature: string;
  readonly cases: readonly Played[];
}

/** What of an answer can be seen. */
export const PARTS = ['status', 'challenge', 'headers', 'body', 'code', 'message'] as const;
const FOLDER = 'test/adapters/registry/kinds';
/** One per kind. */
export const fixtures = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as Fixture);

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly host: string;
  /** Path and query of the question about tags. */
  readonly details?: string | undefined;
}

/** Plays these routes; anything else is a 500. */
export function answer(routes: readonly Route[], { request, response, host, details }: Exchange): void {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const at =
    request.url === details
      ? 'details'
      : path === '/v2/'
        ? 'base'
        : path.includes('/manifests/')
          ? 'manifest'
          : path.endsWith('/list')
            ? 'tags'
            : 'token';
  const route = routes.find((one) => one.at === at && one.as === whoAsks(request, at));
  if (route === undefined) {
    response.writeHead(500).end();
    return;
  }
  const headers = Object.entries(route.headers ?? {}).map(([name, value]) => [name, value.replace('$HOST', host)]);
  response.writeHead(route.status, { 'content-type': 'application/json', ...Object.fromEntries(headers) });
  response.end(bodyOf(route));
}

/** Tokens carry the name of whoever got them. */
function whoAsks(request: IncomingMessage, at: Route['at']): Route['as'] {
  const { authorization } = request.headers;
  if (authorization === undefined) return at === 'token' ? 'anonymous' : 'nobody';
  if (authorization.startsWith('Basic ')) return 'password';
  return authorization.endsWith('.password') ? 'password' : 'anonymous';
}

/** `$MANIFEST`, and tokens: `$JWT[pull]` grants these actions, `$OPAQUE` cannot be read. */
function bodyOf({ body, as }: Route): string {
  if (body === '$MANIFEST') return JSON.stringify(oneManifest);
  if (typeof body === 'string') return body;
  return JSON.stringify(body ?? {}).replace(/\$JWT\[(\w*)\]|\$OPAQUE/, (token, actions: string) => {
    if (token === '$OPAQUE') return `opaque.${as}`;
    const access = [{ type: 'repository', name: 'shop/api', actions: actions === '' ? [] : [actions] }];
    return `e30.${Buffer.from(JSON.stringify({ access })).toString('base64url')}.${as}`;
  });
}
