import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import type { Wire } from '../../../../src/systems/kit/wire.ts'
import type { Bulk, BulkOperation } from '../../../../src/systems/magento2/bulk.ts'
import { createBulkWriter } from '../../../../src/systems/magento2/bulk-writer.ts'
import { virtualClock } from '../../platform/runtime/virtual-clock.ts'

const signal = new AbortController().signal
type State = BulkOperation['status']

/** A shop's queue: what was sent, and the state of each operation as the test says. */
function queue(
  settings: {
    readonly firstId?: number
    readonly rejects?: readonly string[]
    readonly listsRejected?: boolean
    readonly unknownFor?: number
    /** A body that has the whole request refused. */
    readonly spoils?: string
  } = {},
) {
  const { firstId = 0, rejects = [], listsRejected = false, unknownFor = 0, spoils } = settings
  const sent: Wire[][] = []
  const states = new Map<string, State>()
  const looks: string[] = []
  const nameOf = (body: Wire) => String(body['name'])
  const calls = {
    async send(bodies: readonly Wire[]): Promise<Bulk> {
      if (bodies.some((body) => nameOf(body) === spoils)) {
        throw new StreamError('target_rejected', 'Error occurred during "price" processing')
      }
      sent.push([...bodies])
      const items = bodies.map((body, id) => ({
        id,
        rejected: rejects.includes(nameOf(body)) ? 'no such attribute' : null,
      }))
      return { id: String(sent.length - 1), items }
    },
    async operations(id: string): Promise<readonly BulkOperation[] | null> {
      looks.push(id)
      if (looks.length <= unknownFor) return null
      return (sent[Number(id)] ?? [])
        .map((body, index) => ({ body, id: firstId + index }))
        .filter(({ body }) => listsRejected || !rejects.includes(nameOf(body)))
        .map(({ body, id: own }) => ({ id: own, status: states.get(nameOf(body)) ?? 'open', message: 'why' }))
    },
  }
  const clock = virtualClock()
  const write = createBulkWriter(calls, clock, { pollMs: 1_000, followMs: 10_000 })
  return { write, sent, states, looks }
}

const names = (sent: readonly Wire[][]) => sent.map((bodies) => bodies.map(({ name }) => name))

const settled = async (promise: Promise<void>) => (await Promise.allSettled([promise]))[0]

describe('writes through the shop’s queue', () => {
  it('go together, are looked at together, and end each for itself', async () => {
    const { write, sent, states, looks } = queue()
    states.set('a', 'complete').set('b', 'failed').set('c', 'failed-retriably').set('d', 'rejected')
    const all = ['a', 'b', 'c', 'd'].map((name) => write(name, { name }, signal))
    const results = await Promise.allSettled(all)
    expect(results).toMatchObject([
      { status: 'fulfilled' },
      { reason: { code: 'target_rejected', message: 'Magento rejected it: why' } },
      { reason: { code: 'target_unavailable' } },
      { reason: { code: 'target_rejected' } },
    ])
    expect(names(sent)).toEqual([['a', 'b', 'c', 'd']])
    expect(looks).toEqual(['0'])
  })

  it.each([[{ firstId: 0 }], [{ firstId: 2 }], [{ firstId: 700 }], [{ firstId: 0, listsRejected: true }]])(
    'are told apart whatever numbers their operations bear, and what was refused at once: %j',
    async (settings) => {
      const { write, states } = queue({ ...settings, rejects: ['x'] })
      states.set('a', 'failed').set('b', 'complete')
      const all = ['x', 'a', 'b'].map((name) => write(name, { name }, signal))
      const results = await Promise.allSettled(all)
      expect(results).toMatchObject([
        { reason: { code: 'target_rejected', message: 'Magento rejected it: no such attribute' } },
        { status: 'rejected' },
        { status: 'fulfilled' },
      ])
    },
  )

  it('that have their whole request refused fail alone', async () => {
    const { write, states } = queue({ spoils: 'bad' })
    states.set('a', 'complete').set('b', 'complete').set('c', 'failed')
    const all = ['a', 'bad', 'b', 'c'].map((name) => write(name, { name }, signal))
    expect(await Promise.allSettled(all)).toMatchObject([
      { status: 'fulfilled' },
      { reason: { code: 'target_rejected', message: expect.stringContaining('"price"') } },
      { status: 'fulfilled' },
      { reason: { message: 'Magento rejected it: why' } },
    ])
  })

  it('that stay open end in time, and the same body is then followed, not sent again', async () => {
    const { write, sent, states } = queue()
    expect(await settled(write('a', { name: 'a' }, signal))).toMatchObject({ reason: { code: 'timed_out' } })
    states.set('a', 'complete')
    expect(await settled(write('a', { name: 'a' }, signal))).toMatchObject({ status: 'fulfilled' })
    expect(sent).toHaveLength(1)
  })

  it('that are still open come to their end before a newer body of the key is sent', async () => {
    const { write, sent, states } = queue()
    await settled(write('key', { name: 'old' }, signal))
    expect(await settled(write('key', { name: 'new' }, signal))).toMatchObject({ reason: { code: 'timed_out' } })
    expect(names(sent)).toEqual([['old']])
    states.set('old', 'failed').set('new', 'complete')
    expect(await settled(write('key', { name: 'new' }, signal))).toMatchObject({ status: 'fulfilled' })
    expect(names(sent)).toEqual([['old'], ['new']])
  })

  it('that nobody waits for any more are not sent later', async () => {
    const begun = Promise.withResolvers<AbortSignal>()
    const send = (_bodies: readonly Wire[], joint: AbortSignal) => {
      begun.resolve(joint)
      return new Promise<Bulk>((_resolve, reject) => joint.addEventListener('abort', () => reject(joint.reason)))
    }
    const timing = { pollMs: 1, followMs: 1 }
    const write = createBulkWriter({ send, operations: async () => null }, virtualClock(), timing)
    const ending = new AbortController()
    const written = settled(write('a', { name: 'a' }, ending.signal))
    const joint = await begun.promise
    ending.abort()
    expect(await written).toMatchObject({ reason: { code: 'stopping' } })
    expect(joint.aborted).toBe(true)
  })

  it('that failed are sent again', async () => {
    const { write, sent, states } = queue()
    states.set('a', 'failed-retriably')
    await settled(write('a', { name: 'a' }, signal))
    states.set('a', 'complete')
    expect(await settled(write('a', { name: 'a' }, signal))).toMatchObject({ status: 'fulfilled' })
    expect(sent).toHaveLength(2)
  })

  it('wait for a request that the shop does not know yet', async () => {
    const { write, states, looks } = queue({ unknownFor: 2 })
    states.set('a', 'complete')
    expect(await settled(write('a', { name: 'a' }, signal))).toMatchObject({ status: 'fulfilled' })
    expect(looks).toHaveLength(3)
  })
})
