import type { AbortRequest } from '../../lib/recovery/case-record';

export const abortSays = ({ who, at, reason }: AbortRequest): string =>
  `${who} aborted the case at ${at}${reason === '' ? '' : `: ${reason}`}`;
