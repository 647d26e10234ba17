import type { EventLog, LogAdmin, LogRecord } from './event-log.ts'

export interface TailDeps {
  readonly log: Pick<EventLog, 'scan'>
  readonly admin: Pick<LogAdmin, 'ends'>
}

/** The newest records of a topic, at most `most` of each partition, in order within a partition. */
export async function readTail({ log, admin }: TailDeps, topic: string, most: number): Promise<readonly LogRecord[]> {
  const ends = await admin.ends(topic)
  const range = ends.map(({ partition, start, end }) => {
    const from = end - start > most ? end - BigInt(most) : start
    return [partition, { from, to: end }] as const
  })
  const found: LogRecord[] = []
  await log.scan(topic, new Map(range), async (records) => void found.push(...records))
  return found
}
