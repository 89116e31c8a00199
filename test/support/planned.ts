import type * as z from 'zod';
import type { Cluster } from '../../lib/recovery/cluster';
import type { FenceProof } from '../../lib/recovery/fence';
import { makePlan } from '../../lib/recovery/make-plan';
import type { HoldResult, ReleaseResult, VerifyResult } from '../../lib/recovery/order';
import type { Planning } from '../../lib/recovery/plan';
import type { LogFacts, Survey } from '../../lib/recovery/survey';
import { NOW, PINS, QUARANTINE, sha256, surveyOf, type World } from './world';

/** A world that is planned, with what the later phases need; throws where it is not, so that no test is vacuous. */
export type Planned = Extract<Planning, { kind: 'planned' }> & { readonly survey: Survey; readonly cluster: Cluster };

export const LOST: z.input<typeof World> = {
  servers: { 'dkron-1': {}, 'dkron-2': { host: 'terminated' }, 'dkron-3': { host: 'impaired' } },
};
export const TWO_OF_FIVE: z.input<typeof World> = {
  servers: {
    'dkron-1': { log: '2/100' },
    'dkron-2': { log: '2/103' },
    'dkron-3': { host: 'terminated' },
    'dkron-4': { host: 'terminated' },
    'dkron-5': { host: 'impaired' },
  },
};

export const planOf = (world: z.input<typeof World> = LOST): Planned => {
  const { survey, cluster, world: whole } = surveyOf(world);
  const context = { sha256, documents: PINS, quarantine: QUARANTINE, now: NOW, intent: whole.intent };
  const planning = makePlan(survey, cluster, context);
  if (planning.kind !== 'planned') throw new Error(`not planned: ${JSON.stringify(planning.briefing.findings)}`);
  return { ...planning, survey, cluster };
};

export const logAt = (term: number, index: number, rest: Partial<LogFacts> = {}): LogFacts => ({
  lastTerm: term,
  lastIndex: index,
  firstIndex: 1,
  entries: index,
  terms: [
    { term: 1, firstIndex: 1 },
    { term, firstIndex: 40 },
  ],
  snapshot: null,
  configuration: [],
  configurationIndex: 1,
  currentTerm: term,
  jobs: 20,
  ...rest,
});

type Held = Extract<HoldResult, { outcome: 'held' | 'already-held' }>;

/** Every survivor held as approved. */
export const holdsOf = ({ plan, briefing }: Planned, rest: Partial<Held> = {}): HoldResult[] =>
  plan.survivors.map(({ id, instanceId }) => {
    const position = briefing.servers.find((server) => server.id === id)?.position;
    if (!position) throw new Error(`${id} has no position`);
    return {
      outcome: 'held',
      hostId: instanceId,
      backup: { path: '/var/lib/dkron/.requorum/case/backup', files: 3, bytes: 1000, sha256: sha256('backup') },
      peersSha256: plan.peersSha256,
      log: logAt(position.lastTerm, position.lastIndex),
      stopped: [100],
      leftOver: [],
      wasRunning: true,
      ...rest,
    };
  });

export const fencesOf = ({ plan }: Planned): FenceProof[] =>
  plan.excluded.map(({ id, instanceId, fence }) => ({
    serverId: id,
    kind: fence.kind,
    instanceId,
    proved: true,
    at: NOW,
    evidence: 'seen',
  }));

/** What the network shows while every survivor is held. */
export const quiet = ({ survey }: Planned): Survey['network'] => ({
  at: survey.network.at,
  reports: survey.network.reports.map(({ address }) => {
    const nothing = { outcome: 'refused' as const, detail: '' };
    return { address, raft: nothing, leader: nothing, isLeader: nothing, members: nothing };
  }),
});

export const releasesOf = ({ plan }: Planned, consumed = true): ReleaseResult[] =>
  plan.survivors.map(({ instanceId }) => ({
    outcome: 'released',
    hostId: instanceId,
    startedAt: NOW,
    consumed,
    leader: { outcome: 'answered', leader: null, status: 500 },
    detail: '',
  }));

type Look = Extract<VerifyResult, { outcome: 'looked' }>;

export const looksOf = ({ plan }: Planned, rest: Partial<Look> = {}): VerifyResult[] =>
  plan.survivors.map(({ id, instanceId }, at) => ({
    outcome: 'looked',
    hostId: instanceId,
    canary: at === 0 ? 'created-and-deleted' : 'not-asked',
    jobs: 20,
    log: logAt(3, 110),
    leader: { outcome: 'answered', leader: null, status: 200 },
    members: [{ name: id, address: '10.0.1.11', status: 'alive', server: true }],
    overrideRemoved: true,
    detail: '',
    ...rest,
  }));

/** The network after a recovery: the survivors, one leader, the planned configuration. */
export const led = ({ plan, survey }: Planned, leader = plan.survivors[0]?.id ?? ''): Survey['network'] => ({
  at: survey.network.at,
  reports: plan.survivors.map(({ id, address }) => ({
    address: address.replace(/:\d+$/, ''),
    raft: {
      outcome: 'answered',
      service: 'types.Dkron',
      servers: plan.survivors.map((one) => ({
        id: one.id,
        address: one.address,
        suffrage: 'voter',
        leader: one.id === leader,
      })),
    },
    leader: { outcome: 'answered', leader: { id: leader, rpcAddr: '10.0.1.11:6868' }, status: 200 },
    isLeader: { outcome: 'answered', leads: id === leader, status: id === leader ? 200 : 404 },
    members: {
      outcome: 'answered',
      members: plan.survivors.map((one) => ({
        name: one.id,
        address: one.address.replace(/:\d+$/, ''),
        status: 'alive',
        server: true,
        rpcAddr: one.address,
      })),
    },
  })),
});
