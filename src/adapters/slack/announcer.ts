/** Speaks to people in Slack: one thread a subject, every message keyed, the run and the root edited in place. */

import type { Clock } from '../../clock.ts';
import { PullcheckError } from '../../errors.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Inquiry } from '../../incident/inquiry.ts';
import type { Announcer } from '../../incident/ports.ts';
import type { Priority } from '../../outbox/outbox.ts';
import type { ThreadRef } from '../../remediation/action.ts';
import { actionCard } from './blocks/action.ts';
import { credentialsTable } from './blocks/credentials.ts';
import { escalation, type OnCall } from './blocks/escalation.ts';
import { findings } from './blocks/findings.ts';
import { type Clocks, incidentRoot } from './blocks/incident-root.ts';
import { inquiryRoot } from './blocks/inquiry-root.ts';
import type { Message } from './blocks/parts.ts';
import { idsIn, reply } from './blocks/reply.ts';
import { runPlan, runSections } from './blocks/run.ts';
import { scopeTable } from './blocks/scope.ts';
import type { Editor } from './editor.ts';
import { slackError } from './errors.ts';
import type { Gateway, Posted } from './gateway.ts';
import type { Drawing } from './levels.ts';
import type { NameBook } from './names.ts';
import type { Threads } from './threads.ts';
import type { Whisper } from './whisper.ts';

export interface AnnouncerParts {
  readonly gateway: Gateway;
  readonly editor: Editor;
  readonly threads: Threads;
  readonly names: NameBook;
  readonly whisper: Whisper;
  readonly clock: Clock;
  /** Channel of alert threads, by the routes of the configuration; undefined: none is configured. */
  readonly channelFor: (namespace: string | undefined) => string | undefined;
  readonly oncall: OnCall;
  readonly clocksFor: (incident: Incident) => Clocks;
}

export function createAnnouncer(parts: AnnouncerParts): Announcer {
  const { gateway, editor, threads, names } = parts;
  const opening = new Map<string, Promise<Posted>>();

  /** A reply in a thread; a deleted parent is remembered, so that the next root is a new one. */
  async function post(thread: ThreadRef, key: string, priority: Priority, drawing: Drawing): Promise<Posted> {
    try {
      return await gateway.post({ key, channel: thread.channel, thread: thread.ts, priority, drawing });
    } catch (error) {
      if (error instanceof PullcheckError && error.code === 'thread-gone') await threads.markGone(thread);
      throw error;
    }
  }

  async function editRoot(at: Posted, drawing: Drawing): Promise<void> {
    try {
      await editor.show(at, drawing, 'verdict');
    } catch (error) {
      if (!(error instanceof PullcheckError) || error.code !== 'message-not-found') throw error;
      await threads.markGone(at);
      throw slackError('thread-gone', ['The thread was deleted in Slack.', 'A new one is opened.'], false, error);
    }
  }

  async function drawIncident(incident: Incident): Promise<Drawing> {
    const people = await names.of([incident.openedBy, incident.acknowledged?.by, incident.resolved?.by]);
    return only(incidentRoot(incident, parts.clocksFor(incident), people));
  }

  async function drawInquiry(inquiry: Inquiry): Promise<Drawing> {
    const people = await names.of([inquiry.by]);
    return only(inquiryRoot(inquiry, people.get(inquiry.by) ?? inquiry.by));
  }

  return {
    async openIncident(incident) {
      const root = await threads.current(incident.id);
      if (root.posted) return root.posted;
      const channel = incident.thread?.channel ?? parts.channelFor(incident.subject.namespace);
      if (channel === undefined) throw noChannel();
      return gateway.post({ key: root.key, channel, priority: 'verdict', drawing: await drawIncident(incident) });
    },

    async refreshIncident(incident) {
      const root = await threads.current(incident.id);
      const at = root.posted ?? incident.thread;
      if (at) await editRoot(at, await drawIncident(incident));
    },

    async openInquiry(inquiry) {
      const root = await threads.current(inquiry.id);
      const { channel, thread } = inquiry;
      const drawing = await drawInquiry(inquiry);
      if (thread) {
        await post(thread, root.key, 'button', drawing);
        return thread;
      }
      return root.posted ?? gateway.post({ key: root.key, channel, priority: 'button', drawing });
    },

    async refreshInquiry(inquiry, thread) {
      const root = await threads.current(inquiry.id);
      const at = root.posted ?? (inquiry.thread ? undefined : thread);
      if (at) await editRoot(at, await drawInquiry(inquiry));
    },

    async showRun(thread, run) {
      const drawing: Drawing = { plan: () => runPlan(run), sections: () => runSections(run) };
      const key = `run:${run.run}`;
      const known = opening.get(key) ?? (await gateway.find(key));
      if (!known) {
        // Progress comes in bursts: one of them posts, the others wait for it and edit.
        const posted = (opening.get(key) ?? post(thread, key, 'verdict', drawing)).finally(() => opening.delete(key));
        opening.set(key, posted);
        await posted;
        return;
      }
      const at = await known;
      if (run.done) await editor.show(at, drawing, 'verdict');
      else editor.showSoon(at, drawing, 'progress');
    },

    async showFindings(thread, key, diagnosis, actions) {
      await post(thread, `findings:${key}`, 'verdict', only(findings(diagnosis)));
      for (const action of actions) await post(thread, `action:${action.id}`, 'verdict', only(actionCard(action)));
    },

    async showScope(thread, key, scope) {
      await post(thread, `scope:${key}`, 'verdict', only(scopeTable(scope, parts.clock.now())));
    },

    async showCredentials(thread, key, view) {
      await post(thread, `credentials:${key}`, 'verdict', only(credentialsTable(view)));
    },

    async reply(thread, key, text) {
      const people = await names.of(idsIn(text));
      await post(thread, `reply:${key}`, 'button', only(reply(text, people)));
    },

    async escalate(thread, notice) {
      await gateway.post({
        key: `escalation:${notice.key}`,
        channel: thread.channel,
        thread: thread.ts,
        priority: 'escalation',
        drawing: only(escalation(notice, parts.oncall, false)),
        urgent: { repeated: only(escalation(notice, parts.oncall, true)) },
      });
    },

    async settleAction(action, note) {
      const at = await gateway.find(`action:${action.id}`);
      if (at) await editor.show(at, only(actionCard(action, note)), 'button');
    },

    async whisper(to, text) {
      await parts.whisper(to, reply(text, await names.of(idsIn(text))));
    },
  };
}

/** The same message at every level that has blocks. */
function only(message: Message): Drawing {
  return { sections: () => message };
}

function noChannel(): PullcheckError {
  return slackError('no-channel', [
    'No Slack channel is configured for this alert.',
    'Set `slack.channel` in pullcheck.yaml to the channel that alert threads go to.',
  ]);
}
