import type { Config } from '../config.ts'
import {
  type MetricsServerOptions,
  type Observed,
  type RunningMetrics,
  startMetricsServer,
} from '../platform/metrics/metrics-server.ts'

/** Opens the port in `METRICS_PORT`; null: it is off. */
export async function openMetricsPort(
  { metrics }: Pick<Config, 'metrics'>,
  deps: Pick<MetricsServerOptions, 'contentType' | 'logger'>,
  observed: Observed,
): Promise<RunningMetrics | null> {
  return metrics === null ? null : await startMetricsServer({ ...metrics, ...deps }, observed)
}
