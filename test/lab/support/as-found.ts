import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual, promisify } from 'node:util';
import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import * as z from 'zod';
import type { Lab, LabHost } from '../../../lab/lab';

const run = promisify(execFile);
const Peek = z.object({ last_index: z.number(), last_term: z.number(), config: z.unknown(), peers_json: z.boolean() });
const Voted = z.object({ conf: z.object({ CurrentTerm: z.number() }) });

/** What the oracle (not our own reader) says of a data-dir's Raft log. */
export async function peek(dataDir: string): Promise<z.infer<typeof Peek>> {
  return Peek.parse(await askOracle(dataDir));
}

/** The term a server has got to by itself, with or without a log entry of it. */
export async function currentTerm(dataDir: string): Promise<number> {
  return Voted.parse(await askOracle(dataDir)).conf.CurrentTerm;
}

async function askOracle(dataDir: string): Promise<unknown> {
  const oracle = join(__dirname, '..', 'oracle', 'raftpeek.py');
  const { stdout } = await run('python3', [oracle, dataDir]);
  return JSON.parse(stdout);
}

/** All paths of a data-dir except `.requorum`, which a case may leave behind (design rule 11). */
export async function pathsOf(host: LabHost): Promise<string[]> {
  const all = await readdir(host.dataDir, { recursive: true });
  return all.filter((path) => path !== '.requorum' && !path.startsWith('.requorum/')).sort();
}

export interface AsFound {
  readonly hosts: readonly {
    serverId: string;
    ec2: string;
    power: string;
    paths: string[];
    log: z.infer<typeof Peek>;
  }[];
  readonly groups: Readonly<Record<string, string>>;
}

/** What a case that ends before the point of no return must leave as it was: disks, power, networks. */
export async function asFound(lab: Lab): Promise<AsFound> {
  await lab.refresh();
  const left = lab.hosts.filter((host) => host.power !== 'gone');
  const hosts = await Promise.all(
    left.map(async (host) => ({
      serverId: host.serverId,
      ec2: host.ec2,
      power: host.power,
      paths: await pathsOf(host),
      log: await peek(host.dataDir),
    })),
  );
  return { hosts, groups: await groupsOf(lab) };
}

/** As it is once it is `before` again, or when nobody waits any longer: a host takes a moment to follow EC2. */
export async function untilAsFound(lab: Lab, before: AsFound, patienceMs = 30_000): Promise<AsFound> {
  let now = await asFound(lab);
  for (const end = Date.now() + patienceMs; !isDeepStrictEqual(now, before) && Date.now() < end; await sleep(500)) {
    now = await asFound(lab);
  }
  return now;
}

export async function groupsOf(lab: Lab): Promise<Record<string, string>> {
  const { NetworkInterfaces } = await lab.clients().ec2.send(new DescribeNetworkInterfacesCommand({}));
  return Object.fromEntries(
    (NetworkInterfaces ?? []).map(({ NetworkInterfaceId, Groups }) => [
      NetworkInterfaceId ?? '',
      (Groups ?? []).map(({ GroupId }) => GroupId).join(','),
    ]),
  );
}
