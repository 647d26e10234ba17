import { fileURLToPath } from 'node:url'
import { expect, inject, it, onTestFinished, vi } from 'vitest'
import { type RunningProcess, startProgram } from '../../worlds/processes.ts'
import { openLog } from './log-fixture.ts'

const PARTITIONS = 4
const soon = { timeout: 240_000, interval: 50 }

const joins = (member: RunningProcess) => member.printed().match(/(?<=^joined ).*$/gm) ?? []
const partitionsOf = (member: RunningProcess): number[] => JSON.parse(joins(member).at(-1) ?? '[]')

/** Two members, `a` and `b`, that share a topic, and a way to have each partition handle a record. */
async function openGroup() {
  const { topic: makeTopic, producer } = await openLog()
  const topic = await makeTopic('static', PARTITIONS)
  const start = async (instanceId: string) => {
    const script = fileURLToPath(new URL('./static-member-program.ts', import.meta.url))
    const args = [script, inject('services')['KAFKA_BROKERS'] ?? '', topic, instanceId]
    const member = await startProgram({ name: instanceId, args, env: {} })
    onTestFinished(() => member.signal('SIGKILL'))
    return member
  }
  const [a, b] = await Promise.all([start('a'), start('b')])
  await vi.waitFor(() => expect([partitionsOf(a).length, partitionsOf(b).length]).toEqual([2, 2]), soon)
  let sent = 0
  /** Sends records until each partition has handled one of them, by the members given. */
  const expectServed = async (...members: readonly RunningProcess[]) => {
    sent += 1
    const value = `round-${sent}`
    const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`)
    await producer.send(keys.map((key) => ({ topic, key, value: Buffer.from(value) })))
    const served = () =>
      new Set(members.flatMap((one) => one.printed().match(new RegExp(`(?<=^handled ${value} of )\\d+$`, 'gm')) ?? []))
    await vi.waitFor(() => expect(served()).toEqual(new Set(['0', '1', '2', '3'])), soon)
  }
  await expectServed(a, b)
  return { a, b, start, expectServed }
}

it.each(['SIGKILL', 'SIGTERM'] as const)(
  'a member that ended by %s and comes back goes on with its partitions, and the others have noticed nothing',
  async (signal) => {
    const { a, b, start, expectServed } = await openGroup()
    const before = { a: joins(a), b: partitionsOf(b) }
    b.signal(signal)
    await b.exited
    const again = await start('b')
    await again.line(/^joined/)
    await expectServed(a, again)
    expect(partitionsOf(again)).toEqual(before.b)
    expect(joins(a)).toEqual(before.a)
  },
)

it('of two processes with one instance id the first ends, and the group is served by the second', async () => {
  const { a, b, start, expectServed } = await openGroup()
  const second = await start('b')
  await b.line(/^failed instance_taken$/)
  await expectServed(a, second)
})
