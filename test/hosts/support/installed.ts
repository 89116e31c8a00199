import type { Layout } from '../../../lab/lab';
import { SUPERVISED, type Service, systemd } from './service';

/** What is found of Dkron on a machine of that layout (lab/launcher/layouts.py). */
export interface Installed {
  readonly service: Service;
  readonly dataDir: string;
  readonly user: string;
}

const PACKAGED: Installed = { service: systemd('dkron.service'), dataDir: '/var/lib/dkron', user: 'root' };

export const INSTALLED: Readonly<Record<Layout, Installed>> = {
  packaged: PACKAGED,
  user: { ...PACKAGED, user: 'dkron' },
  'default-data-dir': { ...PACKAGED, dataDir: '/dkron.data' },
  flags: PACKAGED,
  environment: PACKAGED,
  template: { ...PACKAGED, service: systemd('dkron@server.service') },
  supervisor: { ...PACKAGED, service: SUPERVISED, user: 'dkron' },
};
