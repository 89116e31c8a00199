import * as z from 'zod';
import { ServerId } from './ids';

/**
 * What a person opened a case for beside recovery, one server at a time: `retire` takes it out for good, `readmit` lets a
 * fenced one back in with an empty data-dir, `replace` starts a new host in its stead.
 */
export const Intent = z.object({ kind: z.enum(['retire', 'readmit', 'replace']), server: ServerId });
export type Intent = z.infer<typeof Intent>;

/** As people write it beside cluster and mode: `{"readmit": "dkron-2"}`. At most one of them. */
export const AskedIntent = z.object({
  retire: ServerId.nullish(),
  readmit: ServerId.nullish(),
  replace: ServerId.nullish(),
});
export type AskedIntent = z.infer<typeof AskedIntent>;

/** @returns every intent that was named: none, or one, or too many */
export function intentsIn(asked: AskedIntent): Intent[] {
  return Intent.shape.kind.options.flatMap((kind) => {
    const server = asked[kind];
    return server ? [{ kind, server }] : [];
  });
}
