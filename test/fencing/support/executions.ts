import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, ListExecutionsCommand, ListStateMachinesCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import type { Lab } from '../../../lab/lab';

const PATIENCE_SECONDS = 120;
const Outcome = z.object({ outcome: z.string() });
/** AWS gives what the last state says; the emulator gives the whole item that flowed. */
const Closed = z.union([z.object({ closed: Outcome }).transform(({ closed }) => closed), Outcome]);

/** One run of the machine: null while it runs, then the outcome it closed with, or the word of Step Functions for its end. */
export interface Run {
  readonly arn: string;
  readonly outcome: string | null;
}

/** Every run of the machine that a lab has seen, oldest first. */
export async function runsOf(lab: Lab): Promise<Run[]> {
  const { sfn } = lab.clients();
  const { stateMachines } = await sfn.send(new ListStateMachinesCommand({}));
  const stateMachineArn = stateMachines?.[0]?.stateMachineArn;
  const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  const byAge = [...(executions ?? [])].sort((a, b) => (a.startDate ?? 0).valueOf() - (b.startDate ?? 0).valueOf());
  return Promise.all(
    byAge.map(async ({ executionArn = '', status }): Promise<Run> => {
      if (status === 'RUNNING') return { arn: executionArn, outcome: null };
      const { output, error, status: now } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      const closed = Closed.safeParse(JSON.parse(output ?? '{}'));
      return { arn: executionArn, outcome: closed.data?.outcome ?? error ?? now ?? 'unknown' };
    }),
  );
}

export async function untilRuns(lab: Lab, what: string, holds: (runs: readonly Run[]) => boolean): Promise<Run[]> {
  for (const end = Date.now() + PATIENCE_SECONDS * 1000; Date.now() < end; await sleep(500)) {
    const runs = await runsOf(lab);
    if (holds(runs)) return runs;
  }
  throw new Error(`never: ${what}; the runs are ${JSON.stringify(await runsOf(lab))}`);
}
