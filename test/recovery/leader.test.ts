import { leaderSeen } from '../../lib/recovery';
import { surveyOf } from '../support/world';

type Servers = Parameters<typeof surveyOf>[0]['servers'];
const seen = (servers: Servers) => leaderSeen(surveyOf({ servers }).survey.network);

test('one leader that all name and that confirms it is a leader, also while others are silent', () => {
  expect(seen({ 'dkron-1': { leads: true }, 'dkron-2': { names: 'dkron-1' } })).toEqual({
    kind: 'leader',
    id: 'dkron-1',
  });
  expect(seen({ 'dkron-1': { leads: true }, 'dkron-2': { host: 'impaired' } })).toEqual({
    kind: 'leader',
    id: 'dkron-1',
  });
});

test('nobody is a leader when nobody answers, nobody is named, or the name comes without an address', () => {
  expect(seen({ 'dkron-1': { host: 'impaired' } })).toEqual({ kind: 'none' });
  expect(seen({ 'dkron-1': {}, 'dkron-2': {} })).toEqual({ kind: 'none' });
  expect(seen({ 'dkron-1': { namesWithoutAddress: 'dkron-2' } })).toEqual({ kind: 'none' });
});

test.each([
  ['a claim that its subject does not confirm', { 'dkron-1': { names: 'dkron-2' }, 'dkron-2': {} }],
  ['a claim about a silent server', { 'dkron-1': { names: 'dkron-2' }, 'dkron-2': { host: 'impaired' } }],
  ['two that lead', { 'dkron-1': { leads: true }, 'dkron-2': { leads: true } }],
  [
    'one that leads and another that is named',
    { 'dkron-1': { leads: true }, 'dkron-2': { names: 'dkron-3' }, 'dkron-3': {} },
  ],
] as const)('%s is a disagreement, neither a leader nor none', (_, servers) => {
  expect(seen(servers).kind).toBe('disagreement');
});

test('a leader that only RaftGetConfiguration flags is a claim as well', () => {
  const { network } = surveyOf({ servers: { 'dkron-1': {}, 'dkron-2': {} } }).survey;
  const flagged = network.reports.map((report) =>
    report.raft.outcome === 'answered'
      ? {
          ...report,
          raft: {
            ...report.raft,
            servers: report.raft.servers.map((one) => ({ ...one, leader: one.id === 'dkron-2' })),
          },
        }
      : report,
  );
  expect(leaderSeen({ ...network, reports: flagged }).kind).toBe('disagreement');
});
