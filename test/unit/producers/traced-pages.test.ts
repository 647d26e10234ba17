import { describe, expect, it } from 'vitest'
import { dispatch } from '../../../src/control/dispatch.ts'
import { readControl, takeLease } from '../../../src/control/read-control.ts'
import { getRun } from '../../../src/control/runs.ts'
import { StreamError } from '../../../src/errors.ts'
import { currentSpan } from '../../../src/platform/tracing/tracer.ts'
import { runSource } from '../../../src/producers/run-source.ts'
import type { Page, SourceReader } from '../../../src/systems/kit/source.ts'
import { readWith } from '../../data/configuration.ts'
import { startTracer } from '../../worlds/traced.ts'
import { type Bench, bench, pageOf, stock } from './support.ts'

const read = readWith('netsuite', 'inventory', { pageSize: 2, settleSeconds: 0, overlapSeconds: 0 })

async function job(deps: Bench, reader: SourceReader<'inventory'>) {
  const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
  await dispatch(deps.tables, { requestId: 'r', read: read.id, trigger: 'api', requestedAt: 1, ...nothing })
  const lease = await takeLease(deps.tables, await readControl(deps.tables, read.id), { id: 'w', now: 0, leaseMs: 1 })
  const run = lease === undefined ? undefined : await getRun(deps.tables, lease.run)
  if (lease === undefined || run === undefined) throw new Error('no run')
  const window = { from: null, to: 10_000 }
  return { run, read, reader, window, fence: lease.fence, signal: new AbortController().signal }
}

describe('a traced read', () => {
  it('has a trace for each page: what reads it and what is published of it', async () => {
    const { receiver, tracer } = await startTracer()
    const deps = { ...bench(), tracer }
    const pages = [pageOf([stock('A', '1'), stock('B', '2')]), pageOf([stock('C', '3')])]
    const seenBy: (string | undefined)[] = []
    const reader: SourceReader<'inventory'> = {
      name: 'test.inventory',
      entity: 'inventory',
      async *read(): AsyncIterable<Page<'inventory'>> {
        for (const page of pages) {
          seenBy.push(currentSpan()?.spanId)
          yield page
        }
        seenBy.push(currentSpan()?.spanId)
      },
    }
    const own = await job(deps, reader)
    await runSource(deps, own)
    await tracer.close()
    const read1 = receiver.spans.filter(({ name }) => name === 'read netsuite.inventory.all')
    expect(read1.map(({ parent, attributes }) => [parent, attributes['waldstream.entities'] ?? null])).toEqual([
      ['', 2],
      ['', 1],
      ['', null],
    ])
    expect(seenBy).toEqual(read1.map(({ spanId }) => spanId))
    const published = receiver.spans.filter(({ name }) => name === 'publish inventory')
    expect(published.map(({ parent, attributes }) => [parent, attributes['waldstream.key']])).toEqual([
      [read1[0]?.spanId, 'A'],
      [read1[0]?.spanId, 'B'],
      [read1[1]?.spanId, 'C'],
    ])
    const sent = deps.producer.sent.filter(({ topic }) => topic === 'inventory')
    expect(sent.map(({ headers }) => headers?.['traceparent'])).toEqual(
      published.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`),
    )
  })

  it('says by which code a page failed', async () => {
    const { receiver, tracer } = await startTracer()
    const deps = { ...bench(), tracer }
    const reader: SourceReader<'inventory'> = {
      name: 'test.inventory',
      entity: 'inventory',
      // biome-ignore lint/correctness/useYield: it fails before its first page
      async *read(): AsyncIterable<Page<'inventory'>> {
        throw new StreamError('credentials_refused', 'the key is not valid')
      },
    }
    await expect(runSource(deps, await job(deps, reader))).rejects.toThrow('the key is not valid')
    await tracer.close()
    expect(receiver.spans.map(({ name, error }) => [name, error])).toEqual([
      ['read netsuite.inventory.all', 'credentials_refused'],
    ])
  })
})
