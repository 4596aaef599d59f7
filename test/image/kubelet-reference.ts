/**
 * A second reading of the kubelet's credential rules, written from the rules and not from the program: no classes of errors, no
 * reasons, regular expressions for globs. Good for plain inputs only (no user info, escapes, queries or IPv6 in keys).
 */

export interface PlainSecret {
  readonly name: string;
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

type Fields = Partial<Record<'username' | 'password' | 'auth', string>>;

/** `secret/user/password` of each credential in order, or why there is no answer. */
export function referenceLookup(image: string, secrets: readonly PlainSecret[]): string[] | 'secrets' {
  const repository = repositoryOf(image);
  const rows: { key: string; text: string }[] = [];
  for (const secret of secrets) {
    for (const [entry, fields] of Object.entries(entriesOf(secret))) {
      const login = loginOf(fields);
      if (login === undefined) return 'secrets';
      rows.push({ key: keyOf(entry), text: `${secret.name}/${login}` });
    }
  }
  const keys = [...new Set(rows.map(({ key }) => key))].toSorted().toReversed();
  const matching = keys.filter((key) => fits(key, repository));
  const hub = repository.startsWith('docker.io/') || !/^[^/]*[.:]/.test(repository);
  const used = matching.length === 0 && hub ? ['index.docker.io'] : matching;
  return used.flatMap((key) => rows.filter((row) => row.key === key).map(({ text }) => text));
}

/** `docker.io/library/nginx` of `nginx:1`; what stands before the first slash is a host where it has a dot or port or is localhost. */
export function repositoryOf(image: string): string {
  const bare = image.replace(/@.*$/, '').replace(/:[^/]*$/, '');
  const [first = '', ...rest] = bare.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const host = isHost ? first : 'docker.io';
  const path = isHost ? rest.join('/') : bare;
  if (host !== 'docker.io' && host !== 'index.docker.io') return `${host}/${path}`;
  return path.includes('/') ? `docker.io/${path}` : `docker.io/library/${path}`;
}

function entriesOf({ type, data }: PlainSecret): Record<string, Fields> {
  if (type === 'kubernetes.io/dockercfg') return JSON.parse(data['.dockercfg'] ?? '{}') as Record<string, Fields>;
  if (type !== 'kubernetes.io/dockerconfigjson') return {};
  return (JSON.parse(data['.dockerconfigjson'] ?? '{}') as { auths?: Record<string, Fields> }).auths ?? {};
}

/** `user/password`; undefined when `auth` cannot be decoded. */
function loginOf({ username = '', password = '', auth = '' }: Fields): string | undefined {
  if (auth === '') return `${username}/${password}`;
  const plain = Buffer.from(auth, 'base64').toString();
  return /[^\w+/=]/.test(auth) || !plain.includes(':') ? undefined : plain.replace(':', '/');
}

function keyOf(entry: string): string {
  const bare = entry.replace('https://', '').replace('http://', '');
  const [host = '', ...path] = bare.split('/');
  if ((path[0] === 'v1' || path[0] === 'v2') && path.length > 1) path.shift();
  const joined = path.join('/');
  return joined === '' ? host : `${host}/${joined}`;
}

function fits(key: string, repository: string): boolean {
  const slash = key.indexOf('/');
  const host = slash < 0 ? key : key.slice(0, slash);
  const path = slash < 0 ? '' : key.slice(slash);
  const pattern = host.replace(/[.\\^$+(){}|]/g, '\\$&').replaceAll('*', '[^./:]*');
  const image = repository.indexOf('/');
  return new RegExp(`^${pattern}$`).test(repository.slice(0, image)) && repository.slice(image).startsWith(path);
}
