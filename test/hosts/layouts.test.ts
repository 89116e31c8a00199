import { waitForLeader } from '../../lab/dkron-cluster';
import type { Layout } from '../../lab/lab';
import { INSTALLED } from './support/installed';
import { Machines } from './support/machines';

const PATIENCE_SECONDS = 30;

interface Seen {
  readonly unit?: string;
  readonly unitFile?: string;
  readonly command: RegExp;
}

/** How operators install Dkron, each seen on a machine that runs it (docs/hosts.md). */
const LAYOUTS: Readonly<Record<Layout, Seen>> = {
  packaged: { unitFile: '/lib/systemd/system/dkron.service', command: /dkron agent$/ },
  user: { command: /dkron agent$/ },
  'default-data-dir': {
    unitFile: '/lib/systemd/system/dkron.service',
    command: /dkron agent$/,
  },
  flags: { command: /dkron agent --server --node-name=solo .*--retry-join=[0-9.]+:8946/ },
  environment: { command: /dkron agent$/ },
  template: {
    unit: 'dkron@server.service',
    unitFile: '/etc/systemd/system/dkron@.service',
    command: /dkron agent --config \/etc\/dkron\/server\.yml$/,
  },
  // The service that brings it up at a boot is supervisord's.
  supervisor: {
    unit: 'supervisor.service',
    unitFile: '/lib/systemd/system/supervisor.service',
    command: /dkron agent$/,
  },
};

describe('a layout', () => {
  let machines: Machines;
  beforeAll(async () => {
    machines = await Machines.ready();
  });
  afterEach(() => machines.drive('erase', 'solo'));
  afterAll(() => machines.end());

  test.each(Object.entries(LAYOUTS))(
    '%s runs a server that leads, and again after a power cut',
    async (layout, seen) => {
      const address = await machines.up('solo', 1, { layout: layout as Layout });
      expect(await waitForLeader([address], PATIENCE_SECONDS)).toEqual({ serverId: 'solo', address });
      const unit = seen.unit ?? 'dkron.service';
      const { service, dataDir, user } = INSTALLED[layout as Layout];
      expect(await machines.shell('solo', `systemctl show ${unit} --property FragmentPath --value`)).toBe(
        seen.unitFile ?? '/etc/systemd/system/dkron.service',
      );
      expect(await machines.shell('solo', `systemctl is-enabled ${unit}; systemctl is-system-running`)).toBe(
        'enabled\nrunning',
      );
      const pid = await machines.shell('solo', service.pid);
      expect(await machines.shell('solo', `ps -o user= -p ${pid}`)).toBe(user);
      expect(await machines.shell('solo', `ps -ww -o args= -p ${pid}`)).toMatch(seen.command);
      expect(await machines.shell('solo', `stat -c %U ${dataDir}/raft/raft.db`)).toBe(user);
      await machines.drive('down', 'solo');
      await machines.drive('up', 'solo');
      expect(await waitForLeader([address], PATIENCE_SECONDS)).toEqual({ serverId: 'solo', address });
    },
  );
});
