import type { Gate } from '../recovery/gate';
import { needed } from '../recovery/gate-decision';
import { THROUGH } from '../recovery/people';
import { hang } from './layout';
import type { Paper } from './paper';

/** The command that answers a gate from any other terminal, with everything it needs filled in. */
export const answerCommand = (gate: Gate): string =>
  [
    `requorum approve --case ${gate.caseId} --plan ${gate.planId}`,
    ...gate.countAsLost.map((server) => `--lost ${server}`),
    ...(gate.danger ? [`--override ${gate.cluster} --reason "..."`] : []),
  ].join(' ');

const QUESTIONS: Readonly<Record<Gate['kind'], (gate: Gate) => string>> = {
  'approve-plan': (gate) => `Plan ${gate.planId} waits for an answer`,
  'approve-restart': (gate) => `${gate.cluster} is at its point of no return, and going on waits for an answer`,
};

/** Who has to say yes, where that is more than anybody once; and who has. */
const showPeople = (gate: Gate, { ink, width }: Paper): string[] => {
  const { approvers, answers, approvals, selfApproval, requester } = gate;
  const many = needed(gate);
  const who =
    approvers.length === 0
      ? `${many === 1 ? 'One person' : `${many} different people`}`
      : `${many === 1 ? 'One' : many} of ${approvers.join(', ')}`;
  const self = selfApproval ? '' : `; not ${requester}, who asked`;
  // That a danger needs two is said already.
  const isPlain = approvals === 1 && approvers.length === 0 && selfApproval;
  return [
    ...(isPlain ? [] : hang('', `${who} must say yes${self}.`, width)),
    ...answers.flatMap(({ who: id, person, door, at }) =>
      hang('  ', `✔ ${person ?? id} said yes, ${THROUGH[door]}, at ${at.slice(11, 19)}Z`, width, ink.green),
    ),
  ];
};

/** For each unreachable host: what else may be done about it than count it as lost, and with which command. */
const choiceLines = ({ caseId, choices, waitMinutes }: Gate): string[] =>
  choices.length === 0
    ? []
    : [
        `or wait ${waitMinutes} min and look again: requorum answer --case ${caseId} --wait`,
        ...choices.map(({ id, notCycled }) =>
          notCycled === null
            ? `or power-cycle the host of ${id} first: requorum answer --case ${caseId} --power-cycle ${id}`
            : `${id} is not power-cycled: ${notCycled}`,
        ),
      ];

export const showGate = (gate: Gate, paper: Paper): string[] => {
  const { ink, width } = paper;
  const alone = gate.soloOverride ? '' : ' and a second person';
  const danger = `A danger finding is open: only an override counts, with the cluster's name, a reason${alone}.`;
  return [
    ...hang(
      '',
      `${QUESTIONS[gate.kind](gate)} until ${gate.expiresAt.slice(11, 19)}Z; silence is no.`,
      width,
      ink.bold,
    ),
    ...(gate.danger ? hang('', danger, width, ink.red) : []),
    ...showPeople(gate, paper),
    ink.dim(`elsewhere: ${answerCommand(gate)}`),
    ...choiceLines(gate).flatMap((line) => hang('  ', line, width, ink.dim)),
  ];
};
