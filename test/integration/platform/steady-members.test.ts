import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import type { Clock } from '../../../src/platform/clock.ts'
import type { Assignment, EventLog, LogAdmin } from '../../../src/platform/kafka/event-log.ts'
import { createCodec } from '../../../src/platform/registry/codec.ts'
import { runStage } from '../../../src/platform/runtime/run-stage.ts'
import type { Stage } from '../../../src/platform/runtime/stage.ts'
import { syncRequested } from '../../data/sync-request.ts'
import { openLog, silent } from './log-fixture.ts'

const url = inject('services')['SCHEMA_REGISTRY_URL'] ?? ''
const soon = { timeout: 240_000, interval: 20 }

/** The watchdog looks every ten seconds of this clock, and restarts after 24 looks without progress. */
const SEVERAL_INTERVALS = 60

/** A clock so many times as fast as the machine's: it shortens every interval of the runtime. */
function fastClock(speed: number): Clock {
  return {
    now: () => Date.now() * speed,
    sleep: (ms, signal) => sleep(ms / speed, undefined, signal === undefined ? {} : { signal }),
  }
}

/** What a member did at the broker. */
interface Member {
  readonly assigned: Assignment[]
  /** Groups that it began to consume as: more than one is a restart. */
  consumed: number
  /** Looks of its watchdog. */
  looks: number
  close(): Promise<void>
}

async function open(clock: Clock) {
  const { log, admin, prefix, producer, topic } = await openLog()
  const codec = await createCodec({ url, prefix, logger: silent })
  const [requests] = [await topic('sync-requests', 2), await topic('dead-letters')]
  const deps = { producer, codec, clock, logger: silent, topicPrefix: prefix }
  return {
    admin,
    group: `${prefix}steady`,
    requests,
    append: (count: number) =>
      producer.send(
        Array.from({ length: count }, () => {
          return { topic: requests, key: 'k', value: codec.encode('sync-requests', syncRequested('1')) }
        }),
      ),
    async start(stage: Pick<Stage<'sync-requests'>, 'handle'> & Partial<Stage<'sync-requests'>>): Promise<Member> {
      const member: Member = { assigned: [], consumed: 0, looks: 0, close: async () => undefined }
      const running = await runStage<'sync-requests'>(
        { name: 'steady', kind: 'sync-requests', topics: ['sync-requests'], ...stage },
        { ...deps, log: watched(log, member), admin: counted(admin, member) },
      )
      let closed: Promise<void> | undefined
      member.close = () => (closed ??= running.close())
      onTestFinished(member.close)
      return member
    },
  }
}

function watched(log: EventLog, member: Member): EventLog {
  return {
    ...log,
    consume(options) {
      member.consumed += 1
      const onAssigned = (partitions: Assignment) => {
        member.assigned.push(partitions)
        options.onAssigned?.(partitions)
      }
      return log.consume({ ...options, onAssigned })
    },
  }
}

function counted(admin: LogAdmin, member: Member): LogAdmin {
  return {
    ...admin,
    ends(topic) {
      member.looks += 1
      return admin.ends(topic)
    },
  }
}

async function severalIntervals(members: readonly Member[]): Promise<void> {
  const until = members.map(({ looks }) => looks + SEVERAL_INTERVALS)
  await vi.waitFor(() => expect(members.every(({ looks }, index) => looks >= (until[index] ?? 0))).toBe(true), soon)
}

const partitionsOf = ({ assigned }: Member, topic: string) => assigned.at(-1)?.get(topic)?.length

describe('members of a group on the broker', () => {
  it('are left alone while they are idle: after a restart, and after a rebalance', async () => {
    const { admin, append, group, requests, start } = await open(fastClock(200))
    await append(5)
    const handle = async () => undefined
    const first = await start({ handle })
    await vi.waitFor(async () => {
      expect([...(await admin.committed(group, requests)).values()]).toContain(5n)
    }, soon)
    await first.close()

    const restarted = await start({ handle })
    await severalIntervals([restarted])
    expect([restarted.consumed, restarted.assigned.length]).toEqual([1, 1])

    const joined = await start({ handle })
    await vi.waitFor(() => expect([restarted, joined].map((one) => partitionsOf(one, requests))).toEqual([1, 1]), soon)
    const shared = [restarted.assigned.length, joined.assigned.length]
    await severalIntervals([restarted, joined])
    expect([restarted.consumed, joined.consumed]).toEqual([1, 1])
    expect([restarted.assigned.length, joined.assigned.length]).toEqual(shared)
  })

  it('are left alone while their tables are slow', async () => {
    // Slower: a busy machine may stop this process for a second.
    const clock = fastClock(50)
    const { append, start } = await open(clock)
    await append(1)
    let handled = 0
    const busy = await start({
      async handle(batch, context) {
        // A batch of 400 seconds, with a write every hundred.
        for (let write = 0; write < 4; write += 1) {
          await clock.sleep(100_000)
          context.assertOwned()
        }
        handled += batch.length
      },
    })
    await vi.waitFor(() => expect(handled).toBe(1), soon)
    expect([busy.consumed, busy.assigned.length]).toEqual([1, 1])
  })
})
