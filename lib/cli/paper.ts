import type { Ink } from './ink';

/** What text is laid out for: so many columns, with or without colour. */
export interface Paper {
  readonly ink: Ink;
  readonly width: number;
}
