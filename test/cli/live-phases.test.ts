import { LivePhases } from '../../lib/cli/live-phases';
import { Terminal } from '../../lib/cli/terminal';
import type { CaseEvent } from '../../lib/recovery/report';
import { FakeTerminal } from '../support/fake-terminal';

const event = (at: string, phase: string, says: string, severity: CaseEvent['severity'] = 'info'): CaseEvent => ({
  at: `2026-03-01T04:10:${at}.000Z`,
  phase,
  says,
  severity,
});

describe('the phases at a terminal', () => {
  const CLEAR = '\r\u001b[2K';
  let fake: FakeTerminal;
  let phases: LivePhases;
  beforeEach(() => {
    fake = new FakeTerminal({ tty: true, columns: 80 });
    phases = new LivePhases(new Terminal(fake.streams, { humanToStderr: false }));
  });
  afterEach(() => phases.end());

  /** What a person sees: of each line what stands after it was last cleared. */
  const screen = async (): Promise<string[]> => {
    await new Promise(setImmediate);
    return fake.out.text.split('\n').map((line) => line.split(CLEAR).at(-1) ?? '');
  };

  test('one line moves, and no line ever holds two', async () => {
    phases.event(event('00', 'open-case', 'lease taken'));
    phases.event(event('01', 'survey', 'looks'));
    phases.event(event('02', 'survey', 'sees'));
    const lines = await screen();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^ {2}✔ Open case +1\.0 s {2}lease taken$/);
    expect(lines[1]).toMatch(/^ {2}\S Survey +\d\.\d s {2}sees$/);
  });

  test('nothing is drawn over a question, and what happens meanwhile stands below it', async () => {
    phases.event(event('00', 'approve-plan', 'waiting'));
    phases.pause();
    fake.out.write('count dkron-3 as lost? [y/N] ');
    phases.event(event('09', 'look-again', 'answered elsewhere'));
    const asked = await screen();
    expect(asked[0]).toBe('count dkron-3 as lost? [y/N] ');
    expect(asked[1]).toMatch(/^ {2}✔ Approve plan +9\.0 s {2}waiting$/);
    expect(asked.slice(2)).toEqual(['']);
    phases.resume();
    expect((await screen()).at(-1)).toMatch(/Look again/);
  });

  test('Fence and Hold run side by side and show as one phase', async () => {
    phases.event(event('00', 'fence', 'quarantined'));
    phases.event(event('01', 'hold', 'held'));
    phases.event(event('02', 'fence', 'stopped'));
    phases.event(event('04', 'check', 'equal'));
    expect((await screen()).filter((line) => line.includes('Secure'))).toEqual([
      expect.stringMatching(/^ {2}✔ Secure +4\.0 s {2}stopped$/),
    ]);
  });

  test('the point of no return is a line across, before Release', async () => {
    phases.event(event('00', 'check', 'equal'));
    phases.event(event('01', 'release', 'started'));
    const lines = await screen();
    expect(lines[0]).toContain('✔ Check');
    expect(lines[1]).toMatch(/─ point of no return ─/);
    expect(lines[2]).toContain('Release');
  });

  test('a warning stays on the screen and marks its phase', async () => {
    phases.event(event('00', 'survey', 'looks'));
    phases.event(event('01', 'survey', 'dkron-3 is silent', 'warning'));
    phases.event(event('02', 'make-plan', 'plan'));
    const lines = await screen();
    expect(lines[0]).toBe('    ! dkron-3 is silent');
    expect(lines[1]).toMatch(/^ {2}! Survey/);
  });
});
