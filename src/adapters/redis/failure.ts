/** What ioredis throws -> StoreError. The original is not kept as a cause: it carries the command's arguments, AUTH included. */
import { errorLine, StoreError } from '../../errors.ts';

/** Answers that trying again will not change. */
const FINAL: readonly (readonly [RegExp, code: string, message: string, hint: string])[] = [
  [
    /^(WRONGPASS|NOAUTH|ERR invalid password|ERR AUTH)/,
    'store-login-refused',
    'refused the user or password',
    'Check the user and password in REDIS_URL.',
  ],
  [
    /^NOPERM/,
    'store-forbidden',
    'does not allow this user what Pullcheck needs',
    'Give the user all keys and commands of the store (ACL).',
  ],
  [
    /^(ERR unknown command|ERR Error (compiling|running) script|ERR user_script)/,
    'store-script',
    'could not run a script',
    'Use Redis 7 or newer.',
  ],
  [
    /^WRONGTYPE/,
    'store-corrupt',
    'holds something else under a key of ours',
    'Give Pullcheck its own database or namespace.',
  ],
];

/** The one translation of this adapter. `where` is the address without credentials. */
export function storeError(error: unknown, where: string): StoreError {
  if (error instanceof StoreError) return error;
  const reason = reasonOf(error);
  const final = FINAL.find(([pattern]) => pattern.test(reason));
  if (final) return new StoreError({ code: final[1], message: `Redis at ${where} ${final[2]}.`, hint: final[3] });
  return new StoreError({
    code: 'store-unreachable',
    message: `Redis at ${where} did not answer: ${reason.slice(0, 200)}.`,
    hint: 'Check that Redis runs and that REDIS_URL points to it.',
    retryable: true,
  });
}

function reasonOf(error: unknown): string {
  // A refused connection to a name with several addresses comes as an AggregateError without a message.
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  return errorLine(inner).replace(/\.$/, '') || 'no connection';
}
