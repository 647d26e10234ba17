import pino from 'pino'
import { onTestFinished } from 'vitest'
import type { TracingConfig } from '../../src/config.ts'
import { createOtelTracer } from '../../src/platform/tracing/otel-tracer.ts'
import { startOtlpReceiver } from './otlp-receiver.ts'

/** A tracer, and what it exports to. All of its spans are there once it is closed. `status`: what exports are answered. */
export async function startTracer(config: Partial<TracingConfig> = {}, status = 200) {
  const receiver = await startOtlpReceiver(status)
  onTestFinished(() => receiver.close())
  const lines: string[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  const usual: TracingConfig = {
    url: `${receiver.url}/v1/traces`,
    headers: { 'x-team': 'orders' },
    serviceName: 'bridge',
    resource: { 'deployment.environment.name': 'test' },
    sampler: 'parentbased_always_on',
    ratio: 1,
  }
  const tracer = createOtelTracer({ ...usual, ...config }, { version: '1.2.3', instance: 'here' }, logger)
  return { receiver, tracer, lines }
}
