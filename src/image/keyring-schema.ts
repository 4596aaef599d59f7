/** The two layouts of a pull secret as Go's JSON decoder accepts them: field names in any case, null for absent, other types refused. */
import { z } from 'zod';

const text = z.string().nullish();

/** Go compares field names without regard to case; of several spellings the last one wins. */
function folded(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field]));
}

/** One entry. Of the tokens the kubelet reads none; that there is one explains a login without a password. */
const token = z.unknown().optional();
const entry = z.preprocess(
  folded,
  z
    .object({ username: text, password: text, email: text, auth: text, identitytoken: token, registrytoken: token })
    .nullable(),
);

/** `.dockercfg`: host key -> entry. */
export const dockerCfg = z.record(z.string(), entry).nullable();

/** `.dockerconfigjson`. */
export const dockerConfigJson = z.preprocess(
  folded,
  z
    .object({
      auths: dockerCfg.optional(),
      httpheaders: z.record(z.string(), z.string().nullable()).nullish(),
      credsstore: z.unknown().optional(),
      credhelpers: z.unknown().optional(),
    })
    .nullable(),
);

/** undefined: the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
