/** `05:07:31Z`: what people compare with their logs is UTC. */
export const clockOf = (instant: string): string => `${instant.slice(11, 19)}Z`;

/** How long ago, in the coarsest unit that says enough. */
export const ago = (instant: string, now: string): string => {
  const seconds = Math.max(0, Math.round((Date.parse(now) - Date.parse(instant)) / 1000));
  if (seconds < 10) return 'just now';
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3600)} h ago`;
};

/** `24:31`: minutes and seconds that are left; never below zero. */
export const leftOf = (until: string, now: string): string => {
  const seconds = Math.max(0, Math.floor((Date.parse(until) - Date.parse(now)) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

export const isOver = (until: string, now: string): boolean => Date.parse(now) >= Date.parse(until);
