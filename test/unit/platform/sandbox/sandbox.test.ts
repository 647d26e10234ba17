import { afterEach, describe, expect, it } from 'vitest'
import { createSandbox, type Ended } from '../../../../src/platform/sandbox/sandbox.ts'
import { weightOf } from '../../../../src/platform/sandbox/weight.ts'

const script = new URL('./spoilt-worker.ts', import.meta.url)
const limits = { workers: 2, taskMs: 300, memoryMb: 32 }
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

const sandbox = (more = {}) => sandboxOf<string, string>(script, more)

function sandboxOf<T, R>(of: URL, more = {}) {
  const made = createSandbox<T, R>(of, { ...limits, ...more })
  open.push(made)
  return made
}
const budget = (more = {}) => ({ leftMs: 60_000, stopsLeft: 10, ...more })
const short = (ended: readonly Ended<string>[]) => ended.map((one) => (one.stopped === null ? one.result : one.stopped))

it('data weighs what is in it, and no more is looked at than is asked for', () => {
  expect(weightOf('x'.repeat(100), 1_000)).toBe(116)
  expect(weightOf({ name: ['x', null, 1n] }, 1_000)).toBeGreaterThan(weightOf({ name: ['x', null] }, 1_000))
  let looked = 0
  const many = Array.from({ length: 1_000 }, () => ({
    get text() {
      looked += 1
      return 'x'.repeat(100)
    },
  }))
  expect(weightOf(many, 1_000)).toBeGreaterThan(1_000)
  expect(looked).toBeLessThan(12)
})

describe('a sandbox', () => {
  it('gives what tasks give, in their order', async () => {
    const tasks = Array.from({ length: 120 }, () => 'fine')
    expect(short(await sandbox().run('a', tasks, budget()))).toEqual(tasks)
  })

  it('gives a thread no more at once than is copied quickly', async () => {
    const sizes = sandboxOf<readonly string[], string>(new URL('./counting-worker.ts', import.meta.url))
    const tasks = (count: number, length: number) =>
      Array.from({ length: count }, (_, n) => [`${n}`, 'x'.repeat(length)])
    const largest = async (given: readonly (readonly string[])[]) =>
      Math.max(...short(await sizes.run('a', given, budget())).map(Number))
    expect(await largest(tasks(120, 1))).toBe(50)
    expect(await largest(tasks(30, 300_000))).toBe(3)
    expect(await largest(tasks(3, 3_000_000))).toBe(1)
  })

  it('stops a task that takes too long, with its step, and does the others', async () => {
    const ended = await sandbox().run('a', ['fine', 'spin', 'fine', 'spin', 'fine'], budget())
    expect(short(ended)).toEqual(['fine', 'time', 'fine', 'time', 'fine'])
    expect(ended[1]).toEqual({ stopped: 'time', step: 3 })
  })

  it('stops a task that fills the memory, or ends its thread, and does its neighbours', async () => {
    const ended = await sandbox({ taskMs: 30_000 }).run('a', ['fine', 'fill', 'fine', 'crash', 'fine'], budget())
    expect(short(ended)).toEqual(['fine', 'memory', 'fine', 'crash', 'fine'])
  })

  it('tries no more of a lane after so many stops, or when its time is over', async () => {
    const some = ['fine', 'spin', 'spin', 'fine', 'spin']
    expect(short(await sandbox().run('a', some, budget({ stopsLeft: 2 })))).toEqual([
      'fine',
      'time',
      'time',
      'batch',
      'batch',
    ])
    expect(short(await sandbox().run('a', ['spin', 'fine'], budget({ leftMs: 100 })))).toEqual(['batch', 'batch'])
    expect(short(await sandbox().run('a', ['fine'], budget({ leftMs: 0 })))).toEqual(['batch'])
  })

  it('lets one lane have one thread: what spins holds up nobody else', async () => {
    const shared = sandbox()
    const order: string[] = []
    const spins = [1, 2, 3].map(() => shared.run('bad', ['spin'], budget()).then(() => order.push('bad')))
    const fine = [1, 2, 3].map(() => shared.run('good', ['fine'], budget()).then(() => order.push('good')))
    await Promise.all([...spins, ...fine])
    expect(order.lastIndexOf('good')).toBeLessThan(order.lastIndexOf('bad'))
  })

  it('gives tasks neither environment, nor what makes code, connections or timers', async () => {
    const tasks = ['environment', 'code', 'evaluated']
    expect(short(await sandbox().run('a', tasks, budget()))).toEqual([
      'undefined undefined undefined undefined undefined',
      'undefined',
      'undefined',
    ])
  })

  it('keeps what tasks share as it is, and lets data have any name', async () => {
    expect(short(await sandbox().run('a', ['pollute', 'assign', 'pollute'], budget()))).toEqual([
      'undefined 2',
      '{"constructor":"data","toString":"too"}',
      'undefined 2',
    ])
  })

  it('refuses what makes much at once, which would end the process', async () => {
    const ended = short(await sandbox().run('a', ['text', 'list', 'joined', 'written'], budget()))
    for (const message of ended) expect(message).toMatch(/^RangeError: it creates a (text|list) of more than 1000000 /)
  })

  it('ends its threads when it is closed, whatever they do', async () => {
    const closing = sandbox()
    const running = closing.run('a', ['spin'], budget({ leftMs: 600_000 })).catch((error: unknown) => error)
    const waiting = closing.run('a', ['fine'], budget()).catch((error: unknown) => error)
    await closing.close()
    expect([await running, await waiting]).toMatchObject([{ code: 'stopping' }, { code: 'stopping' }])
    await expect(closing.run('a', ['fine'], budget())).rejects.toMatchObject({ code: 'stopping' })
  })

  it('says when no thread starts', async () => {
    const broken = createSandbox<string, string>(new URL('./nowhere.ts', import.meta.url), limits)
    open.push(broken)
    await expect(broken.run('a', ['fine'], budget())).rejects.toMatchObject({ code: 'timed_out' })
  })
})
