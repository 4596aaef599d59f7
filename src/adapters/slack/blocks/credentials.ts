/** Which credentials would be tried for an image, in order, and why the others are ignored. Holds no password. */
import type { CredentialsView } from '../../../image/credentials-view.ts';
import { clampEscaped, escaped } from './escape.ts';
import { fit } from './fit.ts';
import { context, fence, header, type Message, type MessageBlock, section } from './parts.ts';

/** One sentence. Escaped. */
export function credentialsLine({ repository, tried, error }: CredentialsView): string {
  if (error === 'invalid-image')
    return escaped('The image cannot be parsed: the kubelet stops before it looks for credentials');
  if (error === 'secrets')
    return escaped(`A Secret that cannot be decoded fails the whole look-up: nothing is tried for ${repository}`);
  if (tried.length === 0) return escaped(`A new pod brings no credential for ${repository}`);
  const many = tried.length === 1 ? 'one credential' : `${tried.length} credentials, in this order`;
  return escaped(`For ${repository} the kubelet tries ${many}`);
}

export function credentialsTable(view: CredentialsView): Message {
  const { repository, tried, ignored, error, gaps = [] } = view;
  const order = tried.map((one, index) => `${index + 1}. secret/${one.secret}  ${one.entry}  ${one.username}`);
  const others = ignored.map((one) => `secret/${one.secret}  ${one.entry ?? '(all)'}  ${one.reason}`);
  const body: MessageBlock[] = [
    header(`Credentials: ${repository}`),
    section(`*${credentialsLine(view)}*`),
    ...(order.length > 0 ? [section(fence(order))] : []),
    ...(others.length > 0 ? [section(`*Ignored*\n${fence(others, 2500)}`)] : []),
    ...(gaps.length > 0 ? [section(`*Could not be seen*\n${clampEscaped(escaped(gaps.join('; ')), 900)}`)] : []),
  ];
  const node = "then the node's own credentials (provider plugins, its docker config), which cannot be seen from here";
  return fit({ text: credentialsLine(view), body, ...(error === null ? { tail: [context(node)] } : {}) });
}
