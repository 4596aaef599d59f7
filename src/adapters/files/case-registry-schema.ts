/** What a case file may hold of a registry's answers. Not strict, as the evidence itself; what decides a verdict is held to its type. */
import { z } from 'zod';
import { Sealed } from '../../sealed.ts';

const Text = z.string();
const Texts = z.array(Text);
const Count = z.number();
const SealedText = Text.transform((text) => new Sealed(text));

const Credential = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('anonymous'), inTheClear: z.literal(true).optional() }),
  z.looseObject({
    kind: z.literal('password'),
    source: Text,
    origin: z.enum(['pull-secret', 'bot', 'new']),
    secret: Text.optional(),
    entry: Text.optional(),
    username: Text,
    password: SealedText,
  }),
]);

const Said = { code: Text, message: Text };
const At = z.enum(['token', 'manifest']);
const Manifest = z.looseObject({ digest: Text, mediaType: Text, platforms: Texts, manifests: Texts });
const FAULTS = [
  'dns-failure',
  'connection-refused',
  'connection-timeout',
  'connection-reset',
  'network-unreachable',
  'tls-untrusted',
  'tls-handshake',
  'http-vs-https',
  'proxy-failure',
  'registry-unreachable',
] as const;
const Certificate = z.looseObject({
  subject: Text,
  issuer: Text,
  names: Texts,
  validFrom: Text,
  validTo: Text,
  problem: Text,
  faults: z
    .array(z.enum(['expired', 'not-yet-valid', 'wrong-name', 'self-signed', 'unknown-ca', 'no-chain']))
    .optional(),
});

export const Outcome = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('found'), manifest: Manifest }),
  z.looseObject({ kind: z.literal('missing'), ...Said }),
  z.looseObject({ kind: z.literal('unauthorized'), at: At, ...Said }),
  z.looseObject({ kind: z.literal('denied'), at: At, ...Said }),
  z.looseObject({ kind: z.literal('rate-limited'), retryAfterSeconds: Count.optional(), message: Text }),
  z.looseObject({ kind: z.literal('server-error'), status: Count, message: Text }),
  z.looseObject({ kind: z.literal('not-a-registry'), status: Count, contentType: Text }),
  z.looseObject({ kind: z.literal('unsupported-manifest'), mediaType: Text }),
  z.looseObject({
    kind: z.literal('network'),
    fault: z.enum(FAULTS),
    detail: Text,
    certificate: Certificate.optional(),
  }),
  z.looseObject({
    kind: z.literal('refused'),
    reason: Text,
    after: z.enum(['redirect', 'realm', 'answer']).optional(),
  }),
]);

const Stage = z.looseObject({
  name: z.enum(['dns', 'tcp', 'tls', 'api', 'token', 'manifest']),
  host: Text,
  state: z.enum(['reached', 'failed', 'not-tried']),
  ms: Count.optional(),
  addresses: Texts.optional(),
  protocol: Text.optional(),
  status: Count.optional(),
});

export const Attempt = z.looseObject({
  credential: Credential,
  outcome: Outcome,
  login: z.enum(['accepted', 'rejected', 'unknown']).optional(),
  challenge: z.looseObject({ scheme: z.enum(['none', 'basic', 'bearer', 'unknown']) }),
  token: z.looseObject({ status: Count, granted: Texts.optional() }).optional(),
  status: Count.optional(),
  quota: z.looseObject({ limit: Text.optional(), remaining: Text.optional() }).optional(),
  way: z.array(Stage).optional(),
  durationMs: Count,
});

export const Tried = z.looseObject({ image: Text, asked: Text, answer: Text });
