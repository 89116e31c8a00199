import type { Gate } from '../recovery/gate';
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

export const showGate = (gate: Gate, { ink, width }: Paper): string[] => {
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
    ink.dim(`elsewhere: ${answerCommand(gate)}`),
  ];
};
