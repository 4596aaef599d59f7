/** The words of `/pullcheck …` and `@pullcheck …`: the same as in the terminal, without anything that names a file or a foreign context. */
import { suggestion } from './suggest.ts';
import { kindFromWord, type TargetRequest } from './target.ts';

/** What the words ask for. `wrong`: one sentence about what was typed and one about what to type instead. */
export type ParsedCommand =
  | { readonly verb: 'pod'; readonly target: TargetRequest }
  /** `namespace` absent: all. */
  | { readonly verb: 'scope'; readonly namespace?: string }
  /** Would it pull; which credentials would be tried. `serviceAccount` absent: `default`. */
  | {
      readonly verb: 'image' | 'credentials';
      readonly image: string;
      readonly namespace: string;
      readonly serviceAccount?: string;
    }
  | { readonly verb: 'help' }
  | { readonly verb: 'wrong'; readonly message: string; readonly hint: string };

interface Words {
  readonly plain: readonly string[];
  readonly namespace?: string;
  readonly all: boolean;
  readonly serviceAccount?: string;
}

type Wrong = Extract<ParsedCommand, { verb: 'wrong' }>;

const VERBS = ['pod', 'scope', 'image', 'credentials', 'help'];
const USAGE_POD = 'Type `pod NAME -n NAMESPACE` or `pod deployment/NAME -n NAMESPACE`.';
const USAGE_SCOPE = 'Type `scope -A` for the whole cluster or `scope -n NAMESPACE`.';
/** Flags of the terminal that choose files, clusters or identities: a chat message must not. */
const REFUSED_FLAGS =
  /^(--context|--kubeconfig|--cluster|--server|--token|--as|--as-group|--user|--save-case|--file|--filename|-f|--config)$/;
/** RFC 1123: what Kubernetes allows as an object's name. */
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
/** Letters of an image reference; whether it is a good one is for the checks to say. */
const IMAGE = /^[A-Za-z0-9][\w.:/@[\]-]{0,511}$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * Reads a command's text. Chat clients turn `--` into a dash and put links around host-like names; both are undone first.
 * `defaultNamespace` is used where a pod is named without `-n`.
 */
export function parseCommand(text: string, defaultNamespace = 'default'): ParsedCommand {
  const [verb, ...rest] = splitWords(text);
  if (verb === undefined || /^(-{0,2}help|-h)$/i.test(verb)) return { verb: 'help' };
  if (rest.some((word) => word === '--help' || word === '-h')) return { verb: 'help' };
  switch (verb.toLowerCase()) {
    case 'pod':
      return parsePod(rest, defaultNamespace);
    case 'scope':
      return parseScope(rest);
    case 'image':
    case 'credentials':
      return parseImage(verb.toLowerCase() === 'image' ? 'image' : 'credentials', rest, defaultNamespace);
    case 'classify':
    case 'replay':
    case 'workflow':
      return wrong(
        `\`${verb.toLowerCase()}\` works in the terminal only.`,
        `Type \`pullcheck ${verb.toLowerCase()} --help\` there.`,
      );
    default:
      return unknownVerb(verb);
  }
}

function unknownVerb(verb: string): Wrong {
  const meant = suggestion(shown(verb).toLowerCase(), VERBS);
  return wrong(
    `I do not know the command \`${shown(verb)}\`.`,
    `${meant === undefined ? '' : `Did you mean \`${meant}\`? `}I know \`pod\`, \`scope\`, \`image\`, \`credentials\` and \`help\`.`,
  );
}

function parsePod(rest: readonly string[], defaultNamespace: string): ParsedCommand {
  const words = readFlags(rest);
  if ('verb' in words) return words;
  if (words.all) return wrong('A pod is looked for in one namespace, so `-A` does not fit here.', USAGE_POD);
  const [first, second, ...extra] = words.plain;
  if (first === undefined) return wrong('The name of the pod or workload is missing.', USAGE_POD);
  const isPair = second !== undefined && !first.includes('/') && kindFromWord(first) !== undefined;
  if (extra.length > 0 || (second !== undefined && !isPair)) {
    return wrong(`\`${shown((isPair ? extra[0] : second) ?? '')}\` is one word too many.`, USAGE_POD);
  }
  const target = readTarget(isPair ? `${first}/${second}` : first, words.namespace ?? defaultNamespace);
  return 'verb' in target ? target : { verb: 'pod', target };
}

function parseScope(rest: readonly string[]): ParsedCommand {
  const words = readFlags(rest);
  if ('verb' in words) return words;
  if (words.plain[0] !== undefined) return wrong(`\`${shown(words.plain[0])}\` is one word too many.`, USAGE_SCOPE);
  if (words.all && words.namespace !== undefined) return wrong('`-A` and `-n` exclude each other.', USAGE_SCOPE);
  return words.namespace === undefined ? { verb: 'scope' } : { verb: 'scope', namespace: words.namespace };
}

