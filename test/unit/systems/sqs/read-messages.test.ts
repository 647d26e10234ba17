import { describe, expect, it, vi } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { readSqsMessages } from '../../../../src/systems/sqs/read-messages.ts'
import { settings } from '../../../../src/systems/sqs/settings.ts'
import { messageKinds } from '../../../../src/systems/sqs/system.ts'
import { manualClock } from '../../../memory/manual-clock.ts'
import { memoryQueue } from '../../../memory/queue.ts'
import { connectable } from '../../../worlds/settings.ts'
import { readOf, systemOf, WHOLE } from '../../../worlds/sources.ts'
import { orderMessage } from '../../../worlds/sqs-world.ts'

const NOW = Date.UTC(2026, 2, 2, 12)
const QUEUE = 'https://sqs.example.com/1/orders'
const configured = systemOf({
  id: 'shop',
  type: 'sqs',
  address: QUEUE,
  zone: 'America/Chicago',
  settings: { region: 'eu-central-1', currency: 'USD', visibilitySeconds: '30' },
})
const system = connectable(settings, configured)
const signal = new AbortController().signal

function world({ queueUrl = null, pageSize = 10 }: { queueUrl?: string | null; pageSize?: number } = {}) {
  const clock = manualClock(NOW)
  const queue = memoryQueue(clock, (ms) => clock.set(clock.now() + ms))
  const reader = readSqsMessages(
    { client: queue.client, clock, read: readOf('shop', 'orders', pageSize), system, queueUrl },
    messageKinds.orders,
  )
  return { clock, queue, reader, pages: () => reader.read(WHOLE, null, signal)[Symbol.asyncIterator]() }
}

describe('messages of a queue', () => {
  it('are deleted only when more is asked for: then their page is acknowledged (Guarantee 1)', async () => {
    const { queue, pages } = world({ pageSize: 2 })
    for (const id of ['a', 'b', 'c']) queue.send(id, orderMessage(id))
    const reading = pages()
    expect((await reading.next()).value.entities.map(({ key }: { key: string }) => key)).toEqual(['a', 'b'])
    expect(queue.left()).toEqual(['a', 'b', 'c'])
    await reading.next()
    expect(queue.left()).toEqual(['c'])
    expect((await reading.next()).done).toBe(true)
    expect(queue.left()).toEqual([])
  })

  it('are there again at once when nothing more is asked for', async () => {
    const { queue, pages } = world()
    queue.send('a', orderMessage('a'))
    const reading = pages()
    await reading.next()
    await reading.return?.(undefined)
    expect(queue.calls).toEqual(['receive', 'hide 0'])
    expect((await pages().next()).value.entities).toHaveLength(1)
  })

  it('stay hidden from others for as long as their page takes', async () => {
    const { queue, pages, clock } = world()
    queue.send('a', orderMessage('a'))
    const reading = pages()
    await reading.next()
    for (let minute = 1; minute <= 4; minute += 1) {
      clock.set(clock.now() + 10_000)
      await vi.waitFor(() => expect(queue.calls.filter((call) => call === 'hide 30')).toHaveLength(minute), 30_000)
    }
    expect(await queue.client.receive(QUEUE, { limit: 1, waitSeconds: 0, visibilitySeconds: 1 }, signal)).toEqual([])
    await reading.next()
    expect(queue.left()).toEqual([])
  })

  it('that can not be read are told apart, as they came, and are deleted too', async () => {
    const { queue, pages } = world()
    queue.send('m1', 'no json')
    queue.send('m2', { order_id: '7' })
    queue.send('m3', orderMessage('8'))
    const reading = pages()
    const { unreadable, entities } = (await reading.next()).value
    expect(unreadable).toMatchObject([
      { key: 'message m1', raw: 'no json', error: { code: 'source_data_invalid' } },
      { key: '7', raw: '{"order_id":"7"}', error: { code: 'value_missing', field: 'order_status' } },
    ])
    expect(entities).toMatchObject([{ key: '8', raw: JSON.stringify(orderMessage('8')) }])
    await reading.next()
    expect(queue.left()).toEqual([])
  })

  it('of several orders are deleted when all of them are taken, and told apart by their place', async () => {
    const { queue, pages } = world()
    queue.send('m1', [orderMessage('a'), 'x', orderMessage('b')])
    const reading = pages()
    const { entities, unreadable } = (await reading.next()).value
    expect(entities.map(({ key }: { key: string }) => key)).toEqual(['a', 'b'])
    expect(unreadable).toMatchObject([{ key: 'message m1 #2', raw: '"x"' }])
    expect(queue.left()).toEqual(['m1'])
    await reading.next()
    expect(queue.left()).toEqual([])
  })

  it('of one order come with the newest last, in whatever order they were sent', async () => {
    const { queue, pages } = world()
    queue.send('1', orderMessage('a', { order_update_date: '2026-03-02 05:00:00', order_status: 'complete' }))
    queue.send('2', orderMessage('a', { order_update_date: '2026-03-02 04:00:00' }))
    const { entities } = (await pages().next()).value
    expect(entities.map(({ data }: { data: { state: string } }) => data.state)).toEqual(['processing', 'complete'])
    expect(entities.at(-1).occurredAt).toBe(Date.UTC(2026, 2, 2, 11))
  })

  it('that keep coming are left to the next run', async () => {
    const { queue, pages, clock } = world()
    const reading = pages()
    queue.send('a', orderMessage('a'))
    await reading.next()
    clock.set(NOW + 61_000)
    queue.send('late', orderMessage('late'))
    expect((await reading.next()).done).toBe(false)
    queue.send('later', orderMessage('later'))
    expect((await reading.next()).done).toBe(true)
    expect(queue.left()).toEqual(['later'])
  })
})

