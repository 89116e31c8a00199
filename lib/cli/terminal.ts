import type { Readable, Writable } from 'node:stream';
import * as readline from 'node:readline/promises';
import type { Ink } from './ink';
import { inkFor } from './ink';

type Stream = Writable & { readonly isTTY?: boolean; readonly columns?: number };
type Input = Readable & { readonly isTTY?: boolean };

/** Where a command reads and writes; injected, so that tests need no terminal. */
export interface Streams {
  readonly input: Input;
  readonly out: Stream;
  readonly err: Stream;
  readonly env: NodeJS.ProcessEnv;
}

/** Lines wider than this are hard to read, narrower ones break ids. */
const WIDTH = { least: 60, most: 120, unknown: 100 };

/** The human side of a command. Text for people goes to `human`; data, where asked for, to stdout alone. */
export class Terminal {
  readonly ink: Ink;
  /** Whether somebody is there who can be asked. */
  readonly interactive: boolean;
  /** Whether lines may be written over. */
  readonly live: boolean;
  private readonly human: Stream;

  constructor(
    private readonly streams: Streams,
    options: { readonly humanToStderr: boolean },
  ) {
    this.human = options.humanToStderr ? streams.err : streams.out;
    const isTerminal = this.human.isTTY === true;
    this.ink = inkFor(isTerminal, streams.env);
    this.live = isTerminal && streams.env['TERM'] !== 'dumb';
    this.interactive = isTerminal && streams.input.isTTY === true;
  }

  get width(): number {
    return Math.min(WIDTH.most, Math.max(WIDTH.least, this.human.columns ?? WIDTH.unknown));
  }

  say(lines: readonly string[]): void {
    this.human.write(lines.map((line) => `${line}\n`).join(''));
  }

  /** Raw, for lines that are written over. */
  write(text: string): void {
    this.human.write(text);
  }

  data(text: string): void {
    this.streams.out.write(`${text}\n`);
  }

  /** One line from the person; rejects with AbortError when the question is taken back. */
  async readLine(prompt: string, signal: AbortSignal): Promise<string> {
    const reader = readline.createInterface({
      input: this.streams.input,
      output: this.human,
      terminal: this.interactive,
    });
    // readline keeps Ctrl-C to itself while it reads; it must end the command, not answer the question.
    reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    const ended = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
    try {
      return (await Promise.race([reader.question(prompt, { signal }), ended])).trim();
    } finally {
      reader.close();
    }
  }
}
