/** A registry that cannot be reached, or that answers and is no help. */
import {
  BEARER,
  badWay,
  bearer,
  certainly,
  type Fault,
  GOOD,
  notImage,
  ODD,
  open,
  pod,
  secret,
  withSecret,
} from './fault.ts';
import { DOOR } from './odd-registry.ts';

export const WAY_FAULTS: readonly Fault[] = [
  open(
    'private-ca',
    `odd.box:${DOOR.privateCa}/untagged/web:v1`,
    certainly(
      'tls-untrusted',
      badWay,
      [
        `odd.box:${DOOR.privateCa}`,
        'certificate is not trusted',
        'box-ca',
        'without a chain',
        'install that for the runtime on every node',
      ],
      new RegExp(`${notImage.source}|Renew|expired`, 'i'),
    ),
  ),
  open(
    'expired',
    `odd.box:${DOOR.expired}/untagged/web:v1`,
    certainly(
      'tls-untrusted',
      badWay,
      [`odd.box:${DOOR.expired}`, 'expired on', 'Renew the certificate at odd.box'],
      notImage,
    ),
  ),
  open(
    'other-name',
    `odd.box:${DOOR.otherName}/untagged/web:v1`,
    certainly(
      'tls-untrusted',
      badWay,
      [`odd.box:${DOOR.otherName}`, 'someone-else.example', 'Issue a certificate that names odd.box'],
      new RegExp(`${notImage.source}|Renew|expired`, 'i'),
    ),
  ),
  open(
    'handshake',
    `odd.box:${DOOR.handshake}/untagged/web:v1`,
    certainly(
      'tls-handshake',
      badWay,
      [`Node and bot both fail on odd.box:${DOOR.handshake}`, 'TLS versions'],
      new RegExp(`${notImage.source}|not trusted`, 'i'),
    ),
  ),
  open(
    'https-on-http',
    `http-only.box:${DOOR.http}/untagged/web:v1`,
    certainly(
      'http-vs-https',
      badWay,
      [
        `http-only.box:${DOOR.http}`,
        'http is answered there',
        'Mark http-only.box:5000 as plain HTTP in the runtime’s configuration on every node',
      ],
      notImage,
    ),
  ),
  open(
    'http-on-https',
    `tls.box:${DOOR.privateCa}/untagged/web:v1`,
    certainly(
      'http-vs-https',
      badWay,
      [
        `tls.box:${DOOR.privateCa}`,
        'speaks https where http was used',
        'ask tls.box:5443 with plain HTTP: it speaks TLS',
      ],
      new RegExp(`${notImage.source}|cut before`, 'i'),
    ),
  ),
  open(
    'no-name',
    'nowhere.box:5000/a/web:v1',
    certainly(
      'dns-failure',
      badWay,
      ['Node and bot both fail on nowhere.box:5000', 'cannot be resolved', 'Check the host for a typing error'],
      new RegExp(`${notImage.source}|Did you mean`, 'i'),
    ),
  ),
  {
    name: 'slip-in-the-host',
    objects: (at) => [secret(at), pod(at, 'goood.box:5000/shop/web:v1', withSecret)],
    ...certainly(
      'dns-failure',
      badWay,
      [
        'Node and bot both fail on goood.box:5000',
        `Did you mean ${GOOD}`,
        'its Secret regcred has a login for',
        `Compare the host with ${GOOD} first`,
      ],
      notImage,
    ),
  },
  open(
    'html',
    `${ODD}/html/web:v1`,
    certainly(
      'non-registry-response',
      badWay,
      [`What answers at ${ODD} is no registry: it sent 200 with text/html`, 'Find out what answers'],
      notImage,
    ),
  ),
  open(
    'busy',
    `${ODD}/busy/web:v1`,
    certainly(
      'rate-limited',
      {},
      [`${ODD} answered 429 and asks to wait 2m`, 'Do not restart pods: every retry counts'],
      notImage,
    ),
  ),
  open(
    'broken',
    `${ODD}/broken/web:v1`,
    certainly(
      'registry-error',
      badWay,
      [`The registry itself fails: ${ODD} answered 500`, 'Restarting the pods does not help'],
      notImage,
    ),
  ),
  open(
    'cut',
    `${ODD}/cut/web:v1`,
    certainly('connection-reset', badWay, [`Node and bot both fail on ${ODD}`, 'cut before any data'], notImage),
  ),
  open(
    'blocked',
    `${ODD}/legal/web:v1`,
    certainly(
      'source-blocked',
      {},
      [`${ODD} answered 451`, 'a block by country or by address'],
      /\btag \S+ does not\b|no repository|wants a login|password/i,
    ),
  ),
  bearer(
    'bearer-html',
    'html',
    certainly('non-registry-response', badWay, [`What answers at ${BEARER} is no registry`, 'text/html'], notImage),
  ),
  bearer(
    'bearer-down',
    'broken',
    certainly('registry-error', badWay, ['The registry itself fails', `${BEARER} answered 503`], notImage),
  ),
  bearer(
    'bearer-foreign',
    'foreign',
    certainly(
      'connection-refused',
      badWay,
      [`foreign.box:5000 (the token server of ${BEARER})`, 'Nothing listens'.toLowerCase()],
      notImage,
    ),
  ),
];
