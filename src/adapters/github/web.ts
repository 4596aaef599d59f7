/** Where people look, from where programs ask. */

export const GITHUB_API = 'https://api.github.com';

/**
 * `https://api.github.com` -> `https://github.com`; `https://ghe.example/api/v3` -> `https://ghe.example`;
 * `https://api.acme.ghe.com` -> `https://acme.ghe.com` (Enterprise Cloud with data residency).
 */
export function webOf(apiUrl: string): string {
  const base = apiUrl.replace(/\/+$/, '');
  const server = base.replace(/\/api(?:\/v3)?$/, '');
  return server === base ? base.replace(/^(https?:\/\/)api\./, '$1') : server;
}
