import { ConfigError } from './configError.ts';
import { readSecret } from './readSecret.ts';
import { readTexts } from './readTexts.ts';
import { textsOf, type Variables } from './setText.ts';
import { telemetryVariables } from './telemetryVariables.ts';

/** What the environment says of metrics and traces. */
export interface TelemetrySettings {
  /** Absent: nobody follows anything. */
  readonly otlpEndpoint: string | undefined;
  /** What opens /metrics. Absent: it is open on this machine alone. */
  readonly metricsToken: string | undefined;
}

/** Throws a ConfigError that names every variable with a value that it cannot have. */
export function readTelemetry(env: Variables): TelemetrySettings {
  const problems: string[] = [];
  const values = readTexts(textsOf(env, Object.keys(telemetryVariables)), telemetryVariables, problems);
  const token = readSecret(env, 'METRICS_TOKEN');
  if ('problem' in token) problems.push(token.problem);
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    metricsToken: 'problem' in token ? undefined : token.value,
  };
}
