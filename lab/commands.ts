import { startDkron, stopDkron, wipe } from './breakage';
import { CLUSTER, Lab } from './lab';
import { howToLookAround } from './look-around';
import { refreshInventory } from './door';
import type { DkronVersion, HostKind } from './prepare';
import { showPage } from './show-page';

export interface Named {
  readonly name: string;
}
export interface UpOptions extends Named {
  readonly servers: number;
  readonly bare: boolean;
  readonly dkron: DkronVersion;
  readonly hosts: HostKind;
}

const JOBS = 20;

/** What can happen to a host, by the words of the command line. */
export const HOST_VERBS = {
  impair: 'running, silent, agent disconnected',
  hang: 'as impaired, until its power is off: a power-cycle heals it',
  unimpair: 'as it was before impair',
  terminate: 'the instance and its disk are gone',
  stop: 'power off; the disk stays',
  start: 'power on',
  'stop-dkron': 'Dkron stops in its service manager; the host stays on',
  'start-dkron': 'Dkron starts in its service manager',
  wipe: 'an empty disk, Dkron stopped',
} as const;
type HostVerb = keyof typeof HOST_VERBS;

const ON_HOST: Readonly<Record<HostVerb, (lab: Lab, server: string) => Promise<void>>> = {
  impair: (lab, server) => lab.impair(server),
  hang: (lab, server) => lab.hang(server),
  unimpair: (lab, server) => lab.unimpair(server),
  terminate: (lab, server) => lab.terminate(server),
  stop: (lab, server) => lab.stopInstance(server),
  start: (lab, server) => lab.startInstance(server),
  'stop-dkron': stopDkron,
  'start-dkron': startDkron,
  wipe,
};
export const isHostVerb = (verb: string): verb is HostVerb => Object.hasOwn(HOST_VERBS, verb);

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export async function up({ name, servers, bare, dkron, hosts }: UpOptions): Promise<void> {
  const lab = await Lab.up({ name, servers, dkron, hosts, keep: true, progress: say });
  if (!bare) {
    await lab.deploy(say);
    say(`starting ${servers} Dkron servers`);
    const leader = await lab.startCluster(say);
    say(`${leader.serverId} leads; adding ${JOBS} jobs`);
    await lab.addJobs(JOBS);
    await refreshInventory(lab);
  }
  for (const line of howToLookAround(lab)) say(line);
}

export async function deploy({ name }: Named): Promise<void> {
  const lab = await Lab.attach(name);
  await lab.deploy(say);
  say('deployed');
}

export async function status({ name }: Named): Promise<void> {
  const lab = await Lab.attach(name);
  const leader = await lab.leader();
  for (const { serverId, instanceId, address, ec2, power } of lab.hosts) {
    const leads = leader?.serverId === serverId ? '  leads' : '';
    say(`${serverId.padEnd(10)} ${instanceId}  ${address.padEnd(14)} ${ec2.padEnd(10)} ${power}${leads}`);
  }
  if (!leader) say(`nobody leads; open a case: npm run requorum -- recover --cluster ${CLUSTER}`);
}

export async function alarm({ name }: Named): Promise<void> {
  await (await Lab.attach(name)).raiseAlarm();
  say(`raised; follow the case: npm run requorum -- watch --cluster ${CLUSTER}`);
}

export async function onHost(verb: HostVerb, server: string, { name }: Named): Promise<void> {
  await ON_HOST[verb](await Lab.attach(name), server);
  await status({ name });
}

export async function logs(server: string, { name }: Named): Promise<void> {
  const lab = await Lab.attach(name);
  say(lab.host(server).log);
}

export async function page({ name }: Named): Promise<void> {
  await showPage(await Lab.attach(name), say);
}

export async function down({ name }: Named): Promise<void> {
  await (await Lab.attach(name)).down();
  say(`${name} is down; nothing of it runs`);
}
