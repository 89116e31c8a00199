import { stripVTControlCharacters } from 'node:util';
import { answerGate } from '../../lib/cli/answer-gate';
import { declineHost, yesHost } from '../../lib/cli/host';
import { Terminal } from '../../lib/cli/terminal';
import { terminalHost } from '../../lib/cli/terminal-host';
import type { Gate } from '../../lib/recovery/gate';
import * as chapters from '../support/chapters';
import { FakeTerminal, type Typed } from '../support/fake-terminal';
import { gateOf } from '../support/recorded-case';
import { expectGolden } from './golden';

const silent = (n: number, notCycled: string | null = null) => ({
  ...{ id: `dkron-${n}`, instanceId: `i-0000000${n}`, notCycled },
});
/** Five servers, three of them silent. */
const GATE: Gate = gateOf(chapters.TWO_OF_FIVE, {
  countAsLost: ['dkron-3', 'dkron-4', 'dkron-5'],
  choices: [silent(3), silent(4, 'its stop protection is on'), silent(5)],
  waitMinutes: 2,
});

const HOST = /w\/p\/l, or return to decline:/;
const FIXED = /w\/l, or return to decline:/;

const answered = async (typed: readonly Typed[], gate = GATE) => {
  const fake = new FakeTerminal({ tty: true, columns: 90, typed });
  const host = terminalHost(new Terminal(fake.streams, { humanToStderr: false }));
  const answer = await answerGate(gate, host, new AbortController().signal);
  return { answer, out: fake.out.text, leftOver: fake.leftOver };
};

test('each silent host is asked about, with what each way does, what loses nothing first', async () => {
  const { answer, out, leftOver } = await answered([
    { at: HOST, line: 'l' },
    { at: FIXED, line: 'lost' },
    { at: HOST, line: 'l' },
    { at: /approve plan [0-9a-f]{16}\? \[y\/N\]/, line: 'y' },
  ]);
  expect(answer).toMatchObject({ decision: 'approve', countAsLost: ['dkron-3', 'dkron-4', 'dkron-5'] });
  expect(leftOver).toEqual([]);
  expectGolden('gate/silent-hosts', stripVTControlCharacters(out).split('\n'));
});

test('wait puts the whole plan off at once', async () => {
  const { answer, leftOver } = await answered([
    { at: HOST, line: 'l' },
    { at: FIXED, line: 'w' },
    { at: /dkron-5/, line: 'never asked' },
  ]);
  expect(answer).toMatchObject({ decision: 'wait', countAsLost: [] });
  expect(leftOver).toHaveLength(1);
});

test('a host that is to be power-cycled is waited for, before another one is counted as lost', async () => {
  const typed = [
    { at: HOST, line: 'P' },
    { at: FIXED, line: 'l' },
    { at: HOST, line: 'p' },
  ];
  const { answer, out } = await answered(typed);
  expect(answer).toMatchObject({ decision: 'power-cycle', powerCycle: ['dkron-3', 'dkron-5'], countAsLost: [] });
  expect(out).toContain('you are asked about dkron-4 again, after the power-cycle');
});

test('a letter that is none may be typed again, and return declines', async () => {
  const { answer, out } = await answered([
    { at: HOST, line: 'x' },
    { at: HOST, line: '' },
  ]);
  expect(answer).toMatchObject({ decision: 'decline', reason: 'dkron-3 is not counted as lost' });
  expect(out).toContain('"x" is none of w/p/l');
});

test('a way that is not offered is not taken', async () => {
  const only = { ...GATE, countAsLost: ['dkron-4'], choices: [silent(4, 'its stop protection is on')] };
  const { answer } = await answered(
    ['p', 'p', 'p'].map((line) => ({ at: FIXED, line })),
    only,
  );
  expect(answer).toMatchObject({ decision: 'decline' });
});

test('servers that are lost without a silent host are counted one by one, after the others', async () => {
  const { answer } = await answered(
    [
      { at: HOST, line: 'l' },
      { at: /count dkron-4 as lost\? \[y\/N\]/, line: 'n' },
    ],
    { ...GATE, choices: [silent(3)] },
  );
  expect(answer).toMatchObject({ decision: 'decline', reason: 'dkron-4 is not counted as lost' });
});

describe('without a person', () => {
  const terminal = new Terminal(new FakeTerminal().streams, { humanToStderr: false });
  const { signal } = new AbortController();

  test('--yes counts as lost, as it says yes to everything that has a yes', async () => {
    expect(await answerGate(GATE, yesHost(terminalHost(terminal)), signal)).toMatchObject({
      ...{ decision: 'approve', countAsLost: GATE.countAsLost },
    });
  });

  test('nobody to ask declines', async () => {
    expect(await answerGate(GATE, declineHost(terminalHost(terminal)), signal)).toMatchObject({ decision: 'decline' });
  });
});
