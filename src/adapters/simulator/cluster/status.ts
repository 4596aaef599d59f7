/** The API server's own error objects; the texts are the ones that Kubernetes 1.36 writes. */
import type { Resource } from './objects.ts';

/** Thrown by the simulated API's verbs, answered as a Status. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }

  body() {
    const { code, reason, message } = this;
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  }
}

function qualified({ plural, group }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

export function notFound(resource: Resource, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualified(resource)} "${name}" not found`);
}

export function alreadyExists(resource: Resource, name: string): StatusError {
  return new StatusError(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`);
}

export function conflict(resource: Resource, name: string, why?: string): StatusError {
  const because = why ?? 'the object has been modified; please apply your changes to the latest version and try again';
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${because}`;
  return new StatusError(409, 'Conflict', message);
}

export function invalid(kind: string, name: string, why: string): StatusError {
  return new StatusError(422, 'Invalid', `${kind} "${name}" is invalid: ${why}`);
}

export function badRequest(why: string): StatusError {
  return new StatusError(400, 'BadRequest', why);
}

export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized');
}

/** `name` empty for a list. */
export function notAllowed(
  user: string,
  verb: string,
  { resource, namespace, name }: { readonly resource: Resource; readonly namespace: string; readonly name: string },
): StatusError {
  const object = name === '' ? qualified(resource) : `${qualified(resource)} "${name}"`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const message = `${object} is forbidden: User "${user}" cannot ${verb} resource "${resource.plural}" in API group "${resource.group}" ${where}`;
  return new StatusError(403, 'Forbidden', message);
}
