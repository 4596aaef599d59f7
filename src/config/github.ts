/** With what GitHub is asked: a token, or an App. */
import { createPrivateKey } from 'node:crypto';
import { Sealed } from '../sealed.ts';
import type { Environment } from './environment.ts';

export interface GithubSettings {
  readonly credential:
    | { readonly kind: 'token'; readonly token: Sealed }
    | { readonly kind: 'app'; readonly appId: string; readonly privateKey: Sealed };
  /** API base without a slash at its end. */
  readonly apiUrl?: string;
}

/** undefined: neither is set, or there is a problem (added to `problems`). */
export function githubSettings(
  environment: Environment,
  apiUrl: string | undefined,
  problems: string[],
): GithubSettings | undefined {
  const token = environment.secret('GITHUB_TOKEN');
  const appId = environment.plain('GITHUB_APP_ID');
  const key = environment.secret('GITHUB_APP_PRIVATE_KEY');
  const base = apiUrl === undefined ? {} : { apiUrl };
  if (token && (appId !== undefined || key)) {
    problems.push('GITHUB_TOKEN and a GitHub App (GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY) are both set: set one');
    return undefined;
  }
  if (token) {
    if (/^[\x21-\x7e]+$/.test(token.reveal())) return { credential: { kind: 'token', token }, ...base };
    problems.push('GITHUB_TOKEN is no token: it has spaces, line breaks or other characters that none has');
    return undefined;
  }
  const app = appSettings(appId, key, problems);
  return app && { credential: app, ...base };
}

function appSettings(
  appId: string | undefined,
  key: Sealed | undefined,
  problems: string[],
): GithubSettings['credential'] | undefined {
  if (appId === undefined && !key) return undefined;
  if (appId === undefined) problems.push('GITHUB_APP_PRIVATE_KEY is set without GITHUB_APP_ID');
  else if (!/^(?:\d{1,15}|Iv\d?[.\w]{6,40})$/.test(appId))
    problems.push('GITHUB_APP_ID is neither the number nor the client id on the page of the App');
  const privateKey = key && rsaKey(key);
  if (!key) problems.push('GITHUB_APP_ID is set without GITHUB_APP_PRIVATE_KEY');
  else if (!privateKey)
    problems.push(
      'GITHUB_APP_PRIVATE_KEY is no RSA key in PEM form ("-----BEGIN RSA PRIVATE KEY-----", all its lines)',
    );
  return appId !== undefined && privateKey ? { kind: 'app', appId, privateKey } : undefined;
}

/** In environment variables line breaks are often written as `\\n`. */
function rsaKey(key: Sealed): Sealed | undefined {
  const pem = key.reveal().replaceAll('\\n', '\n').trim();
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa' ? new Sealed(`${pem}\n`) : undefined;
  } catch {
    // OpenSSL's words may quote the key.
    return undefined;
  }
}
