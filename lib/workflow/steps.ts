import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type * as z from 'zod';
import type { GateResult, OpenGateInput } from '../recovery/boundary';
import type { GateKind } from '../recovery/gate';
import { ONLY_BRANCH, expression, item, itemWith, thrown } from './item';
import type { Expression } from './item';
import { SERVICE, asRetryProps } from './retry';
import type { RetryPolicy } from './retry';

export type WorkingPower = 'probe' | 'inspect' | 'clerk' | 'operate' | 'fence' | 'door';

/** Longest time a call may take, in seconds: each function's own time-out plus what Lambda needs around it. */
export const CALL_SECONDS = {
  probe: 40,
  inspect: 70,
  clerk: 40,
  operate: 70,
  fence: 70,
  door: 40,
} as const satisfies Record<WorkingPower, number>;

type Keys<S extends z.ZodObject> = keyof z.output<S> & string;

/** One call: its input and output are checked, key by key, against the schemas that the handler checks at run time. */
export interface Call<I extends z.ZodObject, O extends z.ZodObject> {
  readonly power: WorkingPower;
  readonly input: I;
  readonly args: { readonly [K in keyof z.input<I>]: z.input<I>[K] | Expression };
  readonly output: O;
  /** Key of the item → key of the result, or `*` for the whole result. */
  readonly keeps: Readonly<Record<string, Keys<O> | '*'>>;
  /** More keys of the item; values are JSONata. */
  readonly sets?: Readonly<Record<string, string>>;
  readonly retry?: RetryPolicy;
}

export interface Question {
  readonly kind: z.output<typeof GateKind>;
  /** How long people have, in seconds; JSONata, because each cluster has a policy of its own. */
  readonly seconds: Expression;
}

/** Where a Catch leads: with an ending of its own, or with the one that was decided before. */
type Otherwise = { readonly to: sfn.IChainable } & ({ readonly outcome: string } | { readonly keeps: 'ending' });

/** Builds the states of one machine. Every task has a time-out and retries, and leaves what it found in the item. */
export class Steps {
  constructor(
    private readonly scope: Construct,
    private readonly functions: Readonly<Record<WorkingPower, IFunction>>,
  ) {}

  call<I extends z.ZodObject, O extends z.ZodObject>(title: string, spec: Call<I, O>): sfn.TaskStateBase {
    const kept = Object.entries(spec.keeps).map(([key, from]): readonly [string, string] => [
      key,
      from === '*' ? '$states.result.Payload' : `$states.result.Payload.${from}`,
    ]);
    const task = LambdaInvoke.jsonata(this.scope, title, {
      lambdaFunction: this.functions[spec.power],
      payload: sfn.TaskInput.fromObject(spec.args),
      outputs: itemWith({ ...Object.fromEntries(kept), ...spec.sets }),
      taskTimeout: sfn.Timeout.duration(Duration.seconds(CALL_SECONDS[spec.power])),
      retryOnServiceExceptions: false,
    });
    task.addRetry(asRetryProps(spec.retry ?? SERVICE));
    return task;
  }

  /** Asks people and waits. Silence is no: after the time-out the answer in the item is `expired`. */
  gate(title: string, { kind, seconds }: Question, answered: sfn.IChainable): sfn.TaskStateBase {
    const args = {
      action: 'open-gate',
      token: expression('$states.context.Task.Token'),
      kind,
      case: item('case'),
    } satisfies Record<keyof z.input<typeof OpenGateInput>, unknown>;
    const expired = {
      decision: `'expired'`,
      planId: '$states.input.case.planId',
      who: `'nobody'`,
      at: '$now()',
      until: '$now()',
    } satisfies Record<keyof z.output<typeof GateResult>, string>;
    const fields = Object.entries(expired).map(([key, jsonata]) => `'${key}': ${jsonata}`);
    const task = LambdaInvoke.jsonata(this.scope, title, {
      lambdaFunction: this.functions.door,
      integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      payload: sfn.TaskInput.fromObject(args),
      outputs: itemWith({ gate: '$states.result' }),
      taskTimeout: sfn.Timeout.jsonata(seconds),
      retryOnServiceExceptions: false,
    });
    task.addRetry(asRetryProps(SERVICE));
    task.addCatch(answered, {
      errors: [sfn.Errors.TIMEOUT],
      outputs: itemWith({ gate: `{${fields.join(', ')}}` }),
    });
    task.next(answered);
    return task;
  }

  /** Adds to the item; the last state of a road when nothing follows. */
  note(title: string, keys: Readonly<Record<string, string>>): sfn.Pass {
    return sfn.Pass.jsonata(this.scope, title, { outputs: itemWith(keys) });
  }

  choice(title: string): sfn.Choice {
    return sfn.Choice.jsonata(this.scope, title);
  }

  wait(title: string, time: sfn.WaitTime): sfn.Wait {
    return sfn.Wait.jsonata(this.scope, title, { time });
  }

  /** One branch under one Catch: whatever is thrown in it ends up in one place, with the item as it was before. */
  guarded(title: string, branch: sfn.IChainable, otherwise: Otherwise): sfn.Chain {
    const outputs = 'outcome' in otherwise ? itemWith(thrown(otherwise.outcome)) : expression('$states.input');
    const parallel = sfn.Parallel.jsonata(this.scope, title)
      .branch(branch)
      .addCatch(otherwise.to, { errors: [sfn.Errors.ALL], outputs });
    // Not the Parallel's own Output: the item must come out the same where that is ignored.
    return parallel.next(sfn.Pass.jsonata(this.scope, `${title}: done`, { outputs: ONLY_BRANCH }));
  }
}

export const when = (jsonata: string): sfn.Condition => sfn.Condition.jsonata(expression(jsonata));
