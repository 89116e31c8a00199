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

  /** Lines that name a phase, each with its glyph: those that stay first, the one that moves last. */
  const shown = async (): Promise<string[]> =>
    (await screen()).flatMap((line) => /^ {2}([✔!✘⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] [A-Z][a-z]+(?: [a-z]+)*) {2,}/.exec(line)?.[1] ?? []);

  test('an open gate is a warning only until it is approved', async () => {
    phases.event(event('00', 'approve-plan', 'waiting for an answer', 'warning'));
    phases.event(event('09', 'approve-plan', 'approved by grace'));
    phases.event(event('10', 'look-again', 'nothing changed'));
    const lines = await screen();
    expect(lines[0]).toBe('    ! waiting for an answer');
    expect(lines[1]).toMatch(/^ {2}✔ Approve plan +10 s {2}approved by grace$/);
  });

  test('a gate that is declined or left alone stays marked', async () => {
    phases.event(event('00', 'approve-plan', 'waiting for an answer', 'warning'));
    phases.event(event('09', 'approve-plan', 'declined by grace', 'warning'));
    phases.event(event('10', 'close-case', 'declined', 'warning'));
    expect((await shown())[0]).toBe('! Approve plan');
  });

  test('danger stays, whatever comes after it', async () => {
    phases.event(event('00', 'secure', 'dkron-3 is NOT fenced', 'danger'));
    phases.event(event('01', 'secure', 'dkron-1 is held'));
    phases.event(event('02', 'secure', 'a warning', 'warning'));
    phases.event(event('03', 'undo', 'putting everything back'));
    expect((await shown())[0]).toBe('✘ Secure');
  });

  describe('of a case that is planned again', () => {
    const poweredOn = (): void => {
      phases.event(event('00', 'survey', 'looks'));
      phases.event(event('01', 'make-plan', 'power on dkron-2'));
      phases.event(event('02', 'approve-plan', 'approved'));
      phases.event(event('03', 'look-again', 'nothing changed'));
      phases.event(event('04', 'power-on', 'dkron-2 is starting'));
    };
    const FIRST_ROUND = ['✔ Survey', '✔ Make plan', '✔ Approve plan', '✔ Look again', '✔ Power on'];

    test('every phase is shown anew after Power on, with a line that moves', async () => {
      poweredOn();
      phases.event(event('20', 'survey', 'looks again'));
      phases.event(event('25', 'make-plan', 'start dkron-1, dkron-2'));
      phases.event(event('30', 'approve-plan', 'approved'));
      const lines = await shown();
      expect(lines.slice(0, -1)).toEqual([...FIRST_ROUND, '✔ Survey', '✔ Make plan']);
      expect(lines.at(-1)).toMatch(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Approve plan$/);
    });

    test('a survey that nobody told of is not missed: the plan begins the round as well', async () => {
      poweredOn();
      phases.event(event('25', 'make-plan', 'start dkron-1, dkron-2'));
      phases.event(event('30', 'approve-plan', 'approved'));
      expect((await shown()).slice(0, -1)).toEqual([...FIRST_ROUND, '✔ Make plan']);
    });

    test.each(['await-leader', 'verify'])('also after %s, which itself is shown anew', async (last) => {
      phases.event(event('00', 'survey', 'looks'));
      phases.event(event('10', 'release', 'started'));
      phases.event(event('11', last, 'dkron-2 did not come up', 'danger'));
      phases.event(event('20', 'survey', 'not every server came up', 'warning'));
      phases.event(event('21', 'make-plan', 'a plan of its own'));
      phases.event(event('30', 'release', 'started'));
      phases.event(event('31', last, 'dkron-1 leads'));
      phases.event(event('40', 'close-case', 'recovered'));
      const title = last === 'verify' ? 'Verify' : 'Await leader';
      const second = ['! Survey', '✔ Make plan', '✔ Release', `✔ ${title}`];
      expect((await shown()).slice(0, -1)).toEqual(['✔ Survey', '✔ Release', `✘ ${title}`, ...second]);
      expect((await screen()).filter((line) => line.includes('point of no return'))).toHaveLength(2);
    });

    test('a late word of the round before is a remark, said once, and begins no phase', async () => {
      poweredOn();
      phases.event(event('20', 'survey', 'looks again'));
      phases.event(event('05', 'power-on', 'dkron-2 is pending'));
      phases.event(event('04', 'survey', 'an old word', 'warning'));
      expect((await shown()).slice(0, -1)).toEqual(FIRST_ROUND);
      const lines = await screen();
      expect(lines.filter((line) => line === '    · dkron-2 is pending')).toHaveLength(1);
      expect(lines.filter((line) => line === '    ! an old word')).toHaveLength(1);
      phases.event(event('25', 'make-plan', 'start dkron-1, dkron-2'));
      expect((await shown()).filter((line) => line === '✔ Survey')).toHaveLength(2);
    });

    test('a late word of the first survey does not begin a round', async () => {
      phases.event(event('00', 'survey', 'looks'));
      phases.event(event('10', 'verify', 'canary'));
      phases.event(event('02', 'survey', 'dkron-3 is silent', 'warning'));
      phases.event(event('11', 'verify', 'proved'));
      expect(await shown()).toEqual(['✔ Survey', expect.stringMatching(/^\S Verify$/)]);
    });

    test('a phase that is over stays over in between: its late word is a remark, said once', async () => {
      phases.event(event('00', 'secure', 'dkron-1 is held'));
      phases.event(event('01', 'check', 'equal'));
      phases.event(event('02', 'secure', 'dkron-3 took long to stop', 'warning'));
      const lines = await screen();
      expect(lines.filter((line) => line === '    ! dkron-3 took long to stop')).toHaveLength(1);
      expect(await shown()).toEqual(['✔ Secure', expect.stringMatching(/^\S Check$/)]);
    });
  });
});
