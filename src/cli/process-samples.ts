import type { AccountStanding } from '../platform/governor/governor.ts'
import type { Sample } from '../platform/metrics/meter.ts'
import type { StageState } from './running-part.ts'

/** Gauges of a process's stages: whether they run, their lag, and whether their systems answer. */
export function stageSamples(stages: readonly StageState[], now: number): readonly Sample[] {
  return stages.flatMap(({ name: stage, up, group, progress, circuit }) => [
    { name: 'waldstream_stage_up', labels: { stage }, value: up ? 1 : 0 } as const,
    ...progress.flatMap((partition) => lagSamples(group, partition, now)),
    ...(circuit === null ? [] : circuitSamples(stage, circuit)),
  ])
}

function lagSamples(group: string, progress: StageState['progress'][number], now: number): readonly Sample[] {
  const { topic, partition, handled, end, oldestAt } = progress
  // The lag is not known yet.
  if (end === null) return []
  const records = handled === null ? null : Number(end > handled ? end - handled : 0n)
  const labels = { group, topic, partition: String(partition) }
  const age = records === 0 || oldestAt === null ? 0 : Math.max(0, now - oldestAt) / 1000
  const ofAge = { name: 'waldstream_consumer_lag_seconds', labels, value: age } as const
  return records === null ? [ofAge] : [{ name: 'waldstream_consumer_lag_records', labels, value: records }, ofAge]
}

function circuitSamples(stage: string, { system, open, waiting }: NonNullable<StageState['circuit']>) {
  const labels = { stage, system }
  return [
    { name: 'waldstream_circuit_open', labels, value: open === null ? 0 : 1 },
    { name: 'waldstream_circuit_waiting', labels, value: waiting },
  ] as const
}

/** Gauges of the accounts that the process calls. */
export function accountSamples(accounts: readonly AccountStanding[]): readonly Sample[] {
  return accounts.flatMap(({ account, running, waiting, allowed, restMs }) => {
    const labels = { account }
    return [
      { name: 'waldstream_calls_running', labels, value: running },
      { name: 'waldstream_calls_waiting', labels, value: waiting },
      { name: 'waldstream_calls_allowed', labels, value: allowed },
      { name: 'waldstream_account_rest_seconds', labels, value: restMs / 1000 },
    ] as const
  })
}
