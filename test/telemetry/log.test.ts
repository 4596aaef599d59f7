import { describe, expect, it } from '@jest/globals';
import { StoreError } from '../../src/errors.ts';
import { Sealed } from '../../src/sealed.ts';
import { createLog, type LogLevel, silentLog } from '../../src/telemetry/log.ts';
import { createRedactor } from '../../src/telemetry/redact.ts';

const CANARY = 'canary-7f3a9c-value';

function makeLog(level: LogLevel = 'debug') {
  const lines: string[] = [];
  const redactor = createRedactor();
  redactor.register(new Sealed(CANARY));
  const log = createLog({ level, redactor, to: { write: (line: string) => void lines.push(line) } });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('the log', () => {
  it('writes one JSON object a line: level, time, sentence, fields', () => {
    const { log, lines, last } = makeLog();
    log.with({ incident: 'i1' }).info('incident opened', { alerts: 3 });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith('\n')).toBe(true);
    expect(last()).toMatchObject({ level: 'info', msg: 'incident opened', incident: 'i1', alerts: 3 });
    expect(typeof last()['time']).toBe('number');
  });

  it('is silent below its level', () => {
    const { log, lines } = makeLog('warn');
    log.debug('no');
    log.info('no');
    log.warn('yes');
    log.error('yes');
    expect(lines).toHaveLength(2);
    silentLog.with({ a: 1 }).error('nothing');
  });

  it('lets no secret through, wherever it hides', () => {
    const { log, lines } = makeLog();
    const sdkError = Object.assign(new Error(`login as robot:${CANARY} failed`), {
      config: { headers: { Authorization: `Basic ${Buffer.from(`robot:${CANARY}`).toString('base64')}` } },
    });
    const encoded = Buffer.from(`user:${CANARY}`).toString('base64');
    log.error(`message with ${CANARY}`, {
      plain: CANARY,
      nested: { list: [{ deep: `x${CANARY}x` }] },
      [CANARY]: 'as a key',
      sealed: new Sealed(CANARY),
      error: new StoreError({ code: 'x', message: `m ${CANARY}`, cause: sdkError }),
      sdkError,
      encoded,
      url: `https://host/path?token=${encodeURIComponent(CANARY)}`,
      buffer: Buffer.from(CANARY),
      map: new Map([['k', CANARY]]),
      password: 'never-registered-one',
      headers: { authorization: 'Bearer never-registered-two', cookie: 'never-registered-three' },
      aggregated: new AggregateError([new Error(CANARY)], CANARY, { cause: CANARY }),
    });
    const line = lines.join('');
    for (const form of [CANARY, encoded, 'never-registered', JSON.stringify([...Buffer.from(CANARY)]).slice(1, -1)]) {
      expect(line).not.toContain(form);
    }
    expect(line).toContain('login as robot:');
  });

  it('shows what an error says, and the stack only of the program’s own faults', () => {
    const { log, last } = makeLog();
    log.warn('store failed', { error: new StoreError({ code: 'store-unreachable', message: 'No answer.' }) });
    expect(last()['error']).toEqual({ name: 'StoreError', code: 'store-unreachable', message: 'No answer.' });
    log.warn('fault', { error: new TypeError('x is undefined') });
    expect(last()['error']).toMatchObject({ name: 'TypeError', stack: expect.stringContaining('log.test') as unknown });
  });

  it('shows no part of a secret that lies where a long text is cut', () => {
    const { log, lines } = makeLog();
    const long = `${'x'.repeat(8192 - 8)}${CANARY} and more`;
    log.error('long', { error: new StoreError({ code: 'x', message: long }), fault: new TypeError(long), text: long });
    expect(lines.join('')).not.toContain(CANARY.slice(0, 6));
  });

  it('survives a getter that throws', () => {
    const { log, last } = makeLog();
    const odd = Object.defineProperty({}, 'a', {
      enumerable: true,
      get: () => {
        throw new Error('not now');
      },
    });
    log.info('odd', { odd, fine: 1 });
    expect(last()).toMatchObject({ msg: 'odd', fine: 1 });
  });

  it('survives what cannot be written: cycles, depth, size', () => {
    const { log, lines, last } = makeLog();
    const cycle: Record<string, unknown> = {
      big: 10n,
      run: () => 1,
      list: Array(1000).fill(1),
      text: 'x'.repeat(100_000),
    };
    cycle['self'] = cycle;
    log.info('odd', { cycle });
    expect((lines[0] ?? '').length).toBeLessThan(100_000);
    expect(last()['cycle']).toMatchObject({ big: '10', run: '[function]' });
  });
});
