import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** TEST-NET-2 (RFC 5737); nothing of it leaves the namespaces made here. */
const addressOf = (n: number): string => `198.51.100.${n}`;

/** Whether this machine lets us make namespaces with interfaces of their own: root, and iproute2. */
export const canSwitch =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-n', '--', 'ip', 'link', 'add', 'probe', 'type', 'veth']).status === 0;

/** One machine of the network: everything of it runs in its namespace. */
export interface Node {
  readonly address: string;
  readonly inside: (argv: readonly string[]) => readonly string[];
  readonly keeper: ChildProcess;
}

/** Machines with addresses of their own at one switch; unlike on loopback, one of them can lose sight of another. */
export class SwitchedNetwork {
  readonly nodes: Node[] = [];
  private constructor(private readonly middle: Node) {}

  static async with(count: number): Promise<SwitchedNetwork> {
    const network = new SwitchedNetwork(await namespace(0));
    await network.ip(network.middle, 'link add switch type bridge', 'link set switch up');
    for (let n = 1; n <= count; n += 1) await network.plugIn(n);
    return network;
  }

  /** From here on nothing that `from` sends reaches `to`, so that nothing is answered either. */
  async cut(from: Node, to: Node): Promise<void> {
    await this.ip(from, `route add unreachable ${to.address}/32`);
  }

  end(): void {
    for (const { keeper } of [...this.nodes, this.middle]) keeper.kill('SIGKILL');
  }

  private async plugIn(n: number): Promise<void> {
    const node = await namespace(n);
    this.nodes.push(node);
    await this.ip(
      this.middle,
      `link add port${n} type veth peer name eth0 netns ${node.keeper.pid}`,
      `link set port${n} master switch up`,
    );
    await this.ip(node, 'link set lo up', `addr add ${node.address}/24 dev eth0`, 'link set eth0 up');
  }

  private async ip({ inside }: Node, ...words: readonly string[]): Promise<void> {
    for (const said of words) {
      const [program = '', ...rest] = inside(['ip', ...said.split(' ')]);
      await run(program, rest);
    }
  }
}

async function namespace(n: number): Promise<Node> {
  const keeper = spawn('unshare', ['-n', '--', 'sh', '-c', 'echo ready; exec sleep infinity'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(keeper.stdout, 'data');
  const inside = (argv: readonly string[]) => ['nsenter', '--target', String(keeper.pid), '--net', '--', ...argv];
  return { address: addressOf(n), inside, keeper };
}
