/** Time as a port: every decision on time gets its `now` from here, so that tests own it. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Now as the contract writes it: ISO 8601, UTC. */
export const nowIso = (clock: Clock = systemClock): string => clock.now().toISOString();

/** Milliseconds of rest between two tries; the only way functions wait. */
export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
