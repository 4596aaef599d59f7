/** Writes events as the kubelet does: the same words about the same object are one event whose count grows. */
import { type Clock, formatTime } from '../../../clock.ts';
import { type KubeObject, resourceOf } from './objects.ts';
import type { ObjectStore } from './store.ts';

interface EventText {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** `spec.containers{app}`; absent for the pod itself. */
  readonly fieldPath?: string;
}

export type EventWriter = (about: KubeObject, text: EventText) => void;

export function createEventWriter(store: ObjectStore, clock: Clock): EventWriter {
  let serial = 0;
  return (about, { type, reason, message, fieldPath }) => {
    const { name, namespace = '', uid } = about.metadata;
    const now = `${formatTime(clock.now()).slice(0, 19)}Z`;
    const same = store
      .list(resourceOf('Event'), namespace)
      .find(
        (event) => event.metadata.labels?.['of'] === uid && event['message'] === message && event['reason'] === reason,
      );
    if (same) {
      store.put({ ...same, count: Number(same['count']) + 1, lastTimestamp: now });
      return;
    }
    serial += 1;
    store.put({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        name: `${name}.${serial.toString(16).padStart(16, '0')}`,
        namespace,
        ...(uid === undefined ? {} : { labels: { of: uid } }),
      },
      involvedObject: { kind: about.kind, namespace, name, uid, apiVersion: 'v1', ...(fieldPath ? { fieldPath } : {}) },
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      eventTime: null,
      source: { component: 'kubelet', host: about.spec?.nodeName ?? '' },
      reportingComponent: 'kubelet',
      reportingInstance: about.spec?.nodeName ?? '',
    });
  };
}
