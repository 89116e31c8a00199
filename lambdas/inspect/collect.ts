import * as z from 'zod';
import type { InspectCollectInput, InspectCollectOutput } from '../../lib/recovery/boundary';
import { Refusal } from '../../lib/recovery/order';
import { HostFacts } from '../../lib/recovery/survey';
import type { HostReport, Instance } from '../../lib/recovery/survey';
import type { Clock } from '../adapters/clock';
import { nowIso, systemClock } from '../adapters/clock';
import { collect as collectCommand } from '../adapters/ssm';
import type { Collected } from '../adapters/ssm';

/** Inspect takes a second or two; a host that has not answered by then, seconds, is reported as failed, never as dead. */
const PATIENCE_SECONDS = 60;

const Line = z.union([Refusal, HostFacts]);
const short = (text: string): string => text.slice(0, 2000);

/** Hosts nobody asked: silence has a reason, and the reason is no verdict. */
const silentReport = ({ instanceId, state }: Instance): HostReport =>
  state === 'running'
    ? { outcome: 'silent', instanceId, code: 'AgentOffline', detail: 'running, and its agent is not connected' }
    : { outcome: 'silent', instanceId, code: 'NotRunning', detail: `the instance is ${state}` };

const reportOf = (seen: Collected<z.infer<typeof Line>>, receivedAt: string): HostReport[] => {
  const { instanceId, state, detail } = seen;
  switch (state) {
    case 'pending':
      return [];
    case 'failed':
      return [{ outcome: 'failed', instanceId, code: seen.code, detail: short(detail) }];
    case 'done':
      if ('outcome' in seen.line) {
        return [{ outcome: 'failed', instanceId, code: seen.line.code, detail: seen.line.detail }];
      }
      if (seen.line.hostId !== instanceId) {
        const claim = `the host calls itself ${seen.line.hostId}`;
        return [{ outcome: 'failed', instanceId, code: 'BadResult', detail: claim }];
      }
      return [{ outcome: 'inspected', instanceId, facts: seen.line, receivedAt }];
  }
};

/** What hosts said so far; `done` when each that was asked has answered or was given up. */
export const collect = async (
  { fleet, sent }: z.output<typeof InspectCollectInput>,
  clock: Clock = systemClock,
): Promise<z.output<typeof InspectCollectOutput>> => {
  const asked = new Set(sent?.commands.flatMap(({ instanceIds }) => instanceIds));
  const seen = sent ? await collectCommand(sent, (line) => Line.parse(line), { clock, seconds: PATIENCE_SECONDS }) : [];
  const receivedAt = nowIso(clock);
  const silent = fleet.instances.filter(
    ({ instanceId, state }) => !asked.has(instanceId) && state !== 'terminated' && state !== 'shutting-down',
  );
  return {
    done: seen.every(({ state }) => state !== 'pending'),
    hosts: [...seen.flatMap((one) => reportOf(one, receivedAt)), ...silent.map(silentReport)],
  };
};
