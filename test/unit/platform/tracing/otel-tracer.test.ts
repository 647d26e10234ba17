import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { RETRY_OF, TRACEPARENT } from '../../../../src/events/headers.ts'
import type { LogRecord } from '../../../../src/platform/kafka/event-log.ts'
import { createLogger } from '../../../../src/platform/logger.ts'
import { startRecordSpan } from '../../../../src/platform/tracing/record-spans.ts'
import { currentSpan, endSpanAfter, inSpan, type NewSpan } from '../../../../src/platform/tracing/tracer.ts'
import { startTracer } from '../../../worlds/traced.ts'

const named = (name: string): NewSpan => ({ name, kind: 'internal', attributes: { 'waldstream.stage': 'test' } })

const recordWith = (...headers: readonly (readonly [string, string])[]): LogRecord => ({
  topic: 'orders',
  partition: 2,
  offset: 7n,
  timestamp: 0,
  key: null,
  value: null,
  headers: headers.map(([key, value]) => ({ key, value: Buffer.from(value) })),
})

describe('the tracer', () => {
  it('exports spans with their parents, attributes and failures, by the name of the service', async () => {
    const { receiver, tracer } = await startTracer()
    const root = tracer.start(named('root'))
    const child = root.child({ name: 'POST', kind: 'client', attributes: { 'url.path': '/orders' } })
    child.set({ 'http.response.status_code': 503 })
    child.fail('target_unavailable')
    child.end()
    root.end()
    await tracer.close()
    const [sent, began] = receiver.spans
    expect(began).toMatchObject({ name: 'root', kind: 1, parent: '', error: null, spanId: root.spanId })
    expect(sent).toMatchObject({ name: 'POST', kind: 3, parent: root.spanId, traceId: root.traceId })
    expect(sent?.error).toBe('target_unavailable')
    expect(sent?.attributes).toEqual({
      'url.path': '/orders',
      'http.response.status_code': 503,
      'error.type': 'target_unavailable',
    })
    expect(sent?.resource).toEqual({
      'service.name': 'bridge',
      'service.version': '1.2.3',
      'service.instance.id': 'here',
      'deployment.environment.name': 'test',
    })
    expect(receiver.headers[0]).toMatchObject({ 'x-team': 'orders' })
  })

  it('continues the trace of a record, and links a retry to it', async () => {
    const { receiver, tracer } = await startTracer()
    const sent = tracer.start(named('publish'))
    const sentWith = [TRACEPARENT, sent.traceparent] as const
    startRecordSpan(tracer, 'route-orders', recordWith(sentWith))?.end()
    startRecordSpan(tracer, 'route-orders', recordWith(sentWith, [RETRY_OF, 'letter']))?.end()
    await tracer.close()
    const [first, retried] = receiver.spans
    expect(first).toMatchObject({ name: 'process route-orders', traceId: sent.traceId, parent: sent.spanId, links: [] })
    expect(first?.attributes).toMatchObject({ 'messaging.destination.name': 'orders', 'messaging.kafka.offset': 7 })
    expect(retried).toMatchObject({ parent: '', links: [{ traceId: sent.traceId, spanId: sent.spanId }] })
    expect(retried?.traceId).not.toBe(sent.traceId)
  })

  it('makes no span for a record without a trace, or where tracing is off', async () => {
    const { tracer } = await startTracer()
    expect(startRecordSpan(tracer, 'route-orders', recordWith())).toBeUndefined()
    expect(startRecordSpan(undefined, 'route-orders', recordWith([TRACEPARENT, 'any']))).toBeUndefined()
    await tracer.close()
  })

  it.each([
    'none',
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01',
  ])('begins a trace where the header is no traceparent: %s', async (parent) => {
    const { receiver, tracer } = await startTracer()
    tracer.start(named('one'), { parent }).end()
    await tracer.close()
    expect(receiver.spans).toMatchObject([{ name: 'one', parent: '' }])
  })

  it('samples as it is set: what is not sampled is not exported, and others learn it', async () => {
    const { receiver, tracer } = await startTracer({ sampler: 'parentbased_traceidratio', ratio: 0 })
    const span = tracer.start(named('one'))
    expect(span.traceparent).toBe(`00-${span.traceId}-${span.spanId}-00`)
    span.end()
    const sampled = `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`
    tracer.start(named('sampled before'), { parent: sampled }).end()
    await tracer.close()
    expect(receiver.spans.map(({ name }) => name)).toEqual(['sampled before'])
  })

  it('reports once that its receiver refuses spans', async () => {
    const { tracer, lines } = await startTracer({}, 400)
    tracer.start(named('one')).end()
    await tracer.close()
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('spans could not be exported')
  })
})

describe('the current span', () => {
  it('is the one of the work, across what it waits for, and ends failed by the code of what is thrown', async () => {
    const { receiver, tracer } = await startTracer()
    const [one, two] = [tracer.start(named('one')), tracer.start(named('two'))]
    const seen = async (span: typeof one) => {
      await new Promise((resolve) => setImmediate(resolve))
      return currentSpan() === span
    }
    expect(await Promise.all([inSpan(one, () => seen(one)), inSpan(two, () => seen(two))])).toEqual([true, true])
    expect(currentSpan()).toBeUndefined()
    const fails = endSpanAfter(one, async () => {
      throw new StreamError('item_missing', 'no such item')
    })
    await expect(fails).rejects.toThrow('no such item')
    await tracer.close()
    expect(receiver.spans).toMatchObject([{ name: 'one', error: 'item_missing' }])
  })

  it('is in log lines where tracing is on', async () => {
    const { tracer } = await startTracer()
    const lines: string[] = []
    const to = { write: (line: string) => void lines.push(line) }
    const traced = createLogger({ level: 'info', name: 'test', traced: true, to })
    const untraced = createLogger({ level: 'info', name: 'test', to })
    const span = tracer.start(named('one'))
    inSpan(span, () => traced.info('in a span'))
    inSpan(span, () => untraced.info('tracing is off'))
    traced.info('in none')
    const [inOne, off, inNone] = lines.map((line) => JSON.parse(line))
    expect(inOne).toMatchObject({ trace_id: span.traceId, span_id: span.spanId, msg: 'in a span' })
    for (const line of [off, inNone]) expect(line).not.toHaveProperty('trace_id')
    await tracer.close()
  })
})
