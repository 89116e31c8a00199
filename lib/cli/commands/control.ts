import type { Control } from '../../recovery/control';
import type { Context, Ending } from '../context';
import { CliProblem, EXIT } from '../problem';
import { showControl } from '../show-control';

export interface ControlOptions {
  readonly cluster: string;
}

export interface DisableOptions extends ControlOptions {
  readonly reason: string;
}

const told = ({ terminal }: Context, cluster: string, control: Control): Ending => {
  terminal.say(showControl(cluster, control, { now: new Date(), width: terminal.width }));
  return { exit: EXIT.well, json: { cluster, control } };
};

/** Nothing acts on the cluster until somebody switches it on again; whoever finds it so reads why. */
export const disable = async (context: Context, { cluster, reason }: DisableOptions): Promise<Ending> => {
  if (reason.trim() === '') {
    throw new CliProblem(EXIT.usage, 'NoReason', 'The reason is empty.', 'Say why: --reason "…".');
  }
  const api = await context.connect();
  return told(context, cluster, await api.disable(cluster, reason));
};

export const enable = async (context: Context, { cluster }: ControlOptions): Promise<Ending> => {
  const api = await context.connect();
  return told(context, cluster, await api.enable(cluster));
};

/** Ends the cool-down: a person has looked at what the last case did. */
export const acknowledge = async (context: Context, { cluster }: ControlOptions): Promise<Ending> => {
  const api = await context.connect();
  return told(context, cluster, await api.acknowledge(cluster));
};
