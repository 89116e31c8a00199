import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type * as z from 'zod';
import { HoldResult, ReleaseResult, UndoResult } from '../../../lib/recovery/order';
import { membersOf } from '../../documents/support/led-bench';
import { Bench } from './bench';
import type { BenchHost } from './bench';
import { dkronPids, within } from './looks';
import { CASE, cleanOrder, guarded, holdOrder, letInOrder, releaseOrder, send } from './orders';
import type { Answer, SendOptions } from './orders';
import { ours } from './readers';

const run = promisify(execFile);
export const PATIENCE_MS = 20_000;
/** The leader's reconcile comes once a minute, and twice where the start just missed one. */
const RECONCILE_MS = 130_000;
/** The case that recovered the leader alone and holds the other server. */
export const CLOSED = 'bench-20261124T000000Z-1';
const THEN: SendOptions = { caseId: CLOSED, counter: 5 };

/** A leader that was recovered alone, and the server that is to be let in beside it. A third one never comes back. */
export class CleanBench {
  /** Of the newest plan: what was undone or released under a counter is over (guard.refuse_over). */
  counter = 7;

  private constructor(
    readonly bench: Bench,
    readonly jobs: number,
    readonly leader: BenchHost,
    readonly host: BenchHost,
  ) {}

  static async start(jobs: number): Promise<CleanBench> {
    const bench = await Bench.start(3, jobs);
    const [leader, host] = bench.hosts as [BenchHost, BenchHost, BenchHost];
    return new CleanBench(bench, jobs, leader, host);
  }

  async allDown(): Promise<void> {
    for (const one of this.bench.hosts) await this.bench.drive('down', one);
  }

  /** The other server is powered off where it runs: on its old data it would be half of a quorum. */
  async recoverAlone(): Promise<void> {
    const { bench, leader, host } = this;
    if ((await dkronPids(host)).length > 0) await bench.drive('down', host);
    await bench.reset(leader);
    await send('hold', leader, holdOrder(leader), THEN);
    await send('release', leader, releaseOrder(leader), THEN);
    expect(await within(PATIENCE_MS, async () => (await bench.leader(leader)) === leader.nodeName)).toBe(true);
    expect(await membersOf(bench, leader)).toEqual([leader.nodeName]);
  }

  /** The fence of the closed case: held, stopped, and not to be started with its old data. */
  async fence(): Promise<void> {
    const order = { ...holdOrder(this.host), role: 'fence', peersJson: null, peersSha256: null };
    told(HoldResult, await send('hold', this.host, order, THEN));
  }

  hold(heldBy: string | null = null, options: SendOptions = {}): Promise<Answer> {
    return send('hold', this.host, cleanOrder(this.host, heldBy), { counter: this.counter, ...options });
  }

  letIn(options: SendOptions = {}): Promise<Answer> {
    return send('release', this.host, letInOrder(this.host, this.leader), {
      counter: this.counter,
      ...options,
    });
  }

  undo(heldBy: string | null, wasRunning = true): Promise<Answer> {
    const { counter } = this;
    return send('undo', this.host, { ...guarded(this.host), wasRunning, heldBy }, { counter });
  }

  /** Stopped and empty, as a host that was never used. */
  async wiped(): Promise<void> {
    await this.bench.drive('down', this.host);
    await this.bench.drive('wipe', this.host);
  }

  async expectLetIn(): Promise<void> {
    const { bench, jobs, leader, host } = this;
    const isVoter = async () => (await membersOf(bench, leader)).includes(host.nodeName);
    expect(await within(RECONCILE_MS, isVoter)).toBe(true);
    expect(await within(PATIENCE_MS, async () => (await bench.jobs(host)) === jobs)).toBe(true);
    expect(await bench.leader(host)).toBe(leader.nodeName);
    expect(await bench.jobs(leader)).toBe(jobs);
    const { configuration } = await ours(host);
    expect(configuration.map(({ id }) => id).sort()).toEqual([leader.nodeName, host.nodeName].sort());
  }

  async words(file: 'cmdline' | 'environ'): Promise<readonly string[]> {
    const [pid] = await dkronPids(this.host);
    return (await readFile(`/proc/${pid}/${file}`, 'utf8')).split('\0').filter((word) => word !== '');
  }

  /** Commands of a README, as a person with a shell runs them. */
  async shell(...commands: readonly string[]): Promise<void> {
    const PATH = `${dirname(this.bench.tools.python)}:${process.env.PATH ?? ''}`;
    await run('/bin/sh', ['-ec', commands.join('\n')], { env: { PATH } });
  }

  get aside(): string {
    return `${this.host.dataDir}/.requorum/${CASE}/old/raft`;
  }

  get raft(): string {
    return `${this.host.dataDir}/raft`;
  }

  heldDir(caseId: string = CASE): string {
    return `${this.host.dataDir}/raft.held-${caseId}`;
  }
}

export const told = <T extends { outcome: string }>(schema: z.ZodType<T>, answer: Answer) => {
  const result = schema.parse(answer.result);
  if (result.outcome === 'refused') throw new Error(`refused: ${answer.line}`);
  expect(answer.exitCode).toBe(0);
  return result as Exclude<T, { outcome: 'refused' }>;
};
export const held = (answer: Answer) => told(HoldResult, answer);
export const released = (answer: Answer) => told(ReleaseResult, answer);
export const undone = (answer: Answer) => told(UndoResult, answer);
export const codeOf = ({ result }: Answer): unknown => (result as { code?: unknown }).code;
