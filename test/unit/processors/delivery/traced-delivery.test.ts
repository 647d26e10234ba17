import { expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { TRACEPARENT } from '../../../../src/events/headers.ts'
import { startRecordSpan } from '../../../../src/platform/tracing/record-spans.ts'
import { currentSpan } from '../../../../src/platform/tracing/tracer.ts'
import { manualClock } from '../../../memory/manual-clock.ts'
import { sinkWorld, version } from '../../../worlds/sink-world.ts'
import { startTracer } from '../../../worlds/traced.ts'

it('a record that waits goes on in its trace when it is taken up, and its calls are below its delivery', async () => {
  const { receiver, tracer } = await startTracer()
  const clock = manualClock(1_000)
  const world = sinkWorld(clock)
  const calledIn: (string | undefined)[] = []
  const worker = world.worker({
    tracer,
    async deliver(_event, write) {
      calledIn.push(currentSpan()?.spanId)
      if (calledIn.length === 1) throw new StreamError('item_missing', 'no such item')
      write()
    },
  })
  const sent = tracer.start({ name: 'process route-orders', kind: 'consumer', attributes: {} })
  const header = { key: TRACEPARENT, value: Buffer.from(sent.traceparent) }
  const decoded = world.append(version('1', 1), [header])
  const span = startRecordSpan(tracer, 'deliver-netsuite', decoded.record)
  expect(await worker.handle({ ...decoded, span })).toEqual(['1 waiting item_missing'])
  span?.end()
  clock.set(61_000)
  expect(await worker.tick()).toEqual(['1 succeeded'])
  await tracer.close()

  const named = (name: string) => receiver.spans.filter((one) => one.name === name)
  const taken = named('process deliver-netsuite')
  expect(taken.map(({ traceId, parent, links }) => [traceId, parent, links.length])).toEqual([
    [sent.traceId, sent.spanId, 0],
    [sent.traceId, sent.spanId, 0],
  ])
  const deliveries = named('deliver netsuite')
  expect(deliveries.map(({ parent, error, attributes }) => [parent, error, attributes['waldstream.outcome']])).toEqual([
    [taken[0]?.spanId, 'item_missing', 'failed'],
    [taken[1]?.spanId, null, 'delivered'],
  ])
  expect(calledIn).toEqual(deliveries.map(({ spanId }) => spanId))
})
