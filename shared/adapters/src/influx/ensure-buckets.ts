import { SeamError } from '@seamwatch/contracts/errors.ts';
import { bucketRetentionDays } from '@seamwatch/contracts/influx.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import { type Answer, type InfluxAccess, InfluxHttp } from './influx-http.ts';

export interface Bucket {
  name: string;
  retentionDays: number;
}

/** The two buckets of an installation: as configured, and the same with `_daily` for what is kept for a year. */
export const bucketsOf = (name: string): { main: Bucket; daily: Bucket } => ({
  main: { name, retentionDays: bucketRetentionDays.main },
  daily: { name: `${name}_daily`, retentionDays: bucketRetentionDays.daily },
});

/**
 * Makes the buckets that are missing, and leaves those that are there as they are. Resolves to the names of the created.
 * Throws `SEAM_INFLUX_UNREACHABLE`, or `SEAM_INFLUX_CONFIG` with the command to run where the token may not.
 */
export async function ensureBuckets(
  access: InfluxAccess,
  buckets: readonly Bucket[],
  signal: AbortSignal = AbortSignal.timeout(60_000),
): Promise<string[]> {
  const http = new InfluxHttp(access);
  const created: string[] = [];
  for (const bucket of buckets) if (await ensureBucket(http, bucket, signal)) created.push(bucket.name);
  return created;
}

/** True where the bucket was made, false where it was there. */
export async function ensureBucket(http: InfluxHttp, bucket: Bucket, signal: AbortSignal): Promise<boolean> {
  const { name, retentionDays } = bucket;
  const explain = (answer: Answer): SeamError => {
    if (answer.status === 0 || answer.status >= 500) {
      return new SeamError('SEAM_INFLUX_UNREACHABLE', `InfluxDB at ${http.address}: ${answer.text}`);
    }
    return new SeamError(
      'SEAM_INFLUX_CONFIG',
      `the organisation ${http.org} has no bucket ${name} that this token can see, and the token may not make it ` +
        `(${answer.text}); make it: influx bucket create --org ${http.org} --name ${name} --retention ${retentionDays}d`,
    );
  };

  const found = await http.send('GET', '/api/v2/buckets', { org: http.org, name }, '', signal);
  if (found.status === 200 && (found.body as { buckets: unknown[] }).buckets.length > 0) return false;
  const orgs = await http.send('GET', '/api/v2/orgs', { org: http.org }, '', signal);
  const orgID = orgs.status === 200 && (orgs.body as { orgs: { id: string }[] }).orgs[0]?.id;
  if (!orgID) throw explain(orgs);

  const retentionRules = [{ type: 'expire', everySeconds: (retentionDays * dayMs) / 1_000 }];
  const body = JSON.stringify({ orgID, name, retentionRules });
  const made = await http.send('POST', '/api/v2/buckets', {}, body, signal);
  if (made.status === 201) return true;
  throw explain(made);
}
