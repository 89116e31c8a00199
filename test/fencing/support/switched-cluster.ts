import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { prepare } from '../../../lab/prepare';
import { killGroup } from '../../support/kill-group';
import { until } from './old-servers';
import { type Node, SwitchedNetwork } from './switched-network';

const run = promisify(execFile);
const SERVERS = ['dkron-1', 'dkron-2', 'dkron-3'];
const STAGGER_MS = 300;
/** Exit code 0 when the URL answers 200. */
const ASK = 'import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=2)';

/** Exit code 0 when somebody listens on Serf's port. */
const CONNECT = 'import socket, sys; socket.create_connection((sys.argv[1], 8946), timeout=2)';

/** Dkron itself, without hosts or AWS, on machines that can lose sight of each other. */
export class SwitchedCluster {
  private readonly running = new Map<string, ChildProcess>();

  private constructor(
    private readonly dkron: string,
    private readonly home: string,
    private readonly network: SwitchedNetwork,
  ) {}

  static async ofThree(): Promise<SwitchedCluster> {
    const { dkron } = await prepare(() => undefined);
    const home = await mkdtemp(join(tmpdir(), 'switched-'));
    const cluster = new SwitchedCluster(dkron, home, await SwitchedNetwork.with(SERVERS.length + 1));
    for (const id of SERVERS) {
      await cluster.start(id);
      await sleep(STAGGER_MS);
    }
    await until('one of them leads', async () => (await Promise.all(SERVERS.map(cluster.leads))).includes(true));
    for (const id of SERVERS) await cluster.stop(id);
    return cluster;
  }

  /** By peers.json, as a recovery does it. */
  async recoverAlone(id: string): Promise<void> {
    const peers = [{ id, address: `${this.node(id).address}:6868`, non_voter: false }];
    await writeFile(join(this.home, id, 'raft', 'peers.json'), JSON.stringify(peers));
    await this.start(id);
    await until(`${id} leads`, () => this.leads(id));
  }

  cut = (from: string, to: string): Promise<void> => this.network.cut(this.node(from), this.node(to));

  start = async (id: string): Promise<void> => {
    const { address } = this.node(id);
    const data = join(this.home, id);
    await mkdir(data, { recursive: true });
    const joins = SERVERS.flatMap((one) => ['--retry-join', `${this.node(one).address}:8946`]);
    const own = ['--server', '--bootstrap-expect', '3', '--node-name', id, ...this.at(address, data)];
    this.spawn(id, this.node(id), [...own, ...joins, '--retry-interval', '2s']);
  };

  /** It joins whom it reaches at its start, and is content with one: both have to be there. */
  startAgentNode = async (): Promise<void> => {
    const node = this.network.nodes[SERVERS.length] as Node;
    for (const id of ['dkron-1', 'dkron-2']) await until(`${id} gossips`, () => this.reaches(node, this.node(id)));
    const joins = ['dkron-1', 'dkron-2'].flatMap((one) => ['--retry-join', `${this.node(one).address}:8946`]);
    const data = join(this.home, 'agent');
    await mkdir(data, { recursive: true });
    this.spawn('agent', node, ['--node-name', 'agent-1', ...this.at(node.address, data), ...joins]);
  };

  /** What a hold leaves in the data-dir: a regular file where `raft` belongs (E8). */
  hold = async (id: string): Promise<void> => {
    const data = join(this.home, id);
    await rename(join(data, 'raft'), join(data, 'raft.held-test'));
    await writeFile(join(data, 'raft'), 'held');
  };

  leads = async (id: string): Promise<boolean> => {
    const { inside, address } = this.node(id);
    const [program = '', ...argv] = inside(['python3', '-c', ASK, `http://${address}:8080/v1/isleader`]);
    return run(program, argv).then(
      () => true,
      () => false,
    );
  };

  private async reaches({ inside }: Node, { address }: Node): Promise<boolean> {
    const [program = '', ...argv] = inside(['python3', '-c', CONNECT, address]);
    return run(program, argv).then(
      () => true,
      () => false,
    );
  }

  end = async (): Promise<void> => {
    for (const id of this.running.keys()) await this.stop(id);
    this.network.end();
    await rm(this.home, { recursive: true, force: true });
  };

  private async stop(id: string): Promise<void> {
    const child = this.running.get(id);
    if (child?.pid === undefined) return;
    // Also of a Dkron that ended by itself: its plugins did not.
    killGroup(child.pid);
    await until(`${id} ends`, () => Promise.resolve(child.signalCode !== null || child.exitCode !== null));
  }

  private spawn(id: string, { inside }: Node, words: readonly string[]): void {
    const [program = '', ...argv] = inside([this.dkron, 'agent', '--disable-usage-stats', ...words]);
    const env = { ...process.env, TMPDIR: this.home };
    this.running.set(id, spawn(program, argv, { stdio: 'ignore', cwd: this.home, env, detached: true }));
  }

  private at(address: string, data: string): string[] {
    return ['--bind-addr', `${address}:8946`, '--http-addr', `${address}:8080`, '--data-dir', data];
  }

  private node(id: string): Node {
    const node = this.network.nodes[SERVERS.indexOf(id)];
    if (!node) throw new Error(`no node ${id}`);
    return node;
  }
}
