import { titleOf } from '../cli/phases';
import type { CaseRecord } from '../recovery/case-record';
import type { Control } from '../recovery/control';
import type { Health } from '../recovery/health';
import { code, lines, moment, plain } from './text';

export interface Status {
  readonly cluster: string;
  readonly health: Health | null;
  readonly control: Control;
  /** The case that works on it, or was the last to. */
  readonly last: CaseRecord | null;
}

/** What is known of a cluster now, for one person who asked. */
export const statusText = ({ cluster, health, control: { off, coolDown }, last }: Status): string =>
  lines([
    `*${plain(cluster)}*: ${health ? `${plain(health.says)} (seen at ${moment(health.at)})` : 'nothing was seen of it yet'}`,
    ...(off ? [`:no_entry: switched off by ${plain(off.who)} at ${moment(off.at)} ${plain(off.reason)}`] : []),
    ...(coolDown
      ? [`:snowflake: alarms open no case before ${moment(coolDown.until)}, after ${code(coolDown.caseId)}`]
      : []),
    last ? caseText(last) : 'no case yet',
  ]);

const caseText = ({ caseId, status, phase, outcome }: CaseRecord): string =>
  status === 'open'
    ? `:hourglass_flowing_sand: case ${code(caseId)} is open: ${plain(titleOf(phase))}`
    : `last case ${code(caseId)}: ${outcome ?? 'closed'}`;
