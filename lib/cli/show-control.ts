import type { Control } from '../recovery/control';
import { wrap } from './layout';
import type { Paper } from './paper';

interface Said {
  readonly says: string;
  readonly next: string;
}

const saidOf = (cluster: string, { off, coolDown }: Control, now: Date): Said => {
  if (off) {
    const why = off.reason === '' ? '' : `: ${off.reason}`;
    const meaning = 'nothing acts, and a case before its point of no return was aborted';
    return {
      says: `${cluster} is switched off by ${off.who} at ${off.at}${why}; plans can be made, ${meaning}.`,
      next: `to let it act again: requorum enable --cluster ${cluster}`,
    };
  }
  if (coolDown && now.getTime() < Date.parse(coolDown.until)) {
    const { until, caseId } = coolDown;
    return {
      says: `${cluster} may be acted on by people; alarms open no case before ${until}, because case ${caseId} changed hosts.`,
      next: `read what it did: requorum watch --case ${caseId}; then: requorum acknowledge --cluster ${cluster}`,
    };
  }
  return {
    says: `${cluster} may be acted on: people and alarms may open its next case.`,
    next: `how it is now: requorum verify --cluster ${cluster}`,
  };
};

/** Who may act on a cluster now, as one sentence and the next step. */
export const showControl = (
  cluster: string,
  control: Control,
  { now, width }: Pick<Paper, 'width'> & { readonly now: Date },
): string[] => {
  const { says, next } = saidOf(cluster, control, now);
  return [...wrap(says, width), `  → ${next}`];
};
