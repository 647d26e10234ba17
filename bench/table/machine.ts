import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { KAFKA_STREAMS } from '../peers/kafka-streams.ts'
import { PYTHON } from '../peers/python.ts'
import type { Machine } from './results.ts'

/** What the figures were measured on. */
export function thisMachine(servers: string): Machine {
  const [first] = cpus()
  return {
    cpu: first?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    system: `${type()} ${release()}`,
    versions: { node: process.versions.node, servers, streams: KAFKA_STREAMS, python: PYTHON },
  }
}
