/** How a pull message reaches a reader: what kubectl, log lines, shippers, manifests, pages and people make of one and the same text. */

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As a terminal or a document wraps it, at about eighty characters, with the indent of `kubectl describe`. */
function wrapped(text: string): string {
  let column = 0;
  return text
    .split(' ')
    .map((word) => {
      const fits = column + word.length <= 80;
      column = fits ? column + word.length + 1 : word.length;
      return fits ? word : `\n${' '.repeat(28)}${word}`;
    })
    .join(' ');
}

const KLOG = 'E1121 10:00:00.123456    1234';
const POD = '"app_shop(3b66f5a0)"';

type Relay = (message: string, image: string) => string;

/** Each form, given the message and the image it speaks of. */
export const RELAYS: ReadonlyMap<string, Relay> = new Map<string, Relay>([
  ['an rpc prefix', (message) => `rpc error: code = Unknown desc = ${message}`],
  ['no rpc prefix', (message) => message.replace(/rpc error: code = \w+ desc = /g, '')],
  ['quotes escaped', escaped],
  ['quotes escaped twice', (message) => escaped(escaped(message))],
  [
    'a line of kubectl describe',
    (message) => `  Warning  Failed     12m (x4 over 14m)     kubelet            ${message}`,
  ],
  [
    'the events of kubectl describe',
    (message, image) =>
      [
        'Events:',
        '  Type     Reason     Age                From               Message',
        '  ----     ------     ----               ----               -------',
        '  Normal   Scheduled  15m                default-scheduler  Successfully assigned shop/app to node-1',
        `  Normal   Pulling    12m (x4 over 14m)  kubelet            Pulling image "${image}"`,
        `  Warning  Failed     12m (x4 over 14m)  kubelet            ${message}`,
        '  Warning  Failed     12m (x4 over 14m)  kubelet            Error: ErrImagePull',
        `  Normal   BackOff    4m (x43 over 14m)  kubelet            Back-off pulling image "${image}"`,
        '  Warning  Failed     4m (x43 over 14m)  kubelet            Error: ImagePullBackOff',
      ].join('\n'),
  ],
  ['a line of kubectl get events', (message) => `12m   Warning   Failed   pod/app-5d67bcb4f-b8qwn   ${message}`],
  ['how often it came', (message) => `${message} (x5 over 3m)`],
  ['lines wrapped', wrapped],
  [
    'a kubelet log',
    (message, image) =>
      `${KLOG} kuberuntime_image.go:55] "Failed to pull image" err="${escaped(message)}" image="${image}"`,
  ],
  [
    'a kubelet log about the pod',
    (message) =>
      `${KLOG} pod_workers.go:1298] "Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"app\\" with ErrImagePull: \\"${escaped(escaped(message))}\\"" pod="shop/app-1" podUID="d7dd8a5f-dcbf-4d3a-a237-0269216a5824"`,
  ],
  [
    'an old kubelet log',
    (message) =>
      `${KLOG} pod_workers.go:191] Error syncing pod 3b66f5a0 (${POD}), skipping: failed to "StartContainer" for "app" with ErrImagePull: "${escaped(message)}"`,
  ],
  [
    'the journal',
    (message, image) =>
      `Nov 21 10:00:00 node-1 kubelet[1234]: ${KLOG} remote_image.go:180] "PullImage from image service failed" err="${escaped(message)}" image="${image}"`,
  ],
  [
    'a containerd log',
    (message, image) =>
      `time="2026-11-21T10:00:00.072760290Z" level=error msg="PullImage \\"${image}\\" failed" error="${escaped(message)}"`,
  ],
  [
    'a JSON log',
    (message, image) =>
      JSON.stringify({
        ts: 1730814950534.9,
        caller: 'internal/log.go:32',
        msg: 'PullImage failed',
        err: message,
        image,
      }),
  ],
  [
    "a log shipper's JSON",
    (message, image) =>
      JSON.stringify({
        log: `${KLOG} log.go:32] "PullImage from image service failed" err="${escaped(message)}" image="${image}"\n`,
        stream: 'stderr',
        time: '2026-11-21T10:00:00Z',
      }),
  ],
  ['crictl', (message) => `FATA[0002] pulling image: ${message} `],
  [
    'a page of HTML',
    (message) =>
      message.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  ],
  ['typographic quotes', (message) => message.replace(/"([^"]*)"/g, '\u201c$1\u201d')],
  ['a status in YAML', (message) => `message: '${message.replaceAll("'", "''")}'\n        reason: ErrImagePull`],
  ["a tool's report", (message) => `0: Pod default/app(Deployment/app)\n- Error: ${message}`],
]);

/** These name a failed pull or a container themselves, which a text without a cause then reads differently. */
export const SPEAKING: ReadonlySet<string> = new Set([
  'the events of kubectl describe',
  'a kubelet log',
  'a kubelet log about the pod',
  'an old kubelet log',
  'the journal',
  'a containerd log',
  'a JSON log',
  "a log shipper's JSON",
  'crictl',
  'a status in YAML',
]);