describe('a queue that a request names', () => {
  it('is read until what a dead worker holds is there again', async () => {
    const { queue, pages } = world({ queueUrl: QUEUE })
    queue.send('a', orderMessage('a'))
    await queue.client.receive(QUEUE, { limit: 1, waitSeconds: 0, visibilitySeconds: 20 }, signal)
    expect((await pages().next()).value.entities).toHaveLength(1)
  })

  it('is given up when others hold its messages for good, and says what is left', async () => {
    const { queue, pages, reader } = world({ queueUrl: QUEUE })
    queue.send('a', orderMessage('a'))
    await queue.client.receive(QUEUE, { limit: 1, waitSeconds: 0, visibilitySeconds: 3600 }, signal)
    expect((await pages().next()).done).toBe(true)
    const left = reader.list === undefined ? [] : await Array.fromAsync(reader.list(WHOLE, signal))
    expect(left.flat()).toEqual([{ key: 'messages left: 1 held by others', changedAt: 'left' }])
  })

  it('has to be at the address of its system', async () => {
    const { queue, reader } = world({ queueUrl: 'https://sqs.evil.com/1/orders' })
    const read = async () => await Array.fromAsync(reader.read(WHOLE, null, signal))
    await expect(read()).rejects.toMatchObject({ code: 'request_invalid', field: 'queueUrl' })
    expect(queue.calls).toEqual([])
  })

  it.each([
    ['empty', (_: ReturnType<typeof memoryQueue>) => undefined, 'deleted'],
    [
      'written to',
      (queue: ReturnType<typeof memoryQueue>) => queue.send('a', '{}'),
      'kept: messages arrived after the run',
    ],
    [
      'held by others',
      (queue: ReturnType<typeof memoryQueue>) => {
        queue.send('a', '{}')
        void queue.client.receive(QUEUE, { limit: 1, waitSeconds: 0, visibilitySeconds: 3600 }, signal)
      },
      'kept: messages left: 1 held by others',
    ],
    ['gone', (queue: ReturnType<typeof memoryQueue>) => void queue.client.deleteQueue(QUEUE, signal), 'deleted'],
  ])('and is %s', async (_name, before, what) => {
    let time = NOW
    const clock = {
      now: () => time,
      async sleep(ms: number) {
        time += ms
      },
    }
    const queue = memoryQueue(clock)
    before(queue)
    const read = readOf('shop', 'orders', 10)
    const reader = readSqsMessages({ client: queue.client, clock, read, system, queueUrl: QUEUE }, messageKinds.orders)
    expect(await reader.discard?.(signal)).toBe(what)
    expect(queue.exists()).toBe(what !== 'deleted')
    // It was seen empty for all of the quiet time.
    if (_name === 'empty') expect(time - NOW).toBeGreaterThanOrEqual(60_000)
  })

  it('that gets a message while it is watched is kept, with the message', async () => {
    let time = NOW
    const queue = memoryQueue({ now: () => time })
    const clock = {
      now: () => time,
      async sleep(ms: number) {
        time += ms
        if (time - NOW > 40_000 && queue.left().length === 0) queue.send('late', '{}')
      },
    }
    const reader = readSqsMessages(
      { client: queue.client, clock, read: readOf('shop', 'orders', 10), system, queueUrl: QUEUE },
      messageKinds.orders,
    )
    expect(await reader.discard?.(signal)).toBe('kept: messages arrived after the run')
    expect(queue.left()).toEqual(['late'])
    expect(queue.exists()).toBe(true)
  })
})

describe('the queue of a read', () => {
  const named = (given: Record<string, string>, filter: Record<string, string>, ownQueue: string | null) => {
    const clock = manualClock(NOW)
    const queue = memoryQueue(clock, (ms) => clock.set(clock.now() + ms))
    const asked: string[] = []
    const client = {
      ...queue.client,
      ownQueue,
      queueUrl: async (name: string) => {
        if (name === 'none') throw new StreamError('not_found', 'no queue')
        return `url of ${name}`
      },
      receive: async (url: string) => {
        asked.push(url)
        return []
      },
    }
    const own = connectable(settings, { ...configured, settings: { ...configured.settings, ...given } })
    const read = readOf('shop', 'inventory', 10, filter)
    const context = { client, clock, read, system: own, queueUrl: null }
    const reader = () => readSqsMessages(context, messageKinds.inventory).read(WHOLE, null, signal)
    return { asked, read: async () => await Array.fromAsync(reader()) }
  }

  it.each([
    [{ inventoryQueue: 'stock' }, {}, null, 'url of stock'],
    [{ inventoryQueue: 'stock' }, { queue: 'other' }, null, 'url of other'],
    [{}, {}, QUEUE, QUEUE],
  ])('with settings %j and filter %j', async (settings, filter, own, url) => {
    const { asked, read } = named(settings, filter, own)
    await read()
    expect(asked).toEqual([url])
  })

  it.each([
    [{}, {}, 'no queue is configured'],
    [{ inventoryQueue: 'none' }, {}, 'queue "none" does not exist'],
    [{}, { queue: 'https://evil.com/1/x' }, 'filter.queue must be the name of a queue'],
  ])('is missed with settings %j and filter %j', async (settings, filter, message) => {
    const read = async () => await named(settings, filter, null).read()
    await expect(read()).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining(message),
    })
  })
})
