import { oneOf } from './codecs.ts';
import { means } from './described.ts';
import { ofText } from './textCodecs.ts';

const httpUrl = ofText('an http: or https: URL', (text) => {
  if (text.length > 1_024 || !URL.canParse(text)) return undefined;
  return /^https?:$/.test(new URL(text).protocol) ? text : undefined;
});

/** The variables of logs, metrics and traces. */
export const telemetryVariables = {
  LOG_FORMAT: means(
    'How the log is written: lines to read, or a JSON object each. Default: text.',
    oneOf(['text', 'json']),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: means('Where traces go, over OTLP/HTTP. Default: nowhere.', httpUrl),
};
