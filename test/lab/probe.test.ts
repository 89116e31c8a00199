import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepare } from '../../lab/prepare';
import { log } from '../../lambdas/adapters/log';
import { handler } from '../../lambdas/probe/handler';
import { leaderSeen } from '../../lib/recovery/leader';
import type { NetworkReport } from '../../lib/recovery/survey';
import { killGroup } from '../support/kill-group';

/*
 * The prober against real Dkron: the same claims that test/lambdas/probe makes on the fake server, so that the fake
 * cannot drift from what it stands for.
 */
const SERVERS = ['dkron-1', 'dkron-2', 'dkron-3'] as const;
type Server = (typeof SERVERS)[number];
const addressOf = (server: Server): string => `127.78.4.${SERVERS.indexOf(server) + 1}`;
const targets = SERVERS.map((server) => ({ address: addressOf(server), rpc: 6868, http: 8080 }));

const running = new Map<Server, ChildProcess>();
let directory = '';

const start = (dkron: string, server: Server): void => {
  const address = addressOf(server);
  const flags = [
    ['--node-name', server],
    ['--bind-addr', `${address}:8946`],
    ['--http-addr', `${address}:8080`],
    ['--data-dir', join(directory, server)],
    ['--bootstrap-expect', '3'],
    ['--retry-interval', '2s'],
    ...SERVERS.map((other) => ['--retry-join', `${addressOf(other)}:8946`]),
  ].flat();
  const child = spawn(dkron, ['agent', '--server', '--disable-usage-stats', ...flags], {
    cwd: directory,
    env: { ...process.env, TMPDIR: directory },
    stdio: 'ignore',
    detached: true,
  });
  running.set(server, child);
};

/** The whole group: plugin processes outlive a kill of their parent alone. */
const signal = (server: Server, name: NodeJS.Signals): void => {
  const pid = running.get(server)?.pid;
  if (pid !== undefined) process.kill(-pid, name);
};

const kill = async (server: Server): Promise<void> => {
  const child = running.get(server);
  running.delete(server);
  if (!child?.pid) return;
  const ended = child.exitCode !== null || child.signalCode !== null;
  const exited = ended || new Promise((resolve) => child.once('exit', resolve));
  killGroup(child.pid);
  await exited;
};

const outcomes = ({ raft, leader, isLeader, members }: NetworkReport): string[] =>
  [raft, leader, isLeader, members].map(({ outcome }) => outcome);

const look = (more: Record<string, unknown> = {}) => handler({ action: 'probe', targets, deadlineMs: 3000, ...more });
const reportOf = (reports: readonly NetworkReport[], server: Server): NetworkReport => {
  const report = reports.find(({ address }) => address === addressOf(server));
  if (!report) throw new Error(`no report of ${server}`);
  return report;
};

beforeAll(async () => {
  log.setLogLevel('SILENT');
  const { dkron } = await prepare(() => undefined);
  directory = await mkdtemp(join(tmpdir(), 'requorum-probe-'));
  for (const server of SERVERS) {
    start(dkron, server);
    // Servers that start in the same instant sometimes never bootstrap (facts/dkron §11).
    await sleep(300);
  }
});

afterAll(async () => {
  for (const server of [...running.keys()]) await kill(server);
  if (directory) await rm(directory, { recursive: true, force: true });
});

test('a real cluster is seen whole, then with one silent server, then without its quorum', async () => {
  let healthy = await look({ untilLeader: true, deadlineMs: 25_000 });
  const seen = leaderSeen(healthy);
  if (seen.kind !== 'leader') throw new Error(`no leader: ${JSON.stringify(seen)}`);
  const leader = SERVERS.find((server) => server === seen.id);
  if (!leader) throw new Error(`${seen.id} is none of the three`);
  const [silent, survivor] = SERVERS.filter((server) => server !== leader);
  if (!silent || !survivor) throw new Error('there are three servers');

  // Followers hear of a new leader a moment after it has said so itself.
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(200)) {
    if (healthy.reports.every(({ leader: said }) => said.outcome === 'answered' && said.leader?.rpcAddr)) break;
    healthy = await look();
  }
  for (const report of healthy.reports) {
    expect(outcomes(report)).toEqual(['answered', 'answered', 'answered', 'answered']);
    expect(report.leader).toMatchObject({ leader: { id: leader, rpcAddr: `${addressOf(leader)}:6868` }, status: 200 });
    expect(report.isLeader).toMatchObject({ leads: report.address === addressOf(leader) });
    expect(report.raft).toMatchObject({ service: 'types.Dkron' });
  }
  const { raft, members } = reportOf(healthy.reports, survivor);
  if (raft.outcome !== 'answered' || members.outcome !== 'answered') throw new Error('the survivor answers');
  expect(raft.servers.map(({ id, suffrage }) => `${id} ${suffrage}`).sort()).toEqual(
    SERVERS.map((server) => `${server} voter`),
  );
  expect(
    members.members
      .filter(({ server }) => server)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...SERVERS]);

  signal(silent, 'SIGSTOP');
  const begun = Date.now();
  const impaired = await look({ deadlineMs: 1000 });
  expect(Date.now() - begun).toBeLessThan(10_000);
  expect(outcomes(reportOf(impaired.reports, silent))).toEqual(Array(4).fill('timed-out'));
  expect(reportOf(impaired.reports, survivor).raft.outcome).toBe('answered');
  expect(leaderSeen(impaired)).toEqual({ kind: 'leader', id: leader });
  signal(silent, 'SIGCONT');

  await kill(leader);
  await kill(silent);
  let lost = await look();
  // The one that is left goes on naming the dead leader for some seconds (facts/dkron §2).
  for (const end = Date.now() + 30_000; Date.now() < end && leaderSeen(lost).kind !== 'none'; lost = await look()) {
    await sleep(300);
  }
  expect(leaderSeen(lost)).toEqual({ kind: 'none' });
  expect(reportOf(lost.reports, survivor).leader).toEqual({ outcome: 'answered', leader: null, status: 500 });
  expect(reportOf(lost.reports, survivor).isLeader).toEqual({ outcome: 'answered', leads: false, status: 404 });
  expect(reportOf(lost.reports, survivor).raft).toMatchObject({ outcome: 'answered' });
  for (const dead of [leader, silent]) {
    expect(outcomes(reportOf(lost.reports, dead))).toEqual(Array(4).fill('refused'));
  }
});
