import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidToken,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { RequorumError } from '../../lib/recovery/errors';
import type { GateResult } from '../../lib/recovery/boundary';

const client = new SFNClient({});

/**
 * Starts the machine. A name that was used before starts nothing, so that who asks twice gets one case.
 * @throws RequorumError Unexpected
 */
export const startExecution = async (machine: string, name: string, input: unknown) => {
  try {
    const { executionArn } = await client.send(
      new StartExecutionCommand({ stateMachineArn: machine, name, input: JSON.stringify(input) }),
    );
    if (!executionArn) throw new RequorumError('Unexpected', `execution ${name} was started and got no ARN`);
    return { kind: 'started', executionArn } as const;
  } catch (thrown) {
    if (thrown instanceof ExecutionAlreadyExists) return { kind: 'exists' } as const;
    throw thrown;
  }
};

/** Whether an execution runs now. One that Step Functions no longer knows does not. */
export const isRunning = async (executionArn: string): Promise<boolean> => {
  try {
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING' || status === 'PENDING_REDRIVE';
  } catch (thrown) {
    if (thrown instanceof ExecutionDoesNotExist) return false;
    throw thrown;
  }
};

/** Wakes the machine at its gate. `not-waiting`: it gave up before, or the token was replaced. */
export const answerGate = async (token: string, result: GateResult): Promise<'told' | 'not-waiting'> => {
  try {
    await client.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(result) }));
    return 'told';
  } catch (thrown) {
    if (thrown instanceof TaskTimedOut || thrown instanceof InvalidToken || thrown instanceof TaskDoesNotExist) {
      return 'not-waiting';
    }
    throw thrown;
  }
};
