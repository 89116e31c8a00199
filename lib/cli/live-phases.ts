import type { CaseEvent } from '../recovery/report';
import { GLYPHS, bySeverity } from './ink';
import { cut, hang, pad, rule, seconds } from './layout';
import { POINT_OF_NO_RETURN, TITLE_WIDTH, titleOf } from './phases';
import { Rounds } from './rounds';
import type { Terminal } from './terminal';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 120;
const CLEAR_LINE = '\r\u001b[2K';

interface Running {
  readonly title: string;
  /** By the clock of the case, for the final figure. */
  readonly from: number;
  /** By our own clock, for the running figure. */
  readonly seenAt: number;
  says: string;
  mark: CaseEvent['severity'];
}

/** The last word counts: a gate that was open is a warning until it is approved. Danger stays. */
const markAfter = (before: CaseEvent['severity'], now: CaseEvent['severity']): CaseEvent['severity'] =>
  before === 'danger' ? 'danger' : now;

/**
 * The phases of a case as they happen. On a terminal: one line that moves for the phase that runs, one that stays for
 * each that is over, with its time. Elsewhere: one line per event.
 */
export class LivePhases {
  private running: Running | null = null;
  private readonly rounds = new Rounds();
  private timer: NodeJS.Timeout | null = null;
  private frame = 0;
  private shown = false;
  /** A question stands at the prompt: nothing may be drawn over it. */
  private held = false;

  constructor(private readonly terminal: Terminal) {}

  event(event: CaseEvent): void {
    if (this.terminal.live) this.update(event);
    else this.terminal.say([this.plainLine(event)]);
  }

  /** Lines that stay, put above the moving one. */
  say(lines: readonly string[]): void {
    this.print(lines);
    this.draw();
  }

  note(says: string, severity: CaseEvent['severity']): void {
    this.say(this.remark(says, severity));
  }

  /** Keeps still, for example while a question stands at the prompt. */
  pause(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.held = true;
    this.clear();
  }

  resume(): void {
    this.held = false;
    this.turn();
  }

  /** The last phase is over, too. */
  end(at: number | null = null): void {
    this.pause();
    this.held = false;
    this.finish(at);
  }

  private update(event: CaseEvent): void {
    const title = titleOf(event.phase);
    const at = Date.parse(event.at);
    const place = this.rounds.place(title, at, this.running);
    if (place === 'next') this.begin(title, at, event);
    if (place === 'same') this.goOn(event);
    if (place === 'late' || event.severity !== 'info') this.print(this.remark(event.says, event.severity));
    this.turn();
  }

  private begin(title: string, at: number, { says, severity }: CaseEvent): void {
    this.rounds.moveOn(title, at, this.running);
    this.finish(at);
    if (title === POINT_OF_NO_RETURN) {
      this.print([`  ${this.terminal.ink.red(rule('point of no return', this.terminal.width - 2))}`]);
    }
    this.running = { title, from: at, seenAt: performance.now(), says, mark: severity };
  }

  private goOn({ says, severity }: CaseEvent): void {
    if (this.running === null) return;
    if (severity === 'info') this.running.says = says;
    this.running.mark = markAfter(this.running.mark, severity);
  }

  private turn(): void {
    this.draw();
    if (!this.terminal.live || this.held || this.running === null || this.timer !== null) return;
    this.timer = setInterval(() => {
      this.frame += 1;
      this.draw();
    }, FRAME_MS);
    this.timer.unref();
  }

  /** Lines that stay; below the prompt where a question stands. */
  private print(lines: readonly string[]): void {
    this.clear();
    this.terminal.say(this.held && this.terminal.live ? ['', ...lines] : lines);
  }

  private finish(at: number | null): void {
    const done = this.running;
    if (done === null) return;
    this.running = null;
    const { ink } = this.terminal;
    const elapsed = at === null ? performance.now() - done.seenAt : Math.max(0, at - done.from);
    const glyph = { info: ink.green('✔'), warning: ink.yellow('!'), danger: ink.red('✘') }[done.mark];
    this.print([`  ${glyph} ${this.row(done.title, elapsed, done.says)}`]);
  }

  private row(title: string, elapsedMs: number, says: string): string {
    const left = `${pad(title, TITLE_WIDTH)}  ${seconds(elapsedMs / 1000).padStart(11)}  `;
    return `${left}${this.terminal.ink.dim(cut(says, this.terminal.width - left.length - 5))}`;
  }

  private draw(): void {
    this.clear();
    if (!this.terminal.live || this.held || this.running === null) return;
    const glyph = this.terminal.ink.cyan(FRAMES[this.frame % FRAMES.length] ?? '');
    const { title, seenAt, says } = this.running;
    this.terminal.write(`  ${glyph} ${this.row(title, performance.now() - seenAt, says)}`);
    this.shown = true;
  }

  private clear(): void {
    if (this.shown) this.terminal.write(CLEAR_LINE);
    this.shown = false;
  }

  private remark(says: string, severity: CaseEvent['severity']): string[] {
    return hang(`    ${GLYPHS[severity]} `, says, this.terminal.width, bySeverity(this.terminal.ink, severity));
  }

  private plainLine({ at, phase, says, severity }: CaseEvent): string {
    const mark = severity === 'info' ? '' : `${severity}: `;
    return `${at.slice(11, 19)}Z  ${pad(titleOf(phase), TITLE_WIDTH)}  ${mark}${says}`;
  }
}
