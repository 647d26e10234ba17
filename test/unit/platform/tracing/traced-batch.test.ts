import { describe, expect, it } from 'vitest'
import { TRACEPARENT } from '../../../../src/events/headers.ts'
import { runStage } from '../../../../src/platform/runtime/run-stage.ts'
import type { Stage } from '../../../../src/platform/runtime/stage.ts'
import type { Tracer } from '../../../../src/platform/tracing/tracer.ts'
import { startTracer } from '../../../worlds/traced.ts'
import { fakeLog } from '../runtime/fake-log.ts'

/** Runs three records through a stage that can't handle the second; the first two were sent in a trace. */
async function run(tracer: Tracer | undefined, traceparent: string) {
  const fake = fakeLog()
  const spans: boolean[] = []
  const stage: Stage<'sync-requests'> = {
    name: 'tested',
    kind: 'sync-requests',
    topics: ['sync-requests'],
    async handle(batch) {
      if (batch.length > 1) spans.push(...batch.map(({ span }) => span !== undefined))
      if (batch.some(({ event }) => event.requestId === 'bad')) throw new TypeError('a bug')
    },
  }
  const running = await runStage(stage, { ...fake.deps, tracer })
  const batch = fake.batch(['a', 'bad', 'b'])
  const header = { key: TRACEPARENT, value: Buffer.from(traceparent) }
  const records = batch.records.map((record, index) =>
    index === 2 ? record : { ...record, headers: [...record.headers, header] },
  )
  await fake.joins[0]?.onBatch({ ...batch, records })
  await running.close()
  expect(batch.committed).toEqual([3n])
  return { spans, letters: await fake.deadLetters() }
}

describe('a batch', () => {
  it('has a span for each record that was sent in a trace, failed where the record went to the dead letters', async () => {
    const { receiver, tracer } = await startTracer()
    const sent = tracer.start({ name: 'publish', kind: 'producer', attributes: {} })
    const { spans, letters } = await run(tracer, sent.traceparent)
    await tracer.close()
    expect(spans).toEqual([true, true, false])
    const ended = receiver.spans.map(({ name, kind, traceId, parent, error }) => ({
      name,
      kind,
      traceId,
      parent,
      error,
    }))
    const below = { name: 'process tested', kind: 5, traceId: sent.traceId, parent: sent.spanId }
    expect(ended).toEqual([
      { ...below, error: null },
      { ...below, error: 'unexpected' },
    ])
    // So that its retry can link to where it came from.
    expect(letters[0]?.headers).toContainEqual({ key: TRACEPARENT, value: Buffer.from(sent.traceparent) })
  })

  it('has none while tracing is off', async () => {
    const { spans } = await run(undefined, '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')
    expect(spans).toEqual([false, false, false])
  })
})
