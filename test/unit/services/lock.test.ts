import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { acquireLock, isAlive, markProcess, waitForLock } from '../../../services/lock.ts'

async function lockFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-lock-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'lock')
}

/** A process that lives until it is told to end. */
async function sleeper() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child, 'spawn')
  return { child, mark: markProcess(child.pid ?? 0) }
}

async function deadMark() {
  const { child, mark } = await sleeper()
  child.kill('SIGKILL')
  await once(child, 'exit')
  return mark
}

test('a lock is held by one, and free after its release', async () => {
  const file = await lockFile()
  const lock = await acquireLock(file)
  await expect(acquireLock(file)).rejects.toMatchObject({ name: 'LockedError', pid: process.pid })
  await lock.release()
  await (await acquireLock(file)).release()
})

test('of many who want it at once exactly one gets it', async () => {
  const file = await lockFile()
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(file)))
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
})

test('the lock of a dead process is taken over once what it left is gone', async () => {
  const file = await lockFile()
  const { child, mark } = await sleeper()
  await writeFile(file, JSON.stringify({ owner: await deadMark(), processes: [mark] }))
  const taking = acquireLock(file)
  child.kill('SIGTERM')
  const lock = await taking
  expect(isAlive(mark)).toBe(false)
  await lock.release()
})

test('a pid that another process has by now is not mistaken for the holder', async () => {
  const file = await lockFile()
  const { mark } = await sleeper()
  expect(isAlive(mark)).toBe(true)
  expect(isAlive({ pid: mark.pid, began: 'another time' })).toBe(false)
  await writeFile(file, JSON.stringify({ owner: { pid: mark.pid, began: 'another time' }, processes: [] }))
  await (await acquireLock(file)).release()
})

test('processes that are added at once are all noted', async () => {
  const file = await lockFile()
  const lock = await acquireLock(file)
  const { mark } = await sleeper()
  await Promise.all([lock.add(process.pid), lock.add(mark.pid), lock.add(process.pid)])
  const { processes } = JSON.parse(await readFile(file, 'utf8'))
  expect(processes).toEqual([markProcess(process.pid), mark, markProcess(process.pid)])
  await lock.release()
})

test('whoever waits gets the lock after its holder, and is told for whom it waits', async () => {
  const file = await lockFile()
  const first = await acquireLock(file)
  const told: number[] = []
  const waiting = waitForLock(file, (pid) => told.push(pid), new AbortController().signal)
  await expect.poll(() => told).toEqual([process.pid])
  await first.release()
  await (await waiting).release()
})
