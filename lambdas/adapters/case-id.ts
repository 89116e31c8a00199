import type * as z from 'zod';
import type { Execution } from '../../lib/recovery/boundary';
import { CaseId } from '../../lib/recovery/ids';
import { sha256 } from './sha256';

/** The case an execution opens is called as the execution; a name from the console that is no case id gets one that is as stable. */
export const caseIdOf = ({ name, arn }: Pick<z.infer<typeof Execution>, 'name' | 'arn'>): string =>
  CaseId.safeParse(name).success ? name : `case-${sha256(arn).slice(0, 24)}`;
