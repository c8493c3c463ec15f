/** InfluxDB 2 measurements: tags, fields, as written by the recorder and read by Grafana. */
export const influxMeasurements = {
  seam_rate: {
    tags: [
      'segment',
      'tier',
      'path',
      'category',
      'channel',
      'market',
      'value_band',
      'complexity',
      'emotion',
      'measure',
      'window',
    ],
    fields: ['value', 'lower', 'upper', 'n', 'baseline', 'state'],
  },
  seam_evidence: {
    tags: ['segment', 'measure', 'direction'],
    fields: ['days', 'installation_days', 'level', 'onset_ms'],
  },
  seam_alert: {
    tags: ['segment', 'measure', 'level', 'state'],
    fields: ['alert_id', 'seq', 'title', 'owner', 'value', 'lower', 'upper', 'baseline'],
  },
  seam_pipeline: {
    tags: ['service', 'source'],
    fields: ['events', 'late', 'dead', 'lag_ms', 'watermark_ms'],
  },
} as const;

export type InfluxMeasurement = keyof typeof influxMeasurements;
export const defaultBuckets = { main: 'seamwatch', daily: 'seamwatch_daily' } as const;
export const bucketRetentionDays = { main: 35, daily: 400 } as const;
