import { bucketsOf } from '@seamwatch/adapters/influx/ensure-buckets.ts';
import { InfluxHttp } from '@seamwatch/adapters/influx/influx-http.ts';
import { type Context, influxOf } from '../context.ts';
import { span } from '../terminal/text.ts';
import { type Finding, wrong } from './finding.ts';

const timeoutMs = 5_000;
const clockToleranceMs = 5_000;

/** Is InfluxDB there, may the token write to the buckets, and do the clocks agree? */
export async function checkInflux({ settings }: Context): Promise<Finding[]> {
  let access: ReturnType<typeof influxOf>;
  try {
    access = influxOf(settings);
  } catch (error) {
    return [wrong('influxdb', error, 'set it, or unset SEAMWATCH_INFLUX_URL')];
  }
  const http = new InfluxHttp(access, timeoutMs);
  const findings: Finding[] = [];
  try {
    findings.push(...(await checkPing(access.url)));
  } catch (error) {
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    const found = `SEAM_INFLUX_UNREACHABLE: ${http.address} does not answer (${why})`;
    return [
      {
        about: 'influxdb',
        state: 'wrong',
        found,
        todo: 'see that it runs, and that SEAMWATCH_INFLUX_URL is its address',
      },
    ];
  }
  for (const { name, retentionDays } of Object.values(bucketsOf(access.bucket))) {
    // Nothing is written: InfluxDB judges token, organisation and bucket before it looks at the points.
    const query = { org: access.org, bucket: name, precision: 'ms' };
    const answer = await http.send('POST', '/api/v2/write', query, '', AbortSignal.timeout(timeoutMs));
    const made = `influx bucket create --org ${access.org} --name ${name} --retention ${retentionDays}d`;
    if (answer.status === 401 || answer.status === 403) {
      const found = `SEAM_INFLUX_CONFIG: the token may not write to the bucket ${name} (${answer.text})`;
      findings.push({
        about: 'influxdb',
        state: 'wrong',
        found,
        todo: 'set SEAMWATCH_INFLUX_TOKEN to one with write permission',
      });
    } else if (answer.status === 404) {
      const found = `there is no bucket ${name} in the organisation ${access.org}, or the token cannot see it (${answer.text})`;
      findings.push({
        about: 'influxdb',
        state: 'warning',
        found,
        todo: `the recorder makes it if its token may; else: ${made}`,
      });
    } else if (answer.status === 204 || answer.status === 400) {
      findings.push({ about: 'influxdb', state: 'ok', found: `the token may write to the bucket ${name}` });
    } else {
      const found = `SEAM_INFLUX_UNREACHABLE: ${http.address} answers ${answer.text}`;
      findings.push({ about: 'influxdb', state: 'wrong', found, todo: 'see the log of InfluxDB' });
    }
  }
  return findings;
}

async function checkPing(url: string): Promise<Finding[]> {
  const response = await fetch(new URL('ping', url.replace(/\/?$/, '/')), {
    signal: AbortSignal.timeout(timeoutMs),
  });
  const version = response.headers.get('x-influxdb-version') ?? 'of an unknown version';
  const findings: Finding[] = [
    { about: 'influxdb', state: 'ok', found: `InfluxDB ${version} answers at ${url}` },
  ];
  const theirs = Date.parse(response.headers.get('date') ?? '');
  const apart = Math.abs(Date.now() - theirs);
  if (apart > clockToleranceMs) {
    const found = `this clock is ${span(apart)} ${Date.now() > theirs ? 'ahead of' : 'behind'} that of InfluxDB`;
    const todo = 'synchronise the clocks of both machines (chrony, systemd-timesyncd)';
    findings.push({ about: 'influxdb', state: 'wrong', found, todo });
  }
  return findings;
}
