import { plainInk } from '../../lib/cli/ink';
import { showCertain } from '../../lib/cli/show-certain';
import { showGate } from '../../lib/cli/show-gate';
import { certainOf } from '../../lib/recovery/certain';
import type { Gate } from '../../lib/recovery/gate';
import type { HoldResult } from '../../lib/recovery/order';
import * as chapters from '../support/chapters';
import { at, gateOf } from '../support/recorded-case';
import { expectGolden } from './golden';

const paper = { ink: plainInk, width: 80 };
const { plan, briefing } = chapters.TWO_OF_FIVE;
const gate = (rest: Partial<Gate> = {}): Gate => gateOf(chapters.TWO_OF_FIVE, rest);
const yes = {
  decision: 'approve',
  who: 'slack:T01/U01',
  person: 'ann',
  door: 'slack' as const,
  at: at(90),
  reason: '',
};

test.each<[string, Gate]>([
  ['one-of-anybody', gate()],
  ['two-people-one-has-answered', gate({ approvals: 2, approvers: ['ann', 'bob'], answers: [yes] })],
  ['another-than-who-asked', gate({ selfApproval: false })],
  ['danger', gate({ danger: true })],
])('a gate for %s reads as reviewed', (name, shown) => {
  expectGolden(`gate/${name}`, showGate(shown, paper));
});

describe('what is certain at the restart gate', () => {
  const held = (n: number, log: { lastTerm: number; lastIndex: number } | null, peersSha256 = plan.peersSha256) =>
    ({
      outcome: 'held',
      hostId: plan.survivors[n]?.instanceId ?? '',
      backup: { path: '/var/lib/dkron/.requorum/case/backup', files: 7, bytes: 12_345_678, sha256: 'ab'.repeat(32) },
      peersSha256,
      log,
      stopped: [4711],
      leftOver: [],
      wasRunning: true,
    }) as unknown as HoldResult;
  const approved = (n: number) => {
    const position = briefing.servers.find(({ id }) => id === plan.survivors[n]?.id)?.position;
    if (!position) throw new Error('the chapter has a position');
    return position;
  };
  const fences = plan.excluded.map(({ id, fence, instanceId }) => ({
    ...{ serverId: id, kind: fence.kind, instanceId, proved: true, at: at(100) },
    evidence: `${instanceId ?? id} stopped, only in the quarantine group`,
  }));
  const says = (...holds: HoldResult[]) => certainOf(plan, briefing, { holds, fences })?.servers.map((one) => one.says);

  test('reads as reviewed', () => {
    const more = { ...approved(1), lastIndex: approved(1).lastIndex + 3 };
    const certain = certainOf(plan, briefing, { holds: [held(0, approved(0)), held(1, more)], fences });
    if (!certain) throw new Error('it is held');
    expectGolden('gate/certain', showCertain(certain, paper));
  });

  type End = { readonly lastTerm: number; readonly lastIndex: number };
  test.each<[string, (end: End) => End | null, string]>([
    ['as it was', (end) => end, 'as approved'],
    ['longer by one', (end) => ({ ...end, lastIndex: end.lastIndex + 1 }), '1 entry more than approved'],
    ['shorter', (end) => ({ ...end, lastIndex: end.lastIndex - 2 }), '2 entries fewer than approved'],
    ['of another term', (end) => ({ ...end, lastTerm: end.lastTerm + 1 }), 'another term than approved'],
    ['unread', () => null, 'its log was not read'],
  ])('a log that is %s: %s', (_, changed, sentence) => {
    expect(says(held(0, changed(approved(0))), held(1, approved(1)))?.[0]).toBe(sentence);
  });

  test('a host that did not answer, or refused, is not taken for held', () => {
    const no = { outcome: 'refused', hostId: plan.survivors[0]?.instanceId ?? '', code: 'LeaderPresent', detail: 'x' };
    expect(says(no as HoldResult)).toEqual(['not held: LeaderPresent, x', 'no answer of the host']);
    expect(certainOf(plan, briefing, { holds: null, fences })).toBeNull();
  });

  test('another peers.json is in capitals', () => {
    const certain = certainOf(plan, briefing, { holds: [held(0, approved(0), 'f'.repeat(64))], fences });
    expect(certain && showCertain(certain, paper).join('\n')).toContain('NOT as approved');
  });
});
