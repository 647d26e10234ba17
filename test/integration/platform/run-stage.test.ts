import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import type { DeadLettered } from '../../../src/events/generated/events.ts'
import { createCodec } from '../../../src/platform/registry/codec.ts'
import { runStage } from '../../../src/platform/runtime/run-stage.ts'
import type { Stage } from '../../../src/platform/runtime/stage.ts'
import { systemClock } from '../../../src/platform/system-clock.ts'
import { syncRequested } from '../../data/sync-request.ts'
import { openLog, silent } from './log-fixture.ts'

const url = inject('services')['SCHEMA_REGISTRY_URL'] ?? ''
const soon = { timeout: 240_000, interval: 20 }

async function open() {
  const fixture = await openLog()
  const codec = await createCodec({ url, prefix: fixture.prefix, logger: silent })
  const [requests, deadLetters] = [await fixture.topic('sync-requests', 2), await fixture.topic('dead-letters')]
  const deps = { ...fixture, codec, clock: systemClock, logger: silent, topicPrefix: fixture.prefix }
  return {
    ...deps,
    requests,
    record: (id: string, key = id) => ({
      topic: requests,
      key,
      value: codec.encode('sync-requests', syncRequested(id)),
    }),
    /** Runs a stage until the test ends. */
    async run(stage: Partial<Stage<'sync-requests'>> & Pick<Stage<'sync-requests'>, 'handle'>) {
      const running = await runStage(
        { name: 'tested', kind: 'sync-requests', topics: ['sync-requests'], ...stage },
        deps,
      )
      let closed: Promise<void> | undefined
      const close = () => (closed ??= running.close())
      onTestFinished(close)
      return { ...running, close }
    },
    /** Every dead letter there is, at least `count`. */
    async deadLetters(count: number): Promise<readonly DeadLettered[]> {
      const found: DeadLettered[] = []
      const reader = await runStage<'dead-letters'>(
        {
          name: 'letters',
          kind: 'dead-letters',
          topics: ['dead-letters'],
          handle: async (batch) => void found.push(...batch.map(({ event }) => event)),
        },
        deps,
      )
      await vi.waitFor(() => expect(found.length).toBeGreaterThanOrEqual(count), soon)
      await reader.close()
      expect((await fixture.admin.ends(deadLetters)).map(({ end }) => end)).toEqual([BigInt(found.length)])
      return found
    },
  }
}

describe('a running stage', () => {
  it('sends what can not be decoded to the dead letters byte for byte, and delays nothing', async () => {
    const { run, record, producer, requests, deadLetters, admin, prefix } = await open()
    const bad = Buffer.from([0, 0, 0, 0, 1, 255, 255, 255])
    const text = Buffer.from('not Avro at all, ü')
    await producer.send([
      record('1', 'k'),
      { topic: requests, key: 'k', value: bad, headers: { trace: Buffer.from([0, 1, 255]), name: 'ü' } },
      { topic: requests, key: 'k', value: text },
      record('2', 'k'),
    ])
    const handled: string[] = []
    await run({ handle: async (batch) => void handled.push(...batch.map(({ event }) => event.requestId)) })
    await vi.waitFor(() => expect(handled).toEqual(['1', '2']), soon)
    const letters = (await deadLetters(2)).toSorted((a, b) => a.offset - b.offset)
    expect(letters).toHaveLength(2)
    expect(letters[0]).toMatchObject({
      stage: 'tested',
      code: 'value_undecodable',
      topic: requests,
      offset: 1,
      originalKey: Buffer.from('k'),
      originalValue: bad,
      headers: [
        { key: 'trace', value: Buffer.from([0, 1, 255]) },
        { key: 'name', value: Buffer.from('ü') },
      ],
    })
    expect(letters[1]).toMatchObject({ offset: 2, originalValue: text })
    await vi.waitFor(async () => {
      const committed = await admin.committed(`${prefix}tested`, requests)
      expect([...committed.values()]).toContain(4n)
    }, soon)
  })

  it('tells when a partition is handled up to its end, and only then', async () => {
    const { run, record, producer } = await open()
    await producer.send(Array.from({ length: 40 }, (_, n) => record(String(n))))
    let handled = 0
    const blocked = Promise.withResolvers<void>()
    const idle = new Map<number, number[]>()
    const startedAt = Date.now()
    await run({
      handle: async (batch) => {
        await blocked.promise
        handled += batch.length
      },
      onIdle: async (partitions, topic, asOf) => {
        expect([handled, topic]).toEqual([40, 'sync-requests'])
        for (const partition of partitions) idle.set(partition, [...(idle.get(partition) ?? []), asOf])
      },
    })
    blocked.resolve()
    await vi.waitFor(() => expect([...idle.values()].map(({ length }) => length > 1)).toEqual([true, true]), soon)
    for (const times of idle.values()) {
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(times[0]).toBeGreaterThanOrEqual(startedAt)
      expect(times.at(-1)).toBeLessThanOrEqual(Date.now())
    }
  })

  it('hands a batch over again after an error that passes, and commits nothing before', async () => {
    const { run, record, producer, admin, prefix, requests } = await open()
    await producer.send([record('1', 'k'), record('2', 'k')])
    const seen: string[] = []
    await run({
      handle: async (batch) => {
        seen.push(batch.map(({ event }) => event.requestId).join(' '))
        const committed = await admin.committed(`${prefix}tested`, requests)
        expect([...committed.values()]).toEqual([null, null])
        if (seen.length < 3) throw new StreamError('table_unavailable', 'the table is gone', { retryAfterMs: 1 })
      },
    })
    await vi.waitFor(() => expect(seen).toEqual(['1 2', '1 2', '1 2']), soon)
  })

  it('shares its partitions with a second worker, which takes over when the first ends', async () => {
    const { run, record, producer } = await open()
    const handled: string[][] = [[], []]
    const worker = (index: number) =>
      run({ handle: async (batch) => void handled[index]?.push(...batch.map(({ event }) => event.requestId)) })
    const first = await worker(0)
    const second = await worker(1)
    const shares = () => [first.progress().length, second.progress().length]
    await vi.waitFor(() => expect(shares()).toEqual([1, 1]), soon)
    await producer.send(Array.from({ length: 100 }, (_, n) => record(String(n))))
    await vi.waitFor(() => expect(handled.flat()).toHaveLength(100), soon)
    expect(handled.every(({ length }) => length > 0)).toBe(true)
    expect(new Set(handled.flat()).size).toBe(100)
    await first.close()
    await producer.send(Array.from({ length: 100 }, (_, n) => record(`later ${n}`)))
    await vi.waitFor(() => expect(handled.flat()).toHaveLength(200), soon)
    expect(handled[1]?.filter((id) => id.startsWith('later'))).toHaveLength(100)
    expect(second.problem()).toBeNull()
  })
})
