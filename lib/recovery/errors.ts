/**
 * The unexpected, as one class with a code from one table. Expected outcomes are values (case.ts OUTCOMES).
 * `name === code`, because Step Functions and logs show the name. docs/errors.md is made from this table.
 */
export const ERROR_TABLE = {
  BadInput: {
    means: 'the input does not have the expected shape',
    nextStep: 'correct the input; the message names the field and the wrong value',
  },
  UnknownCluster: {
    means: 'no cluster of that name is configured',
    nextStep: 'compare the name with `clusters` in requorum.yaml and deploy again if it is new',
  },
  UnknownCase: {
    means: 'there is no case with that id',
    nextStep: 'list the cases of the cluster: requorum watch --cluster <name>',
  },
  UnknownGate: {
    means: 'there is no gate with that id',
    nextStep: 'open the case again: requorum watch --case <id> shows the gate that is open',
  },
  NoInstance: {
    means: 'no instance matches the selector of the cluster',
    nextStep: 'check the tags of the instances against `selector` in requorum.yaml',
  },
  LeaseLost: {
    means: 'another run holds the lease of this cluster',
    nextStep: 'follow that case: requorum watch --cluster <name>',
  },
  PlanMismatch: {
    means: 'the stored plan does not have the approved id',
    nextStep: 'open a new case; nothing was sent to hosts',
  },
  NotApproved: { means: 'the plan was not approved', nextStep: 'answer the gate: requorum approve --case <id>' },
  PastPointOfNoReturn: {
    means: 'the case has passed its point of no return',
    nextStep: 'look now: requorum verify --cluster <name>; lift a fence by hand only when no recovered server runs',
  },
  CannotLaunch: {
    means: 'a new host could not be launched as configured',
    nextStep: 'mend what the message says (launch template or Auto Scaling group of `replacement`), then a new case',
  },
  CommandLost: {
    means: 'a command to hosts did not finish in its time',
    nextStep: 'read <data-dir>/.requorum on the hosts named; the agent log says why',
  },
  OrdersTooLong: {
    means: 'what one host is to be told does not fit into a command',
    nextStep:
      'follow `requorum plan --by-hand`: the configuration of this cluster is larger than any that was thought of',
  },
  BadResult: {
    means: 'a host answered in a form that is not understood',
    nextStep: 'compare the document version with the deployed one; deploy again',
  },
  StoreUnavailable: {
    means: 'table or bucket could not be read or written',
    nextStep: 'check the function log; the case is tidied up by the janitor',
  },
  Unexpected: { means: 'something unforeseen was thrown', nextStep: 'read the function log under the case id' },
} as const satisfies Record<string, { means: string; nextStep: string }>;

export type ErrorCode = keyof typeof ERROR_TABLE;

export class RequorumError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, detail: string, options?: { cause?: unknown }) {
    super(`${detail} (${ERROR_TABLE[code].means}). Next: ${ERROR_TABLE[code].nextStep}`, options);
    this.name = code;
    this.code = code;
    this.detail = detail;
  }

  get nextStep(): string {
    return ERROR_TABLE[this.code].nextStep;
  }

  /** Any thrown value becomes a well-formed error in this one place. */
  static from(thrown: unknown): RequorumError {
    if (thrown instanceof RequorumError) return thrown;
    const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    return new RequorumError('Unexpected', detail, { cause: thrown });
  }
}
