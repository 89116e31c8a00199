import type { Survey } from './survey';

/** Seconds to add to our clock to get the host's, by instance (design rule 10). */
export function skewOf({ hosts }: Survey): Record<string, number> {
  return Object.fromEntries(
    hosts.flatMap((report) =>
      report.outcome === 'inspected'
        ? [[report.instanceId, Math.round((Date.parse(report.facts.clock) - Date.parse(report.receivedAt)) / 1000)]]
        : [],
    ),
  );
}
