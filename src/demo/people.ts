/** The demo's workspace: who is in it and what the tokens are. Nothing of it leaves the machine. */
import { Sealed } from '../sealed.ts';

export const TEAM = 'T0PULLCHECK';
export const CHANNEL = { id: 'C0INCIDENTS', name: 'incidents' } as const;
export const ALICE = { id: 'U0000ALICE', name: 'Alice' } as const;
export const BOB = { id: 'U00000BOB', name: 'Bob' } as const;
/** Display name by user id; the first one is the person at the keyboard. */
export const PEOPLE: Readonly<Record<string, string>> = { [ALICE.id]: ALICE.name, [BOB.id]: BOB.name };

export interface DemoApp {
  readonly appId: string;
  readonly botUser: string;
  readonly name: string;
  readonly botToken: Sealed;
  readonly appToken: Sealed;
}

export const BOT: DemoApp = {
  appId: 'A0PULLCHECK',
  botUser: 'U0PULLCHECK',
  name: 'pullcheck',
  botToken: new Sealed('xoxb-demo-pullcheck'),
  appToken: new Sealed('xapp-demo-pullcheck'),
};
export const DIRECTOR: DemoApp = {
  appId: 'A0DIRECTOR',
  botUser: 'U0DIRECTOR',
  name: 'director',
  botToken: new Sealed('xoxb-demo-director'),
  appToken: new Sealed('xapp-demo-director'),
};
