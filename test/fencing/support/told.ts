import { keepCells } from '../../support/table-rows';

/** What one threat came to, with the rule switched off or on; the two halves may be told by two tests. */
export interface Told {
  /** In a few words, with the id of the experiment where it has one (facts/dkron §12). */
  readonly threat: string;
  /** Number of the rule in docs/safety.md, with a word. */
  readonly rule: string;
  readonly off?: string;
  readonly on?: string;
}

/** Kept for the table at the end of the run; call it after the assertions of the test, so that it tells what held. */
export function tell({ threat, rule, off, on }: Told): void {
  keepCells([threat, rule, off ?? null, on ?? null]);
}
