import type { Lab } from './lab';
import { LabHost, control } from './launcher';

/** What a host's Dkron is told; whatever is left out stays as it is. */
export interface Settings {
  /** Addresses; the port is added. */
  readonly join?: readonly string[];
  readonly expect?: number;
  /** Dkron's own name. The lab goes on calling the host by its server id. */
  readonly nodeName?: string;
}

/** Dkron is stopped in its service manager. The host stays on, with its agent; its next power-on starts Dkron again. */
export const stopDkron = (lab: Lab, id: string): Promise<void> => order(lab, id, 'stop-dkron');

/** The other way round; it does not wait until Dkron answers. */
export const startDkron = (lab: Lab, id: string): Promise<void> => order(lab, id, 'start-dkron');

/** An empty disk. Dkron is stopped first and stays stopped; the host is as it was. */
export const wipe = (lab: Lab, id: string): Promise<void> => order(lab, id, 'wipe');

/** Rewrites dkron.yml; Dkron reads it when it starts next. */
export const configure = (lab: Lab, id: string, settings: Settings): Promise<void> =>
  order(lab, id, 'configure', settings);

/**
 * What replacing an instance does: a new instance at `lab.address(n)` gets the data volume of the old one, which is
 * terminated. It bears the old server id, and Dkron runs on it after `boot`.
 */
export async function moveToNewAddress(
  lab: Lab,
  id: string,
  n: number,
  settings: Pick<Settings, 'join'> = {},
): Promise<LabHost> {
  const { instanceId } = lab.host(id);
  const moved = await control(lab.about, `hosts/${instanceId}/move`, { address: lab.address(n), ...settings });
  await lab.refresh();
  return LabHost.parse(moved);
}

async function order(lab: Lab, id: string, verb: string, data: Settings = {}): Promise<void> {
  await control(lab.about, `hosts/${lab.host(id).instanceId}/${verb}`, data);
  await lab.refresh();
}
