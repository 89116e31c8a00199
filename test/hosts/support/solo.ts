import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { waitForLeader } from '../../../lab/dkron-cluster';
import type { BenchHost } from '../../lab/support-documents/bench';
import { get, within } from '../../lab/support-documents/looks';
import { addJobs } from './jobs';
import { Machines } from './machines';

export const DATA = '/var/lib/dkron';
export const JOBS = 3;

/** One server under systemd with jobs, whose peers are silent from then on: it leads nobody, so that it may be held. */
export class Solo {
  private constructor(
    readonly machines: Machines,
    readonly host: BenchHost,
  ) {}

  static async ready(): Promise<Solo> {
    const machines = await Machines.ready();
    try {
      const address = await machines.up('solo', 1);
      const solo = new Solo(machines, machines.bench('solo', 1, DATA, 'dkron.service'));
      await waitForLeader([address], 30);
      await addJobs(solo.host, JOBS);
      await machines.drive('down', 'solo');
      await cp(solo.disk('data'), solo.disk('pristine'), { recursive: true });
      await machines.up('solo', 1, { join: [machines.address(2)] });
      return solo;
    } catch (thrown) {
      await machines.end();
      throw thrown;
    }
  }

  shell = (script: string): Promise<string> => this.machines.shell('solo', script);
  isActive = async (): Promise<boolean> => (await this.shell('systemctl is-active dkron || true')) === 'active';
  leads = async (): Promise<boolean> => (await get(`http://${this.host.http}/v1/isleader`))?.status === 200;

  /** With the disk that it had after the first start, and running. */
  async reset(): Promise<void> {
    await this.machines.drive('down', 'solo');
    await rm(this.disk('data'), { recursive: true });
    await mkdir(this.disk('data'));
    await cp(this.disk('pristine'), this.disk('data'), { recursive: true });
    await this.machines.drive('up', 'solo');
    await within(20_000, this.isActive);
  }

  end(): Promise<void> {
    return this.machines.end();
  }

  private disk(name: string): string {
    return join(this.host.directory, name);
  }
}
