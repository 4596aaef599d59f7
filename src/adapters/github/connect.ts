/** One connection to GitHub or an Enterprise server, shared by all questions. */
import type { Clock } from '../../clock.ts';
import type { CodeHost } from '../../evidence/code-host.ts';
import type { CallMeter } from '../../evidence/ports.ts';
import type { CodeHostWriter } from '../../remediation/code-host.ts';
import type { ApiParts } from './api.ts';
import { defaultLimits, type GithubLimits } from './limits.ts';
import type { Reach } from './reach.ts';
import { createCodeHost } from './reader.ts';
import { responseOf } from './reply.ts';
import { createTokenSource, type GithubCredential } from './token.ts';
import { GITHUB_API, webOf } from './web.ts';
import { openWire, readAll } from './wire.ts';
import { createCodeHostWriter } from './writer.ts';

export interface GithubOptions {
  /** API base without a slash at its end; default `https://api.github.com`. */
  readonly apiUrl?: string;
  readonly credential: GithubCredential;
  readonly reach: Reach;
  readonly clock: Clock;
  /** Gets every token made for the App. */
  readonly register: (secret: string) => void;
  readonly limits?: Partial<GithubLimits>;
}

export interface GithubConnection {
  readonly web: string;
  /** `meter` counts every request that leaves. */
  reader(meter: CallMeter): CodeHost;
  readonly writer: CodeHostWriter;
  close(): Promise<void>;
}

/** Makes no call yet. */
export function connectGithub(options: GithubOptions): GithubConnection {
  const { credential, clock, reach, register } = options;
  const apiUrl = options.apiUrl ?? GITHUB_API;
  const limits = { ...defaultLimits, ...options.limits };
  const wire = openWire(reach, limits);
  const tokens = createTokenSource(credential, {
    apiUrl,
    clock,
    register,
    most: limits.installations,
    async fetch(url, { method, headers, body }) {
      const target = new URL(url);
      // Nobody's own question: several may wait for this token, and none of them may end it for the others.
      const signal = AbortSignal.timeout(limits.requestMs);
      const outgoing = { url: target, method: method === 'POST' ? 'POST' : 'GET', headers: headers ?? {} } as const;
      const incoming = await wire.send(body === undefined ? outgoing : { ...outgoing, body }, signal);
      const text = (await readAll(incoming, limits.bodyBytes, target.host)).toString('utf8');
      return responseOf({ status: incoming.status, headers: incoming.headers, text });
    },
  });
  const parts: ApiParts = { apiUrl, wire, tokens, limits, clock };
  const web = webOf(apiUrl);
  return {
    web,
    reader: (meter) => createCodeHost(parts, web, meter),
    writer: createCodeHostWriter(parts),
    close: async () => wire.close(),
  };
}
