import type { Consumers, DescribedTable, ProcessState, TopicState, Versions } from '../../../src/operations/system.ts'
import { ask } from './ask.ts'
import type { TestOutcome } from './tests.ts'

export type { DescribedTable, ProcessState, TopicState, Versions }
export type ConsumerGroup = Consumers['groups'][number]

interface Context {
  readonly signal: AbortSignal
}

interface List<T> {
  readonly items: readonly T[]
}

/** The API checks the brokers every five seconds, the tables every thirty. */
const OFTEN_MS = 10_000
const SELDOM_MS = 60_000

const part = <T>(name: string, everyMs: number) => ({
  queryKey: ['system', name],
  queryFn: ({ signal }: Context) => ask<T>(`/v1/system/${name}`, { signal }),
  refetchInterval: everyMs,
})

export const processesQuery = () => part<List<ProcessState>>('processes', OFTEN_MS)
export const consumersQuery = () => part<List<ConsumerGroup> & { readonly complete: boolean }>('consumers', OFTEN_MS)
export const topicsQuery = () => part<List<TopicState>>('topics', OFTEN_MS)
export const tablesQuery = () => part<List<DescribedTable>>('tables', SELDOM_MS)
export const versionsQuery = () => part<Versions>('versions', SELDOM_MS)

export const examineSystem = () => ask<TestOutcome>('/v1/system/test', { method: 'POST' })
