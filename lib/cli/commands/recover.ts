import type { Context, Ending } from '../context';
import { declineHost, yesHost } from '../host';
import { terminalHost } from '../terminal-host';
import { followToEnd } from './follow-to-end';

export interface RecoverOptions {
  readonly cluster: string;
  readonly yes?: boolean;
}

export interface RetireOptions extends RecoverOptions {
  readonly server: string;
}

/** Opens a case and follows it to its end, asking at the terminal. Without a terminal and without --yes: declines. */
export const recover = (context: Context, options: RecoverOptions): Promise<Ending> => act(context, options);

/** The same, for one server that is to leave for good. */
export const retire = (context: Context, options: RetireOptions): Promise<Ending> =>
  act(context, options, options.server);

const act = async (context: Context, options: RecoverOptions, server?: string): Promise<Ending> => {
  const api = await context.connect();
  const caseId = await api.openCase(options.cluster, 'recover', server);
  const person = terminalHost(context.terminal);
  const unasked = context.terminal.interactive ? person : declineHost(person);
  const { ending } = await followToEnd(context, api, caseId, options.yes === true ? yesHost(person) : unasked);
  return ending;
};
