/** Looks for secrets in everything that a program gave away. */
import { inspect } from 'node:util';

/** Gives the canaries that can be read in a text: as they are, percent-encoded, or in base64 (also with `user:` before). */
export function leaksOf(canaries: readonly string[]): (text: string) => string[] {
  return (text) => {
    const plain = text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    // What stands before it may be base64's letters too, so every alignment is tried.
    const decoded = (text.match(/[A-Za-z0-9+/_-]{12,}={0,2}/g) ?? []).flatMap((run) =>
      [0, 1, 2, 3].map((start) => Buffer.from(run.slice(start), 'base64').toString('utf8')),
    );
    const all = [text, plain, ...decoded].join('\n');
    return canaries.filter((canary) => all.includes(canary));
  };
}

/** Every way in which a value could be printed. */
export function printed(value: unknown): string {
  const error = value instanceof Error ? `${value.message}\n${value.stack ?? ''}\n${inspect(value.cause)}` : '';
  return `${String(value)}\n${JSON.stringify(value) ?? ''}\n${inspect(value, { depth: 20, showHidden: true })}\n${error}`;
}

/** Everything that is given to a store, as text. */
export function recorded<T extends object>(stores: T, heard: string[]): T {
  return new Proxy(stores, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value === 'function') {
        return (...args: unknown[]) => {
          heard.push(printed(args));
          return Reflect.apply(value, target, args) as unknown;
        };
      }
      return typeof value === 'object' && value !== null ? recorded(value, heard) : value;
    },
  });
}
