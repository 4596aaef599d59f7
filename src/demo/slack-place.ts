/** Where the demo's people talk: a local Slack in the browser, or a workspace in this process shown in the terminal. */
import type { SlackMode } from '../adapters/slack/app.ts';
import type { SlackConnection } from '../adapters/slack/clients.ts';
import type { DemoApp } from './people.ts';

export type PlaceMode = Exclude<SlackMode, { kind: 'http' }>;

export interface SlackPlace {
  /** What to open; absent: the terminal itself. */
  readonly page?: string;
  /** How an app of the workspace reaches it and is reached. */
  app(app: DemoApp, log: SlackConnection['log']): { readonly connection: SlackConnection; readonly mode: PlaceMode };
  close(): Promise<void>;
}
