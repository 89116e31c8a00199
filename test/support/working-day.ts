import { DOCUMENT_NAMES } from '../../lib/documents/documents';
import type { DocumentName } from '../../lib/documents/documents';
import {
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { SendTaskSuccessCommandInput, StartExecutionCommandInput } from '@aws-sdk/client-sfn';
import { DescribeDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { DescribeDocumentCommandInput } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { log } from '../../lambdas/adapters/log';
import { clerkFrom } from '../../lambdas/clerk/clerk';
import type { Clerk } from '../../lambdas/clerk/clerk';
import { doorFrom } from '../../lambdas/door/door';
import { pageFrom } from '../../lambdas/page/page';
import { operateFrom } from '../../lambdas/operate/operate';
import { sentinelFrom } from '../../lambdas/sentinel/sentinel';
import { deskFrom } from '../../lambdas/slack/desk';
import type { Cluster } from '../../lib/recovery/cluster';
import type { Oidc } from '../../lib/page/oidc';
import type { Person } from '../../lib/recovery/people';
import { FakeBucket } from './fake-bucket';
import { FakeTable } from './fake-table';
import { SLACK } from './slack-settings';
import { OPENED_AT, QUARANTINE, cluster, inventory } from './lost-quorum';

/** Everything around the deciding functions, in memory: table, bucket, Step Functions, documents, and a clock of its own. */
export class WorkingDay {
  readonly table = new FakeTable();
  readonly bucket = new FakeBucket();
  readonly steps = mockClient(SFNClient);
  readonly ssm = mockClient(SSMClient);
  readonly told: { readonly url: string; readonly body: string }[] = [];
  /** What other functions answer when they are invoked. */
  answerOfFunction: unknown = {};
  readonly dead = new Set<string>();
  private now = Date.parse(OPENED_AT);
  private readonly fetchBefore = globalThis.fetch;
  private readonly settings;

  constructor(policy: Partial<Cluster['policy']> = {}, people: Person[] = [], oidc: Oidc | null = null) {
    log.setLogLevel('SILENT');
    process.env['AWS_ACCESS_KEY_ID'] = 'test';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
    process.env['AWS_REGION'] = 'us-east-1';
    this.settings = {
      clusters: [cluster(policy)],
      people,
      oidc,
      table: 'table',
      bucket: 'bucket',
      topic: 'arn:aws:sns:us-east-1:000000000000:requorum',
      machine: 'arn:machine',
      sentinel: 'sentinel',
      probe: 'probe',
      documents: Object.fromEntries(DOCUMENT_NAMES.map((name) => [name, name])) as Record<DocumentName, string>,
      quarantine: QUARANTINE,
      slack: SLACK,
      page: null,
      itself: 'slack',
    };
    this.ssm.on(DescribeDocumentCommand).callsFake(({ Name }: DescribeDocumentCommandInput) => ({
      Document: { Name, DocumentVersion: '7', Hash: 'h'.repeat(64) },
    }));
    this.steps.on(StartExecutionCommand).callsFake(({ name }: StartExecutionCommandInput) => ({
      executionArn: `arn:execution:${name}`,
    }));
    this.steps.on(DescribeExecutionCommand).callsFake(({ executionArn }: { executionArn: string }) => ({
      status: this.dead.has(executionArn) ? 'ABORTED' : 'RUNNING',
    }));
    this.steps.on(SendTaskSuccessCommand).resolves({});
    globalThis.fetch = (url, init) => {
      this.told.push({
        url: String(url instanceof Request ? url.url : url),
        body: typeof init?.body === 'string' ? init.body : '',
      });
      return Promise.resolve(new Response(JSON.stringify(this.answerOfFunction)));
    };
  }

  readonly clock = { now: (): Date => new Date(this.now) };

  pass(seconds: number): void {
    this.now += seconds * 1000;
  }

  get at(): string {
    return this.clock.now().toISOString();
  }

  get clerk(): Clerk {
    return clerkFrom(this.settings, this.clock);
  }
  get door() {
    return doorFrom(this.settings, this.clock);
  }
  get page() {
    return pageFrom(this.settings, this.clock);
  }
  get operate() {
    return operateFrom(this.settings, this.clock);
  }
  get slack() {
    return deskFrom(this.settings, this.clock);
  }
  get sentinel() {
    return sentinelFrom(this.settings, this.clock);
  }

  async withInventory(): Promise<this> {
    await this.clerk.inventories.keep(inventory);
    return this;
  }

  /** The machine does not wait at its gate any more. */
  giveUpWaiting(): void {
    const gone = new TaskTimedOut({ message: 'the task timed out', $metadata: {} });
    this.steps.on(SendTaskSuccessCommand).rejects(gone);
  }

  /** What the machine was told, in order. */
  get answersToMachine(): { token: string; output: unknown }[] {
    return this.steps.commandCalls(SendTaskSuccessCommand).map(({ args: [{ input }] }) => {
      const { taskToken = '', output = '' }: SendTaskSuccessCommandInput = input;
      return { token: taskToken, output: JSON.parse(output) as unknown };
    });
  }

  get started(): { name: string; input: unknown }[] {
    return this.steps.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => ({
      name: input.name ?? '',
      input: JSON.parse(input.input ?? 'null') as unknown,
    }));
  }

  end(): void {
    globalThis.fetch = this.fetchBefore;
    for (const double of [this.table, this.bucket, this.steps, this.ssm]) double.restore();
  }
}
