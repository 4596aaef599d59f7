/** Why no answer came from the API server, as one line without any credential. */
import { errorLine, networkWords } from '../../errors.ts';

function lineOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
  return mask(typeof message === 'string' ? (message.split('\n', 1)[0] ?? '') : errorLine(error));
}

/** `API server https://h:6443: connection refused`. */
export function networkFailure(server: string, error: unknown): string {
  return `API server ${server}: ${networkWords(error) ?? lineOf(error)}`;
}

/** The credential plugin, token file or certificate of the kubeconfig could not be used. */
export function credentialFailure(error: unknown): string {
  // A parser's message quotes what it read, which here is the credential itself.
  const said = error instanceof SyntaxError ? 'the credential plugin did not print JSON' : lineOf(error);
  return `the kubeconfig's credential cannot be used: ${said || 'the credential plugin failed'}`;
}

/** A plugin's last words may hold a token: hide anything long enough to be one. */
function mask(line: string): string {
  return line.replaceAll(/[\w+=.-]{32,}/g, '[masked]').slice(0, 300);
}
