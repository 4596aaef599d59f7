import { describe, expect, it } from '@jest/globals';
import type { RunJob } from '../../src/build/run.ts';
import { clockProof, tagTime, withoutTime } from '../../src/build/tag-clock.ts';
import { formatTime, parseTime } from '../../src/clock.ts';

function at(time: string): number {
  return parseTime(`2026-05-24T${time}Z`) ?? 0;
}

type Span = readonly [from: string, to: string];

function job(id: number, name: string, [from, to]: Span, steps: readonly [string, ...Span][] = []): RunJob {
  const done = { progress: 'completed', conclusion: 'success' } as const;
  return {
    id,
    name,
    ...done,
    startedAt: at(from),
    completedAt: at(to),
    url: `https://github.com/acme/api/actions/runs/1/job/${id}`,
    steps: steps.map(([step, start, end], index) => ({
      number: index + 1,
      name: step,
      ...done,
      startedAt: at(start),
      completedAt: at(end),
    })),
  };
}

const pipeline = [
  job(1, 'build', ['17:51:40', '17:53:10'], [['Make the tag', '17:52:05', '17:52:06']]),
  job(2, 'push', ['17:53:15', '17:53:40'], [['Push', '17:53:20', '17:53:39']]),
  job(3, 'deploy', ['17:53:50', '17:55:00'], [['Deploy', '17:54:10', '17:54:50']]),
];
const names = (made: readonly { readonly job: RunJob }[] | undefined) => made?.map((one) => one.job.name);

describe('the time in a tag', () => {
  it.each([
    ['a1b2c3d-2026-05-24-17-54', '2026-05-24T17:54:00.000Z', 'minute'],
    ['20260524175401', '2026-05-24T17:54:01.000Z', 'second'],
    ['v1-20260524-175401', '2026-05-24T17:54:01.000Z', 'second'],
    ['2026-05-24T17-54-01Z-a1b2c3d', '2026-05-24T17:54:01.000Z', 'second'],
    ['20260524T1754', '2026-05-24T17:54:00.000Z', 'minute'],
    ['main-202605241754', '2026-05-24T17:54:00.000Z', 'minute'],
    ['2026.05.24', '2026-05-24T00:00:00.000Z', 'day'],
    ['2026-05-24_17', '2026-05-24T17:00:00.000Z', 'hour'],
    ['24-05-2026-17-54', '2026-05-24T17:54:00.000Z', 'minute'],
    ['build-1779645241', '2026-05-24T17:54:01.000Z', 'second'],
    ['build-1779645241123', '2026-05-24T17:54:01.000Z', 'second'],
  ])('of %s is %s', (tag, time, unit) => {
    const read = tagTime(tag);
    expect([formatTime(read?.from ?? 0), read?.unit]).toEqual([time, unit]);
  });

  it.each(['v1.2.3', 'latest', 'a1b2c3d', '2026-13-40', '05-04-2026-17-54', '1234567', '12345678901234567890'])(
    'is not seen in %s',
    (tag) => expect(tagTime(tag)).toBeUndefined(),
  );

  it('leaves the rest of the formula', () => {
    expect(withoutTime('a1b2c3d-2026-05-24-17-54')).toBe('a1b2c3d-«time»');
    expect(withoutTime('v1.2.3')).toBe('v1.2.3');
  });
});

describe('the clock of a run', () => {
  const seed = (jobs: readonly RunJob[]) => clockProof('a1b2c3d-2026-05-24-17-54', 'a1b2c3d-2026-05-24-17-52', jobs);

  it('shows that the pushed tag was made in build and the missing one in deploy', () => {
    const proof = seed(pipeline);
    expect(proof).toMatchObject({ says: 'different', offsetMinutes: 0 });
    expect([names(proof?.pushedIn), names(proof?.askedIn)]).toEqual([['build'], ['deploy']]);
    expect(proof?.askedIn[0]?.steps.map(({ name }) => name)).toEqual(['Deploy']);
  });

  it('finds the offset of a runner that keeps local time, where both tags agree on it', () => {
    const proof = clockProof('a1b2c3d-2026-05-24-23-24', 'a1b2c3d-2026-05-24-23-22', pipeline);
    expect(proof).toMatchObject({ says: 'different', offsetMinutes: 330 });
  });

  it('takes no offset for a time that is said to be UTC', () => {
    expect(clockProof('a1b2c3d-20260524T195410Z', 'a1b2c3d-20260524T195205Z', pipeline)).toBeUndefined();
  });

  it('says nothing where one of the tags fits no job of the run', () => {
    expect(clockProof('a1b2c3d-2026-05-24-18-13', 'a1b2c3d-2026-05-24-17-52', pipeline)).toBeUndefined();
    expect(clockProof('a1b2c3d', 'a1b2c3d-2026-05-24-17-52', pipeline)).toBeUndefined();
  });

  it('leaves it open where one minute saw both jobs', () => {
    const quick = [
      job(1, 'build', ['17:52:01', '17:52:20'], [['Tag', '17:52:02', '17:52:03']]),
      job(3, 'deploy', ['17:52:25', '17:53:10'], [['Deploy', '17:52:30', '17:53:05']]),
    ];
    const proof = clockProof('a1b2c3d-2026-05-24-17-53', 'a1b2c3d-2026-05-24-17-52', quick);
    expect(proof?.says).toBe('open');
  });

  it('says so where both can only come from one job', () => {
    const one = [job(1, 'all', ['17:51:00', '17:56:00'], [['Everything', '17:51:10', '17:55:50']])];
    expect(seed(one)?.says).toBe('same');
  });

  it('leaves it open where several offsets would fit', () => {
    const long = [job(1, 'build', ['10:00:00', '14:00:00']), job(2, 'deploy', ['14:00:05', '18:00:00'])];
    expect(clockProof('x-2026-05-24-23-54', 'x-2026-05-24-19-52', long)).toBeUndefined();
  });

  it('tells two days apart when a run crosses midnight', () => {
    const night = [
      { ...job(1, 'build', ['23:58:00', '23:59:10']) },
      {
        ...job(2, 'deploy', ['23:59:20', '23:59:30']),
        startedAt: at('23:59:59') + 60_000,
        completedAt: at('23:59:59') + 90_000,
      },
    ];
    const proof = clockProof('nightly-2026-05-25', 'nightly-2026-05-24', night);
    expect(proof).toMatchObject({ says: 'different' });
    expect(names(proof?.askedIn)).toEqual(['deploy']);
  });

  it('does not ask a job or step that was skipped', () => {
    const skipped = pipeline.map((one) => (one.name === 'deploy' ? { ...one, conclusion: 'skipped' as const } : one));
    expect(seed(skipped)).toBeUndefined();
  });
});
