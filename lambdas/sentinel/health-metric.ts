/**
 * The metric `Requorum/ClusterHealth` as one line of the embedded metric format: it leaves with the log, without any
 * API (facts/aws, "EMF"). 1 = one leader is seen, 0 = none is.
 */
export const healthMetric = (cluster: string, isHealthy: boolean, at: Date): string =>
  JSON.stringify({
    _aws: {
      Timestamp: at.getTime(),
      CloudWatchMetrics: [
        { Namespace: 'Requorum', Dimensions: [['Cluster']], Metrics: [{ Name: 'ClusterHealth', Unit: 'None' }] },
      ],
    },
    Cluster: cluster,
    ClusterHealth: isHealthy ? 1 : 0,
  });
