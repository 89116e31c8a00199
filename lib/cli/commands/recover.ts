import type { Intent } from '../../recovery/intent';
import type { Context, Ending } from '../context';
import { declineHost, yesHost } from '../host';
import { terminalHost } from '../terminal-host';
import { followToEnd } from './follow-to-end';

export interface RecoverOptions {
  readonly cluster: string;
  readonly yes?: boolean;
}

export interface ServerOptions extends RecoverOptions {
  readonly server: string;
}

/** Opens a case and follows it to its end, asking at the terminal. Without a terminal and without --yes: declines. */
export const recover = (context: Context, options: RecoverOptions): Promise<Ending> => act(context, options);

/** The same, for one server: it leaves for good, comes back with an empty data-dir, or gets a new host in its stead. */
export const forServer =
  (kind: Intent['kind']) =>
  (context: Context, options: ServerOptions): Promise<Ending> =>
    act(context, options, { kind, server: options.server });

const act = async (context: Context, options: RecoverOptions, intent?: Intent): Promise<Ending> => {
  const api = await context.connect();
  const caseId = await api.openCase(options.cluster, 'recover', intent);
  const person = terminalHost(context.terminal);
  const unasked = context.terminal.interactive ? person : declineHost(person);
  const { ending } = await followToEnd(context, api, caseId, options.yes === true ? yesHost(person) : unasked);
  return ending;
};
