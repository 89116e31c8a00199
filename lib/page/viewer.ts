import type { Health } from '../recovery/health';
import type { Caller } from '../recovery/people';

/** Who looks at a page, when, and what their answers must carry. */
export interface Viewer {
  readonly me: Caller;
  readonly now: string;
  /** Proof that a form came from a page of this sign-in (lambdas/page/csrf.ts). */
  readonly csrf: string;
  /** What the sentinel saw last: a report tells how the cluster was left, and that may have been mended since. */
  readonly health?: Health | null;
}

/** Told above everything else: what became of an answer, or why it was not taken. */
export interface Notice {
  readonly kind: 'done' | 'waiting' | 'refused';
  readonly says: string;
  readonly nextStep?: string;
}

/** As people know somebody: by name where the configuration has one, else by the end of the id. */
export const nameOf = ({ who, person }: { readonly who: string; readonly person: string | null }): string =>
  person ?? who.replace(/^arn:[^/]*[:/]/, '').replace(/^(mail|slack):/, '');
