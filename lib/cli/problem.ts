import type { Outcome } from '../recovery/case';
import { OUTCOMES } from '../recovery/case';

/** What the shell gets to know; documented in docs/cli.md and in --help. */
export const EXIT = {
  well: 0,
  failed: 1,
  usage: 2,
  stopped: 3,
  unreachable: 4,
  notFound: 5,
  interrupted: 130,
} as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_HELP = `
Exit codes:
  0    well: what was wanted is so, or nothing was needed
  1    failed: a person is needed now
  2    usage: the command line is wrong
  3    stopped: declined, expired, aborted, refused, drifted, blocked, already running, switched off or cooling down; nothing is left changed
  4    Requorum cannot be reached: endpoint, region or credentials
  5    not found: no such cluster, case or gate
  130  interrupted at the terminal; the case goes on without it`;

/** The ending of a case as an exit code. A request that names nothing known is a wrong command line. */
export const exitOf = (outcome: Outcome): Exit => {
  if (outcome === 'bad-request') return EXIT.usage;
  return EXIT[OUTCOMES[outcome].class];
};

/**
 * Why a command cannot go on: one sentence and the next step, no stack. Codes are the door's own, or one of ours
 * where the door was not reached.
 */
export class CliProblem extends Error {
  constructor(
    readonly exit: Exit,
    readonly code: string,
    readonly says: string,
    readonly nextStep: string,
    options?: { readonly cause?: unknown },
  ) {
    super(says, options);
    this.name = code;
  }

  /** Whether asking again in a moment may help: the door was not reached, or stumbled. */
  get passing(): boolean {
    return this.code === 'Unreachable' || this.code === 'DoorFailed';
  }
}
