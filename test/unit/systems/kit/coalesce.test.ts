import { describe, expect, it } from 'vitest'
import { coalesce } from '../../../../src/systems/kit/coalesce.ts'
import { gate } from '../../../worlds/sink-world.ts'

const never = new AbortController().signal

/** Calls that a test lets through one by one. */
function recorded(most = 10) {
  const batches: string[][] = []
  const gates: ReturnType<typeof gate>[] = []
  const ask = coalesce(async (items: readonly string[]) => {
    const held = gate()
    batches.push([...items])
    gates.push(held)
    await held.pass()
    if (items.includes('bad')) throw new Error('refused')
    return items.map((item) => item.toUpperCase())
  }, most)
  const begun = async (count: number) => {
    while (gates.length < count) await new Promise((resolve) => setImmediate(resolve))
  }
  return { ask, batches, gates, begun }
}

describe('calls that go together', () => {
  it('are those of one turn, then those that came while a call was under way', async () => {
    const { ask, batches, gates, begun } = recorded()
    const first = [ask('a', never), ask('b', never)]
    await begun(1)
    const second = [ask('c', never), ask('d', never)]
    gates[0]?.open()
    expect(await Promise.all(first)).toEqual(['A', 'B'])
    await begun(2)
    gates[1]?.open()
    expect(await Promise.all(second)).toEqual(['C', 'D'])
    expect(batches).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  it('are at most so many', async () => {
    const { ask, batches, gates, begun } = recorded(2)
    const all = ['a', 'b', 'c'].map((item) => ask(item, never))
    await begun(1)
    gates[0]?.open()
    await begun(2)
    gates[1]?.open()
    expect(await Promise.all(all)).toEqual(['A', 'B', 'C'])
    expect(batches).toEqual([['a', 'b'], ['c']])
  })

  it('fail together, and the next go on', async () => {
    const { ask, gates, begun } = recorded()
    const failed = Promise.allSettled([ask('a', never), ask('bad', never)])
    await begun(1)
    const next = ask('c', never)
    gates[0]?.open()
    expect(await failed).toMatchObject([{ reason: { message: 'refused' } }, { reason: { message: 'refused' } }])
    await begun(2)
    gates[1]?.open()
    expect(await next).toBe('C')
  })

  it('are ended when the last has given up', async () => {
    const ended: boolean[] = []
    const ask = coalesce(async (items: readonly string[], signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      ended.push(signal.aborted)
      return items
    }, 10)
    const [first, second] = [new AbortController(), new AbortController()]
    const all = [ask('a', first.signal), ask('b', second.signal)]
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    first.abort()
    await expect(all[0]).rejects.toMatchObject({ code: 'stopping' })
    expect(ended).toEqual([])
    second.abort()
    await expect(all[1]).rejects.toMatchObject({ code: 'stopping' })
    await new Promise((resolve) => setImmediate(resolve))
    expect(ended).toEqual([true])
  })

  it('leave out who gave up before, and keep nobody waiting who gives up later', async () => {
    const { ask, batches, gates, begun } = recorded()
    const early = new AbortController()
    const late = new AbortController()
    const gone = ask('early', early.signal)
    const left = ask('late', late.signal)
    const stays = ask('stays', never)
    early.abort()
    await expect(gone).rejects.toMatchObject({ code: 'stopping' })
    await begun(1)
    late.abort()
    await expect(left).rejects.toMatchObject({ code: 'stopping' })
    gates[0]?.open()
    expect(await stays).toBe('STAYS')
    expect(batches).toEqual([['late', 'stays']])
    await expect(ask('after', early.signal)).rejects.toMatchObject({ code: 'stopping' })
  })
})
