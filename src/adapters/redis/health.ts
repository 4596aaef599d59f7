/** Is this Redis fit to keep promises? (A ledger that may lose its last second, or evict keys, loses pages.) */
import type { RedisLink } from './connection.ts';

/** Sentences to show and to log; empty when all is well. Throws StoreError when Redis does not answer. */
export async function checkDurability(link: RedisLink): Promise<readonly string[]> {
  const settings = await readSettings(link);
  if (!settings) {
    return [
      'Redis does not let this user read its settings (CONFIG GET): make sure of appendonly yes, appendfsync always, noeviction.',
    ];
  }
  const warnings: string[] = [];
  const is = (name: string) => settings.get(name) ?? 'unknown';
  if (is('appendonly') !== 'yes') {
    warnings.push('Redis keeps no append-only file: a restart loses incidents and their clocks. Set appendonly yes.');
  } else if (is('appendfsync') !== 'always') {
    warnings.push(
      `Redis has appendfsync ${is('appendfsync')}: a power cut loses the last second. Set appendfsync always.`,
    );
  }
  if (is('maxmemory-policy') !== 'noeviction') {
    warnings.push(
      `Redis has maxmemory-policy ${is('maxmemory-policy')}: it may drop incidents. Set maxmemory-policy noeviction.`,
    );
  }
  return warnings;
}

/** undefined: not allowed to look. */
async function readSettings(link: RedisLink): Promise<ReadonlyMap<string, string> | undefined> {
  const settings = new Map<string, string>();
  try {
    for (const name of ['appendonly', 'appendfsync', 'maxmemory-policy']) {
      const answer = await link.client.call('CONFIG', 'GET', name);
      if (Array.isArray(answer)) settings.set(name, String(answer[1]));
    }
    return settings;
  } catch {
    // Managed services forbid CONFIG; whether Redis answers at all is asked next.
    await link.ask((client) => client.ping());
    return undefined;
  }
}
