import { verdictHeadline } from '../../lib/cli/headline';
import { outcomeHeadline, strengthHeadline } from '../../lib/cli/outcome-headline';
import { redundancyOf } from '../../lib/recovery/redundancy';
import type { Planning } from '../../lib/recovery/plan';
import * as chapters from '../support/chapters';
import { reportOf } from '../support/recorded-case';

describe('the first sentence of a plan', () => {
  const headline = (world: Parameters<typeof chapters.planningOf>[0]): string =>
    verdictHeadline('demo', chapters.planningOf(world).briefing);

  test('a server that was rebuilt and answers is not called down', () => {
    const servers = { 'dkron-1': { leads: true }, 'dkron-2': { names: 'dkron-1' }, 'dkron-3': { told: [], log: null } };
    expect(headline({ servers })).toBe('demo works: it has a leader, and not every server has caught up yet.');
  });

  test('two that both claim to lead are seen well enough, and do not fit together', () => {
    const servers = { 'dkron-1': { leads: true }, 'dkron-2': { leads: true }, 'dkron-3': {} };
    expect(headline({ servers })).toBe('demo cannot be judged: what is seen does not fit together.');
  });
});

test('a cluster that leads with fewer voters than configured is not called healthy', () => {
  const { briefing } = chapters.planningOf({ servers: { 'dkron-1': { leads: true } }, size: 3 });
  expect(verdictHeadline('demo', briefing)).toBe(
    'demo works with no redundancy: 1 of 3 voters, no failure is tolerated.',
  );
});

describe('the last sentence of a case', () => {
  const recovered = (planning: Planning, rest: Parameters<typeof reportOf>[2] = {}): string =>
    outcomeHeadline(
      reportOf('recovered', planning, {
        leader: 'dkron-1',
        jobsBefore: 20,
        jobsAfter: 20,
        seconds: { leader: 41, proof: 131, machine: 120, waiting: 12 },
        ...rest,
      }),
    );

  test.each([
    ['a quorum that was rewritten', chapters.QUORUM_LOST, 'demo is back: dkron-1 leads after 41 s, 20 of 20 jobs.'],
    ['servers that were started', chapters.THREE_STARTED, 'demo is back: dkron-1 leads after 41 s, 20 of 20 jobs.'],
    [
      'a server that was started beside the leader',
      chapters.STARTED_BESIDE_LEADER,
      'dkron-3 works in demo again; dkron-1 leads, 3 of 3 servers work, 20 of 20 jobs.',
    ],
    [
      'one of two that were down',
      chapters.STARTED_AND_LEFT_OUT,
      'dkron-4 works in demo again; dkron-1 leads, 4 of 5 servers work, 20 of 20 jobs.',
    ],
    [
      'servers that were removed',
      chapters.TWO_REMOVED,
      'dkron-4 and dkron-5 are out of demo; dkron-1 leads, 3 of 3 servers work, 20 of 20 jobs.',
    ],
    [
      'a server that was retired',
      chapters.RETIRED,
      'dkron-3 is out of demo; dkron-1 leads, 2 of 2 servers work, 20 of 20 jobs.',
    ],
  ])('%s', (_what, planning, headline) => {
    expect(recovered(planning)).toBe(headline);
  });

  test('jobs that came while the cluster worked startle nobody', () => {
    expect(recovered(chapters.RETIRED, { jobsAfter: 21 })).toMatch(/servers work, 21 jobs\.$/);
    expect(recovered(chapters.RETIRED, { jobsAfter: 19 })).toMatch(/servers work, 19 of 20 jobs\.$/);
  });

  test('above it stands in what strength the cluster was left, unless that is full', () => {
    const left = (voters: number, size = 3) =>
      strengthHeadline(
        reportOf('recovered', chapters.QUORUM_LOST, { redundancy: redundancyOf({ voters, running: voters, size }) }),
      );
    expect(left(1)).toBe('demo is recovered, no redundancy: 1 of 3 voters, no failure is tolerated.');
    expect(left(3, 5)).toBe('demo is recovered, reduced redundancy: 3 of 5 voters, 1 failure is tolerated.');
    expect(left(3)).toBeNull();
  });

  test('an ending that is no recovery says how it ended, whatever was planned', () => {
    expect(outcomeHeadline(reportOf('declined', chapters.RETIRED))).toBe(
      'demo: declined — a person declined the plan.',
    );
  });
});
