import { type Health, healthValue } from '../../lib/recovery/health';

/**
 * The metric `Requorum/ClusterHealth` as one line of the embedded metric format: it leaves with the log, without any
 * API (facts/aws, "EMF"). 0 = no leader, 1 = a leader and not at full strength, 2 = at full strength.
 */
export const healthMetric = (health: Health, at: Date): string =>
  JSON.stringify({
    _aws: {
      Timestamp: at.getTime(),
      CloudWatchMetrics: [
        { Namespace: 'Requorum', Dimensions: [['Cluster']], Metrics: [{ Name: 'ClusterHealth', Unit: 'None' }] },
      ],
    },
    Cluster: health.cluster,
    ClusterHealth: healthValue(health),
  });
