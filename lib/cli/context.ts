import type { Api } from './api';
import type { FollowOptions } from './follow';
import type { Exit } from './problem';
import type { Streams, Terminal } from './terminal';

/** What every command gets: where to speak, and a way to Requorum that is made only when it is needed. */
export interface Context {
  readonly terminal: Terminal;
  readonly connect: () => Promise<Api>;
  readonly follow: FollowOptions;
}

/** A command ends with an exit code and, for --json, one object. */
export interface Ending {
  readonly exit: Exit;
  readonly json: Readonly<Record<string, unknown>>;
}

/** What a command line is run with; tests bring streams and a door of their own. */
export interface Surroundings {
  readonly streams: Streams;
  readonly follow?: FollowOptions;
}
