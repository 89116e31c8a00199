import { PassThrough } from 'node:stream';
import type { Streams } from '../../lib/cli/terminal';

/** One line a person types when the prompt appears. */
export interface Typed {
  readonly at: RegExp;
  readonly line: string;
}

class Recorded extends PassThrough {
  readonly columns: number;
  text = '';

  constructor(
    readonly isTTY: boolean,
    columns: number,
  ) {
    super();
    this.columns = columns;
    this.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
    });
  }
}

/** Streams that stand for a terminal, or for a pipe: what is written is kept, what a person types is given beforehand. */
export class FakeTerminal {
  readonly input: PassThrough & { isTTY: boolean };
  readonly out: Recorded;
  readonly err: Recorded;
  private unread = 0;
  private readonly typed: Typed[];

  constructor(
    options: {
      readonly tty: boolean;
      readonly columns?: number;
      readonly typed?: readonly Typed[];
      readonly env?: NodeJS.ProcessEnv;
    } = { tty: false },
    private readonly env: NodeJS.ProcessEnv = options.env ?? { NO_COLOR: '1' },
  ) {
    this.input = Object.assign(new PassThrough(), { isTTY: options.tty });
    this.out = new Recorded(options.tty, options.columns ?? 100);
    this.err = new Recorded(options.tty, options.columns ?? 100);
    this.typed = [...(options.typed ?? [])];
    for (const stream of [this.out, this.err]) stream.on('data', () => this.typeNext(stream));
  }

  get streams(): Streams {
    return { input: this.input, out: this.out, err: this.err, env: this.env };
  }

  /** What was typed for, and never asked. */
  get leftOver(): readonly Typed[] {
    return this.typed;
  }

  private typeNext(stream: Recorded): void {
    const next = this.typed[0];
    if (next === undefined || !next.at.test(stream.text.slice(this.unread))) return;
    this.typed.shift();
    this.unread = stream.text.length;
    // After the reader has been put up: it reads what comes while it waits.
    setImmediate(() => this.input.write(`${next.line}\n`));
  }
}
