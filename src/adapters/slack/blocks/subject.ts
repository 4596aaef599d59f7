/** How a subject is called in a title. Plain words; whoever draws them escapes them. */
import type { IncidentSubject } from '../../../incident/incident.ts';
import type { InquiryRequest } from '../../../incident/inquiry.ts';
import { kubectlName } from '../../../target/target.ts';

export function incidentName(subject: IncidentSubject): string {
  if (subject.target && subject.namespace !== undefined)
    return `${kubectlName(subject.target)} in ${subject.namespace}`;
  return subject.namespace === undefined ? `cluster ${subject.cluster}` : `namespace ${subject.namespace}`;
}

export function requestName(request: InquiryRequest): string {
  if (request.verb === 'scope')
    return request.namespace === undefined ? 'the whole cluster' : `namespace ${request.namespace}`;
  if (request.verb === 'image') return `image ${request.image} in ${request.namespace}`;
  if (request.verb === 'credentials') return `credentials for ${request.image} in ${request.namespace}`;
  const { kind, name, namespace } = request.target;
  return `${kind === undefined ? name : kubectlName({ kind, name })} in ${namespace}`;
}
