import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab, Layout } from '../../../lab/lab';
import { type DkronVersion, prepare } from '../../../lab/prepare';
import { CONTAINERS } from '../../../lab/prepare-containers';
import type { BenchHost } from '../../lab/support-documents/bench';
import { INSTALLED } from './installed';

const run = promisify(execFile);

export interface MachineOptions {
  readonly join?: readonly string[];
  readonly expect?: number;
  readonly layout?: Layout;
  /** @default true */
  readonly server?: boolean;
  readonly cut?: boolean;
}

/** Hosts with systemd without the rest of a lab: a network of their own, and what a person with a shell could do there. */
export class Machines {
  private readonly names = new Set<string>();

  private constructor(
    private readonly root: string,
    private readonly dkron: string,
    private readonly net: string,
  ) {}

  /**
   * @param version of Dkron on all of them.
   * @param net 10.200 to 10.249 are no lab's (container_machine.py).
   */
  static async ready(version?: DkronVersion, net = `10.${200 + (process.pid % 50)}.0`): Promise<Machines> {
    const { dkron } = await prepare(() => undefined, { hosts: 'systemd', dkron: version });
    return new Machines(await mkdtemp(join(tmpdir(), 'machines-')), dkron, net);
  }

  /** Machines that no record of EC2 knows, on the network of a lab. */
  static beside({ about }: Lab): Promise<Machines> {
    return Machines.ready(undefined, `${about.network}.0`);
  }

  address(n: number): string {
    return `${this.net}.${10 + n}`;
  }

  directory(name: string): string {
    return join(this.root, name);
  }

  /** Made when it is not there, and booted; gives the address. */
  async up(name: string, n: number, options: MachineOptions = {}): Promise<string> {
    this.names.add(name);
    const address = this.address(n);
    const told = [
      ...['--node-name', name, '--address', address, '--join', (options.join ?? [address]).join(',')],
      ...['--expect', String(options.expect ?? 1), '--dkron', this.dkron, '--owner', String(process.pid)],
      ...['--variant', options.layout ?? 'packaged'],
      ...(options.server === false ? ['--agent'] : []),
      ...(options.cut ? ['--cut'] : []),
    ];
    await this.drive('up', name, told);
    return address;
  }

  /** Power and network as they are driven from outside. */
  async drive(
    verb: 'up' | 'down' | 'freeze' | 'thaw' | 'wipe' | 'erase',
    name: string,
    words: readonly string[] = [],
  ): Promise<void> {
    await run('python3', [CONTAINERS, verb, this.directory(name), ...words]);
  }

  /** As the documents' tests name a host; its data-dir is the one that is seen inside. */
  bench(name: string, n: number, layout: Layout = 'packaged'): BenchHost {
    const [address, directory, instanceId] = [this.address(n), this.directory(name), `i-0000000000000000${n}`];
    const enter = ['python3', CONTAINERS, 'exec', directory, '--instance-id', instanceId, '--'];
    const { dataDir, service } = INSTALLED[layout];
    const { manager } = service;
    return { instanceId, nodeName: name, address, directory, dataDir, http: `${address}:8080`, manager, enter };
  }

  /** As root on the host; what it printed. A failed command throws. */
  async shell(name: string, script: string): Promise<string> {
    const told = await run('python3', [CONTAINERS, 'exec', this.directory(name), '--', 'sh', '-c', script]);
    return told.stdout.trim();
  }

  async end(): Promise<void> {
    for (const name of this.names) await this.drive('erase', name);
    await rm(this.root, { recursive: true, force: true });
  }
}
