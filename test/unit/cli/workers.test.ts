import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { exitOf, startWorker, superviseWorkers, usualWorkers, type Worker } from '../../../src/cli/workers.ts'

const silent = { error: () => undefined, warn: () => undefined }

/** A worker that ends with code 0 as soon as it is asked to, unless it is deaf. */
function worker(deaf = false) {
  const exited = Promise.withResolvers<Awaited<Worker['exited']>>()
  const asked: string[] = []
  return {
    asked,
    exit: exited.resolve,
    exited: exited.promise,
    end() {
      asked.push('end')
      if (!deaf) exited.resolve({ code: 0, signal: null })
    },
    kill() {
      asked.push('kill')
      exited.resolve({ code: null, signal: 'SIGKILL' as const })
    },
  }
}

test('a worker for each core, no more than there are partitions, and one where cores are few', () => {
  expect([1, 2, 3, 4, 8, 64].map((cores) => usualWorkers(cores, 6))).toEqual([1, 1, 3, 4, 6, 6])
})

test('a signal ends all workers, and then the command is done', async () => {
  const [signaled, workers] = [Promise.withResolvers<void>(), [worker(), worker()]]
  const supervised = superviseWorkers(workers, signaled.promise, silent)
  signaled.resolve()
  await supervised
  expect(workers.map(({ asked }) => asked)).toEqual([['end'], ['end']])
})

test.each([
  [{ code: 1, signal: null }, 'code 1'],
  [{ code: 0, signal: null }, 'code 0'],
  [{ code: null, signal: 'SIGKILL' as const }, 'SIGKILL'],
])('one that ends by itself with %o ends the others, and the command fails', async (exit, how) => {
  const workers = [worker(), worker(), worker()]
  const supervised = superviseWorkers(workers, new Promise(() => undefined), silent)
  workers[1]?.exit(exit)
  await expect(supervised).rejects.toThrow(`a worker ended with ${how}`)
  expect(workers[0]?.asked).toContain('end')
  expect(workers[2]?.asked).toContain('end')
})

test.each([
  [() => ({ ...worker(), exited: exitOf(spawn('/no/such/program')) }), 'spawn /no/such/program ENOENT'],
  [() => startWorker(['\0'], {}), 'must be a string without null bytes'],
])('one that can’t be started ends the others, and the command says why', async (start, why) => {
  const workers = [worker(), worker()]
  const supervised = superviseWorkers([...workers, start()], new Promise(() => undefined), silent)
  const failure = await supervised.catch((error: unknown) => String(error))
  expect(failure).toContain('a worker could not be started: ')
  expect(failure).toContain(why)
  expect(workers.every(({ asked }) => asked.includes('end'))).toBe(true)
})

test('one that runs on after an error has not ended', async () => {
  const child = spawn(process.execPath, ['-e', 'process.exitCode = 3'])
  const exited = exitOf(child)
  child.emit('error', new Error('kill EPERM'))
  expect(await exited).toEqual({ code: 3, signal: null })
})

test('one that does not end is killed, and the command fails', async () => {
  const workers = [worker(), worker(true)]
  const supervised = superviseWorkers(workers, Promise.resolve(), silent, 1)
  await expect(supervised).rejects.toThrow('a worker ended with SIGKILL')
  expect(workers[1]?.asked.slice(0, 2)).toEqual(['end', 'kill'])
})
