import { choose, excludedOf, fenceRefusals, survivorOf, unreadRefusal, type Chosen, type Kept } from './choose';
import { planned, strangerRefusals, type Planner } from './draft';
import { peersJson } from './peers-json';
import type { Finding, Planning } from './plan';
import { triedFindings } from './plan-power-cycle';
import { duplicateRefusals, isDkron4, refusal, survivorRefusals, timelineRefusals, versionRefusals } from './refusals';
import { withData, type ServerView } from './servers';
import { named } from './words';

/** Quorum lost: whoever keeps its data becomes the whole cluster; everybody else is fenced or proved gone. */
export function planRewrite(planner: Planner): Planning {
  const chosen = choose(planner.signs.servers);
  const { survivors, excluded } = chosen;
  return rewrite(planner, chosen, [
    ...(survivors.length === 0 ? [noSurvivor(excluded)] : []),
    ...survivors.flatMap((server) => survivorRefusals(server, server.facts)),
  ]);
}

/**
 * No leader because Raft knows its servers under names or addresses that are not theirs (facts/dkron §5, §7): the same
 * servers, written as their next start will call them.
 */
export function planCorrection(planner: Planner): Planning {
  const chosen = choose(planner.signs.servers);
  const asStarted = chosen.survivors.map((server) => ({ ...server, id: server.facts.nodeName.value }));
  return rewrite(planner, { ...chosen, survivors: asStarted }, [
    ...(asStarted.length === 0 ? [noSurvivor(chosen.excluded)] : []),
    ...asStarted.flatMap((server) => survivorRefusals(server, server.facts)),
  ]);
}

function rewrite(planner: Planner, chosen: Chosen, refusals: readonly Finding[]): Planning {
  const survivors = chosen.survivors.map(survivorOf);
  return planned(
    planner,
    {
      remedy: 'rewrite',
      survivors,
      excluded: chosen.excluded.flatMap((server) => excludedOf(server) ?? []),
      peersJson: peersJson(survivors),
      kept: chosen.survivors,
      findings: triedFindings(planner, chosen.excluded),
    },
    [...refusals, ...refusalsOf(planner, chosen)],
  );
}

/** Everything that forbids the plan, not only the first: a person wants the whole list. */
function refusalsOf(planner: Planner, { survivors, excluded, unread }: Chosen): Finding[] {
  return [
    ...unread.map(unreadRefusal),
    ...survivors.flatMap(({ id, facts }) => versionRefusals(id, facts)),
    ...timelineRefusals(survivors.map(({ id, facts }) => ({ id, log: facts.log }))),
    ...duplicateRefusals(withData(planner.survey)),
    ...excluded.flatMap((server) => fenceRefusals(server, planner.context.quarantine)),
    ...unfenceableOnThree(survivors, excluded),
    ...strangerRefusals(planner),
  ];
}

/**
 * Said beside the refusal itself: on Dkron 3 nobody may override it (design rule 1). A declaration is such an override:
 * it needs a Dkron that is known to be 4 (ADR 0012).
 */
function unfenceableOnThree(survivors: readonly Kept[], excluded: readonly ServerView[]): Finding[] {
  const three = survivors.filter(({ facts }) => !isDkron4(facts.version));
  const open = excluded.filter((server) => server.declared !== null || excludedOf(server) === null);
  if (three.length === 0 || open.length === 0) return [];
  const which = three.every(({ facts }) => facts.version !== null) ? 'Dkron 3' : 'Dkron of an unknown version';
  const says = `${which} on ${named(three)} votes for an old server itself, so ${named(open)} must be fenced${open.some(({ declared }) => declared) ? ': a declaration does not do' : ''}`;
  const next = 'find the instance and stop it, or upgrade every server to Dkron 4 first';
  return [refusal('version-needs-fence', says, 'facts/dkron E10', next)];
}

function noSurvivor(excluded: readonly ServerView[]): Finding {
  const evidence = excluded.map(({ id, facts, because }) => `${id}: ${facts?.logProblem ?? because}`).join('; ');
  const next = 'read the logs on the hosts; without a readable log there is nothing to recover from';
  return refusal(
    'no-survivor',
    'no server has a log that can be read and that knows the server itself',
    evidence,
    next,
  );
}
