import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitForLeader } from '../../../lab/dkron-cluster';
import type { BenchHost } from '../../lab/support-documents/bench';
import { get, within } from '../../lab/support-documents/looks';
import type { Layout } from '../../../lab/lab';
import { INSTALLED } from './installed';
import { addJobs } from './jobs';
import { Machines } from './machines';
import type { Service } from './service';

const run = promisify(execFile);

export const DATA = '/var/lib/dkron';
export const JOBS = 3;

/** One server on a machine with jobs, whose peers are silent from then on: it leads nobody, so that it may be held. */
export class Solo {
  private constructor(
    readonly machines: Machines,
    readonly host: BenchHost,
    readonly service: Service,
  ) {}

  static async ready(layout: Layout = 'packaged'): Promise<Solo> {
    const machines = await Machines.ready();
    try {
      const address = await machines.up('solo', 1, { layout });
      const solo = new Solo(machines, machines.bench('solo', 1, layout), INSTALLED[layout].service);
      await waitForLeader([address], 30);
      await addJobs(solo.host, JOBS);
      await machines.drive('down', 'solo');
      // With its owners.
      await run('cp', ['-a', solo.disk('data'), solo.disk('pristine')]);
      await machines.up('solo', 1, { layout, join: [machines.address(2)] });
      return solo;
    } catch (thrown) {
      await machines.end();
      throw thrown;
    }
  }

  shell = (script: string): Promise<string> => this.machines.shell('solo', script);
  isActive = async (): Promise<boolean> => (await this.shell(this.service.state)) === this.service.running;
  leads = async (): Promise<boolean> => (await get(`http://${this.host.http}/v1/isleader`))?.status === 200;

  /** With the disk that it had after the first start, nothing of a case in its manager, and running. */
  async reset(): Promise<void> {
    await this.shell(`rm -rf $(${this.service.left})`);
    await this.machines.drive('down', 'solo');
    await this.machines.drive('wipe', 'solo');
    await run('cp', ['-a', `${this.disk('pristine')}/.`, this.disk('data')]);
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