function parseImage(verb: 'image' | 'credentials', rest: readonly string[], defaultNamespace: string): ParsedCommand {
  const usage = `Type \`${verb} REGISTRY/NAME:TAG -n NAMESPACE\`, with \`--service-account NAME\` where it is not the default one.`;
  const words = readFlags(rest, true);
  if ('verb' in words) return words;
  if (words.all) return wrong('Pull secrets belong to one namespace, so `-A` does not fit here.', usage);
  const [image, extra] = words.plain;
  if (image === undefined) return wrong('The image is missing.', usage);
  if (extra !== undefined) return wrong(`\`${shown(extra)}\` is one word too many.`, usage);
  if (!IMAGE.test(image)) return wrong(`\`${shown(image)}\` cannot be an image.`, usage);
  const { serviceAccount } = words;
  const account = serviceAccount === undefined ? {} : { serviceAccount };
  return { verb, image, namespace: words.namespace ?? defaultNamespace, ...account };
}

function readTarget(text: string, namespace: string): TargetRequest | Wrong {
  const slash = text.indexOf('/');
  const name = text.slice(slash + 1);
  if (name.length > 253 || !NAME.test(name)) {
    return wrong(`\`${shown(name)}\` cannot be the name of a Kubernetes object.`, USAGE_POD);
  }
  if (slash < 0) return { name, namespace };
  const kind = kindFromWord(text.slice(0, slash));
  return kind === undefined
    ? wrong(
        `\`${shown(text.slice(0, slash))}\` is no kind that owns pods.`,
        'Use pod, deployment, statefulset, daemonset, job or cronjob.',
      )
    : { kind, name, namespace };
}

function readFlags(rest: readonly string[], ofAccount = false): Words | Wrong {
  const plain: string[] = [];
  const values: { namespace?: string; serviceAccount?: string } = {};
  let all = false;
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? '';
    const flag = flagOf(word, ofAccount);
    if (flag) {
      const value = flag.value || rest[++at] || '';
      const wrong = wrongValue(flag.name, value);
      if (wrong) return wrong;
      values[flag.name] = value;
    } else if (word === '-A' || word === '--all-namespaces') all = true;
    else if (word.startsWith('-')) return refuseFlag(word.split('=', 1)[0] ?? word);
    else plain.push(word);
  }
  return { plain, all, ...values };
}

type Flag = 'namespace' | 'serviceAccount';

/** `value` is empty where it is the next word. */
function flagOf(word: string, ofAccount: boolean): { readonly name: Flag; readonly value: string } | undefined {
  const flag = /^(--namespace|-n|--service-account)(=?)(.*)$/.exec(word);
  const [, name, equals, value = ''] = flag ?? [];
  if (name === undefined || (value !== '' && equals !== '=' && name !== '-n')) return undefined;
  if (name === '--service-account') return ofAccount ? { name: 'serviceAccount', value } : undefined;
  return { name: 'namespace', value };
}

function wrongValue(name: Flag, value: string): Wrong | undefined {
  if (name === 'namespace') return value.length > 63 || !LABEL.test(value) ? wrongNamespace(value) : undefined;
  return value.length > 253 || !NAME.test(value) ? wrongAccount(value) : undefined;
}

function wrongNamespace(word: string): Wrong {
  return wrong(`After \`-n\` comes a namespace${word === '' ? '' : `; \`${shown(word)}\` cannot be one`}.`, USAGE_POD);
}

function wrongAccount(word: string): Wrong {
  const which = word === '' ? '' : `; \`${shown(word)}\` cannot be one`;
  return wrong(`After \`--service-account\` comes its name${which}.`, 'See: kubectl get serviceaccounts -n NAMESPACE');
}

function refuseFlag(flag: string): Wrong {
  return REFUSED_FLAGS.test(flag) || /^-f[^-]/.test(flag)
    ? wrong(
        `\`${shown(flag)}\` is not taken from a chat message: it would let the message choose a file, a cluster or an identity.`,
        'Use it in the terminal, with your own rights.',
      )
    : wrong(`I do not know the option \`${shown(flag)}\`.`, 'I know `-n NAMESPACE` and `-A`.');
}

/** Undoes what chat clients do to typed text: auto-links, typographic dashes, code marks. */
function splitWords(text: string): string[] {
  return text
    .slice(0, 1000)
    .replace(/<(?:https?:\/\/|mailto:)[^|>\s]*\|([^>]*)>/g, '$1')
    .replace(/<https?:\/\/([^|>\s]*)>/g, '$1')
    .replace(/[\u2014\u2015]/g, '--')
    .replace(/[\u2010-\u2013\u2212]/g, '-')
    .replace(/[`\u201c\u201d\u2018\u2019"']/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** A typed word as it may be repeated: short, no code marks. */
function shown(word: string): string {
  return word.replace(/`/g, '').slice(0, 80);
}

function wrong(message: string, hint: string): Wrong {
  return { verb: 'wrong', message, hint };
}
