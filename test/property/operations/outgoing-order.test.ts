import fc from 'fast-check'
import { expect, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import { createEventSender } from '../../../src/operations/outgoing/run-subscriptions.ts'
import { EVENTS_LEASE_MS } from '../../../src/operations/outgoing/send-events.ts'
import { subscriptionWith } from '../../data/subscriptions.ts'
import { outgoingWorld } from '../../worlds/outgoing-world.ts'

const NUMBERS = ['1', '2', '3', '4', '5'] as const
/** How an endpoint answers an order's events: it accepts or refuses them, asks to wait, or does not answer. */
const answers = ['ok', 'ok', 'refused', 'busy', 'silent'] as const

const acts = fc.array(
  fc.record({
    what: fc.constantFrom('accept', 'accept', 'ship', 'fail', 'send', 'send', 'die', 'answer', 'answer'),
    number: fc.constantFrom(...NUMBERS),
    answer: fc.constantFrom(...answers),
    ms: fc.integer({ min: 0, max: 120_000 }),
  }),
  { minLength: 10, maxLength: 60 },
)

function errorOf(answer: (typeof answers)[number]): StreamError | null {
  if (answer === 'refused') return new StreamError('target_rejected', 'no', { details: { status: 422 } })
  if (answer === 'busy') return new StreamError('rate_limited', 'later', { details: { status: 429 } })
  if (answer === 'silent') return new StreamError('timed_out', 'no answer')
  return null
}

it('every event arrives, in the order of its key, whatever an endpoint answers and whenever a process dies', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (all) => {
      const events = ['order.accepted', 'order.shipped', 'order.failed'] as const
      const { deps, signal, settle, look, accepted, shipped, failed, clock } = await outgoingWorld([
        subscriptionWith('seller', { webhook: 'https://hooks.example/x', events }),
      ])
      const answerOf = new Map<string, (typeof answers)[number]>()
      const received = new Map<string, string[]>()
      const sendWebhook: typeof deps.sendWebhook = async ({ id, body }) => {
        const { type, data } = JSON.parse(body)
        const error = errorOf(answerOf.get(data.order) ?? 'ok')
        if (error !== null) throw error
        const own = received.get(data.order) ?? []
        received.set(data.order, own)
        const name = `${type} ${id}`
        if (!own.includes(name)) own.push(name)
      }
      const expected = new Map<string, string[]>()
      const happened = async (number: string, type: string, event: Promise<void>) => {
        await event
        expected.set(number, [...(expected.get(number) ?? []), type])
        await settle(1_000)
      }
      const sender = () => createEventSender({ ...deps, sendWebhook }, signal)
      /** A process whose writes after the first one are lost. */
      const dying = () => {
        let writes = 0
        const change: typeof deps.store.change = async (...given) => {
          writes += 1
          if (writes > 1) throw new Error('died')
          return await deps.store.change(...given)
        }
        const store = { ...deps.store, change, release: async () => undefined }
        return createEventSender({ ...deps, sendWebhook, store }, signal)
      }
      for (const [count, { what, number, answer, ms }] of all.entries()) {
        if (what === 'accept') {
          await happened(number, 'order.accepted', accepted('alder', number, { contentId: `c-${count}` }))
        }
        if (what === 'ship') {
          const more = { key: `IF-${count}`, contentDigest: `d-${count}` }
          await happened(number, 'order.shipped', shipped('alder', number, more))
        }
        if (what === 'fail') await happened(number, 'order.failed', failed('alder', number))
        if (what === 'answer') answerOf.set(number, answer)
        if (what === 'send') {
          await settle(ms)
          await look(sender())
        }
        if (what === 'die') {
          await look(dying())
          clock.time += EVENTS_LEASE_MS
        }
      }
      answerOf.clear()
      for (let times = 0; times < 8; times += 1) {
        await settle(1_800_000)
        await look(sender())
      }
      for (const number of NUMBERS) {
        const types = (received.get(number) ?? []).map((name) => name.split(' ')[0])
        expect(types).toEqual(expected.get(number) ?? [])
      }
    }),
    { numRuns: 60 },
  )
}, 120_000)
