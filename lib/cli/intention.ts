import type { Excluded, Plan, Planning } from '../recovery/plan';
import { list, named } from '../recovery/words';
import { forMany } from './words';

/** What a plan will do, or that there is none: the one sentence a person reads after the headline. */
export const intentionOf = (planning: Planning): string => {
  switch (planning.kind) {
    case 'planned':
      return sentenceOf(planning.plan);
    case 'nothing-to-do':
      return 'There is nothing to do.';
    case 'refused':
      return 'No plan, and nothing is touched; the findings say why and what to do next.';
  }
};

const sentenceOf = (plan: Plan): string => {
  switch (plan.remedy) {
    case 'power-on':
      return powerOnSentence(plan);
    case 'power-cycle':
      return powerCycleSentence(plan);
    case 'restart':
      return `${restartSentence(plan)}${goingOn(plan)}.`;
    case 'remove':
      return `${removeSentence(plan)}${goingOn(plan)}.`;
    case 'launch':
      return `Launch a new host in quarantine in place of ${plan.launch?.replaces ?? 'a server'}; look at its disk; then ask again.`;
    case 'readmit':
      return `Let ${named(plan.joining)} in with an empty data-dir; old data is kept aside${goingOn(plan)}.`;
    case 'rewrite':
      return plan.excluded.length === 0 ? correctSentence(plan) : rewriteSentence(plan);
  }
};

const goingOn = ({ standing }: Plan): string =>
  standing.length === 0 ? '' : `; ${named(standing)} ${forMany(standing, 'goes', 'go')} on working`;

const powerOnSentence = ({ powerOn }: Plan): string => {
  const reaching = forMany(powerOn, 'it reaches', 'they reach');
  const disks = forMany(powerOn, 'its disk', 'their disks');
  return `Power on ${named(powerOn)} in quarantine, where ${reaching} nobody; look at ${disks}; then ask again.`;
};

const powerCycleSentence = ({ powerOn }: Plan): string => {
  const [it, reaching, disks] = [
    forMany(powerOn, 'it', 'them'),
    forMany(powerOn, 'it reaches', 'they reach'),
    forMany(powerOn, 'its disk', 'their disks'),
  ];
  return `Stop ${named(powerOn)} and start ${it} again in quarantine, where ${reaching} nobody; look at ${disks}; then ask again.`;
};

const restartSentence = ({ survivors, letIn }: Plan): string => {
  const cutOff = survivors.filter(({ instanceId }) => letIn.includes(instanceId));
  const opened = cutOff.length === 0 ? '' : `, let ${named(cutOff)} out of quarantine`;
  const again = forMany(survivors, 'start it again on the data it has', 'start them again on the data they have');
  return `Back up ${named(survivors)}${opened} and ${again}`;
};

const removeSentence = ({ removals, countAsLost }: Plan): string => {
  const leaving = removals.filter(({ by }) => by === 'leave');
  const ids = named(removals);
  if (leaving.length > 0) return `Take ${ids} out for good: it leaves by itself, is stopped and held`;
  const lost = removals.length === 1 ? 'it' : list(countAsLost);
  return `Remove ${ids} from the configuration${countAsLost.length === 0 ? '' : `, counting ${lost} as lost`}`;
};

const correctSentence = ({ survivors }: Plan): string =>
  `Write ${named(survivors)} into peers.json as ${forMany(survivors, 'it is', 'they are')} named and reached now, and start ${forMany(survivors, 'it', 'them')} again; nobody is left out.`;

const FATES: Readonly<Record<'lost' | 'declared' | 'gone' | 'fenced', string>> = {
  lost: 'counted as lost and fenced',
  declared: 'gone only by word of a person',
  gone: 'gone, by proof',
  fenced: 'fenced',
};

const fateOf = ({ id, fence }: Excluded, { countAsLost }: Plan): keyof typeof FATES => {
  if (countAsLost.includes(id)) return 'lost';
  if (fence.kind !== 'gone') return 'fenced';
  return fence.declared ? 'declared' : 'gone';
};

const rewriteSentence = (plan: Plan): string => {
  const { survivors, excluded } = plan;
  const fates = (['lost', 'declared', 'fenced', 'gone'] as const).flatMap((fate) => {
    const same = excluded.filter((one) => fateOf(one, plan) === fate);
    return same.length === 0 ? [] : [`${named(same)} ${forMany(same, 'is', 'are')} ${FATES[fate]}`];
  });
  const data = forMany(survivors, 'the data it has', 'the data they have');
  return `Make ${named(survivors)} the whole cluster, on ${data}, by peers.json; ${fates.join('; ')}.`;
};
